"""A run of the job, unpacked from its package, against a local AWS."""

import base64
import json
import os
import re
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.servers import Servers
from tests.local_cloud.cloud import ACCOUNT_ID, REGION
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.unit.aws import create_bucket, create_stream

FLINK_PYTHON = REPOSITORY / ".venv-flink" / "bin" / "python"

APPLICATION = "aspect-wfm-ap"
REPORTS, FAILED = "reports", "failed-events"
TABLE_KEY = "ASPECT_AGENT_STATUS_INFO.csv"
ARRIVED = "2026-03-02T18:00:00.250Z"

_WITHIN_SECONDS = 600

# By shard: the data of its records, in order.
Stream = Mapping[str, Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Run:
    """A running job; `folder` holds all that it reads and writes beside AWS."""

    folder: Path
    cloud: Servers
    process: subprocess.Popen[bytes]
    _read: dict[str, bytes] = field(default_factory=dict)

    def await_until(self, what: str, true: Callable[[], bool]) -> None:
        """Wait for what `true` says. Raises AssertionError, with the end of the job's output, when
        the job ends before, or when it takes ten minutes."""
        deadline = time.monotonic() + _WITHIN_SECONDS
        while not true():
            ended = self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise AssertionError(f"waited for {what} in vain; {self._told()}")
            time.sleep(0.2)

    def write_records(self, stream: Stream) -> None:
        """Put `stream` beside what the job reads already; its shards have to be new."""
        _write_records(self.folder / "records", stream)

    def report_objects(self) -> list[bytes]:
        """The content of each report file; the local AWS writes one for each Firehose record."""
        self._read.update(_objects(self.cloud, REPORTS, "OUTPUT/", self._read))
        return list(self._read.values())

    def report_lines(self) -> list[bytes]:
        """Every line of the report, with its end."""
        return [line for each in self.report_objects() for line in each.splitlines(keepends=True)]

    def failed_events(self) -> dict[str, bytes]:
        return _objects(self.cloud, FAILED, "", ())

    def flink_log(self) -> str:
        return "".join(path.read_text() for path in (self.folder / "log").glob("*.log"))

    def checkpoints(self) -> list[Path]:
        return list((self.folder / "checkpoints").glob("*/chk-*/_metadata"))

    def restored_from(self) -> list[int]:
        """The number of the checkpoint that each restart began from."""
        return [
            int(number)
            for number in re.findall(r"Restoring job \w+ from Checkpoint (\d+)", self.flink_log())
        ]

    def kill_a_python_worker(self) -> None:
        """End one of the processes in which Flink has Python work, as when memory runs out."""
        self.await_until("a worker", lambda: bool(_workers(self.process.pid)))
        os.kill(_workers(self.process.pid)[0], signal.SIGKILL)

    def _told(self) -> str:
        return f"the job's output ends with:\n{(self.folder / 'output').read_text()[-4000:]}"


@contextmanager
def running(
    folder: Path, package: Path, cloud: Servers, stream: Stream, table: bytes | None, **more: str
) -> Iterator[Run]:
    """The job over all of `stream`, with the reference table `table`; it ends with the block.

    `more` are runtime properties in the place of the usual ones. Flink's log has the level of the
    classifier's, as in the module.
    """
    _make_estate(cloud, table)
    unpacked, records = folder / "package", folder / "records"
    zipfile.ZipFile(package).extractall(unpacked)
    (folder / "log").mkdir()
    records.mkdir()
    _write_records(records, stream)
    (folder / "properties.json").write_text(json.dumps(properties(**more)))
    python = unpacked / "python"
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [
                *(str(FLINK_PYTHON), str(Path(__file__).with_name("file_job.py"))),
                *(str(folder / "properties.json"), str(records)),
                *(str(folder / "checkpoints"), str(python)),
            ],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                **cloud.environment(),
                "FLINK_LOG_DIR": str(folder / "log"),
                "ROOT_LOG_LEVEL": more.get("LOG_LEVEL", "INFO"),
                "PYTHONPATH": str(python),
                "_python_worker_execution_mode": "process",
            },
            start_new_session=True,
        )
    try:
        yield Run(folder, cloud, process)
    finally:
        for pid in [process.pid, *_descendants(process.pid)]:
            _end(pid)
        process.wait()


def properties(**more: str) -> list[dict[str, Any]]:
    """The runtime properties as the service writes them down for the application."""
    environment = {
        "AGENT_EVENT_STREAM_ARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/agent-events",
        "APPLICATION_ARN": f"arn:aws:kinesisanalytics:{REGION}:{ACCOUNT_ID}:application/"
        + APPLICATION,
        "BATCH_SIZE": "1000",
        "BATCH_WINDOW_SECONDS": "5",
        "FAILED_RECORDS_BUCKET": FAILED,
        "FIREHOSE_STREAM": "aspect-wfm-ap-kda-to-s3",
        "INCLUDE_AGENT_STATUS_TYPE": "False",
        "STARTING_POSITION": "TRIM_HORIZON",
        "STATUS_TABLE_BUCKET": REPORTS,
    }
    return [{"PropertyGroupId": "environment", "PropertyMap": environment | more}]


def _make_estate(cloud: Servers, table: bytes | None) -> None:
    s3 = cloud.client("s3")
    create_bucket(s3, REPORTS)
    create_bucket(s3, FAILED)
    create_stream(cloud.client("firehose"), "aspect-wfm-ap-kda-to-s3", REPORTS)
    if table is not None:
        s3.put_object(Bucket=REPORTS, Key=TABLE_KEY, Body=table)


def _write_records(folder: Path, stream: Stream) -> None:
    """A file for each shard, below the size (32 MB) at which Flink would read it in two parts.

    It is there with all that is in it: Flink reads a file once, as it finds it.
    """
    for shard, data in stream.items():
        unfinished = folder / f".{shard}"  # Flink leaves such names out
        with unfinished.open("w") as file:
            for number, each in enumerate(data):
                record = {
                    "shard": shard,
                    "sequence_number": f"{number:020}",
                    "arrived": ARRIVED,
                    "data": base64.b64encode(each).decode("ascii"),
                }
                file.write(json.dumps(record) + "\n")
        unfinished.rename(folder / f"{shard}.json")


def _objects(cloud: Servers, bucket: str, prefix: str, known: Collection[str]) -> dict[str, bytes]:
    """The objects under `prefix` that are not `known`, by key."""
    s3 = cloud.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return {
        found["Key"]: s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
        for page in pages
        for found in page.get("Contents", [])
        if found["Key"] not in known
    }


def _workers(pid: int) -> list[int]:
    commands = {
        each: command for each, (_, command) in _processes().items() if "beam_boot" in command
    }
    return [each for each in _descendants(pid) if each in commands]


def _descendants(pid: int) -> list[int]:
    """Children, their children and so on, the eldest first."""
    processes = _processes()
    found = [pid]
    for parent in found:
        found += [each for each, (of, _) in processes.items() if of == parent]
    return found[1:]


def _processes() -> dict[int, tuple[int, str]]:
    """By process id: the parent's, and the command."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], check=True, capture_output=True, text=True
    )
    rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    return {int(row[0]): (int(row[1]), row[2]) for row in rows if len(row) == 3}


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):  # it may have ended by itself
        os.kill(pid, signal.SIGKILL)
