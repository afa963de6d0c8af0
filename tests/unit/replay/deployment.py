"""A deployment to replay into, and documents as Lambda and the functions write them."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError

from agent_classifier.classifier import classifier_handler
from agent_events.kinesis_batch import BatchResponse
from aspect_wfm.command import main
from aspect_wfm.replay.documents import read_document
from aspect_wfm.replay.function import failed_records_function
from aspect_wfm.replay.replay import Clients, Selection, Summary, replay
from rta_relay.relay import relay_handler
from tests.relay_environment import queue_urls, relay_environment
from tests.unit.aws import (
    REGION,
    Client,
    create_bucket,
    create_stream,
    create_table,
)
from tests.unit.events import STREAM_ARN, FakeContext, event, record

RELAY = "aspect-wfm-rta-relay"

CLASSIFIER = "aspect-wfm-ap-classifier"

SHARD = "shardId-000000000000"

MAPPING = "1f2e3d4c-0000-4000-8000-000000000000"

Record = dict[str, Any]


def replay_command(arguments: list[str]) -> int:
    """`aspect-wfm replay`."""
    return main(["replay", *arguments])


def identity() -> tuple[str, str]:
    return "123456789012", "eu-central-1"


def minute(number: int) -> str:
    """The time of day that many minutes after nine."""
    return f"2026-03-02T{9 + number // 60:02}:{number % 60:02}:00.000Z"


def arrived(minute: int) -> float:
    return 1772442000.0 + 60 * minute


def on_stream(number: int, data: dict[str, Any] | bytes) -> Record:
    """The record with this number, which arrived in this minute."""
    found = record(data if isinstance(data, bytes) else json.dumps(data).encode(), str(number))
    found["kinesis"]["approximateArrivalTimestamp"] = arrived(number)
    return found


def given_up(records: list[Record], function: str = RELAY) -> tuple[str, bytes]:
    """Key and content of what Lambda's on-failure destination in S3 keeps of a batch, after AWS
    Lambda Developer Guide, "Retain discarded batch records for a Kinesis Data Streams event
    source"."""
    first, last = (each["kinesis"]["sequenceNumber"] for each in (records[0], records[-1]))
    content = {
        "requestContext": {
            "requestId": "c9b8fa9f-5a7f-4a4c-af9c-0c604cde93a5",
            "functionArn": f"arn:aws:lambda:eu-central-1:111122223333:function:{function}",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 101,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": "2026-03-02T20:38:06.021Z",
        "KinesisBatchInfo": {
            "shardId": SHARD,
            "startSequenceNumber": first,
            "endSequenceNumber": last,
            "approximateArrivalOfFirstRecord": "2026-03-02T09:00:00.000Z",
            "approximateArrivalOfLastRecord": "2026-03-02T09:01:00.000Z",
            "batchSize": len(records),
            "streamArn": STREAM_ARN,
        },
        "payload": json.dumps({"Records": records}),
    }
    # What Lambda adds at random comes here in the reverse order of the records.
    key = f"aws/lambda/{MAPPING}/{SHARD}/2026/03/02/2026-03-02T20.38.06-{1_000 - int(first):08}"
    return key, json.dumps(content).encode()


@dataclass
class Functions:
    """Lambda, which in moto would run functions in Docker: their handlers run here. Each of
    `refusals` answers one invocation."""

    environments: dict[str, dict[str, str]]
    handlers: dict[str, Callable[..., BatchResponse]] = field(default_factory=dict)
    refusals: list[Any] = field(default_factory=list)
    invocations: list[list[str]] = field(default_factory=list)
    meta: Any = field(default_factory=lambda: mock.Mock(region_name=REGION))

    def get_function_configuration(self, FunctionName: str) -> Any:  # noqa: N803
        return {
            "FunctionName": FunctionName,
            "Environment": {"Variables": self.environments[FunctionName]},
        }

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> Any:  # noqa: N803
        assert InvocationType == "RequestResponse"
        assert len(Payload) <= 6 * 1024 * 1024
        records = json.loads(Payload)["Records"]
        self.invocations.append([each["kinesis"]["sequenceNumber"] for each in records])
        refusal = self.refusals.pop(0) if self.refusals else None
        if isinstance(refusal, Exception):
            raise refusal
        if refusal is not None:
            return refusal | {"Payload": io.BytesIO(json.dumps(refusal["Payload"]).encode())}
        answer = self.handler(FunctionName)(json.loads(Payload), self.context(FunctionName))
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}

    def handler(self, name: str) -> Callable[..., BatchResponse]:
        if name not in self.handlers:
            make: Callable[..., Any] = relay_handler if name == RELAY else classifier_handler
            self.handlers[name] = make(self.environments[name])
        return self.handlers[name]

    def context(self, name: str) -> FakeContext:
        return FakeContext(
            aws_request_id=f"request-{len(self.invocations)}",
            function_name=name,
            invoked_function_arn=f"arn:aws:lambda:eu-central-1:111122223333:function:{name}",
        )


@dataclass
class Deployment:
    """A relay and a classifier, and what they work with."""

    client: Client
    functions: Functions
    pauses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.s3 = self.client("s3")
        self.dynamodb = self.client("dynamodb")

    def live(self, *records: Record, function: str = RELAY) -> BatchResponse:
        """What the event source mapping does."""
        handler = self.functions.handler(function)
        return handler({"Records": list(records)}, self.functions.context(function))

    def keep(self, *records: Record, function: str = RELAY) -> str:
        key, body = given_up(list(records), function)
        self.s3.put_object(Bucket=BUCKETS[function], Key=key, Body=body)
        return key

    def replay(
        self, function: str = RELAY, dry_run: bool = False, s3: Any = None, **selection: Any
    ) -> Summary:
        clients = Clients(s3 or self.s3, self.functions, self.dynamodb)
        return replay(
            clients,
            failed_records_function(function, self.functions.environments[function]),
            Selection(selection.pop("bucket", BUCKETS[function]), **selection),
            dry_run,
            self.pauses.append,
        )

    def stored(self, bucket: str = "failed-records") -> list[str]:
        found = self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return sorted(each["Key"] for each in found)

    def document(self, key: str, bucket: str = "failed-records") -> Any:
        return json.load(self.s3.get_object(Bucket=bucket, Key=key)["Body"])

    def numbers(self, key: str) -> list[str]:
        records = json.loads(self.document(key)["payload"])["Records"]
        return [each["kinesis"]["sequenceNumber"] for each in records]

    def states(self) -> dict[str, tuple[str, str]]:
        return {
            item["AgentUsername"]["S"]: (
                item["CurrentState"]["S"],
                item["LastEventTimeStamp"]["S"],
            )
            for item in self.dynamodb.scan(TableName="states")["Items"]
        }

    def sent(self) -> list[str]:
        """The EventIds of the messages, taken off the queue."""
        sqs, ids = self.client("sqs"), []
        url = queue_urls(self.functions.environments[RELAY])[0]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                ids.append(json.loads(message["Body"])["EventId"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return ids

    def lines(self) -> bytes:
        found = self.s3.list_objects_v2(Bucket="reports", Prefix="OUTPUT/").get("Contents", [])
        return b"".join(
            self.s3.get_object(Bucket="reports", Key=each["Key"])["Body"].read() for each in found
        )


BUCKETS = {RELAY: "failed-records", CLASSIFIER: "failed-events"}


def deployed(client: Client) -> Deployment:
    """A deployment in an empty AWS."""
    s3, sqs, dynamodb = client("s3"), client("sqs"), client("dynamodb")
    for bucket in ("reports", *BUCKETS.values()):
        create_bucket(s3, bucket)
    for table in ("states", "signed-out"):
        create_table(dynamodb, table, "AgentARN")
    create_stream(client("firehose"), "lines", "reports")
    url = sqs.create_queue(
        QueueName="events-1.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
    )["QueueUrl"]
    relay = relay_environment(
        [url], FAILED_RECORDS_BUCKET=BUCKETS[RELAY], WriteEventsToQueue="True"
    )
    classifier = {
        "FAILED_RECORDS_BUCKET": BUCKETS[CLASSIFIER],
        "FIREHOSE_STREAM": "lines",
        "INCLUDE_AGENT_STATUS_TYPE": "False",
        "STATUS_TABLE_BUCKET": "reports",
    }
    return Deployment(client, Functions({RELAY: relay, CLASSIFIER: classifier}))


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "secret"}}, "Invoke")


def failing_from(*numbers: int) -> dict[str, Any]:
    failures = [{"itemIdentifier": str(number)} for number in numbers]
    return {"StatusCode": 200, "Payload": {"batchItemFailures": failures}}


def expired(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "ExpiredToken", "Message": "x"}}, operation)


def keep_many(deployment: Deployment, number: int) -> str:
    """A document of the classifier with this many records."""
    records = (on_stream(n, event(f"agent-{n}", minute(1))) for n in range(1, number + 1))
    return deployment.keep(*records, function=CLASSIFIER)


def left_in(deployment: Deployment, key: str) -> int:
    body = deployment.s3.get_object(Bucket=BUCKETS[CLASSIFIER], Key=key)["Body"].read()
    return len(read_document(key, body).records)


def malformed(change: Callable[[dict[str, Any], list[Record]], None], records: int = 1) -> bytes:
    """What Lambda keeps of a batch, but for a change of the document and its records."""
    some = [on_stream(number, event("bob", minute(number))) for number in range(1, records + 1)]
    document = json.loads(given_up(some)[1])
    change(document, some)
    return json.dumps(document | {"payload": json.dumps({"Records": some})}).encode()
