"""Which records the relay no longer needs.

The state table and the table of signed-out agents have each agent's newest state change. An older
one would not change them, and on a queue it would follow a newer one, so that the RTA server would
show an old state. One that is exactly the newest is replayed: the relay writes the table before it
sends, so a record that failed in between is in the table but on no queue.

A heartbeat is never replayed: the tables do not record heartbeats, so it is unknown which others
have been sent since. The agent's next one has the same content within two minutes.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from agent_events.agent_event import AgentEvent
from agent_events.kinesis_batch import read_batch
from aspect_wfm.replay.documents import Record
from rta_relay.hierarchy_filter import HierarchyFilter
from rta_relay.relayed_event import relayed_event
from rta_relay.state_table import Tables

# DynamoDB's BatchGetItem takes this many keys.
AGENTS_A_READ = 100

# A state change by timestamp, whether it is a sign-out, and since when the status lasts, which no
# table remembers of a sign-out. Of two at the same instant the later one on the stream counts;
# nothing here tells which that is, and the sign-out, or else the newer status, is more likely.
Rank = tuple[str, bool, str]


class Change(NamedTuple):
    """A record's agent and its rank among that agent's events; `rank` is None for a heartbeat."""

    agent_arn: str
    rank: Rank | None


def changes(records: Iterable[Record], hierarchy_filter: HierarchyFilter) -> dict[str, Change]:
    """What each record says, by sequence number; a record that is no agent event is missing."""

    def change(sequence_number: str, event: AgentEvent) -> Change:
        if event.event_type == "HEART_BEAT":
            return Change(event.agent_arn, None)
        found = relayed_event(sequence_number, event, hierarchy_filter).change
        if found is None:
            return Change(event.agent_arn, (event.timestamp, False, ""))
        since = (found.item or {}).get("LastStateChangeTimeStamp", "")
        return Change(event.agent_arn, (found.timestamp, found.item is None, since))

    return read_batch({"Records": list(records)}, change).outcomes


def superseded(found: Mapping[str, Change], newest: Mapping[str, Rank]) -> set[str]:
    """The sequence numbers of the heartbeats, and of what is older than its agent's newest."""
    return {
        number
        for number, (agent_arn, rank) in found.items()
        if rank is None or (agent_arn in newest and rank < newest[agent_arn])
    }


def newest_known(dynamodb: Any, tables: Tables, agents: Collection[str]) -> dict[str, Rank]:
    """The newest change of each of at most `AGENTS_A_READ` agents that either table knows.

    Raises what botocore raises.
    """
    newest: dict[str, Rank] = {}
    for table, signed_out in ((tables.signed_out_agents, True), (tables.agent_states, False)):
        for item in _items(dynamodb, table, agents):
            rank = (
                _text(item, "LastEventTimeStamp"),
                signed_out,
                "" if signed_out else _text(item, "LastStateChangeTimeStamp"),
            )
            agent_arn = _text(item, "AgentARN")
            newest[agent_arn] = max(rank, newest.get(agent_arn, rank))
    return newest


def _items(dynamodb: Any, table: str, agents: Collection[str]) -> Iterable[Any]:
    wanted: Any = {
        table: {
            "Keys": [{"AgentARN": {"S": agent}} for agent in sorted(agents)],
            "ConsistentRead": True,
            "ProjectionExpression": "AgentARN,LastEventTimeStamp,LastStateChangeTimeStamp",
        }
    }
    while agents and wanted:
        answer = dynamodb.batch_get_item(RequestItems=wanted)
        yield from answer["Responses"].get(table, [])
        wanted = answer.get("UnprocessedKeys")


def _text(item: Any, name: str) -> str:
    value: str = item.get(name, {}).get("S", "")
    return value
