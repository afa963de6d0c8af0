"""The metrics that alarms and dashboards look at: the functions' own, and those of AWS.

Source of AWS's names: AWS Lambda Developer Guide, "Types of metrics for Lambda functions"; the
CloudWatch metrics pages of the developer guides of SQS, Firehose, Kinesis Data Streams and Managed
Service for Apache Flink.
"""

from agent_classifier import classifier
from heartbeat import heartbeat
from rta_relay import relay

# What each metric counts, by function.
METRICS = {
    "relay": relay.METRICS,
    "classifier": classifier.METRICS,
    "heartbeat": heartbeat.METRICS,
}

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
