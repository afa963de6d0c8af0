"""The CSV files, as a spreadsheet or a program reads them."""

import csv
import io
from dataclasses import replace
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aspect_wfm.output import visible
from aspect_wfm.reports.csv_files import csv_files, harmless
from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.report_lines import ReportLine
from aspect_wfm.reports.statistics import statistics
from aspect_wfm.reports.tables import tables
from tests.unit.examples import costly
from tests.unit.reports.test_formula_names import FORMULAS
from tests.unit.reports.test_statistics import DAY, clock, line

# Some spreadsheets take these for the signs that they look like.
FULL_WIDTH = ["\uff1d", "\uff0b", "\uff0d", "\uff20"]


def read(lines: list[ReportLine], zone: tzinfo = UTC) -> dict[str, list[list[str]]]:
    """The rows of the files, by name."""
    found = statistics(lines, Period(clock("09:00"), clock("14:00")), zone=zone)
    files = csv_files(tables(found), zone)
    return {
        name: list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        for name, data in files.items()
    }


def test_each_table_is_a_file_with_a_byte_order_mark_and_commas() -> None:
    found = statistics(DAY, Period(clock("09:00"), clock("14:00")))
    files = csv_files(tables(found), UTC)
    assert list(files) == [
        "time-by-status.csv",
        "average-positions-staffed.csv",
        "time-by-agent.csv",
        "time-by-agent-and-status.csv",
        "sign-ins.csv",
    ]
    assert files["time-by-agent-and-status.csv"] == (
        b"\xef\xbb\xbfAgent,Status,Counts as,Time\r\n"
        b"ann,Available,available,3:30:00\r\n"
        b'ann,Break,"signed in, not available",0:30:00\r\n'
        b"ann,Offline,signed out,1:00:00\r\n"
    )


def test_numbers_are_without_separators_and_shares_are_fractions() -> None:
    lines = [line("09:00", "A", f"agent-{number:04}") for number in range(1_200)]
    assert read(lines)["time-by-status.csv"][1] == [
        *("Available", "available", "1200", "6000:00:00", "1.0")
    ]


def test_a_time_is_that_of_the_zone_and_the_offset_has_a_column() -> None:
    lines = [line("09:00", "A"), line("10:00", "0"), line("11:00", "1")]
    assert read(lines, ZoneInfo("Asia/Kolkata"))["sign-ins.csv"] == [
        [
            *("Agent", "Signed in", "Signed in, UTC offset"),
            *("Signed out", "Signed out, UTC offset", "Duration"),
        ],
        ["ann", "2026-03-02 14:30:00", "UTC+05:30", "2026-03-02 15:30:00", "UTC+05:30", "1:00:00"],
        ["ann", "2026-03-02 16:30:00", "UTC+05:30", "", "", "3:00:00"],
    ]
    assert read(lines)["average-positions-staffed.csv"][:2] == [
        ["Interval", "Interval, UTC offset", "EMEA"],
        ["2026-03-02 09:00:00", "UTC+00:00", "1.00"],
    ]


@pytest.mark.parametrize("name", [*FORMULAS, " =1+1", "\u00a0@x", *FULL_WIDTH, "''=1", '"=1'])
def test_no_cell_begins_like_a_formula(name: str) -> None:
    for rows in read([line("09:00", "A", name, name, name)]).values():
        for cell in (cell for row in rows for cell in row):
            bare = cell.lstrip(" \u00a0\"'")
            assert not bare.startswith(("=", "+", "-", "@", *FULL_WIDTH)) or cell[0] == "'"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ann", "ann"),
        ("a-b=c", "a-b=c"),
        ("ann@example.org", "ann@example.org"),
        ("-ann", "'-ann"),
        ("  =1", "'  =1"),
        ("a;=1", "a;'=1"),  # where a spreadsheet splits lines at semicolons
        ("a, =1", "a,' =1"),
        ("a|@x", "a|'@x"),
        ('"=1', "'\"=1"),
    ],
)
def test_an_apostrophe_comes_before_what_could_be_a_formula_and_nothing_else(
    name: str, written: str
) -> None:
    assert harmless(name) == written


def test_a_hostile_header_is_harmless_too() -> None:
    lines = [line("09:00", "A", group="=1+1"), line("09:00", "A", "bob", group="@SUM(1)")]
    header = read(lines)["average-positions-staffed.csv"][0]
    assert header[2:] == ["'=1+1", "'@SUM(1)", "all groups"]


@costly(30)
@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_names_of_any_characters_stay_in_their_cells(user: str, group: str, state: str) -> None:
    plain = read([line("09:00", "A")])
    for name, rows in read([line("09:00", "A", user, group, state)]).items():
        assert [len(row) for row in rows] == [len(row) for row in plain[name]]
        assert all(cell == visible(cell) for row in rows for cell in row)


def test_a_line_without_a_status_is_no_empty_cell() -> None:
    lines = [replace(line("09:00", "1"), state_name=None)]
    assert read(lines)["time-by-agent-and-status.csv"][1][1] == "no status"
