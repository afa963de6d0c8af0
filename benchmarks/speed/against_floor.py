"""Section 2: the processor time of an event, against what nobody can do without.

Without its AWS calls (`willing_aws`), each handler runs over a batch in turn with its floor:
 the standard library decoding the Base64 and parsing the JSON of the same records, and for
RTA writing the same event as JSON again. What counts is the median ratio of many short pairs, of
the processor time of this process and its threads.

"""

import base64
import io
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict
from functools import partial
from typing import Any

from agent_classifier.classifier import classifier_handler
from aspect_wfm.output import text_table
from benchmarks.speed.deployed import CLASSIFIER_ENVIRONMENT, relay_environment
from benchmarks.speed.paired import PairedRatio, in_pairs, paired_ratio
from benchmarks.speed.printing import target
from benchmarks.speed.willing_aws import willing_aws
from rta_relay.relay import relay_handler
from tests.agent_event_batches import Batch, mixed
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.unit.events import FakeContext

_TARGETS = {"RTA": 1.5, "AP": 1.3}
_MOST_GROWTH = 1.1  # of the peak, for it to count as flat

Work = Callable[[], object]


def measure(quick: bool) -> dict[str, Any]:
    """The section's results; its tables are printed."""
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
    print(text_table([["", "floor", "ours", "ratio", "quartiles"], *compared]))
    for each in cpu:
        if each["target"]:
            ratio = each["ratio"]["median"]
            print(target(f"{each['name']}, times the floor", ratio, most=each["target"]))
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
    return {"processorTime": cpu, "peakMemoryByEvents": memory}


def handler_of(product: str, flag: bool = True) -> Callable[[Any, Any], Any]:
    """A handler; to be made and used within `willing_aws`."""
    if product == "AP":
        return classifier_handler(CLASSIFIER_ENVIRONMENT)
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
            "AP": (lambda: ap(invocation, FakeContext()), decode_and_parse),
            "RTA": (lambda: rta(invocation, FakeContext()), decode_parse_and_write),
            "RTA, flag off": (
                lambda: rta_flag_off(invocation, FakeContext()),
                decode_parse_and_write,
            ),
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


def _memory(product: str, quick: bool) -> list[tuple[int, int]]:
    """The peak memory of a process, in bytes, after a number of events and after a hundred times as
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
