"""The peak memory of a process that feeds a handler batch after batch, each of agents and events
that were not there before."""

import base64
import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from benchmarks.speed.willing_aws import handler_of, willing_aws
from tests.agent_event_batches import mixed
from tests.unit.events import FakeContext


def peaks(product: str, counts: Sequence[int]) -> list[int]:
    """The peak of this process's memory, in bytes, after each of `counts` events."""
    batch = mixed(1_000)
    data = batch.events()
    found = []
    fed = 0
    with willing_aws():
        handler = handler_of(product)
        for count in counts:
            while fed < count:
                with redirect_stdout(io.StringIO()):
                    answer = handler(_renewed(batch.records, data, fed), FakeContext())
                assert answer == {"batchItemFailures": []}
                fed += len(data)
            found.append(_peak())
    return found


def _peak() -> int:
    """Of the process image: `ru_maxrss` would begin with what the parent had."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1_024


def _renewed(records: list[dict[str, Any]], data: list[bytes], number: int) -> dict[str, Any]:
    """The same batch of other agents, with other events and sequence numbers."""
    mark = b"%08x" % number
    renewed = []
    for each, content in zip(records, data, strict=True):
        other = content.replace(b"/agent/", b"/agent/" + mark)
        other = other.replace(b'"EventId": "', b'"EventId": "' + mark)
        kinesis = {
            **each["kinesis"],
            "sequenceNumber": f"{number}{each['kinesis']['sequenceNumber']}",
            "data": base64.b64encode(other).decode("ascii"),
        }
        renewed.append({**each, "kinesis": kinesis})
    return {"Records": renewed}
