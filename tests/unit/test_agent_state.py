import json
from typing import Any

import pytest

from agent_events.agent_event import AgentEvent, decode_agent_event
from rta_relay.agent_state import (
    StateChange,
    deciding,
    is_signed_out,
    item_size,
    state_change,
    table_item,
)
from rta_relay.hierarchy_filter import HierarchyFilter
from tests.unit.events import arn, event, snapshot

EVERYONE = HierarchyFilter.of(0, [])
EMEA = HierarchyFilter.of(1, ["EMEA"])


def decoded(document: dict[str, Any]) -> AgentEvent:
    return decode_agent_event(json.dumps(document).encode())


def change(sequence_number: str, monitored: HierarchyFilter = EVERYONE, **of: Any) -> Any:
    decoded_event = decoded(event(**of))
    body = "{}" if monitored.passes(decoded_event.current) else None
    return state_change(sequence_number, decoded_event, monitored, body)


def test_the_item_has_the_contracts_attributes() -> None:
    assert table_item(decoded(event(at="2026-03-02T09:00:00Z")), "BODY") == {
        "AgentARN": arn("ann"),
        "AgentUsername": "ann",
        "LastEventType": "STATE_CHANGE",
        "LastEventTimeStamp": "2026-03-02T09:00:00.000Z",
        "LastStateChangeTimeStamp": "2026-03-02T09:00:00.000Z",
        "CurrentState": "Available",
        "RawAgentEventJSon": "BODY",
    }


def test_a_missing_value_is_an_absent_attribute() -> None:
    login = decoded(event(event_type="LOGIN", CurrentAgentSnapshot=None))
    assert set(table_item(login, "{}")) == {
        "AgentARN",
        "LastEventType",
        "LastEventTimeStamp",
        "RawAgentEventJSon",
    }


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    item = table_item(
        decoded(event(CurrentAgentSnapshot=snapshot("\ud800x", "Available", "never"))), "{}"
    )
    assert item["AgentUsername"] == "\ufffdx"
    assert "LastStateChangeTimeStamp" not in item
    assert item_size({"ö": "ö"}) == 4


@pytest.mark.parametrize(
    ("document", "gone"),
    [
        (event(status="Available"), False),
        (event(status="Lunch"), False),
        (event(status="Offline"), True),
        (event(event_type="LOGOUT"), True),
        (event(event_type="LOGOUT", CurrentAgentSnapshot=None), True),
        (event(event_type="LOGIN", CurrentAgentSnapshot=None), False),
        (event(CurrentAgentSnapshot=snapshot("a", "Offline", "t", None, None)), True),
        (event(CurrentAgentSnapshot=snapshot("a", "OFFLINE", "t", None, None)), True),
        (event(CurrentAgentSnapshot=snapshot("a", "Available", "t", None, None)), False),
        (event(CurrentAgentSnapshot=snapshot("a", "Offline", "t", None, "CUSTOM")), False),
        (event(CurrentAgentSnapshot=snapshot("a", "Feierabend", "t", None, "OFFLINE")), True),
        (event(event_type="NEW_TYPE"), False),
    ],
)
def test_who_is_signed_out(document: dict[str, Any], gone: bool) -> None:
    assert is_signed_out(decoded(document)) is gone


def test_a_heartbeat_says_nothing_of_the_table() -> None:
    assert change("1", event_type="HEART_BEAT") is None
    assert change("1", EMEA, event_type="HEART_BEAT", group="US", previous_group="EMEA") is None


@pytest.mark.parametrize("group", ["US", None])
@pytest.mark.parametrize(
    "previous",
    [
        snapshot("ann", "Available", "t", "emea"),
        None,
        "x",
        {},
        {"Configuration": None},
        {"AgentStatus": {"Name": "Available"}},
    ],
)
def test_an_agent_who_is_not_monitored_is_gone_unless_they_were_not_before(
    group: str | None, previous: Any
) -> None:
    for kind in ("STATE_CHANGE", "NEW_TYPE"):
        of = {"event_type": kind, "group": group, "PreviousAgentSnapshot": previous}
        assert change("1", EMEA, **of).item is None


@pytest.mark.parametrize(
    "previous",
    [
        snapshot("ann", "Available", "t", "US"),
        snapshot("ann", "Available", "t", None),
        {"Configuration": {"Username": "ann"}},
    ],
)
def test_an_agent_who_was_not_monitored_before_is_not_touched(previous: Any) -> None:
    assert change("1", EMEA, group="US", PreviousAgentSnapshot=previous) is None


def test_without_a_snapshot_nothing_shows_that_an_agent_is_monitored() -> None:
    assert change("1", EMEA, event_type="LOGIN", CurrentAgentSnapshot=None).item is None


def test_an_event_that_cannot_be_written_says_nothing_of_the_table_but_a_sign_out() -> None:
    shown = decoded(event(group="EMEA", previous_group="EMEA"))
    assert state_change("1", shown, EMEA, None) is None
    out = state_change("1", decoded(event(group="EMEA", status="Offline")), EMEA, None)
    assert out
    assert out.item is None


def test_who_signs_out_is_gone_whatever_the_filter_says() -> None:
    assert change("1", EMEA, event_type="LOGOUT", CurrentAgentSnapshot=None).item is None
    assert change("1", EMEA, status="Offline", group="US", previous_group="US").item is None


def test_an_agent_who_comes_into_the_monitored_groups_is_shown() -> None:
    assert change("1", EMEA, group="EMEA", previous_group="US").item


def test_the_newest_change_of_each_agent_decides_whatever_the_order() -> None:
    early: StateChange = change("1", at="2026-03-02T09:00:00Z")
    late: StateChange = change("2", at="2026-03-02T10:00:00Z")
    other: StateChange = change("3", agent="bob", at="2026-03-02T08:00:00Z")
    assert deciding([early, late, other]) == [late, other]
    assert deciding([late, other, early]) == [late, other]


def test_at_the_same_instant_the_later_record_decides_signed_in_or_out() -> None:
    shown, again = change("1"), change("2", status="Lunch")
    out = change("3", status="Offline")
    login = change("4", event_type="LOGIN", CurrentAgentSnapshot=None)
    assert deciding([shown, again]) == [again]
    assert deciding([again, out]) == [out]
    assert deciding([out, shown]) == [shown]
    assert deciding([shown, login]) == [login]
