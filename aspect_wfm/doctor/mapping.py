"""The event source mapping of a function: how it receives events from the stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aspect_wfm.aws import Aws
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import FIRST_HOUR, Finding, failure, note, ok, warning
from aspect_wfm.doctor.stream import read_stream, stream_name
from aspect_wfm.metrics import Metric, last_hour
from heartbeat.heartbeat import is_running

# Lambda takes at most seven days.
_LONGEST_AGE = 604_800

# Real-Time Adherence is of the minute; a report file is written every five.
_OLDEST_FOR_RELAY, _OLDEST_FOR_CLASSIFIER = 60, 300

# So late that neither product shows what is.
_FAR_TOO_LATE = 900

_MILLISECONDS = 1_000


@dataclass(frozen=True, slots=True)
class Mapping:
    """`maximum_age` is in seconds, -1 for none."""

    uuid: str
    state: str
    last_result: str | None
    stream_arn: str
    maximum_age: int


def read_mappings(aws: Aws, function: str) -> list[Mapping]:
    """The mappings that feed a function from a stream. Raises as `Aws.ask` does."""
    found = aws.ask("lambda", "list_event_source_mappings", FunctionName=function)
    return [
        _mapping(each)
        for each in found["EventSourceMappings"]
        if ":kinesis:" in each.get("EventSourceArn", "")
    ]


def look_at_mappings(aws: Aws, function: str) -> Iterator[Finding]:
    """The mappings of the function: how many, their states and last results. Raises as `Aws.ask`
    does.
    """
    mappings = read_mappings(aws, function)
    yield check_number(function, mappings)
    for each in mappings:
        yield check_state(each)
        yield check_result(each)


def look_at_retention(aws: Aws, function: str) -> Iterator[Finding]:
    """Whether Lambda saves failed records in time. Raises as `Aws.ask` does."""
    for each in read_mappings(aws, function):
        yield check_retention(each, read_stream(aws, each.stream_arn).retention_hours)


def look_at_lag(
    aws: Aws, function: str, now: datetime, age: timedelta, relay: bool
) -> Iterator[Finding]:
    """How late events are read, in a deployment of that `age`. Raises as `Aws.ask` does."""
    for each in read_mappings(aws, function):
        if each.state != "Enabled":
            yield note(
                "mapping.lag",
                f"Not checked, because event source mapping {each.uuid} is {each.state}.",
            )
            continue
        iterator_age, invocations, records = last_hour(
            aws,
            now,
            [
                Metric("AWS/Lambda", "IteratorAge", "FunctionName", function, "Maximum"),
                Metric("AWS/Lambda", "Invocations", "FunctionName", function),
                Metric(
                    "AWS/Kinesis", "IncomingRecords", "StreamName", stream_name(each.stream_arn)
                ),
            ],
        )
        late = None if iterator_age.newest is None else iterator_age.newest / _MILLISECONDS
        yield check_lag(
            late, invocations.total or 0, records.total or 0, each.maximum_age, relay, age
        )


def check_number(function: str, mappings: list[Mapping]) -> Finding:
    """The finding on how many mappings feed a function."""
    if len(mappings) == 1:
        return ok("mapping.present", f"One event source mapping feeds {function}.")
    if mappings:
        return warning(
            "mapping.present",
            f"{len(mappings)} event source mappings feed {function}: it receives events more than "
            f"once ({', '.join(each.uuid for each in mappings)}).",
            "Delete the mappings that are not in the Terraform state.",
        )
    return failure(
        "mapping.present",
        f"No event source mapping feeds {function}: it receives no agent events.",
        "Apply again. With starting_position = TRIM_HORIZON, the default, it starts with the "
        "oldest event on the stream.",
    )


def check_state(mapping: Mapping) -> Finding:
    """The finding on a mapping's state."""
    if mapping.state == "Enabled":
        return ok("mapping.state", f"The event source mapping {mapping.uuid} is enabled.")
    if mapping.state in ("Creating", "Enabling", "Updating"):
        return warning(
            "mapping.state",
            f"The event source mapping {mapping.uuid} is {mapping.state}: events wait on the "
            "stream until it is Enabled.",
            "Run the doctor again in a few minutes.",
        )
    return failure(
        "mapping.state",
        f"The event source mapping {mapping.uuid} is {mapping.state}: the function receives no "
        "agent events. (If the classifier stops, so does the heartbeat.)",
        "If nobody stopped it on purpose: aws lambda update-event-source-mapping --uuid "
        f"{mapping.uuid} --enabled. It continues where it stopped, as far as the stream still has "
        "the events.",
    )


def check_result(mapping: Mapping) -> Finding:
    """The finding on the result of Lambda's last read."""
    said = mapping.last_result
    if not said:
        return ok("mapping.result", "Lambda has not read the stream for this mapping yet.")
    if is_running("Enabled", said):
        return ok("mapping.result", f"Lambda's last read: {said}.")
    return failure(
        "mapping.result",
        f"Lambda's last read failed: {said}. Events wait on the stream, and Lambda stops retrying "
        f"them when they are {_age(mapping.maximum_age)} old.",
        "Check the function's errors and log; for PROBLEM: Cannot access stream, check its role's "
        "permissions on the stream and its key.",
    )


def check_retention(mapping: Mapping, retention_hours: int) -> Finding:
    """The finding on its maximum record age; the stream keeps records for `retention_hours`."""
    kept = retention_hours * 3_600
    expected = min(kept - 3_600, _LONGEST_AGE)
    age = mapping.maximum_age
    if age == expected:
        return ok(
            "mapping.retention",
            f"If a record cannot be processed, Lambda stops retrying it after {_age(age)} and "
            f"saves it; the stream keeps it for {retention_hours} hours.",
        )
    lost = (
        "when the stream has already dropped it, so that it is lost instead of saved"
        if age < 0 or age >= kept
        else "although the stream keeps it longer"
        if age < expected
        else "shortly before the stream drops it"
    )
    return warning(
        "mapping.retention",
        f"If a record cannot be processed, Lambda stops retrying it after {_age(age)}, {lost}: the "
        f"stream keeps an event for {retention_hours} hours.",
        f"Set agent_event_stream_retention_hours to {retention_hours} and apply.",
    )


def check_lag(
    late: float | None,
    invocations: float,
    records: float,
    maximum_age: int,
    relay: bool,
    age: timedelta,
) -> Finding:
    """`late` is the newest iterator age in seconds; `invocations` and `records` are of an hour.

    A new deployment, of that `age`, first reads what the stream already holds.
    """
    if late is None:
        if records and not invocations:
            return failure(
                "mapping.lag",
                f"{records:,.0f} records arrived on the stream in the last hour, but the function "
                "was not invoked.",
                "Check the mapping's state above; if it is enabled, the function's throttles.",
            )
        return ok("mapping.lag", "No iterator age in the last hour: there was nothing to read.")
    fresh = _OLDEST_FOR_RELAY if relay else _OLDEST_FOR_CLASSIFIER
    if late <= fresh:
        return ok("mapping.lag", f"Events are read at most {duration(late)} after they arrive.")
    advice = (
        "Check errors and throttles. Without either, the stream needs more shards or the function "
        "a higher parallelization_factor: docs/growth.md says for how many agents."
    )
    text = f"Events are read {duration(late)} after they arrive"
    effect = "Real-Time Adherence shows old states." if relay else "Reports are just as late."
    if 0 < maximum_age < 2 * late:
        return failure(
            "mapping.lag",
            f"{text}, and Lambda gives them up after {_age(maximum_age)}. {effect}",
            advice,
        )
    if late < _FAR_TOO_LATE or age < FIRST_HOUR:
        return warning("mapping.lag", f"{text}. {effect}", advice)
    return failure("mapping.lag", f"{text}. {effect}", advice)


def _mapping(found: dict[str, Any]) -> Mapping:
    return Mapping(
        uuid=found["UUID"],
        state=found.get("State") or "in no state",
        last_result=found.get("LastProcessingResult"),
        # That of a registered consumer goes on after the stream's.
        stream_arn=found["EventSourceArn"].partition("/consumer/")[0],
        maximum_age=found.get("MaximumRecordAgeInSeconds", -1),
    )


def _age(seconds: int) -> str:
    return "any time" if seconds < 0 else duration(seconds)
