"""The statistics as tables, and the tables as text for a terminal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from aspect_wfm.output import (
    counted,
    duration,
    instant,
    minute,
    terminal_width,
    text_table,
    visible,
)
from aspect_wfm.reports.report_lines import Report
from aspect_wfm.reports.statistics import Staffing, Statistics

NO_GROUP = "no group"
ALL_GROUPS = "all groups"

_WIDEST_CELL = 32


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text; the columns from `numbers_from` on hold numbers. `note` explains it."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers_from: int


def render(found: Statistics, report: Report) -> str:
    """All that a terminal shows."""
    lines = [summary(found, report)]
    for table in tables(found):
        lines += ["", table.title, f"({table.note})", "", _aligned(table)]
    return "\n".join(lines)


def summary(found: Statistics, report: Report) -> str:
    """The period, and how much there was to read."""
    return (
        f"{instant(found.period.start)} to {instant(found.period.end)} UTC: "
        f"{counted(len(found.agents), 'agent')}, {counted(len(report.lines), 'line')} "
        f"(and {report.repeated} repeated) and {counted(report.heartbeats, 'heartbeat')} "
        f"in {counted(report.objects, 'file')}"
    )


def tables(found: Statistics) -> tuple[Table, Table, Table]:
    """Time by agent, sign-in/sign-out pairs, and staffing by group and interval."""
    agents = Table(
        "Time by agent",
        "hours:minutes:seconds within the period",
        ("Agent", "Signed in", "Available", "Unavailable", "Last line (UTC)"),
        tuple(
            (
                visible(each.username),
                duration(each.signed_in),
                duration(each.available),
                duration(each.unavailable),
                instant(each.last_line),
            )
            for each in found.agents
        ),
        1,
    )
    pairs = Table(
        "Sign-ins and sign-outs",
        "UTC; the duration is the part within the period",
        ("Agent", "Signed in", "Signed out", "Duration"),
        tuple(
            (
                visible(each.username),
                instant(each.signed_in),
                instant(each.signed_out) if each.signed_out else "still signed in",
                duration(each.counted),
            )
            for each in found.sign_ins
        ),
        1,
    )
    groups = by_group(found.staffing)
    staffed = Table(
        "Average positions staffed",
        f"by level {found.group_level} group, in intervals of {duration(found.interval)} "
        "that start at the time shown (UTC)",
        ("Interval", *groups),
        tuple(
            (minute(interval[0].start), *(positions(each) for each in interval))
            for interval in zip(*groups.values(), strict=True)
        ),
        1,
    )
    return agents, pairs, staffed


def by_group(staffing: Iterable[Staffing]) -> dict[str, list[Staffing]]:
    """The intervals of each group by the name to show; of several groups, their sum comes last."""
    groups: dict[str | None, list[Staffing]] = {}
    for each in staffing:
        groups.setdefault(each.group, []).append(each)
    named: dict[str, list[Staffing]] = {}
    for group, intervals in groups.items():
        name = NO_GROUP if group is None else visible(group)
        while name in named:  # a group may bear the name of another as shown
            name += "*"
        named[name] = intervals
    if len(named) > 1:
        sums = [
            Staffing(
                None,
                interval[0].start,
                interval[0].interval,
                sum((each.signed_in for each in interval), timedelta(0)),
            )
            for interval in zip(*named.values(), strict=True)
        ]
        name = ALL_GROUPS
        while name in named:
            name += "*"
        named[name] = sums
    return named


def positions(each: Staffing) -> str:
    """Average positions staffed, with two decimals."""
    return f"{each.average_positions_staffed:.2f}"


def _aligned(table: Table) -> str:
    if not table.rows:
        return "none"
    cells = [[_shortened(cell) for cell in row] for row in (table.header, *table.rows)]
    return text_table(cells, left=range(table.numbers_from)).rstrip("\n")


def _shortened(cell: str) -> str:
    if terminal_width(cell) <= _WIDEST_CELL:
        return cell
    while terminal_width(cell) >= _WIDEST_CELL:
        cell = cell[:-1]
    return cell + "…"
