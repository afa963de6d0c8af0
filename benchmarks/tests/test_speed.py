"""The benchmark compares equal work, counts it right, and boto3 takes its AWS for the real one."""

import asyncio
import hashlib
import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from benchmarks.speed.against_usual import (
    BenchError,
    Case,
    Comparison,
    Run,
    Ways,
    compare,
    expected_calls,
    least_time,
    median_run,
    run,
    ways,
)
from benchmarks.speed.conditions import NotUnderstood, condition, update
from benchmarks.speed.limits import BURST_SECONDS, TokenBucket, least_seconds
from benchmarks.speed.paired import in_pairs, paired_ratio
from benchmarks.speed.printing import table, target
from benchmarks.speed.services import Services, write_units
from benchmarks.speed.stub import RunningStub, Stub, listening, port_of
from tests.agent_event_batches import FEW, MANY, mean_size, mixed
from tests.unit.aws import REGION

QUEUE = "https://sqs.invalid/111122223333/events-0.fifo"


@dataclass(frozen=True)
class Local:
    """A stub in a thread of the test, and clients of it by service."""

    stub: RunningStub
    clients: dict[str, Any]


@pytest.fixture(scope="module")
def local() -> Iterator[Local]:
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(listening(Stub(Services())))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    stub = RunningStub(port_of(server))
    clients = {
        name: boto3.client(
            name,
            region_name=REGION,
            endpoint_url=stub.endpoint,
            config=Config(signature_version=UNSIGNED),
        )
        for name in ("dynamodb", "firehose", "s3", "sqs")
    }
    yield Local(stub, clients)
    for client in clients.values():
        client.close()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    if sys.version_info >= (3, 13):  # a connection that is left open fails later, in its destructor
        server.close_clients()
        loop.run_until_complete(server.wait_closed())
    loop.close()


@pytest.fixture
def aws(local: Local) -> Iterator[Local]:
    """Empty, and what `boto3.client` makes."""
    local.stub.reset()
    with patch("boto3.client", lambda service, **_options: local.clients[service]):
        yield local


def state_of(agent: str, at: str) -> dict[str, dict[str, str]]:
    return {"AgentARN": {"S": agent}, "LastEventTimeStamp": {"S": at}, "Old": {"S": "x"}}


def statement(agent: str, at: str) -> dict[str, Any]:
    return {
        "Statement": 'UPDATE "states" SET "LastEventTimeStamp"=? SET "New"=? REMOVE "Old" '
        'WHERE "AgentARN"=? AND "LastEventTimeStamp"<?',
        "Parameters": [{"S": value} for value in (at, "y", agent, at)],
    }


def test_boto3_takes_its_dynamodb_for_dynamodb(aws: Local) -> None:
    dynamodb, key = aws.clients["dynamodb"], {"AgentARN": {"S": "ann"}}
    item = state_of("ann", "2026")
    assert "Item" not in dynamodb.get_item(TableName="states", Key=key)
    dynamodb.put_item(TableName="states", Item=item)
    dynamodb.update_item(
        TableName="states",
        Key=key,
        UpdateExpression="SET #o = :o",
        ExpressionAttributeNames={"#o": "Old"},
        ExpressionAttributeValues={":o": {"S": "z"}},
    )
    found = dynamodb.get_item(TableName="states", Key=key)["Item"]
    assert found == {**item, "Old": {"S": "z"}}
    dynamodb.delete_item(TableName="states", Key=key)
    assert aws.stub.state()["tables"] == {"states": {}}
    assert aws.stub.counts().calls == {
        "GetItem": 2,
        "PutItem": 1,
        "UpdateItem": 1,
        "DeleteItem": 1,
    }
    assert aws.stub.counts().amounts["write units"] == 3


def test_a_statement_writes_only_over_an_older_item(aws: Local) -> None:
    dynamodb = aws.clients["dynamodb"]
    aws.stub.reset(
        tables={"states": {name: state_of(name, "2026-02") for name in ("ann", "bob", "cid")}}
    )
    answers = dynamodb.batch_execute_statement(
        Statements=[
            statement("ann", "2026-03"),
            statement("bob", "2026-02"),
            statement("nobody", "2026-03"),
        ]
    )["Responses"]
    codes = [answer.get("Error", {}).get("Code") for answer in answers]
    assert codes == [None, "ConditionalCheckFailed", "ConditionalCheckFailed"]
    states = aws.stub.state()["tables"]["states"]
    assert states["ann"] == {
        "AgentARN": {"S": "ann"},
        "LastEventTimeStamp": {"S": "2026-03"},
        "New": {"S": "y"},
    }
    assert states["bob"] == state_of("bob", "2026-02")
    assert "nobody" not in states


@pytest.mark.parametrize("count", [26, 2])
def test_a_batch_that_dynamodb_refuses_is_refused(aws: Local, count: int) -> None:
    """More than 25 statements, or two on one item."""
    agents = [f"agent{number}" for number in range(count)] if count > 25 else ["ann", "ann"]
    with pytest.raises(ClientError, match="ValidationException"):
        aws.clients["dynamodb"].batch_execute_statement(
            Statements=[statement(agent, "2026") for agent in agents]
        )


def test_a_transaction_writes_all_or_nothing(aws: Local) -> None:
    dynamodb = aws.clients["dynamodb"]
    aws.stub.reset(tables={"gone": {"bob": state_of("bob", "2026-05")}})

    def actions(agent: str) -> list[dict[str, Any]]:
        put = {"Put": {"TableName": "states", "Item": state_of(agent, "2026-03")}}
        check = {
            "TableName": "gone",
            "Key": {"AgentARN": {"S": agent}},
            "ConditionExpression": "attribute_not_exists(AgentARN) OR LastEventTimeStamp < :t",
            "ExpressionAttributeValues": {":t": {"S": "2026-03"}},
        }
        return [put, {"ConditionCheck": check}]

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as cancelled:
        dynamodb.transact_write_items(TransactItems=[*actions("ann"), *actions("bob")])
    codes = [each["Code"] for each in cancelled.value.response["CancellationReasons"]]
    assert codes == ["None", "None", "None", "ConditionalCheckFailed"]
    assert not aws.stub.state()["tables"].get("states")
    dynamodb.transact_write_items(TransactItems=actions("ann"))
    assert set(aws.stub.state()["tables"]["states"]) == {"ann"}
    assert aws.stub.counts().amounts["write units"] == 2 * (4 + 2)


def test_boto3_takes_its_queues_for_sqs_and_each_id_is_taken_once(aws: Local) -> None:
    sqs, body = aws.clients["sqs"], "jörg"
    md5 = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    message = {"MessageBody": body, "MessageGroupId": "g"}
    assert sqs.send_message(QueueUrl=QUEUE, **message)["MD5OfMessageBody"] == md5
    entries = [{"Id": str(n), "MessageDeduplicationId": str(n % 2), **message} for n in range(3)]
    taken = sqs.send_message_batch(QueueUrl=QUEUE, Entries=entries)["Successful"]
    assert [(each["Id"], each["MD5OfMessageBody"]) for each in taken] == [
        (str(n), md5) for n in range(3)
    ]
    assert aws.stub.state()["messages"] == {QUEUE: [body] * 3}
    assert aws.stub.counts().amounts == {"messages": 3, "duplicates": 1}
    with pytest.raises(ClientError, match="TooManyEntriesInBatchRequest"):
        sqs.send_message_batch(QueueUrl=QUEUE, Entries=entries * 4)


def test_boto3_takes_its_firehose_and_s3_for_the_real_ones(aws: Local) -> None:
    firehose, s3 = aws.clients["firehose"], aws.clients["s3"]
    firehose.put_record(DeliveryStreamName="s", Record={"Data": b"a\n"})
    put = firehose.put_record_batch(DeliveryStreamName="s", Records=[{"Data": b"b\nc\n"}] * 2)
    assert put["FailedPutCount"] == 0
    assert aws.stub.state()["records"] == ["a\n", "b\nc\n", "b\nc\n"]
    assert aws.stub.counts().amounts == {"records": 3, "lines": 5}
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="reports", Key="t.csv")
    s3.put_object(Bucket="reports", Key="t.csv", Body=b"x,y")
    found = s3.get_object(Bucket="reports", Key="t.csv")
    assert found["Body"].read() == b"x,y"
    with pytest.raises(ClientError, match="304"):
        s3.get_object(Bucket="reports", Key="t.csv", IfNoneMatch=found["ETag"])


CASES = [Case("RTA", 30, MANY, True, 3, 0.0), Case("AP", 30, MANY, False, 0, 0.0)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.product)
def test_both_ways_do_the_same_work_and_the_usual_one_makes_the_calls_it_is_known_for(
    aws: Local, case: Case
) -> None:
    """The same state table, the same messages of each agent in order, the same report lines."""
    batch = mixed(case.records)
    found = compare(aws.stub, case, batch, ways(aws.stub, case))
    assert found.usual.calls == expected_calls(case, batch)
    assert found.ours.left == 0
    assert found.fewer_calls == found.usual.all_calls / sum(found.ours.calls.values()) > 1
    assert found.faster == found.usual.wall / found.ours.wall


@pytest.mark.parametrize("lost", ["the last change", "a heartbeat", "the order"])
def test_a_way_that_does_less_or_otherwise_is_found_out(aws: Local, lost: str) -> None:
    case = replace(CASES[0], records=12, queues=1, agents=FEW)
    batch = mixed(case.records, FEW)
    handlers = ways(aws.stub, case)
    if lost == "the order":
        records = batch.records[::-1]
    else:
        kind = "change" if lost == "the last change" else "heartbeat"
        place = len(batch.kinds) - 1 - batch.kinds[::-1].index(kind)
        records = batch.records[:place] + batch.records[place + 1 :]

    def other(invocation: Any, context: Any) -> None:
        handlers.usual(
            {"Records": records} if len(invocation["Records"]) > 1 else invocation, context
        )

    with pytest.raises(BenchError, match="not the same work"):
        compare(aws.stub, case, batch, Ways(handlers.ours, other))


def test_what_failed_is_brought_again_and_what_is_left_is_said(aws: Local) -> None:
    batch = mixed(20)
    brought: list[int] = []

    def failing(invocation: Any, _context: Any) -> Any:
        brought.append(len(invocation["Records"]))
        last = invocation["Records"][-1]["kinesis"]["sequenceNumber"]
        return {"batchItemFailures": [{"itemIdentifier": last}]}

    done = run(aws.stub, replace(CASES[0], records=20), batch, failing)
    assert brought == [1, 20, 1, 1, 1, 1]  # the first one connects the clients
    assert (done.left, done.invocations) == (1, 5)


def test_a_bucket_gives_its_rate_and_a_tenth_of_a_second_more() -> None:
    now = 0.0
    bucket = TokenBucket(300, lambda: now)
    assert [bucket.take(1) for _ in range(31)] == [True] * 30 + [False]
    now = 0.01
    assert [bucket.take(1) for _ in range(4)] == [True] * 3 + [False]
    now = 10.0
    assert bucket.take(300)  # more than it holds, from a full one
    now = 10.9
    assert not bucket.take(1)
    assert least_seconds(330, 300) == pytest.approx(1.1 - BURST_SECONDS)
    assert least_seconds(3, 300) == 0


def test_throttling_answers_as_aws_does() -> None:
    services = Services(throttled=True)
    message = {"QueueUrl": QUEUE, "MessageBody": "b", "MessageGroupId": "g"}

    def sends() -> Iterator[tuple[int, bytes]]:
        while True:
            yield services.answer("SendMessage", json.dumps(message).encode())

    status, body = next(answer for answer in sends() if answer[0] != 200)
    assert (status, json.loads(body)["__type"]) == (403, "com.amazonaws.sqs#RequestThrottled")
    assert services.amounts["throttled sends"] == 1
    large = {**state_of("ann", "2025"), "Raw": {"S": "x" * 99_000}}
    services.tables["states"] = {"ann": large}
    asked = {"Statements": [statement("ann", "2026"), statement("bob", "2026")]}
    _, body = services.answer("BatchExecuteStatement", json.dumps(asked).encode())
    codes = [each.get("Error", {}).get("Code") for each in json.loads(body)["Responses"]]
    assert codes == [None, "ConditionalCheckFailed"]
    _, body = services.answer("BatchExecuteStatement", json.dumps(asked).encode())
    codes = [each["Error"]["Code"] for each in json.loads(body)["Responses"]]
    assert codes[0] == "ThrottlingError"


def test_a_write_costs_a_unit_for_each_kilobyte_of_the_larger_version() -> None:
    assert write_units(None) == 1
    assert write_units(None, state_of("ann", "2026")) == 1
    assert write_units({"AgentARN": {"S": "x" * 1_017}}, state_of("ann", "2026")) == 2


def test_the_least_time_is_of_one_write_an_agent_and_ten_messages_a_call() -> None:
    batch = mixed(10)
    assert least_time(batch, {"tables": {}, "messages": {}})[1] == 0
    messages = {"a": ["m"] * 6_001, "b": ["m"]}
    _, queues = least_time(batch, {"tables": {}, "messages": messages})
    assert queues == pytest.approx(601 / 300 - BURST_SECONDS)


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


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("a = :one", True),
        ("a <> :one OR (NOT a < :two AND b = :one)", False),
        ("attribute_not_exists(b) AND attribute_exists(a)", True),
        ("b < :two", False),
        ("a >= :one AND a <= :one AND a < :two AND NOT a > :one", True),
    ],
)
def test_a_condition_holds_as_in_dynamodb(expression: str, holds: bool) -> None:
    values = {":one": {"S": "1"}, ":two": {"S": "2"}}
    assert condition(expression)({"a": {"S": "1"}}, values) is holds


@pytest.mark.parametrize(
    "build",
    [
        lambda: condition("size(a) > :one"),
        lambda: condition("a = b"),
        lambda: condition("a = :one )"),
        lambda: update('DELETE FROM "t" WHERE "k"=?', "k"),
        lambda: update('UPDATE "t" SET "a"=1 WHERE "k"=?', "k"),
        lambda: update('UPDATE "t" SET "a"=? WHERE "b"=?', "k"),
    ],
)
def test_what_is_not_understood_is_refused(build: Callable[[], Any]) -> None:
    with pytest.raises(NotUnderstood):
        build()


def test_figures_are_what_they_say() -> None:
    runs = [Run(wall, 0, 0, 1, 0, {}, {}) for wall in (3.0, 1.0, 2.0)]
    assert median_run(runs).wall == 2.0
    assert target("x", 20, least=20).strip().startswith("met")
    assert target("x", 19.9, least=20).startswith("NOT MET")
    assert target("x", 1.2, most=1.1).startswith("NOT MET")
    assert table(["", "n"], [["a", "1"], ["bb", "10"]]) == "     n\na    1\nbb  10"


def test_pairs_are_taken_in_turn_and_compared_with_one_another() -> None:
    clock = iter(range(8))
    ours, base = in_pairs(lambda: ("ours", next(clock)), lambda: ("base", next(clock)), 4)
    assert ours == [("ours", 1), ("ours", 2), ("ours", 5), ("ours", 6)]
    assert base == [("base", 0), ("base", 3), ("base", 4), ("base", 7)]
    found = paired_ratio([2, 9, 8, 60, 5], [1, 3, 2, 10, 1])
    assert (found.lower, found.median, found.upper) == (3, 4, 5)
    assert found.cells == ["4x", "3x to 5x"]


def test_a_scaled_time_is_that_of_the_calls_that_would_be_made(aws: Local) -> None:
    usual = Run(10.0, 4.0, 1.0, 1, 0, {"PutRecord": 100}, {"records": 100})
    ours = replace(usual, wall=1.0)
    small = Comparison(CASES[1], usual, ours, scaled=False)
    batch = mixed(10)
    found = compare(aws.stub, CASES[1], batch, ways(aws.stub, CASES[1]), small=small)
    assert found.scaled
    assert found.usual.calls == expected_calls(CASES[1], batch) == {"PutRecord": 9}
    assert found.usual.wall == pytest.approx(10.0 * 9 / 100)
