import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.report_lines import ReportLine, StateType
from aspect_wfm.reports.statistics import (
    AgentTime,
    SignIn,
    StatusTime,
    StatusTotal,
    merged,
    spans,
    statistics,
    status_totals,
)
from tests.unit.examples import costly

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


def clock(time: str) -> datetime:
    """A time of 2 March 2026, as in 09:30, in UTC."""
    return datetime.fromisoformat(f"2026-03-02T{time}").replace(tzinfo=UTC)


def line(
    time: str | datetime,
    state_type: str,
    username: str = "ann",
    group: str | None = "EMEA",
    state_name: str | None = None,
) -> ReportLine:
    return ReportLine(
        aws_account_id="111122223333",
        username=username,
        hierarchy_groups=(group, None, None, None, "fifth"),
        timestamp=clock(time) if isinstance(time, str) else time,
        state_name=state_name or {"A": "Available", "1": "Break", "0": "Offline"}[state_type],
        contact_state=None,
        state_type=StateType(state_type),
        routing_profile="Basic",
        agent_status_type=None,
    )


DAY = [
    line("09:00", "A"),
    line("10:00", "1"),
    line("10:30", "A"),
    line("12:00", "0"),
    line("13:00", "A"),
]


def sign_ins(lines: list[ReportLine], start: str, end: str) -> tuple[SignIn, ...]:
    return statistics(lines, Period(clock(start), clock(end))).sign_ins


def positions(
    lines: list[ReportLine], start: str, end: str, group_level: int = 1
) -> dict[tuple[str | None, str], float]:
    found = statistics(lines, Period(clock(start), clock(end)), QUARTER, group_level)
    return {
        (each.group, f"{each.interval.start:%H:%M}"): each.average_positions_staffed
        for each in found.staffing
    }


def test_a_line_counts_until_the_agents_next_line_and_the_last_one_until_the_end() -> None:
    (ann,) = statistics(DAY, Period(clock("08:00"), clock("14:00"))).agents
    assert ann == AgentTime(
        "ann", available=3.5 * HOUR, unavailable=0.5 * HOUR, last_line=clock("13:00")
    )
    assert ann.signed_in == 4 * HOUR


def test_a_pair_goes_from_the_first_signed_in_line_to_the_next_signed_out_line() -> None:
    assert sign_ins(DAY, "08:00", "14:00") == (
        SignIn("ann", clock("09:00"), clock("12:00"), 3 * HOUR),
        SignIn("ann", clock("13:00"), None, HOUR),
    )


def test_an_agent_whose_lines_stop_is_signed_in_until_the_end_without_a_sign_out() -> None:
    found = statistics([line("09:00", "1")], Period(clock("09:00"), clock("23:00")))
    assert found.sign_ins == (SignIn("ann", clock("09:00"), None, 14 * HOUR),)
    assert found.agents == (AgentTime("ann", timedelta(0), 14 * HOUR, clock("09:00")),)


def test_a_sign_out_at_the_end_is_a_sign_out_and_a_later_one_is_not_known_yet() -> None:
    assert sign_ins(DAY[:4], "08:00", "12:00")[0].signed_out == clock("12:00")
    assert sign_ins(DAY[:4], "08:00", "11:59")[0].signed_out is None


def test_lines_after_the_end_are_left_out() -> None:
    late = [*DAY, line("15:00", "A", "bob")]
    assert statistics(late, Period(clock("08:00"), clock("14:00"))) == statistics(
        DAY, Period(clock("08:00"), clock("14:00"))
    )


def test_an_agent_signed_in_before_the_period_counts_from_its_start_and_keeps_the_sign_in() -> None:
    found = statistics(DAY, Period(clock("11:00"), clock("12:30")))
    assert found.sign_ins == (SignIn("ann", clock("09:00"), clock("12:00"), HOUR),)
    assert found.agents[0].available == HOUR


def test_a_pair_that_is_over_before_the_period_is_not_shown() -> None:
    assert sign_ins(DAY, "12:00", "12:30") == ()


def test_signed_out_lines_of_a_signed_out_agent_change_nothing() -> None:
    heartbeats = [line(f"12:{minute:02}", "0") for minute in range(0, 60, 2)]
    with_heartbeats = [line("08:00", "0"), *DAY, *heartbeats]
    assert sign_ins(with_heartbeats, "08:00", "14:00") == sign_ins(DAY, "08:00", "14:00")
    assert len(list(merged(spans(with_heartbeats, clock("14:00"))))) == 6


def test_an_agent_who_only_was_signed_out_has_no_pair_and_no_time() -> None:
    found = statistics([line("09:00", "0")], Period(clock("09:00"), clock("10:00")))
    assert found.sign_ins == ()
    assert found.agents[0].signed_in == timedelta(0)
    assert {each.signed_in for each in found.staffing} == {timedelta(0)}


@pytest.mark.parametrize(
    ("rivals", "holds"),
    [("A1", "1"), ("A0", "0"), ("10", "0"), ("A10", "0")],
)
def test_of_lines_at_the_same_instant_the_one_that_credits_least_holds(
    rivals: str, holds: str
) -> None:
    lines = [line("09:00", each) for each in rivals]
    for order in (lines, lines[::-1]):
        (span,) = spans(order, clock("10:00"))
        assert span.state_type == holds


def test_of_lines_that_credit_the_same_at_the_same_instant_the_first_by_name_holds() -> None:
    lines = [
        line("09:00", "1", state_name="Break", group="B"),
        line("09:00", "1", state_name="Break", group="A"),
        line("09:00", "1", state_name="Lunch", group=None),
    ]
    for order in (lines, lines[::-1]):
        (span,) = spans(order, clock("10:00"))
        assert (span.state_name, span.hierarchy_groups[0]) == ("Break", "A")
    without_group = line("09:00", "1", group=None)
    for order in ([*lines, without_group], [without_group, *lines]):
        (span,) = spans(order, clock("10:00"))
        assert span.hierarchy_groups[0] is None


def test_staffing_is_the_signed_in_time_by_the_time_of_the_interval() -> None:
    lines = [line("09:00", "A"), line("09:20", "0"), line("09:10", "1", "bob")]
    assert positions(lines, "09:00", "09:45") == {
        ("EMEA", "09:00"): pytest.approx(1 + 1 / 3),
        ("EMEA", "09:15"): pytest.approx(1 + 1 / 3),
        ("EMEA", "09:30"): 1.0,
    }


def test_an_interval_that_the_period_covers_in_part_is_divided_by_its_whole_length() -> None:
    assert positions([line("08:00", "A")], "09:05", "09:20") == {
        ("EMEA", "09:00"): pytest.approx(2 / 3),
        ("EMEA", "09:15"): pytest.approx(1 / 3),
    }


def test_an_agent_who_changes_groups_counts_for_each_in_its_time_and_stays_signed_in() -> None:
    lines = [line("09:00", "A", group="EMEA"), line("09:15", "A", group=None), line("09:30", "0")]
    assert positions(lines, "09:00", "09:30") == {
        ("EMEA", "09:00"): 1.0,
        ("EMEA", "09:15"): 0.0,
        (None, "09:00"): 0.0,
        (None, "09:15"): 1.0,
    }
    assert len(sign_ins(lines, "09:00", "09:30")) == 1


def test_the_agents_without_a_group_come_after_the_groups() -> None:
    groups = ["EMEA", None, "APAC"]
    lines = [line("09:00", "A", f"agent of {group}", group) for group in groups]
    shown = [group for group, _ in positions(lines, "09:00", "09:15")]
    assert shown == ["APAC", "EMEA", None]


def test_the_group_is_that_of_the_chosen_level() -> None:
    assert set(positions(DAY, "09:00", "09:15", 5)) == {("fifth", "09:00")}
    assert set(positions(DAY, "09:00", "09:15", 2)) == {(None, "09:00")}


@pytest.mark.parametrize("group_level", [0, 6, -1])
def test_another_group_level_is_refused(group_level: int) -> None:
    with pytest.raises(ValueError, match="not one of 1 to 5"):
        statistics(DAY, Period(clock("09:00"), clock("10:00")), QUARTER, group_level)


def test_time_by_status_is_the_time_within_the_period_in_each_status() -> None:
    lines = [*DAY, line("09:30", "1", "bob", state_name="Lunch"), line("13:30", "1", "bob")]
    found = statistics(lines, Period(clock("09:15"), clock("14:00")))
    available, signed_in, signed_out = (
        StateType.AVAILABLE,
        StateType.SIGNED_IN,
        StateType.SIGNED_OUT,
    )
    assert found.statuses == (
        StatusTime("ann", "Available", available, 3.25 * HOUR),
        StatusTime("ann", "Break", signed_in, 0.5 * HOUR),
        StatusTime("ann", "Offline", signed_out, HOUR),
        StatusTime("bob", "Break", signed_in, 0.5 * HOUR),
        StatusTime("bob", "Lunch", signed_in, 4 * HOUR),
    )
    assert status_totals(found.statuses) == (
        StatusTotal("Available", available, 1, 3.25 * HOUR),
        StatusTotal("Break", signed_in, 2, HOUR),
        StatusTotal("Lunch", signed_in, 1, 4 * HOUR),
        StatusTotal("Offline", signed_out, 1, HOUR),
    )


def test_a_status_whose_state_type_was_changed_is_told_for_each() -> None:
    lines = [line("09:00", "1", state_name="Project"), line("10:00", "A", state_name="Project")]
    found = statistics(lines, Period(clock("09:00"), clock("12:00"))).statuses
    assert [(each.state_type, each.length) for each in found] == [("A", 2 * HOUR), ("1", HOUR)]


def test_no_lines_are_no_agents() -> None:
    found = statistics([], Period(clock("09:00"), clock("10:00")))
    assert (found.agents, found.sign_ins, found.staffing) == ((), (), ())


# Few values, so that timestamps, agents and groups often coincide; odd steps, so that lines fall
# inside intervals. Chosen as a whole, because a choice for each field takes five times as long.
any_line = st.sampled_from(
    list(
        product(
            [clock("08:00") + step * timedelta(seconds=397.123) for step in range(61)],
            "A10",
            ["ann", "bob", "cem"],
            ["EMEA", "LATAM", None],
            [None, "Lunch", "Project"],
        )
    )
).map(lambda values: line(*values))
many_lines = st.lists(any_line, max_size=40)
periods = st.builds(
    lambda start, length: Period(
        clock("07:30") + start * timedelta(seconds=61),
        clock("07:30") + (start + length) * QUARTER / 7,
    ),
    st.integers(0, 200),
    st.integers(100, 300),
).filter(lambda period: period.start < period.end)
intervals = st.sampled_from([5, 15, 30, 60]).map(lambda minutes: timedelta(minutes=minutes))


@costly(40)
@given(many_lines, periods, st.lists(st.integers(0, 39)), st.builds(random.Random, st.integers()))
def test_the_order_of_the_lines_and_repeated_lines_change_nothing(
    lines: list[ReportLine], period: Period, again: list[int], seed: random.Random
) -> None:
    delivered = lines + [lines[index % len(lines)] for index in again if lines]
    seed.shuffle(delivered)
    assert statistics(delivered, period) == statistics(lines, period)


@costly(40)
@given(many_lines, periods)
def test_available_and_unavailable_time_add_up_to_the_sign_ins(
    lines: list[ReportLine], period: Period
) -> None:
    found = statistics(lines, period)
    for agent in found.agents:
        own = [each.counted for each in found.sign_ins if each.username == agent.username]
        assert agent.signed_in == sum(own, timedelta(0))


@costly(40)
@given(many_lines, periods)
def test_time_by_status_adds_up_to_the_agents_time(lines: list[ReportLine], period: Period) -> None:
    found = statistics(lines, period)
    for agent in found.agents:
        own = [each for each in found.statuses if each.username == agent.username]
        for state_type, length in (("A", agent.available), ("1", agent.unavailable)):
            told = (each.length for each in own if each.state_type == state_type)
            assert sum(told, timedelta(0)) == length


@costly(40)
@given(many_lines, periods, intervals, st.integers(1, 5))
def test_staffing_over_all_intervals_adds_up_to_the_agents_time(
    lines: list[ReportLine], period: Period, interval: timedelta, group_level: int
) -> None:
    found = statistics(lines, period, interval, group_level)
    signed_in = sum((each.signed_in for each in found.agents), timedelta(0))
    assert sum((each.signed_in for each in found.staffing), timedelta(0)) == signed_in
    integral = sum(each.average_positions_staffed for each in found.staffing) * interval
    assert integral.total_seconds() == pytest.approx(signed_in.total_seconds(), abs=0.001)


@costly(40)
@given(many_lines, periods, intervals)
def test_no_group_is_staffed_by_more_than_all_agents(
    lines: list[ReportLine], period: Period, interval: timedelta
) -> None:
    found = statistics(lines, period, interval)
    for each in found.staffing:
        assert 0 <= each.average_positions_staffed <= len(found.agents)


@costly(40)
@given(many_lines, periods)
@example(DAY, Period(clock("08:00"), clock("14:00")))
def test_an_agents_spans_and_pairs_follow_one_another_up_to_the_end(
    lines: list[ReportLine], period: Period
) -> None:
    found = statistics(lines, period)
    for username in {each.username for each in found.agents}:
        own = [span for span in found.spans if span.username == username]
        assert own[-1].end == period.end
        assert all(earlier.end == later.start for earlier, later in pairwise(own))
        pairs = [pair for pair in found.sign_ins if pair.username == username]
        for earlier, later in pairwise(pairs):
            assert earlier.signed_out is not None
            assert earlier.signed_in < earlier.signed_out < later.signed_in


@costly(40)
@given(many_lines, periods)
def test_joined_spans_tell_the_same_statistics(lines: list[ReportLine], period: Period) -> None:
    def told(lines: list[ReportLine]) -> object:
        found = statistics(lines, period)
        times = [(each.username, each.available, each.unavailable) for each in found.agents]
        return times, found.sign_ins, found.staffing

    joined = [
        line(
            span.start,
            span.state_type,
            span.username,
            span.hierarchy_groups[0],
            span.state_name,
        )
        for span in merged(spans(lines, period.end))
    ]
    assert told(joined) == told(lines)
