"""The alarms of a deployment, by its name (docs/operations.md has a section for each)."""

from collections.abc import Iterator

from tools.doctor.aws import Aws
from tools.doctor.findings import Finding, ok, warning


def look_at_alarms(aws: Aws, name: str) -> Iterator[Finding]:
    states = {
        each["AlarmName"]: each["StateValue"]
        for page in aws.pages("cloudwatch", "describe_alarms", AlarmNamePrefix=f"{name}-")
        for each in page["MetricAlarms"]
    }
    yield check_alarms(states)


def check_alarms(states: dict[str, str]) -> Finding:
    """`states` are OK, ALARM or INSUFFICIENT_DATA by the alarm's name."""
    if not states:
        return ok("alarms.state", "It has no alarms; with alarms = {} it gets them.")
    on = sorted(name for name, state in states.items() if state == "ALARM")
    without = sum(state == "INSUFFICIENT_DATA" for state in states.values())
    if not on:
        of_these = f"; {without} of them have no data yet" if without else ""
        return ok("alarms.state", f"None of its {len(states)} alarms is on{of_these}.")
    return warning(
        "alarms.state",
        f"{len(on)} of its {len(states)} alarms {'is' if len(on) == 1 else 'are'} on: "
        f"{', '.join(on)}.",
        "docs/operations.md has a section for each. After a first apply, some are on until the "
        "first data is there.",
    )
