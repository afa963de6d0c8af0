"""`python -m tests.chaos`: random histories through both functions under faults."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence

from tests.chaos.deployment import some_options
from tests.chaos.histories import History, history
from tests.chaos.report import described, differences
from tests.chaos.run import Plan, Result, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--events", type=int, default=20_000, help="records on the stream")
    parser.add_argument("--agents", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1, help="of history, faults and configuration")
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--relays", type=int, default=2, help="relays at a time")
    parser.add_argument("--many", type=int, default=300, help="records of a batch, a backlog aside")
    parser.add_argument(
        "--retries", type=int, default=4, help="of a batch; 100 as deployed gives hardly any up"
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="one run, with the stopped consumer, instead of one without and one with",
    )
    asked = parser.parse_args(arguments)
    started = time.monotonic()

    def tell(text: str) -> None:
        print(f"[{time.monotonic() - started:6.0f} s] {text}", file=sys.stderr, flush=True)

    past = history(asked.seed, asked.events, asked.agents, asked.shards)
    broken = _runs(past, asked, tell)
    print(f"\n{time.monotonic() - started:,.0f} s in all")
    if broken:
        again = f"python -m tests.chaos --events {asked.events} --agents {asked.agents} "
        again += f"--seed {asked.seed} --shards {asked.shards} --relays {asked.relays} "
        again += f"--many {asked.many} --retries {asked.retries}{' --once' if asked.once else ''}"
        print(f"FAILED; the same again: {again}")
        return 1
    print("Every promise was kept.")
    return 0


def _runs(past: History, asked: argparse.Namespace, tell: Callable[[str], None]) -> bool:
    """Run, print, and say whether a promise was broken."""
    options = some_options(asked.seed)
    half = (past.events[-1].at - past.events[0].at) / 2_000
    results: list[Result] = []
    for stopped in (half,) if asked.once else (0.0, half):
        tell(f"{past.records:,} records, {options}, consumer stopped for {stopped:,.0f} s")
        plan = Plan(
            asked.seed + len(results), options, asked.retries, asked.relays, asked.many, stopped
        )
        results.append(run(past, plan, tell))
        print(described(past, plan, results[-1]), flush=True)
    verdicts = [each.verdict for run in results for each in (run.relay, run.classifier)]
    broken = any(each.broken for each in verdicts)
    for each in results:
        faults = each.relay.tally + each.classifier.tally
        wanted = sum(faults[f"fault: {kind}"] for kind in each.injected)
        if each.injected.total() != wanted:
            print(
                f"\nThe proxy injected {each.injected.total()} faults, and was asked for {wanted}."
            )
            broken = True
    if len(results) == 2:
        found = differences(past, *results)
        print("\nThe stopped consumer against the other: " + (", ".join(found) or "the same state"))
        broken = broken or bool(found)
    return broken


if __name__ == "__main__":
    # So that its servers end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    sys.exit(main())
