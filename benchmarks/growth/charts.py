"""A run as a chart in Mermaid, which GitHub draws."""

from benchmarks.growth.flow import Stage
from benchmarks.growth.runs import Run

# In the order in which they are drawn: a later line covers an earlier one.
_COLOURS = {Stage.RTA_SERVER: "#1e8449", Stage.RELAY: "#c0392b", Stage.CLASSIFIER: "#2471a3"}

_MINUTES_A_POINT = 10


def chart(run: Run, title: str) -> str:
    """How old the oldest event is when each stage is done with it, every ten minutes."""
    a_point = round(_MINUTES_A_POINT * 60 / run.events.step_seconds)
    points = [max(0, step - 1) for step in range(0, len(run.events.happened) + 1, a_point)]
    delays = {stage: [run.delay(stage, step) for step in points] for stage in _COLOURS}
    highest = max(max(each) for each in delays.values())
    unit, seconds = ("minutes", 60) if highest >= 300 else ("seconds", 1)
    palette = ", ".join(_COLOURS.values())
    minutes = (len(points) - 1) * _MINUTES_A_POINT
    lines = [
        f'%%{{init: {{"themeVariables": {{"xyChart": {{"plotColorPalette": "{palette}"}}}}}}}}%%',
        "xychart-beta",
        f'    title "{title}"',
        f'    x-axis "minutes after the first sign-in" 0 --> {minutes}',
        f'    y-axis "age of the oldest event, {unit}" 0 --> {_round_up(highest / seconds)}',
    ]
    for stage, found in delays.items():
        values = ", ".join(f"{each / seconds:.1f}" for each in found)
        lines.append(f'    line "{stage.value}" [{values}]')
    return "\n".join(lines) + "\n"


def _round_up(value: float) -> int:
    """The next of 10, 20, 50, 100, ..."""
    power = 10
    while power * 10 < value:
        power *= 10
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)
