"""Show what limits growth, and what to set: `python -m benchmarks.growth --help`."""

import argparse
import sys
from collections.abc import Sequence

from aspect_wfm.arguments import amount, count
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.tables import limits, morning, outage, outage_chart, settings

_SHOWN = {
    "limits": limits,
    "settings": settings,
    "morning": morning,
    "outage": outage,
    "outage-chart": outage_chart,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Calculate and print; the exit status."""
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
    options = parser.parse_args(arguments)
    workload = Workload(options.agents, state_changes_per_hour=options.events_per_agent_hour)
    print(_SHOWN[options.show](workload, Timing()), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
