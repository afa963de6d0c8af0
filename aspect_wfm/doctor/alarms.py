"""The alarms of a deployment, by its name (docs/alarms.md has a section for each)."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from aspect_wfm.aws import Aws
from aspect_wfm.doctor.findings import FIRST_HOUR, Finding, failure, note, ok, warning

# How the names of a module's alarms end. `wfm-berlin-relay-fails` is none of `wfm`.
OF_STREAM = ("writes-are-refused",)
OF_REAL_TIME_ADHERENCE = (
    "queue-N-is-not-read",
    "relay-fails",
    "relay-gets-no-events",
    "relay-gives-up-batches",
    "relay-is-throttled",
    "relay-puts-events-aside",
    "relay-reads-late",
    "relay-skips-records",
)
OF_AGENT_PRODUCTIVITY = (
    "application-puts-events-aside",
    "application-reads-late",
    "application-restarts",
    "application-skips-records",
    "classifier-fails",
    "classifier-gives-up-batches",
    "classifier-is-throttled",
    "classifier-puts-events-aside",
    "classifier-reads-late",
    "classifier-skips-records",
    "no-heartbeat",
    "no-report-files",
    "report-files-are-late",
)

_NUMBER = re.compile("-[0-9]+-")

_NONE = "The deployment has no alarms. To create them, set alarms = {}."
_NONE_OF_STREAM = (
    "No alarm of this account and region watches whether the stream rejects writes of Amazon "
    "Connect. A stream that agent_stream creates has one with alarms = {}."
)


def look_at_alarms(
    aws: Aws, name: str, endings: Sequence[str], age: timedelta
) -> Iterator[Finding]:
    """The alarms named `name` and one of `endings`, of a deployment of that `age`: their states and
    actions. Raises as `Aws.ask` does.
    """
    alarms = [
        each
        for page in aws.pages("cloudwatch", "describe_alarms", AlarmNamePrefix=f"{name}-")
        for each in page["MetricAlarms"]
        if _NUMBER.sub("-N-", each["AlarmName"].removeprefix(f"{name}-")) in endings
    ]
    yield check_alarms(
        {each["AlarmName"]: each["StateValue"] for each in alarms},
        age,
        _NONE_OF_STREAM if endings is OF_STREAM else _NONE,
    )
    if alarms:
        yield check_topics([each.get("AlarmActions") or [] for each in alarms])


def check_topics(actions: list[list[str]]) -> Finding:
    """`actions` are those of each alarm."""
    silent = sum(not each for each in actions)
    if not silent:
        return ok("alarms.topics", "Each alarm notifies an SNS topic.")
    return warning(
        "alarms.topics",
        f"{_silent(silent, len(actions))}: no SNS topic is set.",
        "Name one in alarms = { sns_topic_arns = [...] }. Check the spelling: Terraform ignores "
        "attributes that it does not know.",
    )


def _silent(number: int, alarms: int) -> str:
    if number == alarms:
        return "No alarm notifies anyone"
    return f"{number} of {alarms} alarms {'notifies' if number == 1 else 'notify'} no one"


def check_alarms(states: dict[str, str], age: timedelta, none: str = _NONE) -> Finding:
    """`states` are OK, ALARM or INSUFFICIENT_DATA by the alarm's name, in a deployment of that
    `age`; `none` is the text when there is no alarm."""
    if not states:
        return ok("alarms.state", none)
    on = sorted(name for name, state in states.items() if state == "ALARM")
    without = sum(state == "INSUFFICIENT_DATA" for state in states.values())
    if not on:
        of_these = f" ({without} of {len(states)} without data yet)" if without else ""
        return ok("alarms.state", f"No alarm is active{of_these}.")
    text = f"{'An alarm is' if len(on) == 1 else f'{len(on)} alarms are'} active: {', '.join(on)}."
    if age < FIRST_HOUR:
        return note(
            "alarms.state",
            text,
            "In the first hour, some alarms are active until the first data arrives.",
        )
    return failure("alarms.state", text, "docs/alarms.md has a section for each.")
