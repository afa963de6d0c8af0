"""What the agent state table should hold after an event (wire contract, section 3.1)."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from agent_events.agent_event import AgentEvent, an_object, string_at, utc_milliseconds, utf8_size
from agent_events.names import name_key
from rta_relay.hierarchy_filter import HierarchyFilter

# DynamoDB's limit for an item, names and values together, in bytes.
LARGEST_ITEM = 400 * 1_024

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class StateChange(NamedTuple):
    """What one event says of its agent: to be shown as `item`, or, where that is None, to be gone.

    `timestamp` is the event's, as `yyyy-MM-ddTHH:mm:ss.SSSZ`.
    """

    sequence_number: str
    agent_arn: str
    timestamp: str
    item: dict[str, str] | None


def state_change(
    sequence_number: str, event: AgentEvent, hierarchy_filter: HierarchyFilter, body: str | None
) -> StateChange | None:
    """None when the event says nothing of the table: a heartbeat, or an agent who was not monitored
    before and is not now.

    `body` is the event minimised; None when the agent is not monitored, or the event cannot be
    written. An agent who signs out is gone whatever the filter says: the event may name no group,
    and the filter may have changed since they signed in. An agent who is not monitored is gone too,
    unless the previous snapshot shows that they were not monitored before (section 3.2).
    """
    if event.event_type == "HEART_BEAT":
        return None
    if is_signed_out(event):
        item = None
    elif not hierarchy_filter.passes(event.current):
        if hierarchy_filter.excludes(event.previous):
            return None
        item = None
    elif body is None:
        return None
    else:
        item = table_item(event, body)
    return StateChange(sequence_number, event.agent_arn, event.timestamp, item)


def deciding(changes: Iterable[StateChange]) -> list[StateChange]:
    """One change for each agent, the newest; of several at the same instant, the last of `changes`,
    which are in stream order (wire contract, section 3.1)."""
    newest: dict[str, StateChange] = {}
    for change in changes:
        known = newest.get(change.agent_arn)
        if known is None or change.timestamp >= known.timestamp:
            newest[change.agent_arn] = change
    return list(newest.values())


def is_signed_out(event: AgentEvent) -> bool:
    """LOGOUT, or a status of type OFFLINE; without a type, the status named Offline."""
    if event.event_type == "LOGOUT":
        return True
    status = _status(event)
    status_type = string_at(status, "Type")
    if status_type:
        return status_type == "OFFLINE"
    return name_key(string_at(status, "Name") or "") == "offline"


def table_item(event: AgentEvent, body: str) -> dict[str, str]:
    """The item for a signed-in agent whose minimised event is `body`: strings by attribute name.

    A value that the event lacks is absent. A lone surrogate, which DynamoDB cannot hold, becomes
    U+FFFD.
    """
    status = _status(event)
    values = {
        "AgentARN": event.agent_arn,
        "AgentUsername": string_at(event.current, "Configuration", "Username"),
        "LastEventType": event.event_type,
        "LastEventTimeStamp": event.timestamp,
        "LastStateChangeTimeStamp": utc_milliseconds(status.get("StartTimestamp")),
        "CurrentState": string_at(status, "Name"),
        "RawAgentEventJSon": body,
    }
    return {
        name: value if value.isascii() else _LONE_SURROGATE.sub("\ufffd", value)
        for name, value in values.items()
        if value is not None
    }


def item_size(item: dict[str, str]) -> int:
    """The item's size as DynamoDB counts it, in bytes."""
    return sum(utf8_size(name) + utf8_size(value) for name, value in item.items())


def _status(event: AgentEvent) -> dict[str, Any]:
    return an_object(an_object(event.current).get("AgentStatus"))
