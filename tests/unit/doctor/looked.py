"""A look at the estate: what the checks find, and metrics for them to find."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aspect_wfm.doctor.examination import examine
from aspect_wfm.doctor.findings import Finding, Level
from aspect_wfm.metrics import Metric
from tests.unit.aws import Client
from tests.unit.doctor.conftest import Estate


def looked(estate: Estate, *, instance: str | None = None, **outputs: Any) -> dict[str, Finding]:
    """The worst finding of each check."""
    given = {**estate.deployment.outputs, **outputs, "connect_instance_id": instance}
    sections = list(examine(estate.aws, [replace(estate.deployment, outputs=given)], now()))
    order = list(Level)
    found: dict[str, Finding] = {}
    for each in (finding for section in sections for finding in section.findings):
        known = found.get(each.check)
        if known is None or order.index(each.level) > order.index(known.level):
            found[each.check] = each
    return found


def now() -> datetime:
    return datetime.now(UTC)


def put_metric(
    client: Client, metric: Metric, values: Iterable[tuple[int, float]], until: datetime
) -> None:
    """Write `values` of a metric, each that many minutes before `until`."""
    for minutes, value in values:
        client("cloudwatch").put_metric_data(
            Namespace=metric.namespace,
            MetricData=[
                {
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": metric.dimension, "Value": metric.value}],
                    "Timestamp": until - timedelta(minutes=minutes),
                    "Value": value,
                }
            ],
        )
