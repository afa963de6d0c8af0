"""The timeline of agents, by hierarchy group."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from aspect_wfm.output import clock_duration, counted, instant, visible
from aspect_wfm.reports.page.markup import Parts, escaped, isolated, shown
from aspect_wfm.reports.page.scale import UNITS, Scale, axis, grid, stretched, veils
from aspect_wfm.reports.report_lines import StateType
from aspect_wfm.reports.statistics import AgentTime, Span, Statistics, merged
from aspect_wfm.reports.tables import MEANING, NO_GROUP, NO_STATUS

CLASS = {
    StateType.AVAILABLE: "available",
    StateType.SIGNED_IN: "signed-in",
    StateType.SIGNED_OUT: "signed-out",
}
# A bar's height as a share of its row: what the colours say, the shapes say too.
_HEIGHT = {StateType.AVAILABLE: 0.74, StateType.SIGNED_IN: 0.5, StateType.SIGNED_OUT: 0.08}

# The height of a row in pixels, by the largest number of agents.
_ROW_HEIGHTS = ((8, 38), (24, 28))
_SMALLEST_ROW = 20

# A bar takes its status name from this row height on, when this wide for its text (per cent).
_ROW_FOR_NAMES = 28
_PERCENT_A_CHARACTER = 0.7

# A larger group is closed at first, and on a day of more agents every group is.
_MOST_IN_AN_OPEN_GROUP = 50
_MOST_IN_OPEN_GROUPS = 500

# Agents of a group that are drawn at once.
_MOST_DRAWN = 100

# Up to this many agents, a bar tells the pointer the times of its status, if they are few.
_MOST_WITH_TIMES = 100
_MOST_TIMES = 12

Path = tuple[str | None, ...]

# The script shows it: a browser's own search does not see the agents that are not drawn.
_FIND = (
    '<form id="find" role="search" hidden=""><label>Find an agent '
    '<input type="search" name="agent" required="" autocomplete="off" /></label>'
    "<button>Find</button><output></output></form>"
)


@dataclass(frozen=True, slots=True)
class _Row:
    """An agent with its spans in the period, cut to it."""

    agent: AgentTime
    spans: tuple[Span, ...]


def agents_chart(found: Statistics, scale: Scale, parts: Parts) -> str:
    """Every agent's statuses as bars, in the lowest hierarchy group that the agent's lines name."""
    groups = _groups(found)
    height = next((high for most, high in _ROW_HEIGHTS if len(found.agents) <= most), _SMALLEST_ROW)
    times = len(found.agents) <= _MOST_WITH_TIMES
    few = len(found.agents) <= _MOST_IN_OPEN_GROUPS

    def timeline(name: str, rows: list[_Row]) -> str:
        return _timeline(name, rows, height, scale, times)

    sections = []
    for number, (path, rows) in enumerate(groups.items()):
        name = " / ".join(each for each in path if each is not None) or NO_GROUP
        summary = _summary(name, rows)
        if few and len(rows) <= _MOST_IN_AN_OPEN_GROUP:
            content = timeline(name, rows)
            sections.append(f'<details open=""><summary>{summary}</summary>{content}</details>\n')
        elif len(rows) <= _MOST_DRAWN:
            sections.append(parts.fold(summary, timeline(name, rows)))
        else:
            pieces = ""
            for start in range(0, len(rows), _MOST_DRAWN):
                piece = rows[start : start + _MOST_DRAWN]
                first, last = piece[0].agent.username, piece[-1].agent.username
                content = timeline(f"{name}, {first} to {last}", piece)
                names = f"{isolated(first)} to {isolated(last)}"
                pieces += parts.fold(names, content, one_of=f"agents-{number}")
            sections.append(f"<details><summary>{summary}</summary>{pieces}</details>\n")
    return (
        '<section class="chart" aria-labelledby="agents"><div class="heading">'
        f'<h2 id="agents">Agents</h2>{_legend()}</div>{_FIND}'
        f"{axis(scale, 'Signed in')}{''.join(sections)}</section>\n"
    )


def _groups(found: Statistics) -> dict[Path, list[_Row]]:
    """The agents by their lowest group, given by the path to it; those without one come last."""
    rows: dict[Path, list[_Row]] = {}
    period = found.period
    agents = {each.username: each for each in found.agents}
    for username, own in groupby(found.spans, attrgetter("username")):
        spans = tuple(own)
        cut = tuple(
            _cut(span, max(span.start, period.start), min(span.end, period.end))
            for span in merged(spans)
            if period.share(span.start, span.end)
        )
        rows.setdefault(_lowest_group(spans), []).append(_Row(agents[username], cut))
    return dict(sorted(rows.items(), key=lambda item: _order(item[0])))


def _cut(span: Span, start: datetime, end: datetime) -> Span:
    return Span(span.username, span.state_type, span.state_name, span.hierarchy_groups, start, end)


def _lowest_group(spans: tuple[Span, ...]) -> Path:
    """Levels 1 to the lowest of which the last line that names a group has a name."""
    for span in reversed(spans):
        for level in range(len(span.hierarchy_groups), 0, -1):
            if span.hierarchy_groups[level - 1] is not None:
                return span.hierarchy_groups[:level]
    return ()


def _order(path: Path) -> tuple[bool, list[tuple[bool, str]]]:
    return not path, [(name is None, name or "") for name in path]


def _summary(name: str, rows: list[_Row]) -> str:
    signed_in = sum((row.agent.signed_in for row in rows), timedelta(0))
    available = sum((row.agent.available for row in rows), timedelta(0))
    share = f", {100 * (available / signed_in):.0f} % of it available" if signed_in else ""
    return (
        f"<h3>{isolated(name)}</h3> <span>{counted(len(rows), 'agent')}, "
        f"signed in {clock_duration(signed_in)}{share}</span>"
    )


def _timeline(name: str, rows: list[_Row], height: int, scale: Scale, times: bool) -> str:
    names = "".join(map(_name, rows))
    totals = "".join(f"<li>{clock_duration(row.agent.signed_in)}</li>" for row in rows)
    stripes = "".join(f"M0 {(index + 0.5) * height:g}H{UNITS}" for index in range(1, len(rows), 2))
    bars = dict.fromkeys(StateType, "")
    for index, row in enumerate(rows):
        for state_type, markup in _bars(row, (index + 0.5) * height, scale, times):
            bars[state_type] += markup
    drawing = (
        f'<path class="stripe" stroke-width="{height}" d="{stripes or "M0 0"}" />'
        + grid(scale, len(rows) * height)
        + "".join(
            f'<g class="{CLASS[each]}" stroke-width="{_bar_height(each, height):.1f}">'
            f"{bars[each]}</g>"
            for each in StateType
        )
    )
    labels = ""
    if height >= _ROW_FOR_NAMES:
        labels = "".join(
            _label(span, (index + 0.5) * height, scale)
            for index, row in enumerate(rows)
            for span in row.spans
        )
    label = (
        f"Timeline of {shown(name)}, {counted(len(rows), 'agent')}. "
        "The table Time by agent and status has the sums."
    )
    total = len(rows) * height
    return (
        f'<div class="row" style="--row:{height}px"><ol class="names">{names}</ol>'
        f'<svg class="plot" height="{total}" role="img" aria-label="{label}">'
        f"{stretched(drawing, total, total)}{labels}{veils(scale)}</svg>"
        f'<ol class="totals">{totals}</ol></div>'
    )


def _name(row: _Row) -> str:
    # The pointer is told what there may be no room for.
    name = shown(row.agent.username)
    return f'<li title="{name}">{name}</li>'


def _bars(row: _Row, y: float, scale: Scale, times: bool) -> Iterator[tuple[StateType, str]]:
    """A path for each status of an agent: a line for each time in it."""
    statuses: dict[tuple[StateType, str | None], list[Span]] = {}
    for span in row.spans:
        statuses.setdefault((span.state_type, span.state_name), []).append(span)
    for (state_type, state_name), spans in statuses.items():
        path, at = "", None
        for span in spans:
            start = scale.units(span.start)
            width = max(scale.units(span.end) - start, 1)
            path += f"M{start} {y:g}h{width}" if at is None else f"m{start - at} 0h{width}"
            at = start + width
        length = sum((span.end - span.start for span in spans), timedelta(0))
        title = (
            f"{visible(row.agent.username)}: {_status(state_name)}, {clock_duration(length)} in "
            f"{counted(len(spans), 'time')}"
        )
        if times:
            title += f"\n({MEANING[state_type]})"
        if times and len(spans) <= _MOST_TIMES:
            title += "".join(
                f"\n{instant(span.start, scale.zone)} to {instant(span.end, scale.zone)}, "
                f"{clock_duration(span.end - span.start)}"
                for span in spans
            )
        yield state_type, f'<path d="{path}"><title>{escaped(title)}</title></path>'


def _label(span: Span, y: float, scale: Scale) -> str:
    """The status's name on its bar, where there is room."""
    x, end = scale.percent(span.start), scale.percent(span.end)
    state = _status(span.state_name)
    if span.state_type is StateType.SIGNED_OUT:
        return ""
    if end - x <= _PERCENT_A_CHARACTER * (len(state) + 2):
        return ""
    return (
        f'<text class="on-{CLASS[span.state_type]}" x="{(x + end) / 2:.3f}%" y="{y:g}">'
        f"{escaped(state)}</text>"
    )


def _legend() -> str:
    items = "".join(
        f'<li><svg width="28" height="18" aria-hidden="true"><path class="{CLASS[each]}" '
        f'stroke-width="{_bar_height(each, 18):.1f}" d="M0 9h28" /></svg>'
        f"{escaped(MEANING[each].capitalize())}</li>"
        for each in MEANING
    )
    return f'<ul class="legend">{items}</ul>'


def _bar_height(state_type: StateType, row: int) -> float:
    return max(_HEIGHT[state_type] * row, 2)


def _status(state_name: str | None) -> str:
    return visible(NO_STATUS if state_name is None else state_name)
