"""The metrics that alarms and dashboards look at: the functions' own, by function, as
docs/operations.md lists them, and those of AWS.

Source of AWS's names: AWS Lambda Developer Guide, "Types of metrics for Lambda functions"; the
CloudWatch metrics pages of the developer guides of SQS, Firehose, Kinesis Data Streams and Managed
Service for Apache Flink.
"""

import re
from collections import defaultdict

from tests.local_cloud.terraform_cli import REPOSITORY


def _listed() -> dict[str, set[str]]:
    text = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.split("\n| function | metric | counts |\n| --- | --- | --- |\n")[1]
    found = defaultdict(set)
    functions: list[str] = []
    for named, metric in re.findall(r"^\| ([a-z, ]*)\| `(\w+)` \|", table, re.MULTILINE):
        functions = named.strip().split(", ") if named.strip() else functions
        for function in functions:
            found[function].add(metric)
    return dict(found)


METRICS = _listed()

# By namespace: the dimension, and the metrics of it that alarms and dashboards may name.
OF_AWS = {
    ("AWS/Firehose", "DeliveryStreamName"): {
        "DeliveryToS3.DataFreshness",
        "DeliveryToS3.Records",
        "IncomingRecords",
    },
    ("AWS/Kinesis", "StreamName"): {"IncomingRecords", "WriteProvisionedThroughputExceeded"},
    ("AWS/Lambda", "EventSourceMappingUUID"): {
        "DroppedEventCount",
        "OnFailureDestinationDeliveredEventCount",
    },
    ("AWS/Lambda", "FunctionName"): {"Errors", "Invocations", "IteratorAge", "Throttles"},
    ("AWS/SQS", "QueueName"): {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
    },
}
# Of an application and its stream, which are looked at with engine = flink only.
OF_FLINK = {
    "AWS/Kinesis": {
        "GetRecords.IteratorAgeMilliseconds": {"StreamName": "events"},
        "SubscribeToShardEvent.MillisBehindLatest": {
            "ConsumerName": "acme-classifier",
            "StreamName": "events",
        },
    },
    "AWS/KinesisAnalytics": {
        name: {"Application": "acme"}
        for name in (
            *("KPUs", "containerCPUUtilization", "fullRestarts", "numberOfFailedCheckpoints"),
            *METRICS["classifier"],  # which the job publishes: tests/flink/test_job.py
        )
    },
}
