"""The statistics as one HTML page that opens from disk and loads nothing. It is XML as well.

Names come from outside: every value passes through `_escaped`, and the page's content security
policy allows no script and no request.

Charts share a scale: x is per cent of the time from the first interval's start to the last one's
end, so that they fill any window while text keeps its size.
"""

import html
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from aspect_wfm.output import counted, duration, instant, minute, visible
from aspect_wfm.reports.periods import Period, intervals
from aspect_wfm.reports.report_lines import Report, StateType
from aspect_wfm.reports.statistics import Span, Staffing, Statistics, merged
from aspect_wfm.reports.tables import MEANING, Table, by_group, tables

_CLASS = {
    StateType.AVAILABLE: "available",
    StateType.SIGNED_IN: "signed-in",
    StateType.SIGNED_OUT: "signed-out",
}
# A bar's height as a share of its row: what the colours say, the shapes say too.
_HEIGHT = {StateType.AVAILABLE: 0.74, StateType.SIGNED_IN: 0.5, StateType.SIGNED_OUT: 0.08}

# The height of a row in pixels, for at most so many agents.
_ROW_HEIGHTS = ((8, 38), (24, 28))
_SMALLEST_ROW = 20

# A bar takes its status name from this row height on, when this wide for its text (per cent).
_ROW_FOR_NAMES = 28
_PERCENT_A_CHARACTER = 0.7

_STRIP_HEIGHT = 84
_STRIP_HEIGHT_OF_MANY = 56
_MANY_GROUPS = 6

_MOST_TICKS = 14
_TICKS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 5_760, 10_080)
)
_DAY = timedelta(days=1)

# How near to an end of the axis, in percent, a label would overlap what stands beside it.
_EDGE = 2

# Longer tables are folded.
_MOST_OPEN_ROWS = 24


@dataclass(frozen=True, slots=True)
class _Scale:
    """From time to per cent of the charts' width."""

    start: datetime
    end: datetime

    def x(self, moment: datetime) -> float:
        return 100 * ((moment - self.start) / (self.end - self.start))


def page(found: Statistics, report: Report) -> str:
    """The page; UTF-8 when written as such. `report` is what `found` was made from."""
    scale = _scale(found.period, found.interval)
    groups = by_group(found.staffing)
    title = f"Agent Productivity, {_title(found.period)}"
    return "".join(
        (
            "<!DOCTYPE html>\n",
            '<html lang="en"><head><meta charset="utf-8" />',
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\" />",
            '<meta name="viewport" content="width=device-width, initial-scale=1" />',
            '<meta name="color-scheme" content="light dark" />',
            f"<title>{_escaped(title)}</title><style>{_STYLE}</style></head>\n<body><main>",
            _head(found, report, groups),
            _charts(found, groups, scale),
            *(_table(each, found.zone) for each in tables(found)),
            "</main></body></html>\n",
        )
    )


def _head(found: Statistics, report: Report, groups: dict[str, list[Staffing]]) -> str:
    signed_in = sum((each.signed_in for each in found.agents), timedelta(0))
    available = sum((each.available for each in found.agents), timedelta(0))
    share = (
        f"{100 * (available / signed_in):.0f} % of signed in" if signed_in else "nobody signed in"
    )
    everyone = list(groups.values())[-1] if groups else []
    peak = max(everyone, key=lambda each: each.average_positions_staffed, default=None)
    figures = (
        ("Agents", f"{len(found.agents):,}", counted(len(found.sign_ins), "sign-in")),
        ("Signed in", duration(signed_in), "hours:minutes:seconds"),
        ("Available", duration(available), share),
        (
            "Peak staffing",
            _positions(peak) if peak else "0.00",
            f"positions, {_within_day(peak.interval.start, found.period)} UTC"
            if peak
            else "positions",
        ),
        (
            "Report lines",
            f"{len(report.lines):,}",
            f"{report.repeated:,} repeated, {counted(report.heartbeats, 'heartbeat')}",
        ),
    )
    tiles = "".join(
        f"<div><dt>{_escaped(name)}</dt><dd>{_escaped(value)}</dd>"
        f'<dd class="more">{_escaped(more)}</dd></div>'
        for name, value, more in figures
    )
    return (
        f"<header><h1>Agent Productivity</h1><p>{_title(found.period)}</p>"
        f'</header><dl class="figures">{tiles}</dl>\n'
    )


def _charts(found: Statistics, groups: dict[str, list[Staffing]], scale: _Scale) -> str:
    legend = "".join(
        f'<li><svg width="28" height="18" aria-hidden="true">{_bar(each, "0", "100%", 0, 18)}</svg>'
        f"{_escaped(MEANING[each].capitalize())}</li>"
        for each in MEANING
    )
    height = _STRIP_HEIGHT_OF_MANY if len(groups) > _MANY_GROUPS else _STRIP_HEIGHT
    # The groups share a scale, to be compared; their sum would flatten them, and has its own.
    peaks = {name: max(each.average_positions_staffed for each in groups[name]) for name in groups}
    last = list(peaks)[-1] if peaks else ""
    note = "; the groups share a scale, their sum has its own" if len(peaks) > 1 else ""
    top_of_groups = _axis_top(max((peaks[name] for name in peaks if name != last), default=0.0))
    strips = "".join(
        _strip(
            name,
            strip,
            found,
            scale,
            height,
            _axis_top(peaks[name]) if name == last else top_of_groups,
        )
        for name, strip in groups.items()
    )
    return (
        '<section class="charts"><div class="chart">'
        f'<div class="heading"><h2>Agents</h2><ul class="legend">{legend}</ul></div>'
        f"{_axis(scale, 'top', 'Signed in')}{_timeline(found, scale)}{_axis(scale, 'bottom')}"
        '<div class="heading"><h2>Average positions staffed</h2>'
        f"<p>by level {found.group_level} group, in intervals of "
        f"{duration(found.interval)}{note}</p></div>"
        f"{_axis(scale, 'top', 'Peak')}{strips}{_axis(scale, 'bottom')}</div></section>\n"
    )


def _timeline(found: Statistics, scale: _Scale) -> str:
    rows = {each.username: index for index, each in enumerate(found.agents)}
    height = next((high for most, high in _ROW_HEIGHTS if len(rows) <= most), _SMALLEST_ROW)
    names = "".join(f"<li>{_name(each.username)}</li>" for each in found.agents)
    totals = "".join(f"<li>{duration(each.signed_in)}</li>" for each in found.agents)
    stripes = "".join(
        f'<rect class="stripe" width="100%" y="{index * height}" height="{height}" />'
        for index in range(1, len(rows), 2)
    )
    bars = "".join(
        _span(span, rows[span.username] * height, height, found.period, scale)
        for span in merged(found.spans)
    )
    return (
        f'<ol class="names" style="--row:{height}px">{names}</ol>'
        f'<svg class="plot" height="{len(rows) * height}" role="img" '
        f'aria-label="Timeline of agents">'
        f"{stripes}{_grid(scale)}{bars}{_not_counted(found.period, scale)}</svg>"
        f'<ol class="totals" style="--row:{height}px">{totals}</ol>'
    )


def _span(span: Span, y: int, height: int, period: Period, scale: _Scale) -> str:
    start, end = max(span.start, period.start), min(span.end, period.end)
    if start >= end:
        return ""
    x, width = scale.x(start), scale.x(end) - scale.x(start)
    state = visible(span.state_name or "no status")
    title = (
        f"{visible(span.username)}: {state} ({MEANING[span.state_type]})\n"
        f"{instant(start)} to {instant(end)} UTC, {duration(end - start)}"
    )
    label = ""
    wide_enough = width > _PERCENT_A_CHARACTER * (len(state) + 2)
    if span.signed_in and height >= _ROW_FOR_NAMES and wide_enough:
        label = (
            f'<text class="on-{_CLASS[span.state_type]}" x="{x + width / 2:.3f}%" '
            f'y="{y + height / 2:g}">{_escaped(state)}</text>'
        )
    bar = _bar(span.state_type, f"{x:.3f}%", f"{width:.3f}%", y, height)
    return f"<g><title>{_escaped(title)}</title>{bar}{label}</g>"


def _bar(state_type: StateType, x: str, width: str, y: int, row: int) -> str:
    height = max(_HEIGHT[state_type] * row, 2)
    return (
        f'<rect class="{_CLASS[state_type]}" x="{x}" width="{width}" '
        f'y="{y + (row - height) / 2:.1f}" height="{height:.1f}" />'
    )


def _strip(
    name: str, strip: list[Staffing], found: Statistics, scale: _Scale, height: int, top: int
) -> str:
    """A group's curve. It has coordinates of its own: intervals across, positions upwards."""
    values = [each.average_positions_staffed for each in strip]
    steps = "".join(f"V{top - value:.4f}H{index}" for index, value in enumerate(values, 1))
    # Each interval answers the pointer from top to bottom, however low its curve.
    answers = "".join(
        f'<rect class="answer" x="{index}" width="1" height="{top}"><title>'
        f"{_escaped(name)}: {_positions(each)} positions\n"
        f"{minute(each.interval.start)} to {minute(each.interval.end)[11:]} UTC</title></rect>"
        for index, each in enumerate(strip)
    )
    return (
        f'<div class="strip" style="height:{height}px"><span>{_name(name)}</span>'
        f'<span class="y"><b>{top}</b><b>{top / 2:g}</b><b>0</b></span></div>'
        f'<svg class="plot curve" height="{height}" role="img" '
        f'aria-label="Average positions staffed, {_escaped(name)}">'
        f'{_grid(scale)}<line class="level" x2="100%" y1="50%" y2="50%" />'
        f'<svg viewBox="0 0 {len(values)} {top}" preserveAspectRatio="none" width="100%" '
        f'height="{height}" overflow="visible">'
        f'<path class="area" d="M0,{top}{steps}V{top}Z"/>'
        f'<path class="line" d="M0,{top - values[0]:.4f}{steps}"/>{answers}</svg>'
        f"{_not_counted(found.period, scale)}</svg>"
        f'<div class="side peak">{max(values):.2f}</div>'
    )


def _axis(scale: _Scale, where: str, right: str = "") -> str:
    """The row of times above or below a chart, with the heading of the column to the right."""
    labels = "".join(
        f'<text class="{"day" if day else "hour"}" x="{scale.x(tick):.3f}%" y="14"'
        f"{_anchor(scale.x(tick))}>{label}</text>"
        for tick, label, day in _ticks(scale)
    )
    return (
        f'<div class="corner {where}">UTC</div>'
        f'<svg class="axis {where}" height="20" aria-hidden="true">{labels}</svg>'
        f'<div class="side {where}">{right}</div>'
    )


def _anchor(x: float) -> str:
    """Keeps a label at either end of the axis (`x` in percent) off what stands beside the axis."""
    side = "start" if x < _EDGE else "end" if x > 100 - _EDGE else None
    return f' style="text-anchor:{side}"' if side else ""


def _grid(scale: _Scale) -> str:
    return "".join(
        f'<line class="{"midnight" if day else "grid"}" x1="{scale.x(tick):.3f}%" '
        f'x2="{scale.x(tick):.3f}%" y2="100%" />'
        for tick, _, day in _ticks(scale)
    )


def _ticks(scale: _Scale) -> Iterator[tuple[datetime, str, bool]]:
    """Times for the axis, their labels, and whether a new day starts there."""
    length = scale.end - scale.start
    step = next((each for each in _TICKS if length / each <= _MOST_TICKS), _TICKS[-1])
    midnight = scale.start.replace(hour=0, minute=0, second=0, microsecond=0)
    tick = midnight + math.ceil((scale.start - midnight) / step) * step
    while tick <= scale.end:
        day = (tick - midnight) % _DAY == timedelta(0)
        yield tick, f"{tick.day} {tick:%b}" if day else f"{tick:%H:%M}", day
        tick += step


def _not_counted(period: Period, scale: _Scale) -> str:
    """A veil over what the outer intervals have outside the period."""
    return "".join(
        f'<rect class="outside" x="{scale.x(start):.3f}%" '
        f'width="{scale.x(end) - scale.x(start):.3f}%" height="100%">'
        "<title>Outside the period: not counted</title></rect>"
        for start, end in ((scale.start, period.start), (period.end, scale.end))
        if start < end
    )


def _table(table: Table, zone: tzinfo) -> str:
    header = "".join(
        f'<th scope="col"{_kind(table, index)}>{_name(cell)}</th>'
        for index, cell in enumerate(table.header)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{_kind(table, index)}>{_name(cell)}</td>" for index, cell in enumerate(row))
        + "</tr>"
        for row in table.texts(zone)
    )
    fold = "" if len(table.rows) > _MOST_OPEN_ROWS else ' open=""'
    return (
        f"<details{fold}><summary><h2>{_escaped(table.title)}</h2> "
        f"<span>{counted(len(table.rows), 'row')}; {_escaped(table.note)}</span></summary>"
        f'<div class="wide"><table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>'
        "</div></details>\n"
    )


def _kind(table: Table, index: int) -> str:
    return ' class="n"' if table.columns[index].kind.number else ""


def _name(name: str) -> str:
    """A name, which may be longer than its place, and of either direction."""
    safe = _escaped(visible(name))
    return f'<bdi title="{safe}">{safe}</bdi>'


def _positions(each: Staffing) -> str:
    return f"{each.average_positions_staffed:.2f}"


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)


def _title(period: Period) -> str:
    return f"{minute(period.start)} to {_within_day(period.end, period)} UTC"


def _within_day(moment: datetime, period: Period) -> str:
    """`moment` to the minute, without the date when the period does not leave its day."""
    same_day = period.start.astimezone(UTC).date() == period.end.astimezone(UTC).date()
    return minute(moment)[11:] if same_day else minute(moment)


def _scale(period: Period, interval: timedelta) -> _Scale:
    # A period without length still has a page: that of the interval it is in.
    instant_only = period.start == period.end
    some = Period(period.start, period.end + timedelta.resolution) if instant_only else period
    parts = intervals(some, interval)
    return _Scale(parts[0].start, parts[-1].end)


def _axis_top(most: float) -> int:
    """The least 1, 2, 4, 6 or 8 times a power of ten that is not below `most`."""
    magnitude = 1
    while True:
        for digit in (1, 2, 4, 6, 8):
            if most <= digit * magnitude:
                return digit * magnitude
        magnitude *= 10


_STYLE = """
:root { color-scheme: light dark;
  --paper: #f4f5f7; --panel: #fff; --ink: #171b21; --muted: #5a6472; --hair: #e3e6eb;
  --strong: #b9c0ca; --stripe: #f8f9fb; --available: #0a66ad; --on-available: #fff;
  --signed-in: #f0a527; --on-signed-in: #2b1a00; --signed-out: #a9b2be; --curve: #0a66ad;
  --veil: #8a94a31f; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #101318; --panel: #181c23; --ink: #e9ecf1; --muted: #9aa5b4; --hair: #2a303a;
  --strong: #4a5361; --stripe: #1c2129; --available: #4fa3e6; --on-available: #04131f;
  --signed-in: #f2b344; --on-signed-in: #241500; --signed-out: #5b6675; --curve: #4fa3e6;
  --veil: #8a94a326; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 1480px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { margin: 0; font-size: 26px; letter-spacing: -.015em; }
h2 { margin: 0; font-size: 16px; letter-spacing: -.005em; }
header p { margin: 2px 0 0; color: var(--muted); font-size: 15px; }
section, details, .figures div { background: var(--panel); border: 1px solid var(--hair);
  border-radius: 10px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px;
  margin: 20px 0 12px; }
.figures div { padding: 12px 16px; }
dt { color: var(--muted); font-size: 13px; }
dd { margin: 0; font-size: 24px; font-weight: 600; letter-spacing: -.015em; line-height: 1.3; }
dd.more { font-size: 12px; font-weight: 400; letter-spacing: 0; color: var(--muted); }
.charts { overflow-x: auto; padding: 18px 20px 12px; }
.chart { display: grid; grid-template-columns: minmax(110px, 190px) 1fr 64px; min-width: 900px; }
.heading { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 4px 24px;
  align-items: baseline; justify-content: space-between; margin-bottom: 10px; }
.heading:not(:first-child) { margin-top: 26px; }
.heading p { margin: 0; color: var(--muted); font-size: 13px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 0; padding: 0; list-style: none;
  font-size: 13px; }
.legend svg { vertical-align: -4px; margin-right: 7px; }
.names, .totals { margin: 0; padding: 0; list-style: none; min-width: 0; }
.names li, .totals li { height: var(--row); line-height: var(--row); font-size: 13px; }
.names li { padding-right: 14px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.totals li, .side { text-align: right; color: var(--muted); font-size: 13px; }
.side { align-self: center; }
.top, .bottom, .corner { color: var(--muted); font-size: 12px; line-height: 20px; }
.corner { text-align: right; padding-right: 10px; visibility: hidden; }
.corner.top { visibility: visible; }
.axis { width: 100%; overflow: visible; }
.axis text { fill: var(--muted); font-size: 12px; text-anchor: middle; }
.axis .day { fill: var(--ink); font-weight: 600; }
.plot { width: 100%; display: block; border-block: 1px solid var(--hair); box-sizing: content-box; }
.plot text { font-size: 11px; font-weight: 500; text-anchor: middle; dominant-baseline: central;
  pointer-events: none; }
.stripe { fill: var(--stripe); }
.grid, .level { stroke: var(--hair); }
.midnight { stroke: var(--strong); }
.available { fill: var(--available); }
.signed-in { fill: var(--signed-in); }
.signed-out { fill: var(--signed-out); }
.on-available { fill: var(--on-available); }
.on-signed-in { fill: var(--on-signed-in); }
g:hover > rect { filter: brightness(1.15); }
.outside { fill: var(--veil); }
.strip { display: flex; justify-content: space-between; gap: 8px; min-width: 0; font-size: 13px; }
.strip > span:first-child { align-self: center; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
.y { display: flex; flex-direction: column; justify-content: space-between; padding-right: 8px;
  text-align: right; color: var(--muted); font-size: 11px; line-height: 1; }
.y b { font-weight: 400; }
.strip, .curve, .peak { margin-bottom: 8px; }
.area { fill: var(--curve); fill-opacity: .16; }
.line { fill: none; stroke: var(--curve); stroke-width: 2; vector-effect: non-scaling-stroke;
  stroke-linejoin: round; }
.answer { fill: var(--curve); fill-opacity: 0; }
.answer:hover { fill-opacity: .18; }
details { margin-top: 12px; padding: 0 20px; }
summary { padding: 14px 0; cursor: pointer; }
summary h2 { display: inline; margin-right: 8px; }
summary span { color: var(--muted); font-size: 13px; }
.wide { overflow-x: auto; padding-bottom: 14px; }
table { border-collapse: collapse; min-width: min(100%, 640px); }
th, td { padding: 5px 28px 5px 0; text-align: left; border-bottom: 1px solid var(--hair);
  white-space: nowrap; }
th { color: var(--muted); font-weight: 500; font-size: 13px; }
th.n, td.n { text-align: right; padding: 5px 0 5px 28px; }
tbody tr:last-child td { border-bottom: 0; }
tbody tr:hover td { background: var(--stripe); }
td bdi, th bdi { display: inline-block; max-width: 420px; overflow: hidden; text-overflow: ellipsis;
  vertical-align: bottom; }
@media print { body { background: none; } main { padding: 0; } }
"""
