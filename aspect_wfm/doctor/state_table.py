"""The relay's tables: whether they exist and are up to date."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aspect_wfm.aws import Aws, Missing
from aspect_wfm.doctor.configuration import relay_configuration
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, absence, failure, note, ok, warning

# Reading this number of items costs almost nothing, and of an agent only the time is read.
_ITEMS_READ = 100

_STALE = timedelta(hours=24)


def read_table(aws: Aws, name: str) -> Mapping[str, Any]:
    """What DescribeTable answers. Raises as `Aws.ask` does."""
    found: Mapping[str, Any] = aws.ask("dynamodb", "describe_table", TableName=name)["Table"]
    return found


def look_at_tables(aws: Aws, function: str) -> Iterator[Finding]:
    """The relay's two tables. Raises as `Aws.ask` does."""
    configuration = relay_configuration(aws, function)
    tables = [
        configuration.agent_state_table,
        configuration.signed_out_agents_table,
        configuration.configuration_table,
    ]
    for table in filter(None, tables):
        try:
            yield check_table(table, read_table(aws, table))
        except Missing as missing:
            yield absence("table.status", missing.thing)


def look_at_states(aws: Aws, function: str, now: datetime) -> Iterator[Finding]:
    """When agents in the state table last changed state. Raises as `Aws.ask` does."""
    found = aws.ask(
        "dynamodb",
        "scan",
        TableName=relay_configuration(aws, function).agent_state_table,
        Limit=_ITEMS_READ,
        Select="SPECIFIC_ATTRIBUTES",
        ProjectionExpression="LastEventTimeStamp",
    )
    yield from check_items(found["Items"], "LastEvaluatedKey" in found, now)


def check_items(items: Sequence[Mapping[str, Any]], more: bool, now: datetime) -> Iterator[Finding]:
    """`items` have LastEventTimeStamp as DynamoDB answers it; `more` says that others follow."""
    moments = [_moment(each["LastEventTimeStamp"]) for each in items if each]
    times = [each for each in moments if each]
    yield check_states(times, more, now)
    yield check_timestamps(len(moments) - len(times))


def check_table(name: str, description: Mapping[str, Any]) -> Finding:
    """The finding on a table; `description` is what DescribeTable answers."""
    status = description["TableStatus"]
    if status in ("ACTIVE", "UPDATING"):
        return ok("table.status", f"Table {name} is {status}.")
    return failure(
        "table.status",
        f"Table {name} is {status}: the relay cannot work with it, and events wait on the stream.",
        "For INACCESSIBLE_ENCRYPTION_CREDENTIALS, enable its key again; otherwise, apply again.",
    )


def check_timestamps(impossible: int) -> Finding:
    """`impossible` counts the items whose LastEventTimeStamp is not a timestamp."""
    if not impossible:
        return ok("table.timestamps", "Each LastEventTimeStamp that was read is a timestamp.")
    items = "1 item has" if impossible == 1 else f"{impossible:,} items have"
    return failure(
        "table.timestamps",
        f"In the table of agent states, {items} a LastEventTimeStamp that is not a timestamp: the "
        "relay cannot tell whether an event is newer, and the agent's state may never change.",
        "The relay writes no such value. Delete these items in the DynamoDB console; the agent's "
        "next state change writes a correct one.",
    )


def check_states(times: list[datetime], more: bool, now: datetime) -> Finding:
    """`times` are those of the last events of the agents looked at."""
    if not times:
        return note("table.states", "The table of agent states is empty: nobody is signed in.")
    agents = f"{'more than ' if more else ''}{len(times):,} {_agents(len(times))} signed in"
    age = now - max(times)
    if age <= _STALE:
        newest = f"the newest change is {duration(age)} old" if age >= timedelta(0) else "all new"
        return ok("table.states", f"{agents}; {newest}.")
    return warning(
        "table.states",
        f"{agents} according to the table, and none of their states has changed for "
        f"{duration(age)}.",
        "If agents are working now, check the relay's mapping and errors. If not, Amazon Connect "
        "never reported the sign-out of these agents.",
    )


def _moment(attribute: Mapping[str, Any]) -> datetime | None:
    """None for what is no timestamp with an offset."""
    try:
        found = datetime.fromisoformat(attribute["S"])
        return found.astimezone(UTC) if found.tzinfo else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _agents(number: int) -> str:
    return "agent" if number == 1 else "agents"
