"""The Flink application that classifies with `engine` = `flink`: running, and as deployed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from aspect_wfm.aws import Aws
from aspect_wfm.deployment import application_name
from aspect_wfm.doctor.findings import Finding, failure, ok, warning
from aspect_wfm.metrics import Metric, Series, last_hour

# Those in which a job is coming up, going on from a snapshot, or on its way out.
_PASSING = (
    "AUTOSCALING",
    "FORCE_STOPPING",
    "MAINTENANCE",
    "ROLLING_BACK",
    "STARTING",
    "STOPPING",
    "UPDATING",
)


def read_application(aws: Aws, arn: str) -> dict[str, Any]:
    """Raises as `Aws.ask` does."""
    name = application_name(arn)
    found: dict[str, Any] = aws.ask(
        "kinesisanalyticsv2", "describe_application", ApplicationName=name
    )["ApplicationDetail"]
    return found


def look_at_application(aws: Aws, arn: str) -> Iterator[Finding]:
    """The state and version of the application. Raises as `Aws.ask` does."""
    detail = read_application(aws, arn)
    yield check_state(application_name(arn), detail["ApplicationStatus"])
    yield check_version(application_name(arn), detail)


def look_at_restarts(aws: Aws, arn: str, now: datetime) -> Iterator[Finding]:
    """How often its job restarted in the last hour. Raises as `Aws.ask` does."""
    name = application_name(arn)
    (restarts,) = last_hour(
        aws,
        now,
        [Metric("AWS/KinesisAnalytics", "fullRestarts", "Application", name, "Maximum")],
    )
    yield check_restarts(name, restarts)


def check_state(name: str, status: str) -> Finding:
    """The finding on an application's ApplicationStatus."""
    if status == "RUNNING":
        return ok("application.state", f"The Flink application {name} is RUNNING.")
    if status in _PASSING:
        return warning(
            "application.state",
            f"The Flink application {name} is {status}: until it is RUNNING, events wait on the "
            "stream and no heartbeat is sent.",
            "Run the doctor again in a few minutes.",
        )
    return failure(
        "application.state",
        f"The Flink application {name} is {status}, not RUNNING: it reads no agent events, and no "
        "heartbeat is sent.",
        "If nobody stopped it on purpose, upload the reference table if you use one, and then "
        "start the application: aws kinesisanalyticsv2 start-application --application-name "
        f"{name}. It continues from its last snapshot, as far as the stream still has the events.",
    )


def check_version(name: str, detail: Mapping[str, Any]) -> Finding:
    """The finding on its version; `detail` is the answer of DescribeApplication."""
    version = detail["ApplicationVersionId"]
    origin = detail.get("ApplicationVersionRolledBackFrom")
    if origin is None:
        return ok("application.version", f"Its version is {version}.")
    return warning(
        "application.version",
        f"Its version is {version}, after version {origin} was rolled back: its package or "
        "properties may differ from those that Terraform set.",
        f"Find the reason in its log, /aws/kinesis-analytics/{name}; fix it, and apply again.",
    )


def check_restarts(name: str, restarts: Series) -> Finding:
    """`restarts` is how often the job has restarted since the application was started."""
    values = [value for _, value in restarts.values]
    again = sum(max(later - earlier, 0) for later, earlier in pairwise(values))
    if not again:
        return ok("application.restarts", "Its job did not restart in the last hour.")
    return warning(
        "application.restarts",
        f"Its job failed and restarted {again:,.0f} times in the last hour. Lines that it wrote "
        "after its last checkpoint are in the reports twice. If it fails at the same place each "
        "time, it writes no lines, although the application is RUNNING.",
        f"Read its log, /aws/kinesis-analytics/{name}; see application-restarts in docs/alarms.md.",
    )
