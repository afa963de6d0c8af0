"""Section 2: the processor time of an event, against what nobody can do without.

Without its AWS calls (`willing_aws`), each handler runs over a batch in turn with its floor:
 the standard library decoding the Base64 and parsing the JSON of the same records, and for
RTA writing the same event as JSON again. What counts is the median ratio of many short pairs, of
the processor time of this process and its threads.

Where the rest goes is by cProfile, with the functions' threads run in line; it makes short
functions look dearer than they are.
"""

import base64
import cProfile
import io
import json
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from agent_classifier.classifier import classifier_handler
from benchmarks.speed.deployed import Context, classifier_environment, relay_environment
from benchmarks.speed.paired import PairedRatio, in_pairs, paired_ratio
from benchmarks.speed.printing import table, target
from benchmarks.speed.willing_aws import willing_aws
from rta_relay.relay import relay_handler
from tests.agent_event_batches import Batch, mixed
from tests.local_cloud.terraform_cli import REPOSITORY

_TARGETS = {"RTA": 1.5, "AP": 1.3}
_MOST_GROWTH = 1.1  # of the peak, for it to count as flat
_PROFILED_FUNCTIONS = 12

Work = Callable[[], object]


def measure(quick: bool) -> dict[str, Any]:
    """The section's results; its tables are printed."""
    batch = mixed(100 if quick else 1_000)
    cpu = _processor_time(mixed(100 if quick else 200), pairs=4 if quick else 600)
    print(f"Processor time of an event, without AWS calls; medians of {cpu[0]['pairs']} pairs\n")
    compared = [
        [
            each["name"],
            *(f"{1e6 * each[way]:.1f} us" for way in ("floorSeconds", "oursSeconds")),
            *PairedRatio(**each["ratio"]).cells,
        ]
        for each in cpu
    ]
    print(table(["", "floor", "ours", "ratio", "quartiles"], compared) + "\n")
    for each in cpu:
        if each["target"]:
            ratio = each["ratio"]["median"]
            print(target(f"{each['name']}, times the floor", ratio, most=each["target"]))
    profiles = {product: _profile(product, batch) for product in _TARGETS}
    for product, rows in profiles.items():
        print(f"\nWhere {product}'s time goes (own time, cProfile)\n")
        shown = [[f"{row['share']:.1%}", f"{row['calls']:g}", row["function"]] for row in rows]
        print(table(["share", "calls an event", "  function"], shown))
    memory = {product: _memory(product, quick) for product in _TARGETS}
    print()
    for product, found in memory.items():
        (few, first), (many, last) = found
        print(
            target(
                f"{product}'s peak memory, {many:,} events ({last / 1e6:.1f} MB) against {few:,} "
                f"({first / 1e6:.1f} MB)",
                last / first,
                most=_MOST_GROWTH,
            )
        )
    return {"processorTime": cpu, "profiles": profiles, "peakMemoryByEvents": memory}


def handler_of(product: str, flag: bool = True) -> Callable[[Any, Any], Any]:
    """A handler; to be made and used within `willing_aws`."""
    if product == "AP":
        return classifier_handler(classifier_environment())
    return relay_handler(relay_environment("http://aws.invalid", flag=flag))


def _processor_time(batch: Batch, pairs: int) -> list[dict[str, Any]]:
    data = [each["kinesis"]["data"] for each in batch.records]

    def decode_and_parse() -> None:
        for each in data:
            json.loads(base64.b64decode(each))

    def decode_parse_and_write() -> None:
        for each in data:
            json.dumps(json.loads(base64.b64decode(each)), separators=(",", ":"))

    with willing_aws(), redirect_stdout(io.StringIO()):
        invocation = batch.invocation
        ap, rta, rta_flag_off = (
            handler_of("AP"),
            handler_of("RTA"),
            handler_of("RTA", flag=False),
        )
        works: dict[str, tuple[Work, Work]] = {
            "AP": (lambda: ap(invocation, Context()), decode_and_parse),
            "RTA": (lambda: rta(invocation, Context()), decode_parse_and_write),
            "RTA, flag off": (lambda: rta_flag_off(invocation, Context()), decode_parse_and_write),
        }
        taken: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in works}
        for _ in range(pairs // 2):  # all through the same times, busy ones and others
            for name, (ours, floor) in works.items():
                two = in_pairs(partial(_seconds, ours), partial(_seconds, floor), 2)
                for durations, more in zip(taken[name], two, strict=True):
                    durations += more
    events = len(batch.records)
    return [
        {
            "name": name,
            "pairs": pairs,
            "floorSeconds": statistics.median(floor) / events,
            "oursSeconds": statistics.median(ours) / events,
            "ratio": asdict(paired_ratio(ours, floor)),
            "target": _TARGETS.get(name),
        }
        for name, (ours, floor) in taken.items()
    ]


def _seconds(work: Work) -> float:
    """The processor time that `work` takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _profile(product: str, batch: Batch) -> list[dict[str, Any]]:
    """The functions that take the most time of their own."""
    profiler = cProfile.Profile()
    with (
        willing_aws(),
        redirect_stdout(io.StringIO()),
        patch.object(ThreadPoolExecutor, "submit", _in_line),
    ):
        handler = handler_of(product)
        handler(batch.invocation, Context())
        profiler.runcall(handler, batch.invocation, Context())
    entries: dict[Any, Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    whole = sum(own for _, _, own, _, _ in entries.values())
    found = sorted(entries.items(), key=lambda entry: -entry[1][2])[:_PROFILED_FUNCTIONS]
    return [
        {
            "function": _named(*where),
            "share": own / whole,
            "calls": round(calls / len(batch.records), 2),
        }
        for where, (_, calls, own, _, _) in found
    ]


def _in_line(_executor: ThreadPoolExecutor, call: Callable[..., Any], *values: Any) -> Future[Any]:
    """What an executor's `submit` does, without a thread."""
    future: Future[Any] = Future()
    try:
        future.set_result(call(*values))
    except Exception as error:
        future.set_exception(error)
    return future


def _named(path: str, line: int, function: str) -> str:
    return function if path == "~" else f"{Path(path).stem}.{function} (line {line})"


def _memory(product: str, quick: bool) -> list[tuple[int, int]]:
    """The peak memory of a process, in bytes, after so many events and after a hundred times as
    many."""
    counts = (1_000, 10_000) if quick else (10_000, 1_000_000)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed.memory", product, *map(str, counts)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    peaks = [int(line) for line in done.stdout.splitlines()]
    return list(zip(counts, peaks, strict=True))
