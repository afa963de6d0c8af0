"""The charts' common scale: the time axis, its grid, and what is outside the period.

x is the share of the time from the first interval's start to the last one's end, so that charts
fill any window while text keeps its size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from aspect_wfm.reports.page.markup import escaped
from aspect_wfm.reports.periods import Period, intervals
from aspect_wfm.reports.statistics import Statistics

# The width of a chart in its own units: whole numbers make for short paths. On a wide window a unit
# is a sixth of a pixel, and of a day it is ten seconds.
UNITS = 8_640

_MOST_TICKS = 14
_TICKS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 5_760, 10_080)
)
_DAY = timedelta(days=1)

# How near to an end of the axis, in percent, a label would overlap what stands beside it.
_EDGE = 2


@dataclass(frozen=True, slots=True)
class Scale:
    """From time to the charts' width. `period` is the part that counts."""

    start: datetime
    end: datetime
    period: Period
    zone: tzinfo

    def percent(self, moment: datetime) -> float:
        """Where `moment` is, in per cent of the chart's width."""
        return 100 * ((moment - self.start) / (self.end - self.start))

    def units(self, moment: datetime) -> int:
        """Where `moment` is, in the chart's units."""
        return round(UNITS * ((moment - self.start) / (self.end - self.start)))


def scale_of(found: Statistics) -> Scale:
    """The scale of all charts."""
    period = found.period
    # A period without length still has a page: that of the interval it is in.
    instant_only = period.start == period.end
    some = Period(period.start, period.end + timedelta.resolution) if instant_only else period
    parts = intervals(some, found.interval, found.zone)
    return Scale(parts[0].start, parts[-1].end, period, found.zone)


def axis(scale: Scale, right: str) -> str:
    """The row of times above charts, which stays in sight, with the right column's heading."""
    labels = "".join(
        f'<text class="{"day" if day else "hour"}" x="{scale.percent(tick):.3f}%" y="14"'
        f"{_anchor(scale.percent(tick))}>{label}</text>"
        for tick, label, day in _ticks(scale)
    )
    return (
        f'<div class="row axis"><div class="corner">{escaped(str(scale.zone))}</div>'
        f'<svg height="20" aria-hidden="true">{labels}</svg>'
        f'<div class="side">{escaped(right)}</div></div>'
    )


def stretched(content: str, height: float, drawn: float) -> str:
    """Paths in units across and `drawn` units down, stretched to the chart's width and `height`
    pixels."""
    return (
        f'<svg viewBox="0 0 {UNITS} {drawn:g}" preserveAspectRatio="none" width="100%" '
        f'height="{height:g}" overflow="visible">{content}</svg>'
    )


def grid(scale: Scale, height: float) -> str:
    """Lines at the axis's times, for a stretched chart."""
    lines = {"grid": "", "midnight": ""}
    for tick, _, day in _ticks(scale):
        lines["midnight" if day else "grid"] += f"M{scale.units(tick)} 0V{height:g}"
    return "".join(f'<path class="{name}" d="{path}" />' for name, path in lines.items() if path)


def veils(scale: Scale) -> str:
    """Over what the outer intervals have outside the period."""
    return "".join(
        f'<rect class="outside" x="{scale.percent(start):.3f}%" '
        f'width="{scale.percent(end) - scale.percent(start):.3f}%" height="100%">'
        "<title>Outside the period: not counted</title></rect>"
        for start, end in ((scale.start, scale.period.start), (scale.period.end, scale.end))
        if start < end
    )


def _anchor(x: float) -> str:
    """Keeps a label at either end of the axis (`x` in percent) off what stands beside the axis."""
    side = "start" if x < _EDGE else "end" if x > 100 - _EDGE else None
    return f' style="text-anchor:{side}"' if side else ""


def _ticks(scale: Scale) -> Iterator[tuple[datetime, str, bool]]:
    """Times for the axis, their labels, and whether a new day starts there."""
    length = scale.end - scale.start
    step = next((each for each in _TICKS if length / each <= _MOST_TICKS), _TICKS[-1])
    parts = intervals(Period(scale.start, scale.end), min(step, _DAY), scale.zone)
    moments = [*(part.start for part in parts), parts[-1].end]
    inside = [moment for moment in moments if scale.start <= moment <= scale.end]
    for tick in inside[:: max(step // _DAY, 1)]:
        local = tick.astimezone(scale.zone)
        day = (tick - timedelta.resolution).astimezone(scale.zone).date() < local.date()
        yield tick, f"{local.day} {local:%b}" if day else f"{local:%H:%M}", day
