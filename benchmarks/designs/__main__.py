"""Compare what designs cost: `python -m benchmarks.designs --help`."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from aspect_wfm.arguments import count
from aspect_wfm.cost.prices import Prices, read_prices
from aspect_wfm.cost.quantities import month
from aspect_wfm.cost.tables import dollars
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from aspect_wfm.output import say, text_table
from benchmarks.designs import DESIGNS
from benchmarks.designs.variations import VARIATIONS


def main(arguments: Sequence[str] | None = None) -> int:
    """Calculate and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.designs", allow_abbrev=False)
    parser.add_argument("--agents", type=count, nargs="+", default=[100, 1_000, 10_000, 100_000])
    parser.add_argument("--region", default="eu-central-1")
    parser.add_argument(
        "--sensitivity", action="store_true", help="ours with one setting varied at a time"
    )
    options = parser.parse_args(arguments)
    workloads = [Workload(agents) for agents in options.agents]
    prices = read_prices(options.region)
    if options.sensitivity:
        say(f"Dollars a month in {options.region}, and the difference that a setting makes\n")
        say(sensitivity(workloads, prices).rstrip())
    else:
        say(f"Dollars a month in {options.region}, and shards\n")
        say(comparison(workloads, prices).rstrip())
    return 0


def comparison(workloads: Sequence[Workload], prices: Prices) -> str:
    """Designs by number of agents: dollars a month, what of it are logs, and shards."""
    rows = [["agents", "", *(design.name for design in DESIGNS)]]
    for workload in workloads:
        agents = f"{workload.agents:,}"
        months = [month(workload, design, Timing()) for design in DESIGNS]
        rows.append([agents, "all", *(f"{dollars(each, prices):,.2f}" for each in months)])
        rows.append([agents, "logs", *(f"{dollars(each, prices, 'logs'):,.2f}" for each in months)])
        rows.append([agents, "shards", *(f"{each.shards:,}" for each in months)])
    return text_table(rows, left=(1,))


def sensitivity(workloads: Sequence[Workload], prices: Prices) -> str:
    """The first variation's dollars a month by number of agents; of the others, the difference."""
    rows = [["dollars a month", *(f"{workload.agents:,}" for workload in workloads)]]
    deployed: list[float] = []
    for variation in VARIATIONS:
        varied = [replace(workload, **variation.inputs) for workload in workloads]
        totals = [dollars(month(each, variation.design, Timing()), prices) for each in varied]
        if deployed:
            differences = zip(totals, deployed, strict=True)
            rows.append([variation.title, *(f"{total - was:+,.2f}" for total, was in differences)])
        else:
            deployed = totals
            rows.append([variation.title, *(f"{total:,.2f}" for total in totals)])
    return text_table(rows)


if __name__ == "__main__":
    sys.exit(main())
