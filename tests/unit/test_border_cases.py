"""Inputs on which an earlier version differed from the original system, each with the right value.

`cases/*.json` hold settings, events and what has to come of them; `kind` is the fault that each
stands for.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from agent_classifier.classifier import classifier_handler
from rta_relay.relay import relay_handler
from tests.relay_environment import queue_urls, relay_environment
from tests.unit.aws import Client, create_bucket, create_stream, create_table
from tests.unit.events import FakeContext, invocation

CASES = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "cases").glob("*.json"))
}

Case = dict[str, Any]


def batch(case: Case) -> dict[str, Any]:
    return invocation(
        each["raw_utf8"].encode() if "raw_utf8" in each else each for each in case["events"]
    )


def relayed(case: Case, client: Client) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """Agent and status of each message, and the items of the state table."""
    dynamodb, sqs, settings = client("dynamodb"), client("sqs"), case["settings"]
    create_table(dynamodb, "config", "Setting")
    create_bucket(client("s3"), "failed")
    level, separator, values = settings.get("filter", [0, ",", ""])
    environment = relay_environment(
        [
            sqs.create_queue(
                QueueName=f"events-{number}.fifo",
                Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
            )["QueueUrl"]
            for number in range(settings["queues"])
        ],
        AhgFilterLevel=str(level),
        AhgFilterSeparator=separator,
        AhgFilterValues=values,
        WriteEventsToQueue="True",
        **settings.get("env", {}),
    )
    if "config" in settings:
        dynamodb.put_item(TableName="config", Item=settings["config"])
        environment["ConfigTableName"] = "config"
    assert relay_handler(environment)(batch(case), FakeContext()) == {"batchItemFailures": []}
    messages = []
    for url in queue_urls(environment):
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for each in found:
                snapshot = json.loads(each["Body"])["CurrentAgentSnapshot"]
                messages.append(
                    [snapshot["Configuration"]["Username"], snapshot["AgentStatus"]["Name"]]
                )
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return messages, dynamodb.scan(TableName="states")["Items"]


def lines(case: Case, client: Client) -> list[list[str]]:
    """The columns of each report line."""
    s3 = client("s3")
    create_bucket(s3, "reports")
    create_stream(client("firehose"), "lines", "reports")
    if "table" in case["settings"]:
        table = case["settings"]["table"].encode()
        s3.put_object(Bucket="reports", Key="ASPECT_AGENT_STATUS_INFO.csv", Body=table)
    handler = classifier_handler(
        {
            "FAILED_RECORDS_BUCKET": "failed",
            "FIREHOSE_STREAM": "lines",
            "INCLUDE_AGENT_STATUS_TYPE": "False",
            "STATUS_TABLE_BUCKET": "reports",
        }
    )
    assert handler(batch(case), FakeContext()) == {"batchItemFailures": []}
    found = s3.list_objects_v2(Bucket="reports", Prefix="OUTPUT/").get("Contents", [])
    content = b"".join(
        s3.get_object(Bucket="reports", Key=each["Key"])["Body"].read() for each in found
    )
    return [line.split(",") for line in content.decode().splitlines()]


@pytest.mark.usefixtures("dynamodb")
@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case["surface"] != "classifier"]
)
def test_what_the_rta_server_gets_is_what_the_original_gave(name: str, client: Client) -> None:
    case = CASES[name]
    messages, items = relayed(case, client)
    if name == "timestamp-without-seconds":
        assert [each["LastEventTimeStamp"]["S"] for each in items] == case["want"]
    elif name == "group-move-previous-null":
        assert items == []
    else:
        assert messages == case["want"]


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case["surface"] != "relay"]
)
def test_what_the_wfm_adapter_gets_is_what_the_original_gave(name: str, client: Client) -> None:
    case = CASES[name]
    found = lines(case, client)
    assert len(found) == len(case["events"])
    if case["surface"] == "classifier":
        assert [columns[10] for columns in found] == case["want"]
