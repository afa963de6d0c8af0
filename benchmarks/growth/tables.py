"""Limits, settings and runs as tables of text."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import floor, log10

from aspect_wfm.cost.designs import OURS, Stream
from aspect_wfm.cost.prices import Prices
from aspect_wfm.cost.quantities import month
from aspect_wfm.cost.tables import dollars
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from aspect_wfm.output import text_table
from benchmarks.growth.capacities import Settings, capacities
from benchmarks.growth.flow import STAGES, flow, seconds_to_catch_up
from benchmarks.growth.morning import morning_events
from benchmarks.growth.reached import Reached
from benchmarks.growth.settings import DEFAULTS, enough, recommended

_HOUR = 3_600
_OUTAGES = (1, 4, 8)  # hours


def limit_table(found: Iterable[Reached], workload: Workload) -> str:
    """Each limit, the agents with whom it is reached, and what lifts it to how many."""
    rows = [["stage", "limit", "at agents", "lifted by", "to agents"]]
    for each in found:
        lifts = [(by, _agents(to, workload)) for by, to in each.lifts]
        first, *others = lifts or [("", "")]
        reached_at = _agents(each.events_per_second, workload) or "never"
        rows.append([each.stage, each.limit, reached_at, *first])
        rows += [["", "", "", *other] for other in others]
    return text_table(rows, left=(0, 1, 3))


def settings_table(sizes: Sequence[int], workload: Workload, timing: Timing, prices: Prices) -> str:
    """What to set for each number of agents, and what that costs a month."""
    rows = [
        [
            "up to agents",
            "events/s",
            "shard_count",
            "num_sqs_queues",
            "message_groups",
            "$ a month",
        ]
    ]
    for size in sizes:
        of_size = replace(workload, agents=size)
        settings = recommended(of_size, timing)
        rows.append(
            [
                f"{size:,}",
                f"{of_size.peak_events_per_second:,.0f}",
                f"{settings.shards}",
                f"{settings.queues}",
                settings.design.message_groups,
                f"{_dollars(settings, of_size, timing, prices):,.0f}",
            ]
        )
    return text_table(rows)


def morning_table(
    runs: Iterable[tuple[str, Settings, int]],
    workload: Workload,
    timing: Timing,
) -> str:
    """How old events became before they had passed each stage, and how many waited; for runs with
    a title, settings and a number of agents."""
    rows = [["agents", "settings", "events/s", *STAGES, "waiting"]]
    for title, settings, size in runs:
        events = morning_events(replace(workload, agents=size))
        found = flow(events, capacities(settings, workload, timing))
        rows.append(
            [
                f"{size:,}",
                title,
                f"{max(events):,.0f}",
                *(duration(found.worst_age(stage)) for stage in range(len(STAGES))),
                f"{found.most_waiting():,.0f}",
            ]
        )
    return text_table(rows, left=(1,))


def outage_table(sizes: Sequence[int], workload: Workload, timing: Timing) -> str:
    """How long it takes to catch up, and what brings the longest outage below an hour."""
    longest = _OUTAGES[-1]
    rows = [
        [
            "agents",
            "events/s",
            *(f"after {hours} h" for hours in _OUTAGES),
            f"{longest} h, fan-out",
            f"{longest} h, RTA server",
            "shard_count for 1 h",
            "num_sqs_queues for 1 h",
        ]
    ]
    fan_out = Settings(design=replace(OURS, stream=Stream(fan_out=True)))
    for size in sizes:
        of_size = replace(workload, agents=size)
        rate = of_size.signed_in_events_per_second
        takes, pushed = (capacities(each, of_size, timing) for each in (DEFAULTS, fan_out))
        best = enough(rate * (1 + longest), of_size, timing)
        times = [
            *((hours, takes.functions) for hours in _OUTAGES),
            (longest, pushed.functions),
            (longest, min(takes.functions, takes.rta_server)),
        ]
        rows.append(
            [
                f"{size:,}",
                f"{rate:,.1f}",
                *(duration(seconds_to_catch_up(hours * _HOUR, rate, to)) for hours, to in times),
                f"{best.shards}",
                f"{best.queues}",
            ]
        )
    return text_table(rows, left=())


def outage_chart(sizes: Sequence[int], workload: Workload, timing: Timing) -> str:
    """The first columns of `outage_table` as a chart of Mermaid."""
    of_sizes = [replace(workload, agents=size) for size in sizes]
    take = capacities(DEFAULTS, workload, timing).functions
    lines = [
        [
            seconds_to_catch_up(hours * _HOUR, each.signed_in_events_per_second, take) / 60
            for each in of_sizes
        ]
        for hours in reversed(_OUTAGES)
    ]
    agents_of = ", ".join(f'"{size:,}"' for size in sizes)
    drawn = "\n".join(f"    line [{', '.join(f'{each:.1f}' for each in line)}]" for line in lines)
    return (
        "xychart-beta\n"
        '    title "Minutes to catch up with 8 h (top line), 4 h and 1 h (bottom line)"\n'
        f'    x-axis "agents" [{agents_of}]\n'
        f'    y-axis "minutes" 0 --> {max(map(max, lines)):.0f}\n'
        f"{drawn}\n"
    )


def duration(seconds: float) -> str:
    """In words as short as possible: 0 s, 41 s, 8 min, 2 h 21 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def _agents(events_per_second: float | None, workload: Workload) -> str:
    """The agents who send this many in the peak, of whose number three digits are shown."""
    if events_per_second is None:
        return ""
    found = floor(events_per_second / replace(workload, agents=1).peak_events_per_second)
    step = 10 ** max(floor(log10(max(found, 1))) - 2, 0)
    return f"{found // step * step:,}"


def _dollars(settings: Settings, workload: Workload, timing: Timing, prices: Prices) -> float:
    stream = replace(settings.design.stream, shards=settings.shards)
    found = month(
        replace(workload, queues=settings.queues),
        replace(settings.design, stream=stream),
        timing,
    )
    return dollars(found, prices)
