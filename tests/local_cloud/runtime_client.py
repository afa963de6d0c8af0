"""A function's zip under `awslambdaric`, AWS's own runtime client, and a Runtime API for it.

Sources: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes" and "Defined
runtime environment variables"; for the frames of the log, the client's `FramedTelemetryLogSink`.
"""

import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

_API = "/2018-06-01/runtime"
FUNCTION_TIMEOUT_SECONDS = 60  # as the modules set it
_ANSWERS_WITHIN_SECONDS = 120

_FRAME_MAGIC = b"\xa5\x5a"
_FRAME_HEAD_BYTES = 16  # type, length and time


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client posted: JSON, to a path that says whether it is a response or an error."""

    path: str
    body: Any


@dataclass(frozen=True, slots=True)
class Run:
    """A function's answers and its log events in CloudWatch.

    Each line of the function's standard output and error is one log event (`lines`), and so is each
    message of the client, whatever its number of lines (`messages`). `folder` is its /var/task.
    """

    answers: list[Answer]
    lines: list[str]
    messages: list[str]
    folder: Path


def invoke(
    path: Path, environment: Mapping[str, str], events: Sequence[object], scratch: Path
) -> Run:
    """Start the function whose zip is at `path` and invoke it with each of `events` in turn.

    Without events, it is one that fails to start. Raises AssertionError with its log when it ends,
    or takes two minutes, without all answers.
    """
    folder, output, frames = (scratch / name for name in ("task", "output", "frames"))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    with output.open("wb") as log, frames.open("wb") as framed, _runtime_api(events) as api:
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", f"{path.stem}.handler.handler"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[framed.fileno()],
            env={
                **environment,
                "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
                "AWS_LAMBDA_FUNCTION_NAME": path.stem,
                "AWS_LAMBDA_LOG_FORMAT": "Text",
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
                "LAMBDA_TASK_ROOT": str(folder),
                "LANG": "en_US.UTF-8",
                "TZ": ":UTC",
                "_LAMBDA_TELEMETRY_LOG_FD": str(framed.fileno()),
            },
        )
        try:
            deadline = time.monotonic() + _ANSWERS_WITHIN_SECONDS
            while not api.asked_for_more.wait(0.05) and process.poll() is None:
                assert time.monotonic() < deadline, output.read_text("utf-8", errors="replace")
        finally:
            process.terminate()
            process.wait()
            api.client_ended.set()
    assert len(api.answers) == max(1, len(events)), output.read_text("utf-8", errors="replace")
    lines = output.read_text("utf-8").splitlines()
    return Run(api.answers, lines, list(_messages(frames.read_bytes())), folder)


def request_id(number: int) -> str:
    """The request id of an invocation, counted from 0."""
    return f"00000000-0000-0000-0000-{number:012}"


class _RuntimeApi(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, events: Sequence[object]) -> None:
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        self.events = [json.dumps(each).encode() for each in events]
        self.given = 0
        self.answers: list[Answer] = []
        self.asked_for_more = Event()
        self.client_ended = Event()


class _RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _RuntimeApi

    def do_GET(self) -> None:
        """The next invocation; after the last one, there is none until the client is ended."""
        assert self.path == f"{_API}/invocation/next"
        number = self.server.given
        if number == len(self.server.events):
            self.server.asked_for_more.set()
            self.server.client_ended.wait()
            self.close_connection = True
            return
        self.server.given += 1
        deadline = round((time.time() + FUNCTION_TIMEOUT_SECONDS) * 1_000)
        self._answer(
            200,
            self.server.events[number],
            {
                "Content-Type": "application/json",  # without it, the client crashes
                "Lambda-Runtime-Aws-Request-Id": request_id(number),
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": (
                    "arn:aws:lambda:eu-central-1:111122223333:function:function"
                ),
            },
        )

    def do_POST(self) -> None:
        """An answer of the function, or an error."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.answers.append(Answer(self.path.removeprefix(_API), body))
        self._answer(202, b"", {})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_values: object) -> None:
        """Keep the requests out of pytest's output."""


@contextmanager
def _runtime_api(events: Sequence[object]) -> Iterator[_RuntimeApi]:
    with _RuntimeApi(events) as api:
        thread = Thread(target=api.serve_forever)
        thread.start()
        try:
            yield api
        finally:
            api.shutdown()
            thread.join()


def _messages(frames: bytes) -> Iterator[str]:
    while frames:
        assert frames.startswith(_FRAME_MAGIC)
        end = _FRAME_HEAD_BYTES + int.from_bytes(frames[4:8], "big")
        yield frames[_FRAME_HEAD_BYTES:end].decode("utf-8")
        frames = frames[end:]
