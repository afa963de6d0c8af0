"""The benchmark compares equal work, counts it right, and boto3 takes its AWS for the real one."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.config import Config

from aspect_wfm.cost.designs import CLASSIFIER, RELAY
from benchmarks.speed.against_shard import events_per_second
from benchmarks.speed.against_usual import (
    BenchError,
    Case,
    Run,
    Ways,
    compare,
    median_run,
    run,
    ways,
)
from benchmarks.speed.paired import compared, in_pairs
from benchmarks.speed.printing import target
from benchmarks.speed.stub import RunningStub, running_stub
from tests.agent_event_batches import FEW, MANY, mean_size, mixed

QUEUE = "https://sqs.invalid/111122223333/events-0.fifo"


@dataclass(frozen=True)
class Local:
    """A stub, and clients of it by service, which are also what `boto3.client` makes."""

    stub: RunningStub
    clients: dict[str, Any]


@pytest.fixture(scope="module")
def local() -> Iterator[Local]:
    config = Config(retries={"total_max_attempts": 1})
    with running_stub() as stub, patch.dict(os.environ, stub.environment()):
        session = boto3.Session()
        services = ("dynamodb", "firehose", "s3", "sqs")
        clients = {name: session.client(name, config=config) for name in services}
        with patch("boto3.client", lambda service, **_options: clients[service]):
            yield Local(stub, clients)


@pytest.fixture
def aws(local: Local) -> Local:
    local.stub.reset()
    return local


def statement(agent: str) -> dict[str, Any]:
    return {
        "Statement": 'UPDATE "agent-states" SET "New"=? WHERE "AgentARN"=? AND "At"<?',
        "Parameters": [{"S": value} for value in ("y", agent, "2026")],
    }


def test_boto3_takes_its_dynamodb_for_dynamodb(aws: Local) -> None:
    dynamodb = aws.clients["dynamodb"]
    ann, bob = ({"AgentARN": {"S": name}} for name in ("ann", "bob"))
    aws.stub.reset(states={"ann": ann})
    assert dynamodb.get_item(TableName="agent-states", Key=ann)["Item"] == ann
    assert "Item" not in dynamodb.get_item(TableName="agent-states", Key=bob)
    answers = dynamodb.batch_execute_statement(Statements=[statement("ann"), statement("bob")])
    codes = [each.get("Error", {}).get("Code") for each in answers["Responses"]]
    assert codes == [None, "ConditionalCheckFailed"]
    dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": "agent-states", "Item": bob}},
            {"Delete": {"TableName": "agent-states", "Key": ann}},
            {"Put": {"TableName": "signed-out", "Item": ann}},
        ]
    )
    assert aws.stub.counts().agents == ["bob"]
    dynamodb.put_item(TableName="agent-states", Item=ann)
    dynamodb.delete_item(TableName="agent-states", Key=bob)
    found = aws.stub.counts()
    assert found.agents == ["ann"]
    assert found.calls["GetItem"] == 2
    assert sum(found.calls.values()) == 6


def entries(number: int) -> list[dict[str, str]]:
    message = {"MessageBody": "jörg", "MessageGroupId": "g"}
    return [{"Id": str(place), **message} for place in range(number)]


def test_boto3_takes_its_queues_firehose_and_s3_for_the_real_ones(aws: Local) -> None:
    sqs, firehose, s3 = (aws.clients[name] for name in ("sqs", "firehose", "s3"))
    sqs.send_message(QueueUrl=QUEUE, MessageBody="jörg", MessageGroupId="g")
    taken = sqs.send_message_batch(QueueUrl=QUEUE, Entries=entries(3))["Successful"]
    assert [each["Id"] for each in taken] == ["0", "1", "2"]
    firehose.put_record(DeliveryStreamName="s", Record={"Data": b"a\n"})
    put = firehose.put_record_batch(DeliveryStreamName="s", Records=[{"Data": b"b\nc\n"}] * 2)
    assert put["FailedPutCount"] == 0
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="reports", Key="t.csv")
    found = aws.stub.counts()
    assert found.messages == {QUEUE: ["jörg"] * 4}
    assert found.lines == ["a", "b", "c", "b", "c"]


def test_a_paced_stub_has_the_limits_of_aws(aws: Local) -> None:
    dynamodb, sqs, firehose = (aws.clients[name] for name in ("dynamodb", "sqs", "firehose"))
    aws.stub.reset(pace=1e-9)  # one second for all of the test
    with pytest.raises(sqs.exceptions.ClientError, match="ValidationException"):
        sqs.send_message_batch(QueueUrl=QUEUE, Entries=entries(11))
    for _ in range(300):
        sqs.send_message_batch(QueueUrl=QUEUE, Entries=entries(1))
    with pytest.raises(sqs.exceptions.ClientError, match="RequestThrottled"):
        sqs.send_message_batch(QueueUrl=QUEUE, Entries=entries(1))
    sqs.send_message_batch(QueueUrl=f"{QUEUE}2", Entries=entries(1))
    with pytest.raises(dynamodb.exceptions.ClientError, match="ValidationException"):
        dynamodb.batch_execute_statement(Statements=[statement("ann")] * 26)
    large = {"Statement": "UPDATE", "Parameters": [{"S": "x" * 1_000 * 1_024}]}
    for _ in range(3):
        dynamodb.batch_execute_statement(Statements=[large])
    with pytest.raises(dynamodb.exceptions.ClientError, match="ThrottlingException"):
        dynamodb.batch_execute_statement(Statements=[large])
    line = {"DeliveryStreamName": "s", "Records": [{"Data": b"x" * 600_000}]}
    firehose.put_record_batch(**line)
    with pytest.raises(firehose.exceptions.ClientError, match="ServiceUnavailable"):
        firehose.put_record_batch(**line)
    assert aws.stub.counts().calls["refused"] == 5


@pytest.mark.parametrize(("product", "function"), [("RTA", RELAY), ("AP", CLASSIFIER)])
def test_a_full_batch_of_the_defaults_stays_within_the_limits(
    aws: Local, product: str, function: Any
) -> None:
    assert events_per_second(aws.stub, product, function, 1) > 0
    assert "refused" not in aws.stub.counts().calls


CASES = [Case("RTA", 30, MANY, True, 3, 0.0), Case("AP", 30, MANY, False, 0, 0.0)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.product)
def test_both_ways_do_the_same_work_and_the_usual_one_makes_the_calls_it_is_known_for(
    aws: Local, case: Case
) -> None:
    """The same state table, the same messages of each agent in order, the same report lines."""
    batch = mixed(case.records)
    found = compare(aws.stub, case, batch, ways(aws.stub, case))
    signed_out = batch.kinds.count("logout")
    calls = {
        "GetItem": batch.changes,
        "PutItem": batch.changes - signed_out,
        "DeleteItem": signed_out,
        "SendMessage": 30,
    }
    if case.product == "AP":  # the sign-ins have no username, and no line
        calls = {"PutRecord": 30 - batch.kinds.count("login")}
    assert found.usual.calls == calls
    assert found.fewer_calls == found.usual.all_calls / sum(found.ours.calls.values()) > 1
    assert found.faster == found.usual.wall / found.ours.wall


@pytest.mark.parametrize("lost", ["change", "heartbeat", "the order"])
def test_a_way_that_does_less_or_otherwise_is_found_out(aws: Local, lost: str) -> None:
    case = replace(CASES[0], records=12, queues=1, agents=FEW)
    batch = mixed(case.records, FEW)
    handlers = ways(aws.stub, case)
    records = batch.records[::-1]
    if lost != "the order":
        place = len(batch.kinds) - 1 - batch.kinds[::-1].index(lost)
        records = batch.records[:place] + batch.records[place + 1 :]

    def other(invocation: Any, context: Any) -> None:
        handlers.usual(
            {"Records": records} if len(invocation["Records"]) > 1 else invocation, context
        )

    with pytest.raises(BenchError, match="not the same work"):
        compare(aws.stub, case, batch, Ways(handlers.ours, other))


def test_a_way_that_fails_is_no_measurement(aws: Local) -> None:
    with pytest.raises(BenchError, match="records are left"):
        run(aws.stub, CASES[0], mixed(20), lambda *_: {"batchItemFailures": [{}]})


def test_a_batch_is_what_an_hour_of_work_looks_like_and_always_the_same() -> None:
    batch = mixed(200)
    assert mixed(20).records == mixed(20).records != mixed(20, seed=2).records
    events = [json.loads(each) for each in batch.events()]
    assert len({event["AgentARN"] for event in events}) == 120
    assert len({event["EventId"] for event in events}) == 200
    assert 2_600 < mean_size(batch) < 3_000
    assert (batch.kinds.count("heartbeat"), batch.changes) == (133, 67)
    assert batch.kinds.count("login") == batch.kinds.count("logout") == 1
    few = mixed(20, FEW)
    assert len({json.loads(each)["AgentARN"] for each in few.events()}) == 10


def test_figures_are_what_they_say() -> None:
    runs = [Run(wall, 0, 0, {}) for wall in (3.0, 1.0, 2.0)]
    assert median_run(runs).wall == 2.0
    assert target("x", 20, least=20).strip().startswith("met")
    assert target("x", 19.9, least=20).startswith("NOT MET")
    assert target("x", 1.2, most=1.1).startswith("NOT MET")


def test_pairs_are_taken_in_turn_and_compared_with_one_another() -> None:
    clock = iter(range(8))
    ours, base = in_pairs(lambda: ("ours", next(clock)), lambda: ("base", next(clock)), 4)
    assert ours == [("ours", 1), ("ours", 2), ("ours", 5), ("ours", 6)]
    assert base == [("base", 0), ("base", 3), ("base", 4), ("base", 7)]
    found = compared([2, 9, 8, 60, 5], [1, 3, 2, 10, 1])
    assert (found.lower, found.ratio, found.upper) == (3, 4, 5)
    assert (found.ours, found.base) == (8, 2)
