"""The statistics that WFM makes of report lines: pure functions of values.

A line tells its agent's StateType, status and hierarchy groups from its timestamp until the
agent's next line, however far away that is. Everything else follows from this:

- An agent is a username and a group is a name, compared as written.
- Before an agent's first line nothing is known and nothing counts; an agent whose first line is
  not a sign-out is taken to sign in with it.
- An agent is signed in while the StateType is `A` or `1`, available while it is `A`, and
  unavailable while it is `1`: signed in and not available.
- A line with StateType `0` for an agent who is signed out changes nothing. (Connect's heartbeats
  go on for an hour after a sign-out, so there are many.)
- The data ends at `until`; later lines are left out. An agent who is signed in then is counted
  until then, and that pair has no sign-out. An agent whose lines stop without a sign-out is no
  exception: the lines cannot tell a quiet agent from a lost one. `AgentTime.last_line` shows it.
- Of several lines of an agent with one timestamp a single one counts, whatever order they come in:
  the one that credits the agent least (`0`, then `1`, then `A`), and among those the one whose
  status name and groups come first in the order of their characters, with null before all. A
  wrong guess lasts until the next heartbeat, which comes within two minutes.
- Time counts for the hierarchy group that the line names; one who changes groups in the middle of
  a sign-in counts for the one, then for the other, and the pair goes on.

All times are timezone-aware; a time without a zone raises ValueError or TypeError.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby
from operator import attrgetter

from aspect_wfm.reports.periods import Period, intervals
from aspect_wfm.reports.report_lines import HierarchyGroups, ReportLine, StateType

FIFTEEN_MINUTES = timedelta(minutes=15)

_NOTHING = timedelta(0)
_CREDIT = {StateType.SIGNED_OUT: 0, StateType.SIGNED_IN: 1, StateType.AVAILABLE: 2}


@dataclass(frozen=True, slots=True)
class Span:
    """What a line tells of its agent, from `start` until just before `end`."""

    username: str
    state_type: StateType
    state_name: str | None
    hierarchy_groups: HierarchyGroups
    start: datetime
    end: datetime

    @property
    def signed_in(self) -> bool:
        """Whether the agent is signed in, available or not."""
        return self.state_type is not StateType.SIGNED_OUT


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in/sign-out pair; `signed_out` is None for an agent still signed in.

    The instants are those of the lines, even before the period; `counted` is the part within it.
    """

    username: str
    signed_in: datetime
    signed_out: datetime | None
    counted: timedelta


@dataclass(frozen=True, slots=True)
class AgentTime:
    """An agent's time within the period, and when the agent was last heard of."""

    username: str
    available: timedelta
    unavailable: timedelta
    last_line: datetime

    @property
    def signed_in(self) -> timedelta:
        """The time signed in, available or not."""
        return self.available + self.unavailable


@dataclass(frozen=True, slots=True)
class StatusTime:
    """An agent's time in a status within the period; `state_name` None is a line without one.

    A status counts as its `state_type`: one whose type was changed in between has two.
    """

    username: str
    state_name: str | None
    state_type: StateType
    length: timedelta


@dataclass(frozen=True, slots=True)
class StatusTotal:
    """The time in a status of all agents, and how many agents were in it."""

    state_name: str | None
    state_type: StateType
    agents: int
    length: timedelta


@dataclass(frozen=True, slots=True)
class Staffing:
    """A group in one interval; `group` None is the agents without a group at that level.

    `signed_in` is the agents' signed-in time within the interval, added up.
    """

    group: str | None
    interval: Period
    signed_in: timedelta

    @property
    def average_positions_staffed(self) -> float:
        """Signed-in agent-seconds by the seconds of the whole interval.

        So an interval that the period covers in part has the smaller average.
        """
        return self.signed_in / self.interval.length


@dataclass(frozen=True, slots=True)
class Statistics:
    """All of them, with what they were made from.

    `spans`, `agents` and `sign_ins` are sorted by username, then by time; `statuses` by username,
    then available before signed in before signed out, then by name (None first); `staffing` by
    group (None last), then by time, with every group in every interval.
    """

    period: Period
    interval: timedelta
    group_level: int
    zone: tzinfo
    spans: tuple[Span, ...]
    agents: tuple[AgentTime, ...]
    statuses: tuple[StatusTime, ...]
    sign_ins: tuple[SignIn, ...]
    staffing: tuple[Staffing, ...]


def statistics(
    lines: Iterable[ReportLine],
    period: Period,
    interval: timedelta = FIFTEEN_MINUTES,
    group_level: int = 1,
    zone: tzinfo = UTC,
) -> Statistics:
    """The statistics of `lines` for `period`, whose end is the end of the data.

    Lines before the period tell who is signed in as it starts. The intervals are those of the
    clock of `zone`. Raises ValueError for an interval or a group level that `staffing` refuses.
    """
    all_spans = spans(lines, period.end)
    return Statistics(
        period,
        interval,
        group_level,
        zone,
        all_spans,
        agent_times(all_spans, period),
        status_times(all_spans, period),
        sign_ins(all_spans, period),
        staffing(all_spans, period, intervals(period, interval, zone), group_level),
    )


def spans(lines: Iterable[ReportLine], until: datetime) -> tuple[Span, ...]:
    """One span for each agent and timestamp up to and including `until`, where the last one ends.

    Sorted by username, then time. Each agent's spans follow one another without a gap.
    """
    agents: dict[str, dict[datetime, ReportLine]] = {}
    for line in lines:
        if line.timestamp <= until:
            known = agents.setdefault(line.username, {})
            rival = known.get(line.timestamp)
            if rival is None or _precedence(line) < _precedence(rival):
                known[line.timestamp] = line
    return tuple(
        Span(username, line.state_type, line.state_name, line.hierarchy_groups, start, end)
        for username, known in sorted(agents.items())
        for line, start, end in _with_ends(known, until)
    )


def merged(all_spans: Iterable[Span]) -> Iterator[Span]:
    """`all_spans` (sorted) with neighbours that say the same joined into one."""
    for _, run in groupby(
        all_spans, attrgetter("username", "state_type", "state_name", "hierarchy_groups")
    ):
        first, *others = run
        last = others[-1] if others else first
        yield Span(
            first.username,
            first.state_type,
            first.state_name,
            first.hierarchy_groups,
            first.start,
            last.end,
        )


def agent_times(all_spans: Iterable[Span], period: Period) -> tuple[AgentTime, ...]:
    """Every agent's time within `period`, zero included. `all_spans` are sorted."""
    times: list[AgentTime] = []
    for username, own in groupby(all_spans, attrgetter("username")):
        share = dict.fromkeys(StateType, _NOTHING)
        last_line = period.end
        for span in own:
            share[span.state_type] += period.share(span.start, span.end)
            last_line = span.start
        times.append(
            AgentTime(username, share[StateType.AVAILABLE], share[StateType.SIGNED_IN], last_line)
        )
    return tuple(times)


def status_times(all_spans: Iterable[Span], period: Period) -> tuple[StatusTime, ...]:
    """Every agent's time in every status that has some within `period`, signed out included.

    `all_spans` are sorted.
    """
    times: list[StatusTime] = []
    for username, own in groupby(all_spans, attrgetter("username")):
        share: dict[tuple[StateType, str | None], timedelta] = {}
        for span in own:
            status = span.state_type, span.state_name
            length = period.share(span.start, span.end)
            if length:
                share[status] = share.get(status, _NOTHING) + length
        times += (
            StatusTime(username, state_name, state_type, share[state_type, state_name])
            for state_type, state_name in sorted(share, key=_status_order)
        )
    return tuple(times)


def status_totals(times: Iterable[StatusTime]) -> tuple[StatusTotal, ...]:
    """The `times` of all agents added up, in the same order of statuses."""
    lengths: dict[tuple[StateType, str | None], timedelta] = {}
    agents: Counter[tuple[StateType, str | None]] = Counter()
    for each in times:
        status = each.state_type, each.state_name
        lengths[status] = lengths.get(status, _NOTHING) + each.length
        agents[status] += 1
    return tuple(
        StatusTotal(state_name, state_type, agents[state_type, state_name], length)
        for (state_type, state_name), length in sorted(
            lengths.items(), key=lambda item: _status_order(item[0])
        )
    )


def sign_ins(all_spans: Iterable[Span], period: Period) -> tuple[SignIn, ...]:
    """The pairs that touch `period`. `all_spans` are sorted."""
    pairs: list[SignIn] = []
    for username, own in groupby(all_spans, attrgetter("username")):
        runs = [(signed_in, list(run)) for signed_in, run in groupby(own, attrgetter("signed_in"))]
        for signed_in, run in runs:
            start, end = run[0].start, run[-1].end
            if signed_in and (end > period.start or start >= period.start):
                signed_out = None if run is runs[-1][1] else end
                pairs.append(SignIn(username, start, signed_out, period.share(start, end)))
    return tuple(pairs)


def staffing(
    all_spans: Iterable[Span], period: Period, parts: Sequence[Period], group_level: int
) -> tuple[Staffing, ...]:
    """The staffing of every group at `group_level` (1 to 5) in every interval of `period`.

    `parts` are the intervals. A group is there if a line names it for some of the period, be the
    agent signed in or out. Raises ValueError for another level.
    """
    if not 1 <= group_level <= 5:
        raise ValueError(f"The group level is {group_level}, not one of 1 to 5.")
    groups: set[str | None] = set()
    signed_in: Counter[tuple[str | None, int]] = Counter()
    starts = [part.start for part in parts]
    microsecond = timedelta.resolution
    for span in all_spans:
        if not period.share(span.start, span.end):
            continue
        group = span.hierarchy_groups[group_level - 1]
        groups.add(group)
        if span.signed_in:
            start, end = max(span.start, period.start), min(span.end, period.end)
            index = bisect_right(starts, start) - 1
            while start < end:
                stop = min(end, parts[index].end)
                signed_in[group, index] += (stop - start) // microsecond
                start, index = stop, index + 1
    return tuple(
        Staffing(group, part, signed_in[group, index] * microsecond)
        for group in sorted(groups, key=lambda name: (name is None, name or ""))
        for index, part in enumerate(parts)
    )


def _with_ends(
    known: dict[datetime, ReportLine], until: datetime
) -> Iterator[tuple[ReportLine, datetime, datetime]]:
    starts = sorted(known)
    for start, end in zip(starts, [*starts[1:], until], strict=True):
        yield known[start], start, end


def _status_order(status: tuple[StateType, str | None]) -> tuple[int, bool, str]:
    state_type, state_name = status
    return -_CREDIT[state_type], state_name is not None, state_name or ""


def _precedence(line: ReportLine) -> tuple[int, list[tuple[bool, str]]]:
    names = (line.state_name, *line.hierarchy_groups)
    return _CREDIT[line.state_type], [(name is not None, name or "") for name in names]
