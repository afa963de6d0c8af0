"""CloudWatch metrics of the last hour, or of a longer time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from aspect_wfm.aws import Aws

HOUR = timedelta(hours=1)

_PERIOD_SECONDS = 300


class Metric(NamedTuple):
    """A metric of one resource: `value` is what its dimension is."""

    namespace: str
    name: str
    dimension: str
    value: str
    statistic: str = "Sum"


class Series(NamedTuple):
    """A metric's values in periods of five minutes, by when each began, newest first."""

    values: tuple[tuple[datetime, float], ...]

    @property
    def total(self) -> float | None:
        """None where there is no value."""
        return sum(value for _, value in self.values) if self.values else None

    @property
    def newest(self) -> float | None:
        """The newest value; None where there is none."""
        return self.values[0][1] if self.values else None

    def since(self, moment: datetime) -> "Series":
        """The values of the periods that began at `moment` or later."""
        return Series(tuple(each for each in self.values if each[0] >= moment))


def last_hour(aws: Aws, now: datetime, metrics: Sequence[Metric]) -> list[Series]:
    """The series of `metrics`, in their order. Raises as `Aws.ask` does."""
    return latest(aws, now, HOUR, metrics)


def latest(aws: Aws, now: datetime, length: timedelta, metrics: Sequence[Metric]) -> list[Series]:
    """The series of `metrics` of the last `length` of time, in their order. Raises as `Aws.ask`
    does."""
    answer = aws.ask(
        "cloudwatch",
        "get_metric_data",
        StartTime=now - length,
        EndTime=now,
        MetricDataQueries=[
            {
                "Id": f"m{index}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": each.namespace,
                        "MetricName": each.name,
                        "Dimensions": [{"Name": each.dimension, "Value": each.value}],
                    },
                    "Period": _PERIOD_SECONDS,
                    "Stat": each.statistic,
                },
            }
            for index, each in enumerate(metrics)
        ],
    )
    found = {each["Id"]: each for each in answer["MetricDataResults"]}
    return [
        Series(tuple(sorted(zip(each["Timestamps"], each["Values"], strict=True), reverse=True)))
        for each in (found[f"m{index}"] for index in range(len(metrics)))
    ]
