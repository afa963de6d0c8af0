import itertools
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from agent_events.agent_event import decode_agent_event
from rta_relay.agent_state import StateChange, is_signed_out, item_size, table_item
from rta_relay.state_table import TableChange, TableOutcome, write_changes
from tests.unit.events import arn, event


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        for table in ("states", "signed-out"):
            client.create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "AgentARN", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "AgentARN", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        yield client


def table_change(sequence_number: str = "1", agent: str = "ann", **of: Any) -> TableChange:
    decoded = decode_agent_event(json.dumps(event(agent, **of)).encode())
    gone = is_signed_out(decoded)
    item = None if gone else table_item(decoded, "{}")
    return TableChange(
        StateChange(sequence_number, decoded, gone), item, item_size(item) if item else 0
    )


def write(dynamodb: Any, *changes: TableChange, time: bool = True) -> TableOutcome:
    return write_changes(
        dynamodb, "states", "signed-out", changes, lambda: time, lambda _attempt: None
    )


def states(dynamodb: Any) -> dict[str, str]:
    return {
        item["AgentARN"]["S"]: item["CurrentState"]["S"]
        for item in dynamodb.scan(TableName="states")["Items"]
    }


def at(hour: int) -> str:
    return f"2026-03-02T{hour:02}:00:00.000Z"


def test_a_signed_in_agent_is_in_the_table_and_a_signed_out_one_is_not(dynamodb: Any) -> None:
    assert write(dynamodb, table_change(at=at(9))).written == 1
    assert states(dynamodb) == {arn("ann"): "Available"}
    assert write(dynamodb, table_change(at=at(17), status="Offline")).written == 1
    assert states(dynamodb) == {}


DAY = [
    {"at": at(9), "status": "Available"},
    {"at": at(10), "status": "Lunch"},
    {"at": at(11), "status": "Offline"},
    {"at": at(12), "status": "Project"},
]


@pytest.mark.parametrize("length", [2, 3, 4])
def test_whatever_the_order_of_delivery_the_newest_event_wins(dynamodb: Any, length: int) -> None:
    expected = DAY[length - 1]["status"]
    for number, order in enumerate(itertools.permutations(DAY[:length])):
        agent = f"agent-{number}"
        for each in order:
            assert write(dynamodb, table_change(agent=agent, **each)).failed == set()
        assert states(dynamodb).get(arn(agent)) == (None if expected == "Offline" else expected)


def test_an_event_that_comes_late_does_not_bring_a_signed_out_agent_back(dynamodb: Any) -> None:
    write(dynamodb, table_change(at=at(9)), table_change("2", "bob", at=at(9)))
    write(dynamodb, table_change(at=at(17), status="Offline"))
    late = write(dynamodb, table_change(at=at(16)))
    assert (late.written, late.outdated, late.failed) == (0, 1, set())
    assert states(dynamodb) == {arn("bob"): "Available"}


def test_at_the_same_instant_the_sign_out_stays_whatever_comes_later(dynamodb: Any) -> None:
    write(dynamodb, table_change(at=at(17), status="Offline"))
    assert write(dynamodb, table_change(at=at(17))).outdated == 1
    assert states(dynamodb) == {}


def test_at_the_same_instant_an_event_without_a_status_does_not_replace_one(dynamodb: Any) -> None:
    login = {"at": at(9), "event_type": "LOGIN", "CurrentAgentSnapshot": None}
    for each in (login, {"at": at(9)}, login):
        assert write(dynamodb, table_change(**each)).failed == set()
    assert states(dynamodb) == {arn("ann"): "Available"}


def test_a_late_event_does_not_hold_back_the_others_of_its_transaction(dynamodb: Any) -> None:
    write(dynamodb, table_change(at=at(12)))
    outcome = write(
        dynamodb,
        table_change("1", "ann", at=at(11), status="Lunch"),
        table_change("2", "bob", at=at(11)),
    )
    assert (outcome.written, outcome.outdated, outcome.failed) == (1, 1, set())
    assert states(dynamodb) == {arn("ann"): "Available", arn("bob"): "Available"}


def test_the_same_event_again_changes_nothing_and_fails_nothing(dynamodb: Any) -> None:
    for each in (DAY[0], DAY[2]):
        first = write(dynamodb, table_change(**each))
        before = states(dynamodb)
        again = write(dynamodb, table_change(**each))
        assert first.failed == again.failed == set()
        assert states(dynamodb) == before


def test_a_sign_out_is_remembered_longer_than_kinesis_keeps_a_record(dynamodb: Any) -> None:
    write(dynamodb, table_change(at="2026-03-02T17:00:00.000Z", status="Offline"))
    (item,) = dynamodb.scan(TableName="signed-out")["Items"]
    assert item == {
        "AgentARN": {"S": arn("ann")},
        "LastEventTimeStamp": {"S": "2026-03-02T17:00:00.000Z"},
        "ExpiresAt": {"N": str(1772470800 + 366 * 86_400)},
    }
    write(dynamodb, table_change(agent="zoe", at="9999-12-31T23:59:59Z", status="Offline"))


def test_many_agents_are_written_fifty_to_a_transaction(dynamodb: Any) -> None:
    calls: list[int] = []

    class Counting:
        exceptions = dynamodb.exceptions

        def transact_write_items(self, **request: Any) -> None:
            calls.append(len(request["TransactItems"]))
            dynamodb.transact_write_items(**request)

    changes = [table_change(str(number), f"agent-{number}") for number in range(120)]
    assert write(Counting(), *changes).written == 120
    assert calls == [100, 100, 40]
    assert len(states(dynamodb)) == 120


def test_large_items_are_spread_over_transactions_that_dynamodb_takes(dynamodb: Any) -> None:
    calls: list[int] = []

    class Counting:
        exceptions = dynamodb.exceptions

        def transact_write_items(self, **request: Any) -> None:
            calls.append(len(request["TransactItems"]))

    changes = [
        TableChange(table_change(str(n), f"agent-{n}").change, {"AgentARN": "x"}, 400_000)
        for n in range(20)
    ]
    assert write(Counting(), *changes).written == 20
    assert calls == [16, 16, 8]


class Refusing:
    """A DynamoDB that cancels or refuses the first `times` transactions."""

    def __init__(self, real: Any, error: Exception, times: int) -> None:
        self.real, self.error, self.times = real, error, times
        self.exceptions = real.exceptions

    def transact_write_items(self, **arguments: Any) -> Any:
        self.times -= 1
        if self.times >= 0:
            raise self.error
        return self.real.transact_write_items(**arguments)


def cancelled(dynamodb: Any, *codes: str) -> Exception:
    error: Exception = dynamodb.exceptions.TransactionCanceledException(
        {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [{"Code": code} for code in codes],
        },
        "TransactWriteItems",
    )
    return error


def test_a_conflict_is_tried_again(dynamodb: Any) -> None:
    conflict = cancelled(dynamodb, "TransactionConflict", "None")
    outcome = write(Refusing(dynamodb, conflict, 3), table_change())
    assert (outcome.written, outcome.failed) == (1, set())


def test_what_cannot_be_written_is_reported_and_the_next_transaction_goes_on(dynamodb: Any) -> None:
    refused = ClientError({"Error": {"Code": "InternalServerError", "Message": "x"}}, "Transact")
    changes = [table_change(str(number), f"agent-{number}") for number in range(60)]
    outcome = write(Refusing(dynamodb, refused, 4), *changes)
    assert outcome.failed == {str(number) for number in range(50)}
    assert outcome.written == len(states(dynamodb)) == 10


def test_nothing_is_begun_without_time_for_it(dynamodb: Any) -> None:
    assert write(dynamodb, table_change("7"), time=False).failed == {"7"}
    assert states(dynamodb) == {}
