"""What the agent state table should hold after an event (wire contract, section 3.1)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agent_events.agent_event import AgentEvent, at, text, utc_milliseconds
from rta_relay.hierarchy_filter import HierarchyFilter

# DynamoDB's limit for an item, names and values together, in bytes.
LARGEST_ITEM = 400 * 1_024

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class StateChange:
    """What one event says of its agent: to be shown as in `event`, or to be gone from the table."""

    sequence_number: str
    event: AgentEvent
    gone: bool

    @property
    def since(self) -> str:
        """When the status of the event began, as `timestamp`; empty when the event has none."""
        return utc_milliseconds(at(self.event.current, "AgentStatus", "StartTimestamp")) or ""

    @property
    def rank(self) -> tuple[str, bool, str]:
        """The change of higher rank decides: the newer event; of two at the same instant, the
        sign-out, else the one with the newer status."""
        return (self.event.timestamp, self.gone, self.since)


def state_change(
    sequence_number: str, event: AgentEvent, hierarchy_filter: HierarchyFilter
) -> StateChange | None:
    """None when the event says nothing of the table: a heartbeat, or an agent not monitored.

    Who signs out has to be gone whatever the filter says: the event may name no group any more,
    and the filter may have been another when they came. So has an agent who was monitored (by the
    previous snapshot) and no longer is.
    """
    if event.event_type == "HEART_BEAT":
        return None
    if is_signed_out(event):
        return StateChange(sequence_number, event, gone=True)
    if hierarchy_filter.passes(event.current):
        return StateChange(sequence_number, event, gone=False)
    if hierarchy_filter.passes(event.previous):
        return StateChange(sequence_number, event, gone=True)
    return None


def deciding(changes: Iterable[StateChange]) -> list[StateChange]:
    """One change for each agent, the one of highest rank; of equals the last."""
    newest: dict[str, StateChange] = {}
    for change in changes:
        known = newest.get(change.event.agent_arn)
        if known is None or change.rank >= known.rank:
            newest[change.event.agent_arn] = change
    return list(newest.values())


def is_signed_out(event: AgentEvent) -> bool:
    """LOGOUT, or a status of type OFFLINE; without a type, the status named Offline."""
    if event.event_type == "LOGOUT":
        return True
    status = at(event.current, "AgentStatus")
    status_type = text(status, "Type")
    if status_type:
        return status_type == "OFFLINE"
    return (text(status, "Name") or "").casefold() == "offline"


def table_item(event: AgentEvent, body: str) -> dict[str, str]:
    """The item for a signed-in agent whose minimised event is `body`: strings by attribute name.

    A value that the event lacks is absent. A lone surrogate, which DynamoDB cannot hold, becomes
    U+FFFD.
    """
    values: dict[str, Any] = {
        "AgentARN": event.agent_arn,
        "AgentUsername": text(event.current, "Configuration", "Username"),
        "LastEventType": event.event_type,
        "LastEventTimeStamp": event.timestamp,
        "LastStateChangeTimeStamp": utc_milliseconds(
            at(event.current, "AgentStatus", "StartTimestamp")
        ),
        "CurrentState": text(event.current, "AgentStatus", "Name"),
        "RawAgentEventJSon": body,
    }
    return {
        name: _LONE_SURROGATE.sub("\ufffd", value)
        for name, value in values.items()
        if value is not None
    }


def item_size(item: dict[str, str]) -> int:
    """The item's size as DynamoDB counts it, in bytes."""
    return sum(
        len(name.encode("utf-8")) + len(value.encode("utf-8")) for name, value in item.items()
    )
