"""`aspect-wfm cost`: what a month costs."""

import argparse
from typing import Any

from aspect_wfm.arguments import amount, count, share
from aspect_wfm.cost.designs import ON_FLINK, OURS
from aspect_wfm.cost.prices import read_prices
from aspect_wfm.cost.tables import as_values, by_service, engines
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from aspect_wfm.outcome import CannotTell, Status
from aspect_wfm.output import say, say_json

SUMMARY = "calculate what a month costs, for a number of agents in a region"
DESCRIPTION = (
    "Calculate what a month costs at list prices, with the modules' defaults and both products. "
    "Does not call AWS."
)
EPILOG = "docs/cost.md lists every assumption. Free tiers, discounts and taxes are left out."

_AGENTS = [100, 1_000, 10_000, 100_000]
_REGION = "eu-central-1"

# Options that are fields of the workload, and what they are.
_INPUTS = {
    "state_changes_per_hour": "events of a signed-in agent in an hour, without heartbeats",
    "hours_signed_in": "hours that an agent is signed in on a working day",
    "working_days": "days that an agent works in a month",
    "open_hours": "hours of a day in which agents are signed in",
    "heartbeat_seconds": "seconds without another event until a heartbeat",
    "event_bytes": "bytes of an event on the stream",
    "queues": "SQS queues; more if the peak needs them",
    "connected_share": "share of the time in which the RTA server is connected, 0 to 1",
    "monitored_share": "share of the events that pass the hierarchy filter, 0 to 1",
    "peak_factor": "the busiest seconds, as a multiple of what all agents send on average",
}
_OPTIONS = {"state_changes_per_hour": "events-per-agent-hour"}


def run(options: argparse.Namespace) -> Status:
    """Calculate and print."""
    inputs = {name: getattr(options, name) for name in _INPUTS}
    workloads = [Workload(agents, **inputs) for agents in options.agents]
    prices, timing = read_prices(options.price_region), Timing()
    design = ON_FLINK if options.engine == "flink" else OURS
    try:
        if options.json:
            found = [as_values(workload, design, timing, prices) for workload in workloads]
            say_json([{"region": options.price_region, **each} for each in found])
            return Status.ALL_WELL
        if options.engines:
            table = engines(workloads, timing, prices)
        else:
            table = by_service(workloads, design, timing, prices)
    except ValueError as error:
        raise CannotTell(str(error)) from error
    say(f"Dollars a month in {options.price_region}\n\n{table.rstrip()}")
    return Status.ALL_WELL


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument(
        "--agents",
        type=count,
        nargs="+",
        default=_AGENTS,
        help="numbers of agents (100 1000 10000 100000)",
        metavar="N",
    )
    parser.add_argument(
        "--region",
        dest="price_region",
        default=_REGION,
        help=f"a region of the price file ({_REGION})",
        metavar="NAME",
    )
    parser.add_argument(
        "--engine",
        choices=("lambda", "flink"),
        default="lambda",
        help="what runs the classifier of Agent Productivity (lambda)",
    )
    for name, what in _INPUTS.items():
        default: Any = getattr(Workload(0), name)
        parser.add_argument(
            "--" + _OPTIONS.get(name, name.replace("_", "-")),
            dest=name,
            type=share if name.endswith("share") else count if type(default) is int else amount,
            default=default,
            help=f"{what} ({default:g})",
            metavar="N",
        )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--engines", action="store_true", help="show both engines side by side")
    form.add_argument("--json", action="store_true", help="print JSON, with each metered unit")
