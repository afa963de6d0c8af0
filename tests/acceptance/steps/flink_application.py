"""What the service keeps of the Flink job: its log, and the metrics that the job publishes."""

import time
from datetime import UTC, datetime, timedelta

from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step
from tests.metrics import METRICS

TITLE = "Read the Flink application's log and metrics"

# CloudWatch has a metric some minutes after the job has counted.
WITHIN_SECONDS = 300


def flink_application(deployment: Deployment, step: Step) -> None:
    if deployment.options.engine != "flink":
        reason = deployment.lacks.get("flink") or "the classifier of this run is a function"
        step.skips("--engine flink", reason)
        return
    deadline = time.monotonic() + WITHIN_SECONDS
    while not (logged := _is_logged(deployment)) or _absent(deployment):
        if time.monotonic() > deadline:
            break
        time.sleep(10)
    step.expects(logged, "The application's log has the classifier's lines")
    absent = _absent(deployment)
    step.expects(not absent, "CloudWatch has the job's metrics", ", ".join(absent))


def _is_logged(deployment: Deployment) -> bool:
    pages = deployment.account.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(
        logGroupName=f"/aws/kinesis-analytics/{deployment.names.prefix}",
        filterPattern='"batch classified"',
    )
    return any(page["events"] for page in found)


def _absent(deployment: Deployment) -> list[str]:
    """The metrics without a data point in the last hour."""
    cloudwatch = deployment.account.client("cloudwatch")
    now = datetime.now(UTC)
    return [
        name
        for name in sorted(METRICS["classifier"])
        if not cloudwatch.get_metric_statistics(
            Namespace="AWS/KinesisAnalytics",
            MetricName=name,
            Dimensions=[{"Name": "Application", "Value": deployment.names.prefix}],
            StartTime=now - timedelta(hours=1),
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
    ]
