"""Show what limits growth, and what to set: `python -m benchmarks.growth --help`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aspect_wfm.arguments import amount, count
from aspect_wfm.cost.prices import PriceError, read_prices
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.limits import LimitError, Limits, read_limits
from benchmarks.growth.reached import reached
from benchmarks.growth.settings import DEFAULTS, HEADROOM, agents_taken, recommended
from benchmarks.growth.tables import limit_table, morning_table, settings_table

_SIZES = (5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 150_000)


@dataclass(frozen=True, slots=True)
class _Input:
    """What the command line says."""

    region: str
    workload: Workload
    timing: Timing
    limits: Limits


def main(arguments: Sequence[str] | None = None) -> int:
    """Calculate and print; the exit status."""
    options = _parser().parse_args(arguments)
    workload = Workload(options.agents, state_changes_per_hour=options.events_per_agent_hour)
    try:
        given = _Input(options.region, workload, Timing(), read_limits(options.region))
        print(_SHOWN[options.show](given), end="")
    except (LimitError, PriceError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _limits(given: _Input) -> str:
    table = limit_table(reached(given.workload, given.timing, given.limits), given.workload)
    return f"Limits in {given.region}, and the agents with whom the peak reaches them\n\n{table}"


def _settings(given: _Input) -> str:
    enough, whole = (
        agents_taken(DEFAULTS, given.workload, given.timing, given.limits, headroom)
        for headroom in (HEADROOM, 1.0)
    )
    table = settings_table(
        _SIZES, given.workload, given.timing, given.limits, read_prices(given.region)
    )
    return (
        f"What takes the peak and {HEADROOM - 1:.0%} more, in {given.region}\n\n{table}\n"
        f"The defaults are enough for {enough:,} agents, and without anything to spare for "
        f"{whole:,}.\n"
    )


def _morning(given: _Input) -> str:
    agents = given.workload.agents
    best = recommended(given.workload, given.timing, given.limits)
    more_shards = replace(DEFAULTS, shards=best.shards)
    runs = [("defaults", DEFAULTS, size) for size in (1_000, 10_000, 20_000, agents)]
    runs.append((f"{best.shards} shards, else defaults", more_shards, agents))
    runs.append(("recommended", best, agents))
    table = morning_table(runs, given.workload, given.timing, given.limits)
    return (
        "Two hours from the first sign-in: the age of the oldest event that has not passed a "
        f"stage,\nat worst, and the most events that waited\n\n{table}"
    )


_SHOWN: dict[str, Callable[[_Input], str]] = {
    "limits": _limits,
    "settings": _settings,
    "morning": _morning,
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
    parser.add_argument("--region", default="eu-central-1", help="a region of the file of limits")
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
