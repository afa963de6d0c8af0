"""The tables, and how a terminal shows them."""

from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.report_lines import Report, ReportLine
from aspect_wfm.reports.statistics import statistics
from aspect_wfm.reports.tables import (
    positions_staffed,
    time_by_agent_and_status,
    time_by_status,
)
from aspect_wfm.reports.terminal import render
from tests.unit.reports.test_statistics import DAY, clock, line

BERLIN = ZoneInfo("Europe/Berlin")


def in_terminal(lines: list[ReportLine], zone: tzinfo = UTC) -> str:
    found = statistics(lines, Period(clock("09:00"), clock("14:00")), zone=zone)
    return render(found, Report(tuple(lines), 0, 0, 1))


LINES = [*DAY, line("09:00", "1", "bob", state_name=None), line("10:00", "0", "bob")]


def test_time_by_status_has_agents_time_and_the_share_of_signed_in_time() -> None:
    table = time_by_status(statistics(LINES, Period(clock("09:00"), clock("14:00"))))
    assert list(table.texts(UTC)) == [
        ("Available", "available", "1", "3:30:00", "70.0 %"),
        ("Break", "signed in, not available", "2", "1:30:00", "30.0 %"),
        ("Offline", "signed out", "2", "5:00:00", ""),
    ]


def test_time_by_agent_and_status_has_a_row_for_each_status_of_each_agent() -> None:
    table = time_by_agent_and_status(statistics(LINES, Period(clock("09:00"), clock("14:00"))))
    assert list(table.texts(UTC)) == [
        ("ann", "Available", "available", "3:30:00"),
        ("ann", "Break", "signed in, not available", "0:30:00"),
        ("ann", "Offline", "signed out", "1:00:00"),
        ("bob", "Break", "signed in, not available", "1:00:00"),
        ("bob", "Offline", "signed out", "4:00:00"),
    ]


def test_a_period_in_which_nobody_was_signed_in_has_no_shares() -> None:
    found = statistics([line("09:00", "0")], Period(clock("09:00"), clock("10:00")))
    (row,) = time_by_status(found).texts(UTC)
    assert row == ("Offline", "signed out", "1", "1:00:00", "")


def test_the_terminal_shows_time_by_status_first_and_by_agent() -> None:
    shown = in_terminal(LINES)
    assert "\n\nTime by status\n" in shown
    assert "\nAvailable  available                      1  3:30:00  70.0 %\n" in shown
    assert "\nann    Break      signed in, not available  0:30:00\n" in shown
    titles = ["Time by status\n", "Average positions staffed\n", "Time by agent\n", "Sign-ins and"]
    assert sorted(titles, key=shown.index) == titles


def test_the_terminal_shows_times_as_the_zones_clock_does_with_the_offset() -> None:
    shown = in_terminal(DAY, BERLIN)
    assert shown.startswith("2026-03-02 10:00:00+01:00 to 2026-03-02 15:00:00+01:00 Europe/Berlin:")
    assert "\nann    2026-03-02 10:00:00+01:00  2026-03-02 13:00:00+01:00   3:00:00\n" in shown
    assert "\n2026-03-02 10:00+01:00  1.00\n" in shown
    assert "Sign-ins and sign-outs\n(Europe/Berlin; " in shown


def test_intervals_that_the_clock_repeats_are_told_apart() -> None:
    start = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    lines = [line(start, "A")]
    found = statistics(lines, Period(start, start.replace(hour=2)), zone=BERLIN)
    shown = [interval for interval, _ in positions_staffed(found).texts(BERLIN)]
    assert shown == [
        f"2026-10-25 02:{quarter:02}+0{offset}:00"
        for offset in (2, 1)
        for quarter in (0, 15, 30, 45)
    ]


def test_a_line_without_a_status_is_told_as_such() -> None:
    found = statistics(
        [replace(line("09:00", "1"), state_name=None)], Period(clock("09:00"), clock("10:00"))
    )
    (row,) = time_by_agent_and_status(found).texts(UTC)
    assert row == ("ann", "no status", "signed in, not available", "1:00:00")
