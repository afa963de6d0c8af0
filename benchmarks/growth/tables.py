"""What the program shows: limits, settings and runs as tables of text, and a chart."""

from dataclasses import replace
from math import floor, log10

from aspect_wfm.cost.designs import OURS, Stream
from aspect_wfm.cost.prices import read_prices
from aspect_wfm.cost.quantities import month
from aspect_wfm.cost.tables import dollars
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from aspect_wfm.output import text_table
from benchmarks.growth.capacities import Settings, capacities
from benchmarks.growth.flow import STAGES, flow, seconds_to_catch_up
from benchmarks.growth.morning import morning_events
from benchmarks.growth.reached import reached
from benchmarks.growth.settings import DEFAULTS, HEADROOM, agents_taken, enough, recommended

_REGION = "eu-central-1"
_SIZES = (5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 150_000)
_SIZES_OF_OUTAGES = (100, 500, 1_000, 3_000, 10_000)
_OUTAGES = (1, 4, 8)  # hours
_HOUR = 3_600


def limits(workload: Workload, timing: Timing) -> str:
    """Each limit, the agents with whom it is reached, and what lifts it to how many."""
    rows = [["stage", "limit", "at agents", "lifted by", "to agents"]]
    for each in reached(workload, timing):
        lifts = [(by, _agents(to, workload)) for by, to in each.lifts]
        first, *others = lifts or [("", "")]
        reached_at = _agents(each.events_per_second, workload) or "never"
        rows.append([each.stage, each.limit, reached_at, *first])
        rows += [["", "", "", *other] for other in others]
    table = text_table(rows, left=(0, 1, 3))
    return f"Limits in {_REGION}, and the agents with whom the peak reaches them\n\n{table}"


def settings(workload: Workload, timing: Timing) -> str:
    """What to set for each number of agents, and what that costs a month."""
    prices = read_prices(_REGION)
    variables = ("shard_count", "num_sqs_queues", "message_groups")
    rows = [["up to agents", "events/s", *variables, "$ a month"]]
    for size in _SIZES:
        of_size = replace(workload, agents=size)
        best = recommended(of_size, timing)
        stream = replace(OURS.stream, shards=best.shards)
        found = month(
            replace(of_size, queues=best.queues), replace(best.design, stream=stream), timing
        )
        rows.append(
            [
                f"{size:,}",
                f"{of_size.peak_events_per_second:,.0f}",
                f"{best.shards}",
                f"{best.queues}",
                best.design.message_groups,
                f"{dollars(found, prices):,.0f}",
            ]
        )
    with_headroom, without = (
        agents_taken(DEFAULTS, workload, timing, headroom) for headroom in (HEADROOM, 1.0)
    )
    return (
        f"What takes the peak and {HEADROOM - 1:.0%} more, in {_REGION}\n\n{text_table(rows)}\n"
        f"The defaults are enough for {with_headroom:,} agents, and without anything to spare for "
        f"{without:,}.\n"
    )


def morning(workload: Workload, timing: Timing) -> str:
    """How old events became before they had passed each stage, and how many waited."""
    agents, best = workload.agents, recommended(workload, timing)
    runs = [
        *((size, "defaults", DEFAULTS) for size in (1_000, 10_000, 20_000, agents)),
        (agents, f"{best.shards} shards, else defaults", Settings(best.shards)),
        (agents, "recommended", best),
    ]
    rows = [["agents", "settings", "events/s", *STAGES, "waiting"]]
    for size, title, set_to in runs:
        events = morning_events(replace(workload, agents=size))
        found = flow(events, capacities(set_to, workload, timing))
        ages = (duration(found.worst_age(stage)) for stage in range(len(STAGES)))
        waiting = f"{found.most_waiting():,.0f}"
        rows.append([f"{size:,}", title, f"{max(events):,.0f}", *ages, waiting])
    return (
        "Two hours from the first sign-in: the age of the oldest event that has not passed a "
        f"stage,\nat worst, and the most events that waited\n\n{text_table(rows, left=(1,))}"
    )


def outage(workload: Workload, timing: Timing) -> str:
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
    takes, pushed = (capacities(each, workload, timing) for each in (DEFAULTS, fan_out))
    times = [
        *((hours, takes.functions) for hours in _OUTAGES),
        (longest, pushed.functions),
        (longest, min(takes.functions, takes.rta_server)),
    ]
    for size in _SIZES_OF_OUTAGES:
        rate = replace(workload, agents=size).signed_in_events_per_second
        best = enough(rate * (1 + longest), workload, timing)
        caught_up = (seconds_to_catch_up(hours * _HOUR, rate, to) for hours, to in times)
        needed = (f"{best.shards}", f"{best.queues}")
        rows.append([f"{size:,}", f"{rate:,.1f}", *map(duration, caught_up), *needed])
    table = text_table(rows, left=())
    return f"Until both functions, and the RTA server, have caught up with an outage\n\n{table}"


def outage_chart(workload: Workload, timing: Timing) -> str:
    """The first columns of `outage` as a chart of Mermaid."""
    rates = [
        replace(workload, agents=size).signed_in_events_per_second for size in _SIZES_OF_OUTAGES
    ]
    take = capacities(DEFAULTS, workload, timing).functions
    lines = [
        [seconds_to_catch_up(hours * _HOUR, rate, take) / 60 for rate in rates]
        for hours in reversed(_OUTAGES)
    ]
    agents = ", ".join(f'"{size:,}"' for size in _SIZES_OF_OUTAGES)
    drawn = "\n".join(f"    line [{', '.join(f'{each:.1f}' for each in line)}]" for line in lines)
    return (
        "xychart-beta\n"
        '    title "Minutes to catch up with 8 h (top line), 4 h and 1 h (bottom line)"\n'
        f'    x-axis "agents" [{agents}]\n'
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
