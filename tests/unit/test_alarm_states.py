"""The tests' CloudWatch against the tables in AWS's documentation."""

import pytest

from tests.plan.alarm_states import (
    ALARM,
    INSUFFICIENT_DATA,
    OK,
    Point,
    evaluated,
    planned_alarm,
    states,
)
from tests.plan.metric_math import NotDocumented, Reading, Series, evaluate

# Amazon CloudWatch User Guide, "How alarm state is evaluated when data is missing": the five newest
# values, then the states for ignore, breaching and notBreaching. None is the state of before.
THREE_OF_THREE = {
    "0-X-X": (OK, OK, OK),
    "0----": (OK, OK, OK),
    "-----": (None, ALARM, OK),
    "0XX-X": (ALARM, ALARM, ALARM),
    "--X--": (None, ALARM, OK),
}
TWO_OF_THREE = {
    "0-X-X": (ALARM, ALARM, ALARM),
    "00X0X": (ALARM, ALARM, ALARM),
    "0-X--": (OK, ALARM, OK),
    "----0": (OK, ALARM, OK),
    "---X-": (None, ALARM, OK),
}


@pytest.mark.parametrize("before", [OK, ALARM, INSUFFICIENT_DATA])
@pytest.mark.parametrize("missing", ["ignore", "breaching", "notBreaching"])
@pytest.mark.parametrize(
    ("breaching", "values"),
    [(3, each) for each in THREE_OF_THREE] + [(2, each) for each in TWO_OF_THREE],
)
def test_missing_values_are_treated_as_documented(
    breaching: int, values: str, missing: str, before: str
) -> None:
    table = {3: THREE_OF_THREE, 2: TWO_OF_THREE}[breaching]
    expected = table[values][["ignore", "breaching", "notBreaching"].index(missing)]
    newest = [each == "X" for each in values if each != "-"][-3:]
    assert evaluated(newest, 3, breaching, missing, before) == (expected or before)


def series(*values: float | None) -> Series:
    return {position: value for position, value in enumerate(values) if value is not None}


def math(expression: str, reading: Reading = Reading(), /, **metrics: Series) -> Series:  # noqa: B008  # immutable
    return evaluate(expression, metrics, range(5), reading)


def test_if_is_as_documented() -> None:
    condition, then = series(1, 1, 0, 0, None), series(30, None, 0, 0, 30)
    # "Using IF expressions": IF(metric1, metric2, scalar3)
    found = math("IF(condition > 0, then, 5)", condition=condition, then=then)
    assert found == series(30, 0, 5, 5, None)
    dropped = math(
        "IF(condition > 0, then, 5)", Reading(zero_if_missing=False), condition=condition, then=then
    )
    assert dropped == series(30, None, 5, 5, None)
    # IF(metric1, scalar2, metric3)
    other = series(0, 0, 20, None, 20)
    found = math("IF(condition > 0, 5, other)", condition=condition, other=other)
    assert found == series(5, 5, 20, None, None)


def test_arithmetic_takes_what_one_series_misses_for_0_and_drops_divisions_by_zero() -> None:
    one, other = series(6, None, 4, None), series(2, 3, 0, None)
    assert math("one - other", one=one, other=other) == series(4, -3, 4, None)
    assert math("one + other", one=one, other={}) == one
    assert math("100 * one / other", one=one, other=other) == series(300, 0, None, None)


def test_diff_takes_the_value_before_and_has_none_for_the_first() -> None:
    assert math("DIFF(total)", total=series(3, None, 5, 4)) == series(None, None, 2, -1)


def test_fill_is_as_documented() -> None:
    given = series(None, 7, None, None, 2)
    assert math("FILL(given, 0)", given=given) == series(0, 7, 0, 0, 2)
    assert math("FILL(given, REPEAT)", given=given) == series(None, 7, 7, 7, 2)
    assert math("FILL(given, REPEAT)", given={}) == {}
    assert math("FILL(given, 0)", given={}) == series(0, 0, 0, 0, 0)
    assert math("FILL(given, 0)", Reading(fills_empty=False), given={}) == {}


@pytest.mark.parametrize(
    "expression", ["given > 0", "IF(given > 0 AND given < 3, 1, 0)", "SUM(given)", "3 + 4", "other"]
)
def test_what_is_not_documented_is_refused(expression: str) -> None:
    with pytest.raises(NotDocumented):
        math(expression, given=series(1))


def test_a_window_moves_by_a_minute_and_sees_what_has_arrived() -> None:
    planned = {
        "metric_query": [],
        "metric_name": "Errors",
        "statistic": "Sum",
        "period": 300,
        "threshold": 9,
        "comparison_operator": "GreaterThanThreshold",
        "evaluation_periods": 1,
        "datapoints_to_alarm": None,
        "treat_missing_data": "notBreaching",
    }
    alarm = planned_alarm(planned, lambda _metric: "function")
    points = {2: Point(5), 6: Point(5), 20: Point(10, late=3)}
    found = states(alarm, {("function", "Errors"): points}, 30)
    assert found[:8] == [{OK}] * 5 + [{ALARM}] + [{OK}, {OK}], "minutes 2 to 6 hold both"
    assert found[21:24] == [{OK}, {ALARM}, {ALARM}], "it is seen in minute 23"
    assert {OK, ALARM} in found[25:], "for how long, AWS does not say"
