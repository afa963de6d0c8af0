"""`python -m benchmarks.speed.memory PRODUCT EVENTS EVENTS`: the peak memory after each number.

A process of its own feeds a handler batch after batch, each of agents and events that were not
there before, and prints a line with its peak, in bytes, when it has come to each count of events.
"""

import base64
import io
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from benchmarks.speed.against_floor import handler_of
from benchmarks.speed.willing_aws import willing_aws
from tests.agent_event_batches import mixed
from tests.unit.events import FakeContext

_RECORDS_A_BATCH = 1_000


def main(product: str, counts: list[int]) -> None:
    """Print the peak memory after each of `counts` events."""
    batch = mixed(_RECORDS_A_BATCH)
    records, data = batch.records, batch.events()
    fed = 0
    with willing_aws():
        handler = handler_of(product)
        for count in counts:
            while fed < count:
                with redirect_stdout(io.StringIO()):
                    answer = handler({"Records": _renewed(records, data, fed)}, FakeContext())
                assert answer == {"batchItemFailures": []}
                fed += len(records)
            print(peak_memory(), flush=True)


def peak_memory() -> int:
    """The peak of this process's memory, in bytes.

    Of the process image: `ru_maxrss` would begin with what the parent had.
    """
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1_024


def _renewed(records: list[dict[str, Any]], data: list[bytes], number: int) -> list[dict[str, Any]]:
    """The same batch of other agents, with other events and sequence numbers."""
    mark = b"%08x" % number
    return [
        {
            **each,
            "kinesis": {
                **each["kinesis"],
                "sequenceNumber": f"{number}{each['kinesis']['sequenceNumber']}",
                "data": base64.b64encode(
                    content.replace(b"/agent/", b"/agent/" + mark).replace(
                        b'"EventId": "', b'"EventId": "' + mark
                    )
                ).decode("ascii"),
            },
        }
        for each, content in zip(records, data, strict=True)
    ]


if __name__ == "__main__":
    main(sys.argv[1], [int(each) for each in sys.argv[2:]])
