"""What the costliest records cost: `python -m tests.fuzz.costs [MEGABYTES]`.

Lambda gives a function of 256 MB about a seventh of a processor: there, multiply by seven. One
invocation brings at most 6 MB, as Base64: 4.5 MB of records.
"""

import contextlib
import io
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping

from tests.fuzz.fake_aws import FakeAws
from tests.fuzz.handlers import CLASSIFIER, RELAY, context_of, handler_of
from tests.unit.events import event, invocation

_EVERYONE = {**RELAY, "AhgFilterLevel": "0"}

# What the record's one unknown field holds, by its size in bytes.
_RECORDS: dict[str, Callable[[int], str]] = {
    "one string": lambda size: '"' + "x" * size + '"',
    "one string of escapes": lambda size: '"' + "\\u0001" * (size // 6) + '"',
    "one number of digits": lambda size: "9" * size,
    "numbers of 4,300 digits": lambda size: _list("9" * 4_300, size),
    "numbers of 4,301 digits": lambda size: _list("9" * 4_301, size),
    "small numbers": lambda size: _list("1", size),
    "fractions": lambda size: _list("0.1", size),
    "empty lists": lambda size: _list("[]", size),
    "empty objects": lambda size: _list("{}", size),
    "objects of one member": lambda size: _list('{"":0}', size),
    "different keys": lambda size: "{" + ",".join(f'"{n}":0' for n in range(size // 10)) + "}",
    "open brackets": lambda size: "[" * size,
    "nested 900 deep": lambda size: _list("[" * 900 + "]" * 900, size),
}


def main(megabytes: float) -> None:
    """Print the CPU time and the peak memory of decoding and delivering each kind of record."""
    size = int(megabytes * 1_000_000)
    print(f"{megabytes:g} MB of             {'classifier':>16}{'relay':>20}")
    for name, record in _RECORDS.items():
        data = event(Unknown="U")
        cells = [_cost(environment, data, record(size)) for environment in (CLASSIFIER, _EVERYONE)]
        print(f"{name:<24}{cells[0]}{cells[1]}")


def _cost(environment: Mapping[str, str], document: object, unknown: str) -> str:
    data = json.dumps(document).replace('"U"', unknown).encode()
    batch = invocation([data])
    handler = handler_of(environment, FakeAws())
    with contextlib.redirect_stdout(io.StringIO()):
        seconds = [_seconds(lambda: handler(batch, context_of(environment))) for _ in range(3)]
        tracemalloc.start()
        handler(batch, context_of(environment))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return f"{1_000 * min(seconds):>8,.0f} ms{peak / 1e6:>6,.0f} MB"


def _seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def _list(value: str, size: int) -> str:
    return "[" + ",".join([value] * (size // (len(value) + 1))) + "]"


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
