"""The reference table, and the agent statuses that Amazon Connect has (wire contract, 2.2)."""

from collections.abc import Iterator
from typing import NamedTuple

from agent_classifier.report_line import state_type
from agent_classifier.status_table import (
    STATUS_TABLE_KEY,
    StatusTable,
    StatusTableError,
    parse_status_table,
)
from agent_events.names import name_key
from aspect_wfm.aws import Aws, Missing, asking
from aspect_wfm.doctor.configuration import classifier_configuration
from aspect_wfm.doctor.findings import Finding, failure, ok, warning

_MEANING = {"A": "A, available", "0": "0, signed out", "1": "1, signed in"}

# A list in a line stays a line.
_NAMES_SHOWN = 20


class AgentStatus(NamedTuple):
    """A status that an agent can choose: `type` is ROUTABLE, OFFLINE or CUSTOM."""

    name: str
    type: str


def read_table(aws: Aws, classifier: str) -> bytes | None:
    """The table's content, None where there is no object. Raises as `Aws.ask` does."""
    bucket = classifier_configuration(aws, classifier).status_table_bucket
    # Asked first, because a missing bucket and a missing object are two things.
    aws.ask("s3", "list_objects_v2", Bucket=bucket, Prefix=STATUS_TABLE_KEY, MaxKeys=1)
    try:
        with asking("s3", Bucket=bucket):
            found = aws.client("s3").get_object(Bucket=bucket, Key=STATUS_TABLE_KEY)
            content: bytes = found["Body"].read()
            return content
    except Missing:
        return None


def look_at_table(aws: Aws, classifier: str) -> Iterator[Finding]:
    """Whether the classifier can read the reference table. Raises as `Aws.ask` does."""
    yield check_table(read_table(aws, classifier))


def look_at_statuses(aws: Aws, classifier: str, instance_id: str) -> Iterator[Finding]:
    """The instance's agent statuses beside those of the table. Raises as `Aws.ask` does."""
    pages = aws.pages("connect", "list_agent_statuses", InstanceId=instance_id)
    statuses = [
        AgentStatus(each["Name"], each["Type"])
        for page in pages
        for each in page["AgentStatusSummaryList"]
    ]
    try:
        table = parse_status_table(read_table(aws, classifier) or b"StateName,StateType\n")
    except StatusTableError:  # a finding of its own
        return
    yield check_unnamed(table, statuses)
    yield check_unknown(table, statuses)


def check_table(content: bytes | None) -> Finding:
    """`content` is None where there is no object."""
    if content is None:
        return warning(
            "reference_table.content",
            f"There is no {STATUS_TABLE_KEY} at the root of the report bucket: a status counts by "
            "its type alone (ROUTABLE as available, OFFLINE as signed out, CUSTOM as signed in).",
            "If that is wrong for a status, such as a break that is not working time, set "
            "agent_statuses, or upload the table.",
        )
    try:
        table = parse_status_table(content)
    except StatusTableError as error:
        return failure(
            "reference_table.content",
            f"{error} The classifier writes no report lines until it can read the table, and "
            "events wait on the stream.",
            "Correct the row and upload the table again, or delete it; either takes effect within "
            "a minute.",
        )
    names = "1 status" if len(table) == 1 else f"{len(table):,} statuses"
    return ok("reference_table.content", f"{STATUS_TABLE_KEY} is well-formed and names {names}.")


def check_unnamed(table: StatusTable, statuses: list[AgentStatus]) -> Finding:
    """What the statuses count as that the table does not name."""
    unnamed = [each for each in statuses if name_key(each.name) not in table]
    if not unnamed:
        return ok("reference_table.unnamed", "The table names every status that the instance has.")
    counted = [
        f"{each.name} ({each.type}) counts as {_MEANING[state_type(_status(each), table)]}"
        for each in unnamed
    ]
    return warning(
        "reference_table.unnamed",
        f"The table does not name {_number(unnamed)} of {len(statuses)} statuses: "
        f"{_listed(counted, '; ')}.",
        "Add those that should count as something else.",
    )


def check_unknown(table: StatusTable, statuses: list[AgentStatus]) -> Finding:
    """Whether the table names what the instance does not have."""
    known = {name_key(each.name) for each in statuses}
    unknown = sorted(set(table) - known)
    if not unknown:
        return ok("reference_table.unknown", "The instance has every status that the table names.")
    return warning(
        "reference_table.unknown",
        f"Names in the table that no status of the instance has ({_number(unknown)}): "
        f"{_listed(unknown, ', ')}.",
        "Compare the spelling with Agent status in Amazon Connect; delete the rows of statuses "
        "that no longer exist.",
    )


def _status(each: AgentStatus) -> dict[str, str]:
    return {"Name": each.name, "Type": each.type}


def _number(found: list[AgentStatus] | list[str]) -> str:
    return f"{len(found)}"


def _listed(names: list[str], separator: str) -> str:
    more = len(names) - _NAMES_SHOWN
    return separator.join(names[:_NAMES_SHOWN]) + (f"{separator}{more} more" if more > 0 else "")
