"""What the agent state table should hold after an event (wire contract, section 3.1)."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from agent_events.agent_event import AgentEvent, an_object, text, utc_milliseconds, utf8_size
from rta_relay.hierarchy_filter import HierarchyFilter

# DynamoDB's limit for an item, names and values together, in bytes.
LARGEST_ITEM = 400 * 1_024

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class StateChange(NamedTuple):
    """What one event says of its agent: to be shown as `item`, or, where that is None, to be gone.

    `timestamp` is the event's, and `since` when its status began, empty when it has none, both as
    `yyyy-MM-ddTHH:mm:ss.SSSZ`.
    """

    sequence_number: str
    agent_arn: str
    timestamp: str
    since: str
    item: dict[str, str] | None

    @property
    def rank(self) -> tuple[str, bool, str]:
        """The change of higher rank decides: the newer event; of two at the same instant, the
        sign-out, else the one with the newer status."""
        return (self.timestamp, self.item is None, self.since)


def state_change(
    sequence_number: str, event: AgentEvent, hierarchy_filter: HierarchyFilter, body: str | None
) -> StateChange | None:
    """None when the event says nothing of the table: a heartbeat, or an agent not monitored.

    `body` is the event minimised; None when the agent is not monitored, or the event cannot be
    written. Who signs out has to be gone whatever the filter says: the event may name no group any
    more, and the filter may have been another when they came. So has an agent who was monitored (by
    the previous snapshot) and no longer is.
    """
    if event.event_type == "HEART_BEAT":
        return None
    if is_signed_out(event):
        item = None
    elif body is not None:
        item = table_item(event, body)
    elif hierarchy_filter.passes(event.previous) and not hierarchy_filter.passes(event.current):
        item = None
    else:
        return None
    since = utc_milliseconds(_status(event).get("StartTimestamp")) or ""
    return StateChange(sequence_number, event.agent_arn, event.timestamp, since, item)


def deciding(changes: Iterable[StateChange]) -> list[StateChange]:
    """One change for each agent, the one of highest rank; of equals the last."""
    newest: dict[str, StateChange] = {}
    for change in changes:
        known = newest.get(change.agent_arn)
        if known is None or change.rank >= known.rank:
            newest[change.agent_arn] = change
    return list(newest.values())


def is_signed_out(event: AgentEvent) -> bool:
    """LOGOUT, or a status of type OFFLINE; without a type, the status named Offline."""
    if event.event_type == "LOGOUT":
        return True
    status = _status(event)
    status_type = text(status, "Type")
    if status_type:
        return status_type == "OFFLINE"
    return (text(status, "Name") or "").casefold() == "offline"


def table_item(event: AgentEvent, body: str) -> dict[str, str]:
    """The item for a signed-in agent whose minimised event is `body`: strings by attribute name.

    A value that the event lacks is absent. A lone surrogate, which DynamoDB cannot hold, becomes
    U+FFFD.
    """
    status = _status(event)
    values = {
        "AgentARN": event.agent_arn,
        "AgentUsername": text(event.current, "Configuration", "Username"),
        "LastEventType": event.event_type,
        "LastEventTimeStamp": event.timestamp,
        "LastStateChangeTimeStamp": utc_milliseconds(status.get("StartTimestamp")),
        "CurrentState": text(status, "Name"),
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
