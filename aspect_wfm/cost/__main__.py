"""Show what a month costs: `python -m aspect_wfm.cost --help`."""

import argparse
import json
import sys
from typing import Any

from aspect_wfm.cost.arguments import amount, count, share
from aspect_wfm.cost.designs import BEFORE, DESIGNS, ON_FLINK, OURS
from aspect_wfm.cost.prices import PriceError, read_prices
from aspect_wfm.cost.sensitivity import variations
from aspect_wfm.cost.tables import (
    as_values,
    comparison,
    detail,
    engines,
    lowered,
    sensitivity,
    timings,
)
from aspect_wfm.cost.timing import read_figures, read_timing
from aspect_wfm.cost.workload import Workload

_AGENTS = [100, 1_000, 10_000, 100_000]
_REGION = "eu-central-1"

# Options that are fields of the workload, and what they are.
_INPUTS = {
    "hours_signed_in": "hours that an agent is signed in on a working day",
    "working_days": "days that an agent works in a month",
    "open_hours": "hours of a day in which agents are signed in",
    "heartbeat_seconds": "seconds without another event until a heartbeat",
    "event_bytes": "bytes of an event on the stream",
    "queues": "SQS queues; more where the peak needs them",
    "connected_share": "share of the time in which the RTA server is connected, 0 to 1",
    "monitored_share": "share of the events that pass the hierarchy filter, 0 to 1",
    "peak_factor": "the busiest seconds, as a multiple of what all agents send on average",
}


def main(arguments: list[str] | None = None) -> int:
    """Calculate and print; the exit status. `arguments` are those of the command line."""
    parser = _parser()
    options = parser.parse_args(arguments)
    inputs = {name: getattr(options, name) for name in _INPUTS}
    inputs["state_changes_per_hour"] = options.events_per_agent_hour
    workloads = [Workload(agents, **inputs) for agents in options.agents]
    timing = read_timing()
    try:
        prices = read_prices(options.region)
    except PriceError as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        values = [
            {"region": options.region, **each}
            for workload in workloads
            for each in as_values(workload, DESIGNS, timing, prices)
        ]
        print(json.dumps(values, indent=2))
    elif options.timings:
        print(timings(read_figures()), end="")
    elif options.sensitivity:
        print(f"Dollars a month in {options.region}, and the difference that a setting makes\n")
        print(sensitivity(variations(), workloads, timing, prices), end="")
    elif options.before:
        print(f"Dollars a month in {options.region}, before and now\n")
        print(lowered(BEFORE, OURS, workloads, timing, prices), end="")
    elif options.engines:
        try:
            table = engines(OURS, ON_FLINK, workloads, timing, prices)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"Dollars a month in {options.region}, on Lambda and on Flink\n\n{table}", end="")
    else:
        one = detail if options.detail else comparison
        print(f"Dollars a month in {options.region}")
        for workload in workloads:
            print("\n" + one(workload, DESIGNS, timing, prices), end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aspect_wfm.cost",
        description="What this integration and the Quick Start's designs cost in a month.",
        epilog="docs/cost.md names every assumption. Free tiers, discounts and taxes are left out.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--agents",
        type=count,
        nargs="+",
        default=_AGENTS,
        help="numbers of agents (100 1000 10000 100000)",
        metavar="N",
    )
    parser.add_argument(
        "--region", default=_REGION, help=f"a region of the price file ({_REGION})", metavar="NAME"
    )
    defaults = Workload(0)
    parser.add_argument(
        "--events-per-agent-hour",
        type=amount,
        default=defaults.state_changes_per_hour,
        help="events of a signed-in agent in an hour, without heartbeats "
        f"({defaults.state_changes_per_hour:g})",
        metavar="N",
    )
    for name, what in _INPUTS.items():
        default: Any = getattr(defaults, name)
        parser.add_argument(
            "--" + name.replace("_", "-"),
            type=share if name.endswith("share") else count if type(default) is int else amount,
            default=default,
            help=f"{what} ({default:g})",
            metavar="N",
        )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--detail", action="store_true", help="show each metered unit")
    form.add_argument(
        "--sensitivity", action="store_true", help="show ours with one setting varied at a time"
    )
    form.add_argument(
        "--before", action="store_true", help="show what ours cost with a transaction a change"
    )
    form.add_argument(
        "--engines",
        action="store_true",
        help="show what ours costs with either engine of Agent Productivity, lambda or flink",
    )
    form.add_argument(
        "--timings", action="store_true", help="show how long things take, and how that is known"
    )
    form.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
