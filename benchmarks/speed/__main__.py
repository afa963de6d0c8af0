"""`python -m benchmarks.speed`: the benchmark, and its results in build/bench.json."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.speed import against_floor, against_shard, against_usual, cold_start, machine
from tests.local_cloud.terraform_cli import REPOSITORY

_RESULTS = REPOSITORY / "build" / "bench.json"

_SECTIONS: dict[str, Callable[[bool], dict[str, Any]]] = {
    "usual": against_usual.measure,
    "floor": against_floor.measure,
    "cold-start": cold_start.measure,
    "shard": against_shard.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what `arguments` ask for, print it and write it; the exit status."""
    parser = argparse.ArgumentParser(description="Measure, side by side, and report ratios.")
    parser.add_argument(
        "--only",
        default=",".join(_SECTIONS),
        metavar="SECTION[,SECTION]",
        help=f"of {', '.join(_SECTIONS)}",
    )
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it works")
    asked = parser.parse_args(arguments)
    sections = asked.only.split(",")
    if unknown := [name for name in sections if name not in _SECTIONS]:
        parser.error(f"no section {', '.join(unknown)}: there are {', '.join(_SECTIONS)}")
    results: dict[str, Any] = {"machine": machine.description(), "quick": asked.quick}
    for what, value in results["machine"].items():
        print(f"{what}: {value}")
    for name in sections:
        begun = time.perf_counter()
        print(f"\n== {name}\n", flush=True)
        results[name] = _SECTIONS[name](asked.quick)
        print(f"\n({time.perf_counter() - begun:,.0f} s for this section)", flush=True)
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(results, indent=1, default=asdict) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
