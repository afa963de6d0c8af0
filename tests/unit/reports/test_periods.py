"""Intervals on the clock of a time zone, on its daylight-saving Sundays above all."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aspect_wfm.output import minute
from aspect_wfm.reports.periods import Period, interval_start, intervals
from tests.unit.examples import costly

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
BERLIN = ZoneInfo("Europe/Berlin")

# They set their clocks by an hour, half an hour or two, at midnight or later, or never.
ZONES = [
    *("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo"),
    *("America/Havana", "Antarctica/Troll", "Asia/Kathmandu"),
]

SPRING, AUTUMN = (2026, 3, 29), (2026, 10, 25)


def day(date: tuple[int, int, int], zone: ZoneInfo) -> Period:
    """From midnight to midnight."""
    midnight = datetime(*date, tzinfo=zone)
    return Period(midnight, midnight + timedelta(days=1))


def shown(date: tuple[int, int, int], zone: ZoneInfo, length: timedelta) -> list[str]:
    """The starts of a day's intervals, as in 02:00+01:00."""
    return [minute(each.start, zone)[11:] for each in intervals(day(date, zone), length, zone)]


@pytest.mark.parametrize(
    ("date", "hours"), [(SPRING, 23), (AUTUMN, 25), ((2026, 3, 28), 24), ((2026, 10, 26), 24)]
)
def test_a_day_has_the_intervals_of_its_hours(date: tuple[int, int, int], hours: int) -> None:
    found = intervals(day(date, BERLIN), QUARTER, BERLIN)
    assert len(found) == 4 * hours
    assert {each.length for each in found} == {QUARTER}
    assert (found[0].start, found[-1].end) == (day(date, BERLIN).start, day(date, BERLIN).end)


def test_the_hour_that_the_clock_skips_has_no_interval() -> None:
    assert shown(SPRING, BERLIN, HOUR)[1:4] == ["01:00+01:00", "03:00+02:00", "04:00+02:00"]


def test_the_hour_that_the_clock_repeats_has_intervals_twice_and_the_offset_tells_them_apart() -> (
    None
):
    half_hours = shown(AUTUMN, BERLIN, HOUR / 2)
    assert half_hours[4:9] == [
        "02:00+02:00",
        "02:30+02:00",
        "02:00+01:00",
        "02:30+01:00",
        "03:00+01:00",
    ]
    assert len(set(half_hours)) == len(half_hours)


@pytest.mark.parametrize(
    ("length", "spring", "autumn"),
    [(2, [2, 1, 2], [2, 3, 2]), (3, [2, 3, 3], [4, 3, 3]), (24, [23], [25])],
)
def test_a_longer_interval_is_shorter_or_longer_when_the_clock_is_set(
    length: int, spring: list[int], autumn: list[int]
) -> None:
    for date, hours in ((SPRING, spring), (AUTUMN, autumn)):
        found = intervals(day(date, BERLIN), length * HOUR, BERLIN)
        assert [each.length / HOUR for each in found][: len(hours)] == hours


@pytest.mark.parametrize(
    ("zone", "offset"), [("Asia/Kolkata", "+05:30"), ("Asia/Kathmandu", "+05:45")]
)
def test_intervals_of_zones_off_the_hour_start_at_their_own_hours(zone: str, offset: str) -> None:
    hours = shown((2026, 3, 2), ZoneInfo(zone), HOUR)
    assert hours == [f"{hour:02}:00{offset}" for hour in range(24)]


def test_a_clock_that_is_set_by_half_an_hour_keeps_half_hours_and_not_hours() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert shown((2026, 4, 5), lord_howe, HOUR / 2)[2:6] == [
        "01:00+11:00",
        "01:30+11:00",
        "01:30+10:30",
        "02:00+10:30",
    ]
    found = intervals(day((2026, 4, 5), lord_howe), HOUR, lord_howe)
    assert [each.length / HOUR for each in found[:3]] == [1, 1.5, 1]


def test_a_day_without_a_midnight_starts_when_its_clock_does() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    assert shown((2026, 4, 24), cairo, HOUR)[:2] == ["01:00+03:00", "02:00+03:00"]


def test_only_intervals_that_have_some_of_the_period_are_there() -> None:
    start = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    found = intervals(Period(start, start + 25 * timedelta(minutes=1)), QUARTER)
    assert [minute(each.start) for each in found] == ["2026-03-02 09:00", "2026-03-02 09:15"]


def test_intervals_start_at_midnight_utc_whatever_zone_the_period_is_given_in() -> None:
    start = datetime.fromisoformat("2026-03-02T05:40:00+05:30")
    found = intervals(Period(start, start + HOUR), HOUR)
    assert [minute(each.start) for each in found] == ["2026-03-02 00:00", "2026-03-02 01:00"]


@pytest.mark.parametrize(
    "length", [timedelta(0), -QUARTER, timedelta(minutes=7), timedelta(days=2)]
)
def test_an_interval_that_does_not_fill_a_day_is_refused(length: timedelta) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="do not divide a day evenly"):
        intervals(Period(start, start + HOUR), length)


def test_a_period_needs_a_zone_and_runs_forward() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="need a time zone"):
        Period(start.replace(tzinfo=None), start + HOUR)
    with pytest.raises(ValueError, match="before it starts"):
        Period(start, start - HOUR)


@costly(40)
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
    hours=st.integers(1, 800),
    minutes=st.sampled_from([15, 30, 60, 120, 360, 1_440]),
)
def test_intervals_follow_one_another_over_the_whole_period_and_look_different(
    zone: ZoneInfo, start: datetime, hours: int, minutes: int
) -> None:
    period = Period(start, start + hours * HOUR)
    length = timedelta(minutes=minutes)
    found = intervals(period, length, zone)
    assert found[0].start <= period.start < found[0].end
    assert found[-1].start < period.end <= found[-1].end
    assert all(one.end == next_one.start for one, next_one in pairwise(found))
    assert len({minute(each.start, zone) for each in found}) == len(found)
    assert interval_start(start, length, zone) == found[0].start
