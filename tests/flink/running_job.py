"""Runs of the job, unpacked from its package, on its real connector against local servers."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.servers import Servers
from tests.flink.agent_stream import ARN
from tests.local_cloud.cloud import ACCOUNT_ID, REGION
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.unit.aws import create_bucket, create_stream

FLINK = REPOSITORY / ".venv-flink"
FLINK_PYTHON = FLINK / "bin" / "python"
JARS = FLINK / "jars"

APPLICATION = "aspect-wfm-ap"
REPORTS, FAILED = f"{APPLICATION}-reports-{ACCOUNT_ID}", f"{APPLICATION}-failed-events-{ACCOUNT_ID}"
FIREHOSE_STREAM = f"{APPLICATION}-kda-to-s3"
TABLE_KEY = "ASPECT_AGENT_STATUS_INFO.csv"

_WITHIN_SECONDS = 600

_SETTINGS = {
    "execution.checkpointing.interval": "1 s",
    "parallelism.default": "1",
    "metrics.fetcher.update-interval": "1000",
    # As the service keeps state.
    "state.backend.type": "rocksdb",
    "taskmanager.memory.managed.size": "256m",
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "1000",
    "restart-strategy.fixed-delay.delay": "1 s",
    "rest.bind-address": "127.0.0.1",
}


@dataclass(frozen=True, slots=True)
class Job:
    """What a job works on: `folder` holds all that it reads and writes beside AWS."""

    folder: Path
    package: Path
    cloud: Servers
    endpoint: str  # of the stream
    properties: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    _read: dict[str, bytes] = field(default_factory=dict)

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
        return "".join(path.read_text() for path in sorted((self.folder / "log").glob("*.log*")))

    def last_checkpoint(self) -> Path | None:
        found = self._metadata("checkpoints/*/chk-*/_metadata")
        return found[-1].parent if found else None

    def savepoint(self) -> Path:
        return self._metadata("savepoints/*/_metadata")[-1].parent

    def restored_from(self) -> list[int]:
        """The number of the checkpoint that each restart began from."""
        return [
            int(number)
            for number in re.findall(r"Restoring job \w+ from Checkpoint (\d+)", self.flink_log())
        ]

    def _metadata(self, pattern: str) -> list[Path]:
        def written(path: Path) -> float:
            try:
                return path.stat().st_mtime
            except FileNotFoundError:  # Flink has taken it away
                return 0

        found = sorted((written(path), path) for path in self.folder.glob(pattern))
        return [path for time_, path in found if time_]


@dataclass(frozen=True, slots=True)
class Run:
    """A running job; `rest` is the URL of Flink's REST API."""

    job: Job
    process: subprocess.Popen[bytes]
    rest: str

    def await_until(self, what: str, true: Callable[[], bool]) -> None:
        """Wait for what `true` says. Raises AssertionError, with the end of the job's output, when
        the job ends before, or when it takes ten minutes."""
        deadline = time.monotonic() + _WITHIN_SECONDS
        while not true():
            ended = self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise AssertionError(f"waited for {what} without success; {self._told()}")
            time.sleep(0.2)

    def await_lines(self, count: int) -> None:
        self.await_until(f"{count} lines", lambda: len(self.job.report_lines()) >= count)

    def await_running(self) -> None:
        """Wait until every task runs, since the last restart."""
        self.await_until("all tasks", self.is_running)

    def await_checkpoint(self) -> None:
        """Wait for a checkpoint that is begun and completed from now on."""
        before = self._completed_checkpoints()
        self.await_until("a checkpoint", lambda: self._completed_checkpoints() >= before + 2)

    def counters(self) -> dict[str, int]:
        """What the job publishes to CloudWatch: by name, of all tasks that have it."""
        found: dict[str, int] = {}
        for vertex in self._get(f"jobs/{self._id()}")["vertices"]:
            metrics = f"jobs/{self._id()}/vertices/{vertex['id']}/metrics"
            names = [
                each["id"] for each in self._get(metrics) if ".kinesisanalytics." in each["id"]
            ]
            if names:
                for each in self._get(f"{metrics}?get={','.join(names)}"):
                    name = each["id"].rpartition(".")[2]
                    assert name not in found, "two tasks count the same"
                    found[name] = int(each["value"])
        return found

    def stop_with_savepoint(self) -> Path:
        body = {"targetDirectory": (self.job.folder / "savepoints").as_uri(), "drain": False}
        self._post(f"jobs/{self._id()}/stop", body)
        self.process.wait(timeout=_WITHIN_SECONDS)
        assert self.process.returncode == 0, self._told()
        return self.job.savepoint()

    def kill_a_python_worker(self) -> None:
        """End one of the processes in which Flink has Python work, as when memory runs out."""
        self.await_until("a worker", lambda: any(map(_end, workers(self.process.pid))))

    def lose_a_task_manager(self) -> None:
        """End all tasks as their machine would; another machine takes its place."""
        (self.job.folder / "lose-a-task-manager").touch()

    def kill(self) -> None:
        """End the job with all its processes at once."""
        for pid in [self.process.pid, *_descendants(self.process.pid)]:
            _end(pid)
        self.process.wait()

    def is_running(self) -> bool:
        """Whether every task runs."""
        try:
            vertices = self._get(f"jobs/{self._id()}")["vertices"]
        except (OSError, IndexError):
            return False
        return bool(vertices) and all(each["status"] == "RUNNING" for each in vertices)

    def _completed_checkpoints(self) -> int:
        count: int = self._get(f"jobs/{self._id()}/checkpoints")["counts"]["completed"]
        return count

    def _id(self) -> str:
        found: str = self._get("jobs")["jobs"][0]["id"]
        return found

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.rest}/{path}", timeout=30) as answer:
            return json.load(answer)

    def _post(self, path: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(
            f"{self.rest}/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=30):
            pass

    def _told(self) -> str:
        return f"the job's output ends with:\n{(self.job.folder / 'output').read_text()[-4000:]}"


@contextmanager
def running(job: Job, start_from: Path | None = None) -> Iterator[Run]:
    """The job, from the checkpoint or savepoint in the folder `start_from`; it ends with the block.

    Flink's log has the level of the classifier's, as in the module.
    """
    unpacked = job.folder / "package"
    zipfile.ZipFile(job.package).extractall(unpacked)
    (job.folder / "log").mkdir(exist_ok=True)
    port = _free_port()
    settings = {
        **_SETTINGS,
        "execution.checkpointing.dir": (job.folder / "checkpoints").as_uri(),
        "rest.bind-port": str(port),
        **job.settings,
    }
    if start_from:
        settings["execution.state-recovery.path"] = start_from.as_uri()
    (job.folder / "properties.json").write_text(json.dumps(properties(**job.properties)))
    arguments = {
        "jars": [str(jar) for jar in sorted(JARS.glob("*.jar"))],
        # The connector of the tests has the consumer of the job's under another name.
        "options": {"connector": "kinesis", "aws.endpoint": job.endpoint},
        "package": str(unpacked),
        "properties": str(job.folder / "properties.json"),
        "settings": settings,
    }
    (job.folder / "arguments.json").write_text(json.dumps(arguments))
    with (job.folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [
                *(str(FLINK_PYTHON), str(Path(__file__).with_name("stream_job.py"))),
                str(job.folder / "arguments.json"),
            ],
            cwd=job.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                **job.cloud.environment(),
                "FLINK_LOG_DIR": str(job.folder / "log"),
                "JVM_ARGS": "-Xmx1g -XX:TieredStopAtLevel=1",  # it starts faster
                "PYTHONPATH": os.pathsep.join(map(str, (unpacked, unpacked / "python"))),
                "ROOT_LOG_LEVEL": job.properties.get("LOG_LEVEL", "INFO"),
                "_python_worker_execution_mode": "process",
                **job.environment,
            },
            start_new_session=True,
        )
    run = Run(job, process, f"http://127.0.0.1:{port}")
    try:
        yield run
    finally:
        run.kill()


def properties(**more: str) -> list[dict[str, Any]]:
    """The runtime properties as the service writes them down for the application."""
    environment = {
        "AGENT_EVENT_STREAM_ARN": ARN,
        "APPLICATION_ARN": f"arn:aws:kinesisanalytics:{REGION}:{ACCOUNT_ID}:application/"
        + APPLICATION,
        "BATCH_SIZE": "1000",
        "FAILED_RECORDS_BUCKET": FAILED,
        "FIREHOSE_STREAM": FIREHOSE_STREAM,
        "INCLUDE_AGENT_STATUS_TYPE": "False",
        "STARTING_POSITION": "TRIM_HORIZON",
        "STATUS_TABLE_BUCKET": REPORTS,
        "WINDOW_RECORDS": "20000",
        "WINDOW_SECONDS": "2",
    }
    return [{"PropertyGroupId": "environment", "PropertyMap": environment | more}]


def make_estate(cloud: Servers, table: bytes | None = None) -> None:
    """The buckets, the Firehose stream and, if it is given, the reference table."""
    s3 = cloud.client("s3")
    create_bucket(s3, REPORTS)
    create_bucket(s3, FAILED)
    create_stream(cloud.client("firehose"), FIREHOSE_STREAM, REPORTS)
    if table is not None:
        s3.put_object(Bucket=REPORTS, Key=TABLE_KEY, Body=table)


def workers(pid: int) -> list[int]:
    """The processes in which the job `pid` has Python work."""
    return _descendants_that_run("beam_boot", pid)


def java(pid: int) -> int:
    """The process of the job `pid` in which Flink is."""
    return _descendants_that_run("PythonGatewayServer", pid)[0]


def _descendants_that_run(program: str, pid: int) -> list[int]:
    commands = {each: command for each, (_, command) in _processes().items()}
    return [each for each in _descendants(pid) if program in commands.get(each, "")]


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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


def _end(pid: int) -> bool:
    """End a process; whether it had not ended by itself."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
