"""What an agent event comes to, for the table and for the queues of an RTA server."""

from typing import NamedTuple

from agent_events.agent_event import AgentEvent, Undeliverable
from agent_events.conditions import Condition
from rta_relay.agent_state import LARGEST_ITEM, StateChange, item_size, state_change
from rta_relay.hierarchy_filter import HierarchyFilter
from rta_relay.message import Message, message


class RelayedEvent(NamedTuple):
    """`message` is None for an agent who is not monitored and for an event that cannot be written,
    `change` where there is nothing for the table; `condition` says why the record has to be kept,
    None when it need not be."""

    message: Message | None
    change: StateChange | None
    condition: Condition | None


def relayed_event(
    sequence_number: str, event: AgentEvent, hierarchy_filter: HierarchyFilter
) -> RelayedEvent:
    """What has to be done for an event."""
    outgoing: Message | None = None
    condition: Condition | None = None
    if hierarchy_filter.passes(event.current):
        try:
            outgoing = message(sequence_number, event)
        except Undeliverable as unwritable:
            condition = unwritable.condition
    change = state_change(
        sequence_number, event, hierarchy_filter, outgoing.body if outgoing else None
    )
    if change and change.item and item_size(change.item) > LARGEST_ITEM:
        return RelayedEvent(outgoing, None, Condition.AGENT_STATE_TOO_LARGE)
    return RelayedEvent(outgoing, change, condition)
