"""The tables of the relay: there, and up to date."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from aspect_wfm.aws import Aws
from aspect_wfm.doctor.configuration import relay_configuration
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, failure, ok, warning

# A look at so many items costs next to nothing, and nothing of an agent is read but when.
_ITEMS_READ = 100

_STALE = timedelta(hours=24)


def look_at_tables(aws: Aws, function: str) -> Iterator[Finding]:
    """The relay's two tables. Raises as `Aws.ask` does."""
    configuration = relay_configuration(aws, function)
    tables = [
        configuration.agent_state_table,
        configuration.signed_out_agents_table,
        configuration.configuration_table,
    ]
    for table in filter(None, tables):
        yield check_table(table, aws.ask("dynamodb", "describe_table", TableName=table)["Table"])


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
    times = [each["LastEventTimeStamp"]["S"] for each in found["Items"] if each]
    yield check_states(times, "LastEvaluatedKey" in found, now)


def check_table(name: str, description: Mapping[str, Any]) -> Finding:
    """The finding on a table; `description` is what DescribeTable answers."""
    status = description["TableStatus"]
    if status in ("ACTIVE", "UPDATING"):
        return ok("table.status", f"Table {name} is {status}.")
    return failure(
        "table.status",
        f"Table {name} is {status}: the relay cannot work with it, and events wait on the stream.",
        "Enable its key again where that is INACCESSIBLE_ENCRYPTION_CREDENTIALS; otherwise apply.",
    )


def check_states(times: list[str], more: bool, now: datetime) -> Finding:
    """`times` are those of the last events of the agents looked at, as the table has them."""
    if not times:
        return ok("table.states", "The table of agent states is empty: nobody is signed in.")
    agents = f"{'more than ' if more else ''}{len(times):,} {_agents(len(times))} signed in"
    age = now - datetime.fromisoformat(max(times))
    if age <= _STALE:
        newest = f"the newest change is {duration(age)} old" if age >= timedelta(0) else "all new"
        return ok("table.states", f"{agents}; {newest}.")
    return warning(
        "table.states",
        f"{agents} according to the table, and none of their states has changed for "
        f"{duration(age)}.",
        "If agents work at the moment, look at the relay's mapping and errors. If nobody does, "
        "these are agents whose sign-out Amazon Connect never reported.",
    )


def _agents(number: int) -> str:
    return "agent" if number == 1 else "agents"
