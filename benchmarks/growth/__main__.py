"""Show what limits growth, and what to set: `python -m benchmarks.growth --help`."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from aspect_wfm.arguments import amount, count
from aspect_wfm.cost.prices import PriceError, read_prices
from aspect_wfm.cost.timing import Timing, read_timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.capacities import Settings
from benchmarks.growth.charts import chart
from benchmarks.growth.limits import LimitError, Limits, read_limits
from benchmarks.growth.morning import Morning
from benchmarks.growth.reached import reached
from benchmarks.growth.runs import Run, run
from benchmarks.growth.settings import DEFAULTS, HEADROOM, agents_taken, recommended
from benchmarks.growth.tables import day_table, limit_table, run_table, settings_table

_REGION = "eu-central-1"

_SIZES = (5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 150_000)

_DAYS = 5


@dataclass(frozen=True, slots=True)
class _Input:
    """What the command line says."""

    region: str
    workload: Workload
    morning: Morning
    timing: Timing
    limits: Limits

    def run(self, settings: Settings, agents: int) -> Run:
        return _run(settings, replace(self.workload, agents=agents), self.morning, self.region)

    @property
    def recommended(self) -> Settings:
        return recommended(self.workload, self.timing, self.limits)


@cache
def _run(settings: Settings, workload: Workload, morning: Morning, region: str) -> Run:
    timing, limits = _read(region)
    return run(settings, workload, timing, limits, morning)


@cache
def _read(region: str) -> tuple[Timing, Limits]:
    return read_timing(), read_limits(region)


def main(arguments: list[str] | None = None) -> int:
    """Calculate and print; the exit status. `arguments` are those of the command line."""
    options = _parser().parse_args(arguments)
    try:
        timing, limits = _read(options.region)
        given = _Input(
            options.region,
            Workload(options.agents, state_changes_per_hour=options.events_per_agent_hour),
            Morning(sign_in_minutes=options.sign_in_minutes),
            timing,
            limits,
        )
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
    best = given.recommended
    runs = [given.run(DEFAULTS, size) for size in (1_000, 10_000, 20_000, agents)]
    runs += [
        given.run(replace(DEFAULTS, shards=best.shards), agents),
        given.run(best, agents),
    ]
    return (
        "Two hours from the first sign-in: the age of the oldest event that has not passed a "
        "stage,\nat worst, and the most events that waited\n\n" + run_table(runs)
    )


def _days(given: _Input) -> str:
    found = run(
        DEFAULTS,
        given.workload,
        given.timing,
        given.limits,
        given.morning,
        hours=24 * _DAYS,
        step_seconds=60,
    )
    return (
        f"{given.workload.agents:,} agents with the defaults, at the end of each day "
        f"(events in thousands)\n\n{day_table(found)}"
    )


def _chart_defaults(given: _Input) -> str:
    agents = given.workload.agents
    return chart(given.run(DEFAULTS, agents), f"{agents:,} agents, defaults")


def _chart_recommended(given: _Input) -> str:
    agents = given.workload.agents
    return chart(given.run(given.recommended, agents), f"{agents:,} agents, recommended settings")


_SHOWN: dict[str, Callable[[_Input], str]] = {
    "limits": _limits,
    "settings": _settings,
    "morning": _morning,
    "days": _days,
    "chart-defaults": _chart_defaults,
    "chart-recommended": _chart_recommended,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth",
        description="At how many agents which limit is reached, and what lifts it.",
        epilog="docs/growth.md says how; the workload and timings are those of docs/cost.md.",
        allow_abbrev=False,
    )
    parser.add_argument("show", choices=list(_SHOWN), help="what to show")
    parser.add_argument(
        "--agents",
        type=count,
        default=100_000,
        help="agents of the morning, the days and the charts (100000)",
        metavar="N",
    )
    parser.add_argument(
        "--region", default=_REGION, help=f"a region of the file of limits ({_REGION})"
    )
    parser.add_argument(
        "--events-per-agent-hour",
        type=amount,
        default=Workload(0).state_changes_per_hour,
        help="events of a signed-in agent in an hour, without heartbeats (24)",
        metavar="N",
    )
    parser.add_argument(
        "--sign-in-minutes",
        type=amount,
        default=Morning().sign_in_minutes,
        help="minutes within which all agents sign in (30)",
        metavar="N",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
