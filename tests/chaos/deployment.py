"""What the modules create, made directly: tables, queues, buckets, and the Firehose stream."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.chaos.expectations import REFERENCE_TABLE, Filter
from tests.chaos.servers import Servers
from tests.local_cloud.cloud import ACCOUNT_ID, REGION
from tests.relay_environment import relay_environment

STATE_TABLE = "agent-states"
_SIGNED_OUT_TABLE = "signed-out-agents"
CONFIGURATION_TABLE = "configuration"
RELAY_FAILURES = "relay-failed-records"
CLASSIFIER_FAILURES = "classifier-failed-events"
REPORTS = "reports"
REPORT_PREFIX = "OUTPUT/"
_FIREHOSE = "aspect-wfm-ap-kda-to-s3"

FLAG = "WriteEventsToQueue"


@dataclass(frozen=True, slots=True)
class Options:
    """How a deployment is configured: `flag_in_table` or in the environment, where it is then on
    all the time; `only` is the hierarchy filter, `with_type` whether reports have 13 columns."""

    queues: int
    flag_in_table: bool
    only: Filter
    with_type: bool


@dataclass(frozen=True, slots=True)
class Deployment:
    """The queues' URLs in the contract's order, and how it is configured."""

    servers: Servers
    options: Options
    queue_urls: tuple[str, ...]

    def relay_environment(self) -> dict[str, str]:
        only = self.options.only
        return relay_environment(
            self.queue_urls,
            AhgFilterLevel=str(only.level),
            AhgFilterSeparator="|",
            AhgFilterValues="|".join(sorted(value.upper() for value in only.values)),
            DynamoDbTableName=STATE_TABLE,
            FAILED_RECORDS_BUCKET=RELAY_FAILURES,
            SIGNED_OUT_AGENTS_TABLE=_SIGNED_OUT_TABLE,
            **({"ConfigTableName": CONFIGURATION_TABLE} if self.options.flag_in_table else {}),
            **{FLAG: "True"},
        )

    def classifier_environment(self) -> dict[str, str]:
        return {
            "FAILED_RECORDS_BUCKET": CLASSIFIER_FAILURES,
            "FIREHOSE_STREAM": _FIREHOSE,
            "INCLUDE_AGENT_STATUS_TYPE": str(self.options.with_type),
            "STATUS_TABLE_BUCKET": REPORTS,
        }

    def states(self) -> dict[str, dict[str, str]]:
        """The items of the state table by agent."""
        pages = self.servers.client("dynamodb").get_paginator("scan")
        return {
            item["AgentARN"]["S"]: {name: value["S"] for name, value in item.items()}
            for page in pages.paginate(TableName=STATE_TABLE)
            for item in page["Items"]
        }

    def objects(self, bucket: str, prefix: str = "", delete: bool = False) -> Iterator[bytes]:
        """The content of each object of a bucket; read once, with `delete`."""
        s3 = self.servers.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for key in [found["Key"] for page in pages for found in page.get("Contents", [])]:
            yield s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            if delete:
                s3.delete_object(Bucket=bucket, Key=key)


def some_options(seed: int) -> Options:
    """A configuration by seed; the table holds the flag in three of four."""
    chance = random.Random(f"options {seed}")
    groups = frozenset(
        chance.choice((("emea",), ("emea", "apac"), ("us", "emea"), ("emea", "équipe nord")))
    )
    return Options(
        queues=chance.choice((1, 2, 3, 5)),
        flag_in_table=chance.random() < 0.75,
        only=chance.choice((Filter(0, frozenset()), Filter(1, groups))),
        with_type=chance.random() < 0.3,
    )


def deploy(servers: Servers, options: Options) -> Deployment:
    """Create everything, with the attributes of the modules as far as they matter here."""
    dynamodb, sqs, s3 = (servers.client(name) for name in ("dynamodb", "sqs", "s3"))
    for table, key in (
        (STATE_TABLE, "AgentARN"),
        (_SIGNED_OUT_TABLE, "AgentARN"),
        (CONFIGURATION_TABLE, "Setting"),
    ):
        dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    urls = tuple(_queue(sqs, number) for number in range(options.queues))
    for bucket in (RELAY_FAILURES, CLASSIFIER_FAILURES, REPORTS):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=REPORTS, Key="ASPECT_AGENT_STATUS_INFO.csv", Body=REFERENCE_TABLE)
    servers.client("firehose").create_delivery_stream(
        DeliveryStreamName=_FIREHOSE,
        DeliveryStreamType="DirectPut",
        ExtendedS3DestinationConfiguration={
            "RoleARN": f"arn:aws:iam::{ACCOUNT_ID}:role/firehose",
            "BucketARN": f"arn:aws:s3:::{REPORTS}",
            "Prefix": REPORT_PREFIX,
            "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
            "CompressionFormat": "UNCOMPRESSED",
        },
    )
    return Deployment(servers, options, urls)


def _queue(sqs: Any, number: int) -> str:
    """A queue with the attributes of the wire contract, section 3.4."""
    url: str = sqs.create_queue(
        QueueName=f"agent-events-{number}.fifo",
        Attributes={
            "FifoQueue": "true",
            "ContentBasedDeduplication": "true",
            "DelaySeconds": "0",
            "MaximumMessageSize": "262144",
            "MessageRetentionPeriod": "345600",
            "ReceiveMessageWaitTimeSeconds": "0",
            "VisibilityTimeout": "30",
        },
    )["QueueUrl"]
    return url
