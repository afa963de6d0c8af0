"""Who is in the state table, and in which state, after any order of events."""

import itertools
from typing import Any

import pytest

from rta_relay.state_table import TableOutcome
from tests.unit.events import arn
from tests.unit.state_table import Recording, change, hour, states, write


def test_a_signed_in_agent_is_in_the_table_and_a_signed_out_one_is_not(dynamodb: Any) -> None:
    assert write(dynamodb, change(at=hour(9))).written == 1
    assert states(dynamodb) == {arn("ann"): "Available"}
    assert write(dynamodb, change(at=hour(17), status="Offline")).written == 1
    assert states(dynamodb) == {}


DAY = [
    {"at": hour(9), "status": "Available"},
    {"at": hour(10), "status": "Lunch"},
    {"at": hour(11), "status": "Offline"},
    {"at": hour(12), "status": "Project"},
]


@pytest.mark.parametrize("length", [2, 3, 4])
def test_whatever_the_order_of_delivery_the_newest_event_wins(dynamodb: Any, length: int) -> None:
    expected = DAY[length - 1]["status"]
    for number, order in enumerate(itertools.permutations(DAY[:length])):
        agent = f"agent-{number}"
        for each in order:
            assert write(dynamodb, change(agent=agent, **each)).failed == set()
        assert states(dynamodb).get(arn(agent)) == (None if expected == "Offline" else expected)


def test_an_event_that_comes_late_does_not_bring_a_signed_out_agent_back(dynamodb: Any) -> None:
    write(dynamodb, change(at=hour(9)), change("2", "bob", at=hour(9)))
    write(dynamodb, change(at=hour(17), status="Offline"))
    late = write(dynamodb, change(at=hour(16)))
    assert late == TableOutcome(0, 1)
    assert states(dynamodb) == {arn("bob"): "Available"}


@pytest.mark.parametrize(("first", "then"), [("Offline", "Lunch"), ("Lunch", "Offline")])
@pytest.mark.parametrize("known", [True, False])
def test_at_the_same_instant_the_change_that_arrives_later_wins(
    dynamodb: Any, first: str, then: str, known: bool
) -> None:
    if known:
        write(dynamodb, change(at=hour(9)))
    for status in (first, then):
        assert write(dynamodb, change(at=hour(17), status=status)) == TableOutcome(1, 0)
    assert states(dynamodb) == ({} if then == "Offline" else {arn("ann"): then})


def test_at_the_same_instant_an_event_without_a_status_replaces_one(dynamodb: Any) -> None:
    login = {"at": hour(9), "event_type": "LOGIN", "CurrentAgentSnapshot": None}
    for each in ({"at": hour(9)}, login):
        assert write(dynamodb, change(**each)) == TableOutcome(1, 0)
    (item,) = dynamodb.scan(TableName="states")["Items"]
    assert "CurrentState" not in item


def test_a_late_event_does_not_hold_back_the_others_of_its_transaction(dynamodb: Any) -> None:
    write(dynamodb, change(at=hour(12)))
    outcome = write(
        dynamodb,
        change("1", "ann", at=hour(11), status="Lunch"),
        change("2", "bob", at=hour(11)),
    )
    assert outcome == TableOutcome(1, 1)
    assert states(dynamodb) == {arn("ann"): "Available", arn("bob"): "Available"}


def test_the_same_event_again_changes_nothing_and_fails_nothing(dynamodb: Any) -> None:
    for each in (DAY[0], DAY[2]):
        first = write(dynamodb, change(**each))
        before = states(dynamodb)
        again = write(dynamodb, change(**each))
        assert first.failed == again.failed == set()
        assert states(dynamodb) == before


def test_a_sign_out_is_remembered_longer_than_kinesis_keeps_a_record(dynamodb: Any) -> None:
    write(dynamodb, change(at="2026-03-02T17:00:00.000Z", status="Offline"))
    (item,) = dynamodb.scan(TableName="signed-out")["Items"]
    assert item == {
        "AgentARN": {"S": arn("ann")},
        "LastEventTimeStamp": {"S": "2026-03-02T17:00:00.000Z"},
        "ExpiresAt": {"N": str(1772470800 + 366 * 86_400)},
    }
    write(dynamodb, change(agent="zoe", at="9999-12-31T23:59:59Z", status="Offline"))


def test_a_statement_leaves_the_item_that_a_transaction_would(dynamodb: Any) -> None:
    def item() -> Any:
        return dynamodb.get_item(TableName="states", Key={"AgentARN": {"S": arn("ann")}})["Item"]

    write(dynamodb, change(at=hour(9)))
    write(Recording(dynamodb), change(at=hour(10), status="Lunch"))
    assert item() == {
        "AgentARN": {"S": arn("ann")},
        "AgentUsername": {"S": "ann"},
        "LastEventType": {"S": "STATE_CHANGE"},
        "LastEventTimeStamp": {"S": hour(10)},
        "LastStateChangeTimeStamp": {"S": hour(10)},
        "CurrentState": {"S": "Lunch"},
        "RawAgentEventJSon": {"S": "{}"},
    }
    login = change(at=hour(11), event_type="LOGIN", CurrentAgentSnapshot=None)
    write(dynamodb, login)
    assert set(item()) == {"AgentARN", "LastEventType", "LastEventTimeStamp", "RawAgentEventJSon"}
