"""Section 2: the processor time of an event, against what nobody can do without.

Without its AWS calls (`willing_aws`), each handler runs over a batch in turn with its floor: the
standard library decoding the Base64 and parsing the JSON of the same records, and for RTA writing
the same event as JSON again. What counts is the median ratio of many short pairs, of the processor
time of this process and its threads.
"""

import base64
import io
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from functools import partial
from multiprocessing import get_context
from typing import Any

from aspect_wfm.output import text_table
from benchmarks.speed.memory import peaks
from benchmarks.speed.paired import Compared, compared, in_pairs
from benchmarks.speed.printing import target
from benchmarks.speed.willing_aws import handler_of, willing_aws
from tests.agent_event_batches import Batch, mixed
from tests.unit.events import FakeContext

_TARGETS = {"AP": 1.3, "RTA": 1.5}
_MOST_GROWTH = 1.1  # of the peak, for it to count as flat


def measure(quick: bool) -> dict[str, Any]:
    """The section's results; its tables are printed."""
    pairs = 4 if quick else 600
    cpu = _processor_time(mixed(100 if quick else 200), pairs)
    print(f"Processor time of an event, without AWS calls; medians of {pairs} pairs\n")
    rows = [[name, *each.cells(1e6, "us")] for name, each in cpu.items()]
    print(text_table([["", "floor", "ours", "ratio", "quartiles"], *rows]))
    for product, most in _TARGETS.items():
        print(target(f"{product}, times the floor", cpu[product].ratio, most=most))
    print()
    counts = few, many = (1_000, 10_000) if quick else (10_000, 1_000_000)
    memory = {}
    for product in ("RTA", "AP"):
        # A process that has done nothing else.
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            memory[product] = first, last = process.submit(peaks, product, counts).result()
        grown = f"{many:,} events ({last / 1e6:.1f} MB) against {few:,} ({first / 1e6:.1f} MB)"
        print(target(f"{product}'s peak memory, {grown}", last / first, most=_MOST_GROWTH))
    return {"processorTime": cpu, "peakMemory": memory}


def _processor_time(batch: Batch, pairs: int) -> dict[str, Compared]:
    data = [each["kinesis"]["data"] for each in batch.records]

    def decode_and_parse() -> None:
        for each in data:
            json.loads(base64.b64decode(each))

    def decode_parse_and_write() -> None:
        for each in data:
            json.dumps(json.loads(base64.b64decode(each)), separators=(",", ":"))

    def seconds_an_event(work: Callable[[], object]) -> float:
        begun = time.process_time()
        work()
        return (time.process_time() - begun) / len(data)

    with willing_aws(), redirect_stdout(io.StringIO()):
        works = {
            "AP": (handler_of("AP"), decode_and_parse),
            "RTA": (handler_of("RTA"), decode_parse_and_write),
            "RTA, flag off": (handler_of("RTA", flag=False), decode_parse_and_write),
        }
        taken: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in works}
        for _ in range(pairs // 2):  # all through the same times, busy ones and others
            for name, (handler, floor) in works.items():
                ours = partial(handler, batch.invocation, FakeContext())
                two = in_pairs(partial(seconds_an_event, ours), partial(seconds_an_event, floor), 2)
                for durations, more in zip(taken[name], two, strict=True):
                    durations += more
    return {name: compared(*each) for name, each in taken.items()}
