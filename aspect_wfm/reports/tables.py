"""The statistics as tables of values, and the values as text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum, auto

from aspect_wfm.output import clock_duration, instant, minute, visible
from aspect_wfm.reports.report_lines import StateType
from aspect_wfm.reports.statistics import Staffing, Statistics, status_totals

NO_GROUP = "no group"
ALL_GROUPS = "all groups"
NO_STATUS = "no status"
STILL_SIGNED_IN = "still signed in"

MEANING = {
    StateType.AVAILABLE: "available",
    StateType.SIGNED_IN: "signed in, not available",
    StateType.SIGNED_OUT: "signed out",
}

Cell = str | int | float | timedelta | datetime | None


class Kind(Enum):
    """What a column holds."""

    TEXT = auto()
    COUNT = auto()
    POSITIONS = auto()  # a float
    SHARE = auto()  # a float from 0 to 1, or None
    DURATION = auto()
    INSTANT = auto()  # a time of which seconds matter, or None: still signed in
    INTERVAL = auto()  # when an interval starts

    @property
    def number(self) -> bool:
        """Whether cells are aligned to the right."""
        return self not in (Kind.TEXT, Kind.INTERVAL)


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, and what its cells are."""

    title: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `name` is short enough for a file, `note` explains it.

    Names from outside are as they came: `written` makes them safe to show.
    """

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The columns' titles, safe to show."""
        return tuple(visible(column.title) for column in self.columns)

    def texts(self, zone: tzinfo) -> Iterator[tuple[str, ...]]:
        """The rows as text."""
        for row in self.rows:
            yield tuple(
                written(cell, column.kind, zone)
                for cell, column in zip(row, self.columns, strict=True)
            )


def written(cell: Cell, kind: Kind, zone: tzinfo) -> str:
    """A cell as text for people, on one line, without characters that must not reach a screen."""
    match kind, cell:
        case Kind.INSTANT, None:
            return STILL_SIGNED_IN
        case Kind.INSTANT, datetime():
            return instant(cell, zone)
        case Kind.INTERVAL, datetime():
            return minute(cell, zone)
        case _, timedelta():
            return clock_duration(cell)
        case Kind.POSITIONS, float():
            return f"{cell:.2f}"
        case Kind.SHARE, float():
            return f"{100 * cell:.1f} %"
        case Kind.COUNT, int():
            return f"{cell:,}"
        case _, None:
            return ""
        case _:
            return visible(str(cell))


def tables(found: Statistics) -> tuple[Table, ...]:
    """All tables: totals first, then what is longer."""
    return (
        time_by_status(found),
        positions_staffed(found),
        time_by_agent(found),
        time_by_agent_and_status(found),
        sign_ins(found),
    )


def time_by_status(found: Statistics) -> Table:
    """The time of all agents in each status."""
    signed_in = sum((each.signed_in for each in found.agents), timedelta(0))
    return Table(
        "time-by-status",
        "Time by status",
        "hours:minutes:seconds within the period, of all agents; the share is that of the "
        "signed-in time",
        (
            Column("Status", Kind.TEXT),
            Column("Counts as", Kind.TEXT),
            Column("Agents", Kind.COUNT),
            Column("Time", Kind.DURATION),
            Column("Share", Kind.SHARE),
        ),
        tuple(
            (
                _status(each.state_name),
                MEANING[each.state_type],
                each.agents,
                each.length,
                None if each.state_type is StateType.SIGNED_OUT else each.length / signed_in,
            )
            for each in status_totals(found.statuses)
        ),
    )


def positions_staffed(found: Statistics) -> Table:
    """The average positions staffed of every group, in every interval."""
    groups = by_group(found.staffing)
    return Table(
        "average-positions-staffed",
        "Average positions staffed",
        f"by level {found.group_level} group, in intervals of {clock_duration(found.interval)} "
        f"that start at the time shown ({found.zone})",
        (
            Column("Interval", Kind.INTERVAL),
            *(Column(group, Kind.POSITIONS) for group in groups),
        ),
        tuple(
            (each[0].interval.start, *(group.average_positions_staffed for group in each))
            for each in zip(*groups.values(), strict=True)
        ),
    )


def time_by_agent(found: Statistics) -> Table:
    """Each agent's time."""
    return Table(
        "time-by-agent",
        "Time by agent",
        f"hours:minutes:seconds within the period; the last line is in {found.zone}",
        (
            Column("Agent", Kind.TEXT),
            Column("Signed in", Kind.DURATION),
            Column("Available", Kind.DURATION),
            Column("Unavailable", Kind.DURATION),
            Column("Last line", Kind.INSTANT),
        ),
        tuple(
            (each.username, each.signed_in, each.available, each.unavailable, each.last_line)
            for each in found.agents
        ),
    )


def time_by_agent_and_status(found: Statistics) -> Table:
    """Each agent's time in each status."""
    return Table(
        "time-by-agent-and-status",
        "Time by agent and status",
        "hours:minutes:seconds within the period",
        (
            Column("Agent", Kind.TEXT),
            Column("Status", Kind.TEXT),
            Column("Counts as", Kind.TEXT),
            Column("Time", Kind.DURATION),
        ),
        tuple(
            (each.username, _status(each.state_name), MEANING[each.state_type], each.length)
            for each in found.statuses
        ),
    )


def sign_ins(found: Statistics) -> Table:
    """The sign-in/sign-out pairs."""
    return Table(
        "sign-ins",
        "Sign-ins and sign-outs",
        f"{found.zone}; the duration is the part within the period",
        (
            Column("Agent", Kind.TEXT),
            Column("Signed in", Kind.INSTANT),
            Column("Signed out", Kind.INSTANT),
            Column("Duration", Kind.DURATION),
        ),
        tuple(
            (each.username, each.signed_in, each.signed_out, each.counted)
            for each in found.sign_ins
        ),
    )


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


def _status(state_name: str | None) -> str:
    return NO_STATUS if state_name is None else state_name
