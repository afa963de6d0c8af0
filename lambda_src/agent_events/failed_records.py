"""Keeping the records that can never be delivered, beside those that Lambda stopped retrying.

Lambda would retry such a record, and with it every record behind it in the shard, until its retries
are used up. It is therefore put aside at once, in the shape in which the event source mapping's
on-failure destination keeps a batch, so that both are replayed alike.
"""

import json
from typing import Any

from agent_events.conditions import Condition


def failed_record_key(function_name: str, record: dict[str, Any]) -> str:
    """The object key for `record`; the same record always gets the same one."""
    shard_id, _, sequence_number = record["eventID"].partition(":")
    return f"undeliverable/{function_name}/{shard_id}/{sequence_number}.json"


def failed_record_document(
    function_arn: str, request_id: str, record: dict[str, Any], condition: Condition
) -> bytes:
    """The object's content: one record, why it failed, and where on the stream it stood."""
    kinesis = record["kinesis"]
    document = {
        "requestContext": {
            "requestId": request_id,
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": 1,
        },
        "version": "1.0",
        "KinesisBatchInfo": {
            "shardId": record["eventID"].partition(":")[0],
            "startSequenceNumber": kinesis["sequenceNumber"],
            "endSequenceNumber": kinesis["sequenceNumber"],
            "batchSize": 1,
            "streamArn": record["eventSourceARN"],
        },
        "payload": json.dumps({"Records": [record]}, separators=(",", ":")),
    }
    return json.dumps(document, separators=(",", ":")).encode("utf-8")
