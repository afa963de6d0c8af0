"""The states in which CloudWatch may show an alarm, minute by minute, for given metrics.

Source: Amazon CloudWatch User Guide, "Alarm evaluation" and "Configuring how CloudWatch alarms
treat missing data". An alarm whose period is a minute or longer is evaluated every minute, over a
window that moves with it. AWS leaves some things open, so each minute has a set of states: more
than one where they depend on how that is read.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.plan.metric_math import Reading, Series, evaluate

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

# CloudWatch retrieves more periods than it evaluates: 5 for 3 of five minutes, in AWS's example.
# For others AWS says only that there are more.
_DOCUMENTED_EXTRA = {(300, 3): (2,)}
_EXTRA = (1, 2, 10)

_STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Maximum": max,
    "Minimum": min,
    "Sum": sum,
}


class Point(NamedTuple):
    """What a metric gets in a minute, and how many minutes later an alarm can see it."""

    value: float
    late: int = 0


# The points of a metric by minute; minute 1 is the first in which the alarm is evaluated.
Points = Mapping[int, Point]


class Metric(NamedTuple):
    """A metric that an alarm looks at."""

    name: str
    subject: str
    statistic: str


@dataclass(frozen=True)
class Alarm:
    """An alarm of a plan. `periods` are evaluated, `breaching` of them make it go on."""

    metrics: Mapping[str, Metric]
    expression: str | None
    breaches: Callable[[float], bool]
    seconds: int
    periods: int
    breaching: int
    missing: str


def planned_alarm(planned: Mapping[str, Any], subject: Callable[[Mapping[str, Any]], str]) -> Alarm:
    """`planned` are the values of an aws_cloudwatch_metric_alarm; `subject` names what a metric is
    about, by the metric's block."""
    queries = planned["metric_query"] or []
    given = {each["id"]: each["metric"][0] for each in queries if each["metric"]}
    if not queries:
        given = {"metric": {**planned, "stat": planned["statistic"]}}
    (seconds,) = {each["period"] for each in given.values()}
    threshold = planned["threshold"]
    compare: dict[str, Callable[[float], bool]] = {
        "GreaterThanThreshold": lambda value: value > threshold,
        "LessThanThreshold": lambda value: value < threshold,
    }
    return Alarm(
        metrics={
            id_: Metric(each["metric_name"], subject(each), each["stat"])
            for id_, each in given.items()
        },
        expression=next((each["expression"] for each in queries if each["expression"]), None),
        breaches=compare[planned["comparison_operator"]],
        seconds=seconds,
        periods=planned["evaluation_periods"],
        breaching=planned["datapoints_to_alarm"] or planned["evaluation_periods"],
        missing=planned["treat_missing_data"],
    )


def states(alarm: Alarm, history: Mapping[tuple[str, str], Points], minutes: int) -> list[set[str]]:
    """The states that an alarm may have at the end of each minute, the first one first.

    `history` are the points of the metrics by subject and name. The alarm is new: it begins with
    INSUFFICIENT_DATA.
    """
    runs = [
        list(_run(alarm, history, minutes, extra, reading))
        for extra in _DOCUMENTED_EXTRA.get((alarm.seconds, alarm.periods), _EXTRA)
        for reading in _readings(alarm)
    ]
    return [set(each) for each in zip(*runs, strict=True)]


def _readings(alarm: Alarm) -> Iterator[Reading]:
    expression = alarm.expression or ""
    return itertools.starmap(
        Reading,
        itertools.product(
            (True, False) if "FILL" in expression else (True,),
            (True, False) if "IF" in expression else (True,),
        ),
    )


def _run(
    alarm: Alarm,
    history: Mapping[tuple[str, str], Points],
    minutes: int,
    extra: int,
    reading: Reading,
) -> Iterator[str]:
    state = INSUFFICIENT_DATA
    positions = range(alarm.periods + extra)
    for now in range(1, minutes + 1):
        metrics = {
            id_: _retrieved(history.get((each.subject, each.name), {}), each, alarm, now, positions)
            for id_, each in alarm.metrics.items()
        }
        if alarm.expression is None:
            (values,) = metrics.values()
        else:
            values = evaluate(alarm.expression, metrics, positions, reading)
        newest = [alarm.breaches(values[each]) for each in sorted(values)][-alarm.periods :]
        state = evaluated(newest, alarm.periods, alarm.breaching, alarm.missing, state)
        yield state


def _retrieved(
    points: Points, metric: Metric, alarm: Alarm, now: int, positions: Sequence[int]
) -> Series:
    """The metric's values that can be seen at the end of minute `now`, by position in the range."""
    length = alarm.seconds // 60
    retrieved: Series = {}
    for each in positions:
        end = now - length * (len(positions) - 1 - each)
        seen = [
            points[minute].value
            for minute in range(end - length + 1, end + 1)
            if minute in points and minute + points[minute].late <= now
        ]
        if seen:
            retrieved[each] = _STATISTICS[metric.statistic](seen)
    return retrieved


def evaluated(
    newest: Sequence[bool], periods: int, breaching: int, missing: str, state: str
) -> str:
    """The state after an evaluation.

    `newest` says of the newest values that there are, at most `periods`, whether they breach.
    """
    filled = periods - len(newest)
    count = sum(newest)
    if missing == "breaching":
        count += filled
    elif missing == "ignore" and filled and count < breaching and count == len(newest):
        # Nothing that is there speaks for OK, and what breaches is not enough for ALARM.
        return state
    return ALARM if count >= breaching else OK
