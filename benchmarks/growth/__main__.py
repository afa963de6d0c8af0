"""Show what limits growth, and what to set: `python -m benchmarks.growth --help`."""

import argparse
import sys
from collections.abc import Callable, Sequence

from aspect_wfm.arguments import amount, count
from aspect_wfm.cost.prices import read_prices
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.capacities import Settings
from benchmarks.growth.reached import reached
from benchmarks.growth.settings import DEFAULTS, HEADROOM, agents_taken, recommended
from benchmarks.growth.tables import (
    limit_table,
    morning_table,
    outage_chart,
    outage_table,
    settings_table,
)

_REGION = "eu-central-1"
_SIZES = (5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 150_000)
_SIZES_OF_OUTAGES = (100, 500, 1_000, 3_000, 10_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Calculate and print; the exit status."""
    options = _parser().parse_args(arguments)
    workload = Workload(options.agents, state_changes_per_hour=options.events_per_agent_hour)
    print(_SHOWN[options.show](workload, Timing()), end="")
    return 0


def _limits(workload: Workload, timing: Timing) -> str:
    table = limit_table(reached(workload, timing), workload)
    return f"Limits in {_REGION}, and the agents with whom the peak reaches them\n\n{table}"


def _settings(workload: Workload, timing: Timing) -> str:
    enough, whole = (
        agents_taken(DEFAULTS, workload, timing, headroom) for headroom in (HEADROOM, 1.0)
    )
    table = settings_table(_SIZES, workload, timing, read_prices(_REGION))
    return (
        f"What takes the peak and {HEADROOM - 1:.0%} more, in {_REGION}\n\n{table}\n"
        f"The defaults are enough for {enough:,} agents, and without anything to spare for "
        f"{whole:,}.\n"
    )


def _morning(workload: Workload, timing: Timing) -> str:
    agents = workload.agents
    best = recommended(workload, timing)
    more_shards = Settings(best.shards)
    runs = [("defaults", DEFAULTS, size) for size in (1_000, 10_000, 20_000, agents)]
    runs.append((f"{best.shards} shards, else defaults", more_shards, agents))
    runs.append(("recommended", best, agents))
    return (
        "Two hours from the first sign-in: the age of the oldest event that has not passed a "
        f"stage,\nat worst, and the most events that waited\n\n"
        f"{morning_table(runs, workload, timing)}"
    )


def _outage(workload: Workload, timing: Timing) -> str:
    table = outage_table(_SIZES_OF_OUTAGES, workload, timing)
    return f"Until both functions, and the RTA server, have caught up with an outage\n\n{table}"


def _outage_chart(workload: Workload, timing: Timing) -> str:
    return outage_chart(_SIZES_OF_OUTAGES, workload, timing)


_SHOWN: dict[str, Callable[[Workload, Timing], str]] = {
    "limits": _limits,
    "settings": _settings,
    "morning": _morning,
    "outage": _outage,
    "outage-chart": _outage_chart,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth",
        description="At how many agents which limit is reached, and what lifts it.",
        epilog="docs/growth.md says how; the workload and timings are those of docs/cost.md.",
        allow_abbrev=False,
    )
    parser.add_argument("show", choices=list(_SHOWN), help="what to show")
    parser.add_argument("--agents", type=count, default=100_000, help="of the morning (100000)")
    parser.add_argument(
        "--events-per-agent-hour",
        type=amount,
        default=Workload(0).state_changes_per_hour,
        help="events of a signed-in agent in an hour, without heartbeats (24)",
        metavar="N",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
