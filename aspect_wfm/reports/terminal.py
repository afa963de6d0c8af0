"""The statistics as tables, and the tables as text for a terminal."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aspect_wfm.reports.report_lines import Report
from aspect_wfm.reports.statistics import Staffing, Statistics

NO_GROUP = "no group"
ALL_GROUPS = "all groups"

# Control characters, lone surrogates, line separators, the marks that turn the direction of text,
# and what XML has no place for: in a name they could drive a terminal, make a line read as another,
# or spoil a page.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)

_WIDEST_CELL = 32
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text; the columns from `numbers_from` on hold numbers. `note` explains it."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers_from: int


def render(found: Statistics, report: Report) -> str:
    """All that a terminal shows, with a line feed at the end."""
    lines = [summary(found, report)]
    for table in tables(found):
        lines += ["", table.title, f"({table.note})", "", *_aligned(table)]
    return "\n".join(lines) + "\n"


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


def visible(text: str) -> str:
    """`text` with every character that must not reach a screen replaced by U+FFFD."""
    return _UNSAFE.sub("\ufffd", text)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(length: timedelta) -> str:
    """Hours, minutes and whole seconds; what is left of a second is cut off."""
    seconds = int(length.total_seconds())
    return f"{seconds // 3_600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def positions(each: Staffing) -> str:
    return f"{each.average_positions_staffed:.2f}"


def _aligned(table: Table) -> Iterator[str]:
    if not table.rows:
        yield "none"
        return
    cells = [[_shortened(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    header, *rows = cells
    for row in (header, ["-" * width for width in widths], *rows):
        padded = [
            _padded(cell, width, index >= table.numbers_from)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield _GAP.join(padded).rstrip()


def _padded(cell: str, width: int, number: bool) -> str:
    padding = " " * (width - _width(cell))
    return padding + cell if number else cell + padding


def _shortened(cell: str) -> str:
    if _width(cell) <= _WIDEST_CELL:
        return cell
    while _width(cell) >= _WIDEST_CELL:
        cell = cell[:-1]
    return cell + "…"


def _width(cell: str) -> int:
    """The terminal's columns that `cell` takes."""
    return sum(map(_character_width, cell))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
