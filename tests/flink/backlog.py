"""`python -m tests.flink.backlog`: the memory that a backlog takes, read as fast as Kinesis does.

Four shards of one task, as in an application with one KPU. One read of a shard brings about what
Kinesis delivers of it in five seconds, 10 MB, so that windows are full on a slow machine too.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from package import PACKAGE, assemble, install_libraries
from tests.agent_event_batches import mixed
from tests.chaos.servers import servers
from tests.flink.agent_stream import agent_stream
from tests.flink.running_job import JARS, Job, java, make_estate, running, workers

SHARDS = 4
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
        with servers(folder) as cloud, agent_stream(folder, SHARDS) as stream:
            make_estate(cloud)
            each = asked.records // SHARDS
            data = [day[number % len(day)] for number in range(each)]
            stream.put_on(dict.fromkeys(stream.open_shards(), data))
            one_task = {"parallelism.default": "1"}
            job = Job(folder, folder / PACKAGE.name, cloud, stream.endpoint, FULL_WINDOWS, one_task)
            with running(job) as run:
                run.await_lines(1)
                started = time.monotonic()
                run.await_until("all", lambda: run.counters()["EventsIn"] == each * SHARDS)
                seconds = time.monotonic() - started
                peaks = {pid: _peak(pid) for pid in workers(run.process.pid)}
                jvm = _peak(java(run.process.pid))
                lines = max(each.count(b"\n") for each in job.report_objects())
    print(f"{each * SHARDS:,} records of {size:,.0f} bytes on {SHARDS} shards in {seconds:,.0f} s")
    print(f"{lines:,} lines in a report file at most")
    print(f"Python: {max(peaks.values()):,.0f} MB at most, JVM: {jvm:,.0f} MB at most")
    return 0


def _peak(pid: int) -> float:
    """The most memory that a process has had resident so far, in MB (proc(5), VmHWM)."""
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(kilobytes) / 1_000


if __name__ == "__main__":
    sys.exit(main())
