"""`python -m tests.flink.backlog`: the memory that a backlog takes, read as fast as Kinesis does.

Four shards of one task, as in an application with one KPU. One read of a shard returns about what
Kinesis delivers of it in five seconds, 10 MB, so that windows are full on a slow machine too. The
stream is the local AWS's: it stores a backlog faster than the stream of the tests does.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from package import PACKAGE, assemble, install_libraries
from tests.agent_event_batches import mixed
from tests.chaos.servers import servers
from tests.flink.agent_stream import NAME
from tests.flink.running_job import JARS, Job, java, make_estate, running, workers

SHARDS = 4
RECORDS_A_CALL = 400
FULL_WINDOWS = {"BATCH_SIZE": "10000", "WINDOW_RECORDS": "20000", "WINDOW_SECONDS": "1"}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.flink.backlog", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    asked = parser.parse_args(arguments)
    day = mixed(10_000).events()
    size = sum(map(len, day)) / len(day)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install_libraries(folder / "libraries")
        assemble(JARS, folder / "libraries", folder / PACKAGE.name)
        with servers(folder) as cloud:
            make_estate(cloud)
            each = asked.records // SHARDS
            _fill(cloud.client("kinesis"), [day[number % len(day)] for number in range(each)])
            job = Job(
                folder,
                folder / PACKAGE.name,
                cloud,
                cloud.cloud,
                FULL_WINDOWS,
                settings={"parallelism.default": "1"},
                environment={"AWS_CBOR_DISABLE": "true"},
            )
            with running(job) as run:
                run.await_lines(1)
                started = time.monotonic()
                run.await_until("all", lambda: run.counters().get("EventsIn") == each * SHARDS)
                seconds = time.monotonic() - started
                peaks = [_peak(pid) for pid in workers(run.process.pid)]
                jvm = _peak(java(run.process.pid))
                lines = max(each.count(b"\n") for each in job.report_objects())
    print(f"{each * SHARDS:,} records of {size:,.0f} bytes on {SHARDS} shards in {seconds:,.0f} s")
    print(f"{lines:,} lines in a report file at most")
    print(f"Python: {max(peaks):,.0f} MB at most, JVM: {jvm:,.0f} MB at most")
    return 0


def _fill(kinesis: Any, data: Sequence[bytes]) -> None:
    """Make the stream, and put `data` on each of its shards."""
    kinesis.create_stream(StreamName=NAME, ShardCount=SHARDS)
    kinesis.get_waiter("stream_exists").wait(StreamName=NAME, WaiterConfig={"Delay": 1})
    for shard in kinesis.list_shards(StreamName=NAME)["Shards"]:
        key = {"PartitionKey": "any", "ExplicitHashKey": shard["HashKeyRange"]["StartingHashKey"]}
        for start in range(0, len(data), RECORDS_A_CALL):
            records = [{"Data": each, **key} for each in data[start : start + RECORDS_A_CALL]]
            answer = kinesis.put_records(StreamName=NAME, Records=records)
            assert not answer["FailedRecordCount"], answer


def _peak(pid: int) -> float:
    """The most memory that a process has had resident so far, in MB (proc(5), VmHWM)."""
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(kilobytes) / 1_000


if __name__ == "__main__":
    sys.exit(main())
