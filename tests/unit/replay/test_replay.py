"""Replaying what was given up: documents as AWS describes them, against an AWS in the process."""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_classifier.classifier import classifier_handler
from agent_events.kinesis_batch import BatchResponse
from aspect_wfm.command import main
from aspect_wfm.deployment import DeploymentError, chosen_function
from aspect_wfm.replay.documents import UnreadableDocument, chunks, invocation, read_document
from aspect_wfm.replay.function import failed_records_function
from aspect_wfm.replay.replay import Clients, Left, Selection, Summary, replay
from rta_relay.relay import relay_handler
from tests.relay_environment import queue_urls, relay_environment
from tests.unit.aws import (
    REGION,
    Client,
    Ministack,
    Moto,
    create_bucket,
    create_stream,
    create_table,
)
from tests.unit.events import STREAM_ARN, FakeContext, arn, event, record
from tests.unit.examples import costly

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


def at(minute: int) -> str:
    return f"2026-03-02T{9 + minute // 60:02}:{minute % 60:02}:00.000Z"


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


@pytest.fixture
def deployment(for_the_relay: Client) -> Deployment:
    return deployed(for_the_relay)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "secret"}}, "Invoke")


def failing_from(*numbers: int) -> dict[str, Any]:
    failures = [{"itemIdentifier": str(number)} for number in numbers]
    return {"StatusCode": 200, "Payload": {"batchItemFailures": failures}}


def test_what_lambda_gave_up_goes_through_the_function_and_to_replayed(
    deployment: Deployment,
) -> None:
    first = deployment.keep(on_stream(1, event("ann", at(1))), on_stream(2, event("bob", at(2))))
    before = deployment.document(first)
    summary = deployment.replay()
    assert (summary.documents, summary.records, summary.taken, summary.moved) == (1, 2, 2, 1)
    assert (summary.left, summary.stopped) == ([], None)
    assert deployment.states() == {"ann": ("Available", at(1)), "bob": ("Available", at(2))}
    assert len(deployment.sent()) == 2
    assert deployment.stored() == [f"replayed/{first}"]
    assert deployment.document(f"replayed/{first}") == before


def test_a_second_replay_does_nothing(deployment: Deployment) -> None:
    deployment.keep(on_stream(1, event("ann", at(1))))
    deployment.replay()
    keys, states = deployment.stored(), deployment.states()
    assert deployment.replay() == Summary()
    assert (deployment.stored(), deployment.states()) == (keys, states)
    assert len(deployment.functions.invocations) == 1


def test_documents_are_taken_oldest_first_whatever_their_names(deployment: Deployment) -> None:
    for number in (30, 4, 200):
        deployment.keep(on_stream(number, event("ann", at(number), status=f"s{number}")))
    deployment.replay()
    assert deployment.functions.invocations == [["4"], ["30"], ["200"]]


def test_a_large_batch_goes_in_several_invocations_that_lambda_takes(
    deployment: Deployment,
) -> None:
    many = [on_stream(n, event(f"agent-{n}", at(1))) for n in range(1, 251)]
    deployment.keep(*many)
    assert deployment.replay().taken == 250
    assert [len(each) for each in deployment.functions.invocations] == [100, 100, 50]


def test_chunks_keep_order_and_size() -> None:
    records = [on_stream(n, b"x" * 300_000) for n in range(40)]
    found = list(chunks(records, 100, 6_291_456))
    assert [each for chunk in found for each in chunk] == records
    assert all(len(invocation(chunk)) <= 6_291_456 for chunk in found)
    assert len(found) == 3


def test_an_older_event_is_not_replayed_behind_a_newer_one(deployment: Deployment) -> None:
    old = [
        on_stream(1, event("ann", at(1), status="Lunch")),
        on_stream(2, event("bob", at(2))),
        on_stream(3, event("cid", at(3))),
    ]
    deployment.live(
        on_stream(10, event("ann", at(10))), on_stream(11, event("bob", at(11), status="Offline"))
    )
    states = deployment.states()
    deployment.sent()
    key = deployment.keep(*old)
    summary = deployment.replay()
    assert (summary.superseded, summary.taken) == (2, 1)
    assert deployment.functions.invocations == [["3"]]
    assert deployment.states() == states | {"cid": ("Available", at(3))}
    assert deployment.sent() == [f"cid-{at(3)}"]
    assert deployment.stored() == [f"replayed/{key}"]


def test_where_all_is_superseded_the_function_is_not_invoked(deployment: Deployment) -> None:
    deployment.live(on_stream(10, event("ann", at(10))))
    deployment.keep(on_stream(1, event("ann", at(1))))
    assert deployment.replay().moved == 1
    assert deployment.functions.invocations == []


def test_what_is_in_the_table_but_on_no_queue_is_sent(deployment: Deployment) -> None:
    """The table is written first, and sending failed."""
    records = [on_stream(1, event("ann", at(1))), on_stream(2, event("ann", at(2), status="Lunch"))]
    with mock.patch("rta_relay.relay.send_in_order", return_value={"1", "2"}):
        assert deployment.live(*records)["batchItemFailures"]
    assert deployment.states() == {"ann": ("Lunch", at(2))}
    deployment.keep(*records)
    summary = deployment.replay()
    assert (summary.superseded, summary.taken) == (1, 1)
    assert deployment.sent() == [f"ann-{at(2)}"], "the newest, and nothing older"


def test_so_is_a_sign_out(deployment: Deployment) -> None:
    sign_out = on_stream(2, event("ann", at(2), status="Offline"))
    deployment.live(on_stream(1, event("ann", at(1))))
    with mock.patch("rta_relay.relay.send_in_order", return_value={"2"}):
        deployment.live(sign_out)
    deployment.sent()
    deployment.keep(sign_out)
    assert deployment.replay().taken == 1
    assert deployment.sent() == [f"ann-{at(2)}"]
    assert deployment.states() == {}


@pytest.mark.parametrize("known", [True, False])
def test_heartbeats_are_never_sent_late(deployment: Deployment, known: bool) -> None:
    if known:
        deployment.live(on_stream(1, event("ann", at(1))))
    deployment.keep(on_stream(5, event("ann", at(5), event_type="HEART_BEAT")))
    summary = deployment.replay()
    assert (summary.superseded, summary.moved) == (1, 1)
    assert deployment.functions.invocations == []


def test_the_classifier_gets_heartbeats_and_old_events_too(deployment: Deployment) -> None:
    records = [
        on_stream(1, event("ann", at(1))),
        on_stream(2, event("ann", at(2), event_type="HEART_BEAT")),
    ]
    deployment.keep(*records, function=CLASSIFIER)
    summary = deployment.replay(CLASSIFIER)
    assert (summary.taken, summary.superseded) == (2, 0)
    assert deployment.lines().count(b",ann,") == 2


def test_what_the_function_reports_as_failed_stays_and_the_rest_moves(
    deployment: Deployment,
) -> None:
    key = deployment.keep(*(on_stream(n, event(f"agent-{n}", at(n))) for n in range(1, 6)))
    deployment.functions.refusals = [failing_from(3, 5)]
    summary = deployment.replay()
    assert (summary.taken, summary.moved, summary.records_left) == (2, 0, 3)
    assert [(each.key, each.records) for each in summary.left] == [(key, 3)]
    part = f"replayed/{key}.from-1"
    assert deployment.stored() == [key, part]
    assert (deployment.numbers(part), deployment.numbers(key)) == (["1", "2"], ["3", "4", "5"])
    batch = deployment.document(key)["KinesisBatchInfo"]
    assert (batch["startSequenceNumber"], batch["batchSize"]) == ("3", 3)
    assert batch["approximateArrivalOfFirstRecord"] == "2026-03-02T09:03:00.000Z"

    assert deployment.replay().moved == 1
    assert deployment.functions.invocations[1] == ["3", "4", "5"]
    assert deployment.stored() == [f"replayed/{key}", part]


def test_superseded_records_between_failed_ones_are_not_left(deployment: Deployment) -> None:
    deployment.live(on_stream(10, event("ann", at(10))))
    key = deployment.keep(
        on_stream(1, event("bob", at(1))),
        on_stream(2, event("ann", at(2))),
        on_stream(3, event("cid", at(3))),
    )
    deployment.functions.refusals = [failing_from(1)]
    deployment.replay()
    assert deployment.numbers(key) == ["1", "3"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"FunctionError": "Unhandled", "Payload": {"errorMessage": "secret"}}, "failed"),
        ({"Payload": None}, "not that of a relay"),
        ({"Payload": {"batchItemFailures": [{"itemIdentifier": "77"}]}}, "not given"),
        (ReadTimeoutError(endpoint_url="x"), "no answer in time"),
    ],
)
def test_what_no_answer_confirms_stays(deployment: Deployment, answer: Any, reason: str) -> None:
    key = deployment.keep(on_stream(1, event("ann", at(1))))
    deployment.functions.refusals = [answer]
    (left,) = deployment.replay().left
    assert (left.key, left.records) == (key, 1)
    assert reason in left.reason
    assert "secret" not in left.reason
    assert deployment.stored() == [key]
    assert deployment.replay().left == []


def test_a_throttled_invocation_is_tried_again(deployment: Deployment) -> None:
    deployment.keep(on_stream(1, event("ann", at(1))))
    deployment.functions.refusals = [refused("TooManyRequestsException")] * 4
    assert deployment.replay().taken == 1
    assert deployment.pauses == [1, 2, 3, 4]


def test_one_that_stays_throttled_leaves_its_document(deployment: Deployment) -> None:
    key = deployment.keep(on_stream(1, event("ann", at(1))))
    deployment.functions.refusals = [refused("TooManyRequestsException")] * 5
    (left,) = deployment.replay().left
    assert (left.key, left.reason) == (key, "Lambda throttles the function")


def test_a_refused_invocation_ends_the_replay_and_says_so(deployment: Deployment) -> None:
    for number in (1, 2):
        deployment.keep(on_stream(number, event("ann", at(number))))
    deployment.functions.refusals = [refused("AccessDeniedException")]
    summary = deployment.replay()
    assert (summary.documents, summary.not_tried) == (0, 2)
    assert "AccessDeniedException from Invoke" in str(summary.stopped)
    assert len(deployment.functions.invocations) == 1
    assert len(deployment.stored()) == 2


def expired(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "ExpiredToken", "Message": "x"}}, operation)


def keep_many(deployment: Deployment, number: int) -> str:
    """A document of the classifier with so many records."""
    records = (on_stream(n, event(f"agent-{n}", at(1))) for n in range(1, number + 1))
    return deployment.keep(*records, function=CLASSIFIER)


def left_in(deployment: Deployment, key: str) -> int:
    body = deployment.s3.get_object(Bucket=BUCKETS[CLASSIFIER], Key=key)["Body"].read()
    return len(read_document(key, body).records)


def test_what_was_taken_before_a_refused_call_is_not_taken_again(deployment: Deployment) -> None:
    key = keep_many(deployment, 350)
    deployment.functions.refusals = [None, None, refused("AccessDeniedException")]
    summary = deployment.replay(CLASSIFIER)
    assert "AccessDeniedException from Invoke" in str(summary.stopped)
    assert (summary.documents, summary.taken, summary.not_tried) == (1, 200, 0)
    assert [(each.key, each.records) for each in summary.left] == [(key, 150)]
    assert left_in(deployment, key) == 150
    summary = deployment.replay(CLASSIFIER)
    assert (summary.taken, summary.moved, summary.stopped) == (150, 1, None)
    assert deployment.lines().count(b",agent-") == 350


def test_a_large_document_is_settled_as_it_goes(deployment: Deployment) -> None:
    """Credentials that expire take writing to the bucket away as well."""
    key = keep_many(deployment, 1_350)
    real = deployment.s3

    class Expiring:
        def __getattr__(self, name: str) -> Any:
            if len(deployment.functions.invocations) > 12:
                raise expired(name)
            return getattr(real, name)

    deployment.functions.refusals = [None] * 12 + [expired("Invoke")]
    summary = deployment.replay(CLASSIFIER, s3=Expiring())
    assert "ExpiredToken" in str(summary.stopped)
    assert f"200 records of {key} are done and still in it" in str(summary.stopped)
    assert (summary.documents, summary.records, summary.taken) == (1, 1_350, 1_200)
    assert left_in(deployment, key) == 350
    assert deployment.replay(CLASSIFIER).taken == 350
    parts = [each for each in deployment.stored(BUCKETS[CLASSIFIER]) if key in each]
    assert parts == [f"replayed/{key}", f"replayed/{key}.from-1"]


@pytest.mark.parametrize("undeliverable", [False, True])
def test_records_are_taken_though_nobody_can_look_what_was_put_aside(
    deployment: Deployment, undeliverable: bool
) -> None:
    """Except one that may be under its own key again."""
    if undeliverable:
        deployment.live(on_stream(1, event("ann", at(1), Unknown="x" * 270_000)))
    else:
        deployment.keep(on_stream(1, event("ann", at(1))))
    (key,) = deployment.stored()
    real = deployment.s3

    class Unlisted:
        def __getattr__(self, name: str) -> Any:
            if name == "get_paginator" and deployment.functions.invocations:
                raise expired("ListObjectsV2")
            return getattr(real, name)

    assert "ExpiredToken" in str(deployment.replay(s3=Unlisted()).stopped)
    assert deployment.stored() == [key if undeliverable else f"replayed/{key}"]


def test_a_document_replaced_or_moved_since_it_was_listed_does_not_end_the_replay(
    deployment: Deployment,
) -> None:
    first, second, third = (
        deployment.keep(on_stream(number, event("ann", at(number)))) for number in (1, 2, 3)
    )
    real, reads = deployment.s3, []

    class Changing:
        def __getattr__(self, name: str) -> Any:
            if name == "get_object":
                reads.append(name)
                if len(reads) == 4:
                    real.put_object(Bucket="failed-records", Key=first, Body=b"{")
                    real.delete_object(Bucket="failed-records", Key=second)
            return getattr(real, name)

    summary = deployment.replay(s3=Changing())
    unreadable, gone = summary.left
    assert unreadable == Left(first, None, "cannot be read: the document is not JSON")
    assert (gone.key, gone.records) == (second, None)
    assert gone.reason.startswith("cannot be read: NoSuchKey from GetObject")
    assert (summary.stopped, summary.not_tried, summary.moved) == (None, 0, 1)
    assert deployment.functions.invocations == [["3"]]
    assert deployment.stored() == [first, f"replayed/{third}"]


def test_a_function_that_takes_nothing_is_not_asked_for_ever(deployment: Deployment) -> None:
    for number in range(1, 8):
        deployment.keep(on_stream(number, event(f"agent-{number}", at(number))))
    deployment.functions.refusals = [failing_from(number) for number in range(1, 8)]
    summary = deployment.replay()
    assert (len(summary.left), summary.not_tried) == (3, 4)
    assert f"{RELAY} took nothing of 3 documents in a row" in str(summary.stopped)
    assert len(deployment.stored()) == 7


def test_what_nothing_can_take_is_tried_once_and_left_where_it_is(deployment: Deployment) -> None:
    large = on_stream(1, event("ann", at(1), Unknown="x" * 270_000))
    ahead = on_stream(2, event("bob", "2099-01-01T00:00:00.000Z"))
    deployment.live(large, ahead, on_stream(3, event("cid", at(3))))
    keys = deployment.stored()
    assert [key.partition("/")[0] for key in keys] == ["undeliverable"] * 2
    for _ in range(2):
        summary = deployment.replay()
        assert (summary.documents, summary.taken, summary.kept_again) == (2, 0, 0)
        assert [each.key for each in summary.left] == keys
        assert ["MessageTooLarge" in each.reason for each in summary.left] == [True, False]
        assert deployment.stored() == keys
    assert len(deployment.functions.invocations) == 4


def test_what_is_undeliverable_only_with_the_flag_on_is_taken_with_the_flag_off(
    deployment: Deployment,
) -> None:
    deployment.live(on_stream(1, event("ann", at(1), Unknown="x" * 270_000)))
    deployment.functions.environments[RELAY]["WriteEventsToQueue"] = "False"
    deployment.functions.handlers.clear()
    assert deployment.replay().taken == 1


def test_what_of_a_batch_nothing_can_take_is_kept_on_its_own(deployment: Deployment) -> None:
    key = deployment.keep(
        on_stream(1, event("ann", at(1), Unknown="x" * 270_000)), on_stream(2, event("bob", at(2)))
    )
    summary = deployment.replay()
    assert (summary.taken, summary.kept_again, summary.moved) == (1, 1, 1)
    assert deployment.stored() == [f"replayed/{key}", f"undeliverable/{RELAY}/{SHARD}/1.json"]


def test_a_record_that_is_no_event_is_the_functions_to_judge(deployment: Deployment) -> None:
    deployment.keep(on_stream(1, b"no JSON"), on_stream(2, event("ann", at(2))))
    assert deployment.replay().taken == 2


def test_unreadable_documents_are_named_and_the_others_go_on(deployment: Deployment) -> None:
    broken = {
        "aws/lambda/m/s/2026/03/02/1": b"\xff",
        "aws/lambda/m/s/2026/03/02/2": b'["secret"]',
        "aws/lambda/m/s/2026/03/02/3": b'{"KinesisBatchInfo":{}}',
        "undeliverable/x/4.json": b'{"payload":"{\\"Records\\":[{\\"kinesis\\":{}}]}"}',
    }
    for key, body in broken.items():
        deployment.s3.put_object(Bucket="failed-records", Key=key, Body=body)
    deployment.s3.put_object(Bucket="failed-records", Key="notes.txt", Body=b"not ours")
    good = deployment.keep(on_stream(1, event("ann", at(1))))
    summary = deployment.replay()
    assert [each.key for each in summary.left] == list(broken)
    assert all("cannot be read" in each.reason for each in summary.left)
    assert "secret" not in str(summary.left)
    assert deployment.stored() == sorted([*broken, "notes.txt", f"replayed/{good}"])


def test_documents_of_another_function_are_left(deployment: Deployment) -> None:
    key, body = given_up([on_stream(1, event("ann", at(1)))], CLASSIFIER)
    deployment.s3.put_object(Bucket="failed-records", Key=key, Body=body)
    (left,) = deployment.replay().left
    assert left.reason == f"is of the function {CLASSIFIER}"
    assert deployment.functions.invocations == []


def test_only_the_asked_documents_are_replayed(deployment: Deployment) -> None:
    for number in (1, 2, 3):
        deployment.keep(on_stream(number, event("ann", at(number))))
    deployment.live(on_stream(9, event("big", at(9), Unknown="x" * 270_000)))
    second, third = (
        read_document("", deployment.s3.get_object(Bucket="failed-records", Key=key)["Body"].read())
        for key in deployment.stored()[1::-1]
    )
    summary = deployment.replay(
        prefix="aws/lambda/", after=second.arrived, before=third.arrived, dry_run=True
    )
    assert (summary.documents, summary.would_be_taken) == (1, 1)
    assert deployment.replay(prefix="undeliverable/", dry_run=True).documents == 1


def test_a_dry_run_changes_nothing(deployment: Deployment) -> None:
    deployment.live(on_stream(10, event("ann", at(10))))
    deployment.keep(on_stream(1, event("ann", at(1))), on_stream(2, event("bob", at(2))))
    keys, states = deployment.stored(), deployment.states()
    summary = deployment.replay(dry_run=True)
    assert (summary.superseded, summary.would_be_taken, summary.taken) == (1, 1, 0)
    assert (deployment.stored(), deployment.states()) == (keys, states)
    assert deployment.functions.invocations == []


class Interrupted(BaseException):
    """The operator's Ctrl-C, or a machine that goes away."""


class InterruptedMoving:
    """S3 whose `method` is never reached."""

    def __init__(self, s3: Any, method: str) -> None:
        self._s3, self._method = s3, method

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            raise Interrupted
        return getattr(self._s3, name)


@pytest.mark.parametrize("method", ["copy_object", "delete_object"])
def test_a_replay_interrupted_before_the_move_can_be_done_again(
    deployment: Deployment, method: str
) -> None:
    key = deployment.keep(
        on_stream(1, event("ann", at(1))), on_stream(2, event("ann", at(2), status="Lunch"))
    )
    with pytest.raises(Interrupted):
        deployment.replay(s3=InterruptedMoving(deployment.s3, method))
    assert key in deployment.stored()
    summary = deployment.replay()
    assert (summary.superseded, summary.taken) == (1, 1), "the older one is not sent again"
    assert deployment.stored() == [f"replayed/{key}"]
    assert deployment.states() == {"ann": ("Lunch", at(2))}
    assert deployment.sent() == [f"ann-{at(1)}", f"ann-{at(2)}"]


def test_an_interrupted_replay_of_report_lines_writes_them_twice_at_most(
    deployment: Deployment,
) -> None:
    deployment.keep(on_stream(1, event("ann", at(1))), function=CLASSIFIER)
    with pytest.raises(Interrupted):
        deployment.replay(CLASSIFIER, s3=InterruptedMoving(deployment.s3, "copy_object"))
    for _ in range(2):
        deployment.replay(CLASSIFIER)
    assert deployment.lines().count(b",ann,") == 2


def test_a_bucket_that_cannot_be_read_is_said(deployment: Deployment) -> None:
    summary = deployment.replay(bucket="no-such-bucket")
    assert "NoSuchBucket from ListObjectsV2" in str(summary.stopped)


def test_more_agents_than_dynamodb_answers_at_once(deployment: Deployment) -> None:
    """An answer may leave keys for another call."""
    deployment.live(on_stream(10, event("ann", at(10))), on_stream(11, event("bob", at(11))))
    deployment.keep(on_stream(1, event("ann", at(1))), on_stream(2, event("bob", at(2))))
    real = deployment.dynamodb.batch_get_item

    def one_at_a_time(RequestItems: Any) -> Any:  # noqa: N803
        ((table, wanted),) = RequestItems.items()
        first, *rest = wanted["Keys"]
        answer = real(RequestItems={table: wanted | {"Keys": [first]}})
        answer["UnprocessedKeys"] = {table: wanted | {"Keys": rest}} if rest else {}
        return answer

    with mock.patch.object(deployment.dynamodb, "batch_get_item", one_at_a_time):
        assert deployment.replay().superseded == 2


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"{", "not JSON"),
        (b"[]", "no JSON object"),
        (b"{}", "no payload"),
        (b'{"payload":"[]"}', "no JSON object"),
        (b'{"payload":"{\\"Records\\":[]}"}', "no records"),
        (b'{"payload":"{\\"Records\\":[{}]}"}', "none of a Kinesis stream"),
    ],
)
def test_the_fault_of_a_document_is_said(body: bytes, fault: str) -> None:
    with pytest.raises(UnreadableDocument, match=fault):
        read_document("key", body)


@pytest.mark.parametrize(("digits", "readable"), [(129, True), (130, False), (5_000, False)])
def test_a_sequence_number_is_as_long_as_kinesis_makes_them(digits: int, readable: bool) -> None:
    found = on_stream(1, event())
    _, body = given_up([found])
    body = body.replace(
        b'\\"sequenceNumber\\": \\"1\\"', b'\\"sequenceNumber\\": \\"%s\\"' % (b"1" * digits)
    )
    if readable:
        assert read_document("key", body).place[1] == int("1" * digits)
    else:
        with pytest.raises(UnreadableDocument, match="none of a Kinesis stream"):
            read_document("key", body)


def test_a_document_that_names_no_function_is_unreadable() -> None:
    content = json.loads(given_up([on_stream(1, event())])[1]) | {"requestContext": {}}
    with pytest.raises(UnreadableDocument, match="names no function"):
        read_document("key", json.dumps(content).encode())


def test_a_function_that_is_none_of_ours_is_refused(deployment: Deployment) -> None:
    with pytest.raises(DeploymentError, match="neither a relay nor a classifier"):
        failed_records_function("other", {})
    environment = deployment.functions.environments[RELAY] | {"SqsQueueUrl1": "x"}
    with pytest.raises(DeploymentError, match="SqsQueueUrl1"):
        failed_records_function(RELAY, environment)


def test_the_function_is_found_in_the_outputs(tmp_path: Any) -> None:
    file = tmp_path / "outputs.json"
    one = {"rta_lambda_function_name": {"value": RELAY}}
    file.write_text(json.dumps(one))
    names = ("rta_lambda_function_name", "classifier_lambda_function_name")
    assert chosen_function(str(file), None, None, names, identity) == RELAY
    file.write_text(json.dumps(one | {"classifier_lambda_function_name": {"value": CLASSIFIER}}))
    assert chosen_function(str(file), None, CLASSIFIER, names, identity) == CLASSIFIER
    with pytest.raises(DeploymentError, match=f"--function, {CLASSIFIER} or {RELAY}"):
        chosen_function(str(file), None, None, names, identity)
    with pytest.raises(DeploymentError, match="--function"):
        chosen_function(None, None, None, names, identity)
    file.write_text(json.dumps({"rta": {"value": {"berlin": {names[0]: RELAY}}}}))
    assert chosen_function(str(file), "rta.berlin", None, names, identity) == RELAY
    with pytest.raises(DeploymentError, match=r"they are at: rta\.berlin"):
        chosen_function(str(file), "rta.rome", None, names, identity)
    with pytest.raises(DeploymentError, match="No output"):
        chosen_function(str(file), None, None, ("classifier_lambda_function_name",), identity)


APPLICATION = "arn:aws:kinesisanalytics:eu-central-1:123456789012:application/aspect-wfm-ap"


def test_a_flink_application_is_refused_with_what_to_do_instead(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({"flink_application_arn": {"value": APPLICATION}}))
    for arguments in ([str(file)], ["--function", APPLICATION]):
        assert replay_command(arguments) == 2
        assert "aspect-wfm rebuild" in capsys.readouterr().err
    both = {"flink_application_arn": APPLICATION, "rta_lambda_function_name": RELAY}
    file.write_text(json.dumps({name: {"value": value} for name, value in both.items()}))
    assert chosen_function(str(file), None, None, ("rta_lambda_function_name",), identity) == RELAY


@pytest.fixture
def command_line(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """`main` works with the deployment."""
    real = boto3.client
    monkeypatch.setattr(
        "boto3.client",
        lambda service, **options: (
            deployment.functions if service == "lambda" else real(service, **options)
        ),
    )
    return deployment


def test_the_command_says_what_it_did_and_nothing_of_an_event(
    command_line: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    key = command_line.keep(on_stream(1, event("ann", at(1))), on_stream(2, event("bob", at(2))))
    assert replay_command(["--function", RELAY, "--dry-run"]) == 0
    assert "2  would be replayed" in capsys.readouterr().out
    command_line.functions.refusals = [failing_from(2)]
    assert replay_command(["--function", RELAY]) == 1
    output = capsys.readouterr().out
    assert "1  taken" in output
    assert f"{key}: 1 record: the function could not deliver it" in output
    assert replay_command(["--function", RELAY, "--bucket", "failed-records"]) == 0
    output += capsys.readouterr().out
    assert replay_command(["--function", RELAY]) == 0
    assert "0  documents" in capsys.readouterr().out
    assert not any(name in output for name in ("ann", "bob", "agent/"))


@pytest.mark.parametrize(
    "arguments", [["--prefix", "replayed/"], ["--after", "noon"], ["--function"]]
)
def test_a_wrong_argument_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        replay_command(arguments)
    assert refusal.value.code == 2


def test_a_function_that_is_not_there_is_said(
    command_line: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = ClientError(
        {"Error": {"Code": "ResourceNotFoundException", "Message": "Function not found: x"}},
        "GetFunctionConfiguration",
    )
    with mock.patch.object(Functions, "get_function_configuration", side_effect=missing):
        assert replay_command(["--function", "x"]) == 2
    assert "There is no function x in eu-central-1" in capsys.readouterr().err
    command_line.functions.environments["heartbeat"] = {}
    assert replay_command(["--function", "heartbeat"]) == 2
    assert "neither" in capsys.readouterr().err


AGENTS = ("ann", "bob")
STATUSES = ("Available", "Lunch", "Offline")

# What becomes of a batch: taken; given up before the function wrote anything; or given up from this
# message on, after the tables were written. And what becomes of a replay, between the batches.
BATCH = st.tuples(
    st.lists(st.tuples(st.sampled_from(AGENTS), st.sampled_from(STATUSES)), min_size=1, max_size=4),
    st.sampled_from(["taken", "lost", 0, 1, 2]),
)
REPLAY = st.sampled_from(["whole", "copy_object", "delete_object", "put_object", 0, 1])


@settings(costly(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BATCH | REPLAY, max_size=10))
def test_after_any_history_the_tables_are_as_if_nothing_had_failed(
    for_the_relay: Client, moto: Moto, ministack: Ministack, steps: list[Any]
) -> None:
    """And no older state follows a newer one on the queue, where the newest state comes last."""
    moto.reset()
    ministack.reset()
    deployment = deployed(for_the_relay)
    sent: list[tuple[str, str]] = []
    failing: list[int | None] = [None]

    def send(_sqs: Any, messages: Any, *_rest: Any) -> set[str]:
        end = len(messages) if failing[0] is None else failing[0]
        for _, message in messages[:end]:
            document = json.loads(message.body)
            sent.append((document["AgentARN"], document["EventTimestamp"]))
        return {message.sequence_number for _, message in messages[end:]}

    expected: dict[str, tuple[str, str]] = {}
    newest: dict[str, str] = {}
    number = 0
    with mock.patch("rta_relay.relay.send_in_order", send):
        for step in [*steps, "whole"]:
            failing[0] = None
            if isinstance(step, tuple):
                records = []
                for agent, status in step[0]:
                    number += 1
                    records.append(on_stream(number, event(agent, at(number), status=status)))
                    newest[arn(agent)] = at(number)
                    expected.pop(agent, None)
                    if status != "Offline":
                        expected[agent] = (status, at(number))
                first_failed = str(number - len(records) + 1)
                if step[1] != "lost":
                    failing[0] = None if step[1] == "taken" else step[1]
                    failures = deployment.live(*records)["batchItemFailures"]
                    first_failed = failures[0]["itemIdentifier"] if failures else str(number + 1)
                given = [
                    r for r in records if int(r["kinesis"]["sequenceNumber"]) >= int(first_failed)
                ]
                if given:
                    deployment.keep(*given)
            elif step == "whole":
                assert deployment.replay().left == []
            elif isinstance(step, int):
                failing[0] = step
                deployment.replay()
            else:
                with suppress(Interrupted):
                    deployment.replay(s3=InterruptedMoving(deployment.s3, step))
    assert deployment.states() == expected
    for agent, timestamp in newest.items():
        timestamps = [each for of, each in sent if of == agent]
        assert timestamps == sorted(timestamps)
        assert timestamps[-1] == timestamp
    assert deployment.replay() == Summary()
