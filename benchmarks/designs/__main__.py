"""Compare what designs cost: `python -m benchmarks.designs --help`."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from aspect_wfm.arguments import count
from aspect_wfm.cost.designs import Design
from aspect_wfm.cost.prices import Prices, read_prices
from aspect_wfm.cost.quantities import month
from aspect_wfm.cost.tables import dollars
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from aspect_wfm.output import say, text_table
from benchmarks.designs import DESIGNS
from benchmarks.designs.variations import VARIATIONS, Variation


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
    timing, prices = Timing(), read_prices(options.region)
    if options.sensitivity:
        say(f"Dollars a month in {options.region}, and the difference that a setting makes\n")
        say(sensitivity(VARIATIONS, workloads, timing, prices).rstrip())
    else:
        say(f"Dollars a month in {options.region}, and shards\n")
        say(comparison(DESIGNS, workloads, timing, prices).rstrip())
    return 0


def comparison(
    designs: Sequence[Design], workloads: Sequence[Workload], timing: Timing, prices: Prices
) -> str:
    """Designs by number of agents: dollars a month, what of it are logs, and shards."""
    rows = [["agents", "", *(design.name for design in designs)]]
    for workload in workloads:
        months = [month(workload, design, timing) for design in designs]
        for what, cells in (
            ("all", [f"{dollars(each, prices):,.2f}" for each in months]),
            ("logs", [f"{dollars(each, prices, 'logs'):,.2f}" for each in months]),
            ("shards", [f"{each.shards:,}" for each in months]),
        ):
            rows.append([f"{workload.agents:,}", what, *cells])
    return text_table(rows, left=(1,))


def sensitivity(
    varied: Sequence[Variation],
    workloads: Sequence[Workload],
    timing: Timing,
    prices: Prices,
) -> str:
    """The first variation's dollars a month by number of agents; of the others, the difference."""
    first, *others = varied
    base = [_total(first, workload, timing, prices) for workload in workloads]
    rows = [["dollars a month", *(f"{workload.agents:,}" for workload in workloads)]]
    rows.append([first.title, *(f"{total:,.2f}" for total in base)])
    for variation in others:
        totals = [_total(variation, workload, timing, prices) for workload in workloads]
        rows.append(
            [
                variation.title,
                *(f"{total - was:+,.2f}" for total, was in zip(totals, base, strict=True)),
            ]
        )
    return text_table(rows)


def _total(variation: Variation, workload: Workload, timing: Timing, prices: Prices) -> float:
    return dollars(month(replace(workload, **variation.inputs), variation.design, timing), prices)


if __name__ == "__main__":
    sys.exit(main())
