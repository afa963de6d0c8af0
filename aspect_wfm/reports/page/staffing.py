"""The curves of average positions staffed."""

from aspect_wfm.output import clock_duration, counted, minute
from aspect_wfm.reports.page.markup import Parts, escaped, isolated, shown
from aspect_wfm.reports.page.scale import Scale, axis, grid, stretched, veils
from aspect_wfm.reports.statistics import Staffing, Statistics
from aspect_wfm.reports.tables import by_group

_HEIGHT = 84
_HEIGHT_OF_MANY = 56
_MANY_GROUPS = 6

# More groups than these are folded, below their sum.
_MOST_OPEN_GROUPS = 12

# Up to this number of intervals, each shows its numbers under the pointer.
_MOST_ANSWERS = 1_000


def staffing_chart(found: Statistics, scale: Scale, parts: Parts) -> str:
    """The sum of all groups, then every group."""
    groups = by_group(found.staffing)
    if not groups:
        return ""
    names = list(groups)
    # The groups share a scale, to be compared; their sum would flatten them, and has its own.
    first, others = (names[-1], names[:-1]) if len(names) > 1 else (names[0], [])
    height = _HEIGHT_OF_MANY if len(names) > _MANY_GROUPS else _HEIGHT
    answers = len(found.staffing) <= _MOST_ANSWERS

    def strip(name: str, top: int) -> str:
        return _strip(name, groups[name], scale, height, top, answers)

    top_of_groups = _axis_top(max((_peak(groups[name]) for name in others), default=0.0))
    strips = "".join(strip(name, top_of_groups) for name in others)
    if len(others) > _MOST_OPEN_GROUPS:
        strips = parts.fold(f"<h3>{counted(len(others), 'group')}</h3>", strips)
    note = "; the groups share a scale, their sum has its own" if others else ""
    return (
        '<section class="chart" aria-labelledby="staffing"><div class="heading">'
        f'<h2 id="staffing">Average positions staffed</h2><p>by level {found.group_level} group, '
        f"in intervals of {clock_duration(found.interval)}{note}</p></div>"
        f"{axis(scale, 'Peak')}{strip(first, _axis_top(_peak(groups[first])))}{strips}</section>\n"
    )


def _strip(
    name: str, strip: list[Staffing], scale: Scale, height: int, top: int, answers: bool
) -> str:
    """A group's curve: units across, positions upwards."""
    values = [each.average_positions_staffed for each in strip]
    steps = "".join(
        f"V{top - value:.4f}H{scale.units(each.interval.end)}"
        for value, each in zip(values, strip, strict=True)
    )
    highest = max(strip, key=lambda each: each.signed_in / each.interval.length)
    label = (
        f"Average positions staffed, {shown(name)}: {min(values):.2f} to {max(values):.2f}, most "
        f"at {minute(highest.interval.start, scale.zone)}. The table of the same name has each "
        "interval."
    )
    curve = (
        f'<path class="area" d="M0,{top}{steps}V{top}Z" />'
        f'<path class="line" d="M0,{top - values[0]:.4f}{steps}" />'
    )
    return (
        f'<div class="row strip"><div class="group" style="height:{height}px">'
        f"<span>{isolated(name)}</span>"
        f'<span class="y"><b>{top}</b><b>{top / 2:g}</b><b>0</b></span></div>'
        f'<svg class="plot curve" height="{height}" role="img" aria-label="{label}">'
        f"{stretched(grid(scale, top), height, top)}"
        f'<line class="level" x2="100%" y1="50%" y2="50%" />'
        f"{stretched(curve + (_answers(name, strip, scale, top) if answers else ''), height, top)}"
        f'{veils(scale)}</svg><div class="side">{max(values):.2f}</div></div>'
    )


def _answers(name: str, strip: list[Staffing], scale: Scale, top: int) -> str:
    """Each interval answers the pointer from top to bottom, however low its curve."""
    found = []
    for each in strip:
        start, end = scale.units(each.interval.start), scale.units(each.interval.end)
        times = " to ".join(
            minute(moment, scale.zone) for moment in (each.interval.start, each.interval.end)
        )
        found.append(
            f'<rect class="answer" x="{start}" width="{end - start}" height="{top}"><title>'
            f"{shown(name)}: {each.average_positions_staffed:.2f} positions\n"
            f"{times} {escaped(str(scale.zone))}</title></rect>"
        )
    return "".join(found)


def _peak(strip: list[Staffing]) -> float:
    return max(each.average_positions_staffed for each in strip)


def _axis_top(most: float) -> int:
    """The least 1, 2, 4, 6 or 8 times a power of ten that is not below `most`."""
    magnitude = 1
    while True:
        for digit in (1, 2, 4, 6, 8):
            if most <= digit * magnitude:
                return digit * magnitude
        magnitude *= 10
