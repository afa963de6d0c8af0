"""One server process that answers the functions' calls as AWS does, with a set latency.

It is a program (`python -m benchmarks.speed.stub`) that `running_stub` starts, and ends with its
standard input. It knows of the services only what decides which calls are made. It keeps messages
and report lines for a comparison, and of the state table it knows which agents have an item: a
statement on another one is refused. What conditions decide is for tests/chaos and tests/e2e.

With a `pace`, it also refuses calls beyond AWS's limits.
"""

import base64
import gc
import http.client
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from subprocess import PIPE
from threading import Lock, Thread
from typing import Any

from benchmarks.growth.limits import LIMITS
from tests.local_cloud.terraform_cli import REPOSITORY

_RESET, _COUNTS = "/_bench/reset", "/_bench/counts"
_AGENT = "AgentARN"
_NO_OBJECT = b"<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>"
_REFUSED = {"Error": {"Code": "ConditionalCheckFailed", "Message": "no item, or a newer one"}}

# What AWS allows of an operation: the entries of a call and how many it may have (DynamoDB, SQS and
# Firehose API References), the limit in a second that it counts against, and the code that refuses
# a call beyond it.
_ALLOWED = {
    "BatchExecuteStatement": ("Statements", 25, "table.writes_at_first", "ThrottlingException"),
    "TransactWriteItems": ("TransactItems", 100, "table.writes_at_first", "ThrottlingException"),
    "SendMessageBatch": ("Entries", 10, "sqs.calls", "RequestThrottled"),
    "PutRecordBatch": ("Records", 500, "firehose.bytes", "ServiceUnavailableException"),
}


@dataclass(slots=True)
class Stub:
    """What the server knows: the first fields are set, the others come of the calls.

    `states` are the state table's items by agent. A call is answered after the seconds that
    `latencies` has for its operation, or after `latency`. AWS's limits hold for a caller that runs
    `pace` times as fast as the clock; 0 for none.
    """

    latency: float = 0.0
    states: dict[str, Any] = field(default_factory=dict)
    latencies: dict[str, float] = field(default_factory=dict)
    pace: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    messages: dict[str, list[str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    second: int = 0
    used: Counter[tuple[str, str]] = field(default_factory=Counter)

    def refusal(self, operation: str, request: dict[str, Any], size: int) -> str | None:
        """The code that refuses a request of `size` bytes; None for one within the limits."""
        if not self.pace or operation not in _ALLOWED:
            return None
        entries, at_most, limit, code = _ALLOWED[operation]
        if len(request[entries]) > at_most:
            return "ValidationException"
        second = int(time.monotonic() * self.pace)
        if second != self.second:
            self.second, self.used = second, Counter()
        key = (limit, request.get("QueueUrl", ""))
        # A write unit is taken for each KB of a request to DynamoDB.
        self.used[key] += {"sqs.calls": 1, "firehose.bytes": size}.get(limit, -(-size // 1_024))
        return code if self.used[key] > LIMITS[limit] else None

    def answer(self, operation: str, request: dict[str, Any]) -> Any:
        """Carry out a call of DynamoDB, SQS or Firehose; its answer as JSON."""
        self.calls[operation] += 1
        match operation:
            case "GetItem":
                item = self.states.get(request["Key"][_AGENT]["S"])
                return {"Item": item} if item else {}
            case "PutItem" | "DeleteItem":
                self._write({operation.removesuffix("Item"): request})
            case "TransactWriteItems":
                for action in request["TransactItems"]:
                    self._write(action)
            case "BatchExecuteStatement":
                return {"Responses": [self._executed(each) for each in request["Statements"]]}
            case "SendMessage":
                self._keep(request["QueueUrl"], request["MessageBody"])
                return {"MessageId": "m"}
            case "SendMessageBatch":
                for each in request["Entries"]:
                    self._keep(request["QueueUrl"], each["MessageBody"])
                return {"Successful": [{"Id": each["Id"]} for each in request["Entries"]]}
            case "PutRecord" | "PutRecordBatch":
                records = request.get("Records") or [request["Record"]]
                for each in records:
                    self.lines += base64.b64decode(each["Data"]).decode().splitlines()
                taken = {"RecordId": "r"}
                return {"FailedPutCount": 0, "RequestResponses": [taken] * len(records), **taken}
        return {}

    def _write(self, action: dict[str, Any]) -> None:
        for kind, request in action.items():
            # Agents who have signed out are in a table of their own.
            if request["TableName"] != "signed-out":
                if kind == "Put":
                    self.states[request["Item"][_AGENT]["S"]] = request["Item"]
                elif kind == "Delete":
                    self.states.pop(request["Key"][_AGENT]["S"], None)

    def _executed(self, statement: dict[str, Any]) -> dict[str, Any]:
        known = any(value.get("S") in self.states for value in statement["Parameters"])
        return {} if known else _REFUSED

    def _keep(self, url: str, body: str) -> None:
        self.messages.setdefault(url, []).append(body)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the stub got since its reset: calls by operation, the processor time it took since it
    started, in seconds, the agents who have an item, the messages of each queue and the report
    lines, in order."""

    calls: dict[str, int]
    cpu: float
    agents: list[str]
    messages: dict[str, list[str]]
    lines: list[str]


class _Server(ThreadingHTTPServer):
    """Serves a stub on a free port of 127.0.0.1, with a thread for each connection."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stub, self.lock = Stub(), Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A request that the stub cannot answer would be tried again and again: it ends instead."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
            os._exit(1)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        with self.server.lock:
            status, latency, content = self._answer(body)
        time.sleep(latency)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n\r\n"
        self.wfile.write(head.encode() + content)

    def do_GET(self) -> None:
        self.do_POST()

    def _answer(self, body: bytes) -> tuple[str, float, bytes]:
        """Status, seconds to wait, and content."""
        if self.path == _RESET:
            self.server.stub = Stub(**json.loads(body))
            return "200 OK", 0.0, b"null"
        stub = self.server.stub
        if self.path == _COUNTS:
            counts = {"calls": stub.calls, "messages": stub.messages, "lines": stub.lines}
            counts |= {"cpu": time.process_time(), "agents": sorted(stub.states)}
            return "200 OK", 0.0, json.dumps(counts).encode()
        if "X-Amz-Target" not in self.headers:
            if "/event-source-mappings/" in self.path:
                stub.calls["GetEventSourceMapping"] += 1
                return "200 OK", stub.latency, b'{"State":"Enabled","LastProcessingResult":"OK"}'
            stub.calls["GetObject"] += 1  # of S3, which has no reference table
            return "404 Not Found", stub.latency, _NO_OBJECT
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        latency, request = stub.latencies.get(operation, stub.latency), json.loads(body)
        if refusal := stub.refusal(operation, request, len(body)):
            stub.calls["refused"] += 1
            return "400 Bad Request", latency, json.dumps({"__type": f"aws#{refusal}"}).encode()
        return "200 OK", latency, json.dumps(stub.answer(operation, request)).encode()

    def log_message(self, *_: Any) -> None:
        pass


@dataclass(frozen=True, slots=True)
class RunningStub:
    """The client's side of a stub on `port`."""

    port: int

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment variables under which boto3 talks to it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def reset(self, **settings: Any) -> None:
        """Forget everything; `settings` are fields of `Stub`."""
        self._ask(_RESET, settings)

    def counts(self) -> Counts:
        """What it got since its reset."""
        return Counts(**self._ask(_COUNTS))

    def _ask(self, path: str, body: Any = None) -> Any:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("POST", path, json.dumps(body))
            return json.loads(connection.getresponse().read())


@contextmanager
def running_stub() -> Iterator[RunningStub]:
    """A stub in a process of its own, which ends with the block."""
    command = [sys.executable, "-m", "benchmarks.speed.stub"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=PIPE, stdout=PIPE) as process:
        assert process.stdout is not None
        yield RunningStub(int(process.stdout.readline()))


if __name__ == "__main__":
    gc.disable()
    with _Server() as served:
        Thread(target=served.serve_forever, daemon=True).start()
        print(served.server_port, flush=True)
        sys.stdin.buffer.read()
