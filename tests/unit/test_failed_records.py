"""A record that a function sets aside has the shape in which Lambda keeps a batch."""

import json

from agent_events.conditions import Condition
from agent_events.failed_records import failed_record_document, failed_record_key
from tests.unit.events import STREAM_ARN, record

RECORD = record(b"{}", "49590338271490256608559692538361571095921575989136588898")


def test_the_document_is_one_of_lambda_with_one_record() -> None:
    document = json.loads(
        failed_record_document("arn", "request-1", RECORD, Condition.MESSAGE_TOO_LARGE)
    )
    assert json.loads(document.pop("payload")) == {"Records": [RECORD]}
    number = RECORD["kinesis"]["sequenceNumber"]
    assert document == {
        "requestContext": {
            "requestId": "request-1",
            "functionArn": "arn",
            "condition": "MessageTooLarge",
            "approximateInvokeCount": 1,
        },
        "version": "1.0",
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000000",
            "startSequenceNumber": number,
            "endSequenceNumber": number,
            "batchSize": 1,
            "streamArn": STREAM_ARN,
        },
    }


def test_the_same_record_has_the_same_key() -> None:
    assert failed_record_key("relay", RECORD) == (
        "undeliverable/relay/shardId-000000000000/"
        "49590338271490256608559692538361571095921575989136588898.json"
    )
