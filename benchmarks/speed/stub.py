"""One server process that answers the functions' calls as AWS does, with a set latency.

It is a program (`python -m benchmarks.speed.stub`) that `running_stub` starts, and ends with its
standard input. It shares the machine's cores with what is measured, so it does as little as it can:
HTTP/1.1 with kept connections, parsed only as far as needed, and of the services only what decides
which calls are made. It keeps messages and report lines for a comparison, and of the state table it
knows which agents have an item: a statement on another one is refused. What conditions decide is
for tests/chaos and tests/e2e.

With a `pace`, it also refuses calls beyond AWS's limits.
"""

import asyncio
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
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.growth.limits import LIMITS
from tests.local_cloud.terraform_cli import REPOSITORY

_CONTROL = b"/_bench/"
_AGENT = "AgentARN"
_NO_OBJECT = b"<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>"
_REFUSED = {"Error": {"Code": "ConditionalCheckFailed", "Message": "no item, or a newer one"}}


# Entries that one call may have: DynamoDB, SQS and Firehose API References.
_ENTRIES = {
    "BatchExecuteStatement": ("Statements", 25),
    "TransactWriteItems": ("TransactItems", 100),
    "SendMessageBatch": ("Entries", 10),
    "PutRecordBatch": ("Records", 500),
}

# What a call counts against, by operation: the name of its limit in a second, and the code that
# refuses it. A write unit is taken for each KB of a request to DynamoDB.
_RATES = {
    "BatchExecuteStatement": ("table.writes_at_first", "ThrottlingException"),
    "TransactWriteItems": ("table.writes_at_first", "ThrottlingException"),
    "SendMessageBatch": ("sqs.calls", "RequestThrottled"),
    "PutRecordBatch": ("firehose.bytes", "ServiceUnavailableException"),
}


@dataclass(slots=True)
class Limits:
    """AWS's limits for a caller that runs `pace` times as fast as the clock."""

    pace: float
    second: int = 0
    used: Counter[tuple[str, str]] = field(default_factory=Counter)

    def refusal(self, operation: str, request: dict[str, Any], size: int) -> str | None:
        """The code that refuses a request of `size` bytes; None for one within the limits."""
        if operation not in _RATES:
            return None
        entries, at_most = _ENTRIES[operation]
        if len(request[entries]) > at_most:
            return "ValidationException"
        second = int(time.monotonic() * self.pace)
        if second != self.second:
            self.second, self.used = second, Counter()
        name, code = _RATES[operation]
        key = (name, request.get("QueueUrl", ""))
        self.used[key] += {"sqs.calls": 1, "firehose.bytes": size}.get(name, -(-size // 1_024))
        return code if self.used[key] > LIMITS[name] else None


@dataclass(slots=True)
class Stub:
    """What the server knows; a call is answered after the seconds that `latencies` has for its
    operation, or after `latency`. `states` are the state table's items by agent."""

    latency: float = 0.0
    latencies: dict[str, float] = field(default_factory=dict)
    limits: Limits | None = None
    states: dict[str, Any] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    messages: dict[str, list[str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def control(self, command: str, body: bytes) -> Any:
        """What a `RunningStub` asks for."""
        if command == "reset":
            asked = json.loads(body)
            self.latency, self.states = asked["latency"], asked["states"]
            self.latencies = asked["latencies"]
            self.limits = Limits(asked["pace"]) if asked["pace"] else None
            self.calls, self.messages, self.lines = Counter(), {}, []
        return {
            "calls": self.calls,
            "cpu": time.process_time(),
            "agents": sorted(self.states),
            "messages": self.messages,
            "lines": self.lines,
        }

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
                return {
                    "Responses": [
                        {}
                        if any(value.get("S") in self.states for value in each["Parameters"])
                        else _REFUSED
                        for each in request["Statements"]
                    ]
                }
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
                return {
                    "FailedPutCount": 0,
                    "RequestResponses": [{"RecordId": "r"}] * len(records),
                    "RecordId": "r",
                }
        return {}

    def _write(self, action: dict[str, Any]) -> None:
        for kind, request in action.items():
            # Agents who have signed out are in a table of their own.
            if request["TableName"] != "signed-out":
                if kind == "Put":
                    self.states[request["Item"][_AGENT]["S"]] = request["Item"]
                elif kind == "Delete":
                    self.states.pop(request["Key"][_AGENT]["S"], None)

    def _keep(self, url: str, body: str) -> None:
        self.messages.setdefault(url, []).append(body)


class _Connection(asyncio.Protocol):
    """One kept connection; a client sends its next request after the answer to the last."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.received = bytearray()
        self.wanted = 0
        self.head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not self.head:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return
            self.head = bytes(self.received[:end])
            del self.received[: end + 4]
            self.wanted = int(_header(self.head, b"content-length") or 0)
        if len(self.received) >= self.wanted:
            body = bytes(self.received[: self.wanted])
            del self.received[: self.wanted]
            head, self.head = self.head, b""
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        target = _header(head, b"x-amz-target")
        _, path, _ = head.split(b" ", 2)
        status, latency = b"200 OK", self.stub.latency
        if target:
            operation = target.rpartition(b".")[2].decode()
            latency = self.stub.latencies.get(operation, latency)
            request, limits = json.loads(body), self.stub.limits
            refusal = limits and limits.refusal(operation, request, len(body))
            if refusal:
                self.stub.calls["refused"] += 1
                status, answer = b"400 Bad Request", {"__type": f"aws#{refusal}"}
            else:
                answer = self.stub.answer(operation, request)
            content = json.dumps(answer).encode()
        elif path.startswith(_CONTROL):
            command = path.removeprefix(_CONTROL).decode()
            content, latency = json.dumps(self.stub.control(command, body)).encode(), 0
        elif b"/event-source-mappings/" in path:
            self.stub.calls["GetEventSourceMapping"] += 1
            content = b'{"State":"Enabled","LastProcessingResult":"OK"}'
        else:  # S3, which has no reference table
            self.stub.calls["GetObject"] += 1
            status, content = b"404 Not Found", _NO_OBJECT
        sent = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(content), content)
        if latency:
            asyncio.get_running_loop().call_later(latency, self.transport.write, sent)
        else:
            self.transport.write(sent)


def _header(head: bytes, name: bytes) -> Any:
    """The value of a header, by its name in lower case; None where there is none."""
    place = head.lower().find(b"\r\n" + name + b":")
    if place < 0:
        return None
    start = place + len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else None].strip()


async def listening(stub: Stub) -> tuple[asyncio.Server, int]:
    """Serve `stub` on a free port of 127.0.0.1; the server and its port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(stub), "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


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


@dataclass(frozen=True, slots=True)
class RunningStub:
    """The client's side of a stub on `port`."""

    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment variables under which boto3 talks to it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def reset(
        self,
        latency: float = 0.0,
        states: dict[str, Any] | None = None,
        latencies: dict[str, float] | None = None,
        pace: float = 0.0,
    ) -> None:
        """Forget everything; `states` are items by agent, `latency` is in seconds, of an operation
        that `latencies` does not name. AWS's limits hold for a caller that runs `pace` times as
        fast as the clock; 0 for none."""
        self._control(
            "reset",
            {
                "latency": latency,
                "states": states or {},
                "latencies": latencies or {},
                "pace": pace,
            },
        )

    def counts(self) -> Counts:
        """What it got since its reset."""
        return Counts(**self._control("counts"))

    def _control(self, command: str, asked: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", f"{_CONTROL.decode()}{command}", json.dumps(asked))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextmanager
def running_stub() -> Iterator[RunningStub]:
    """A stub in a process of its own, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.speed.stub"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield RunningStub(int(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()


async def _serve_until_told() -> None:
    server, port = await listening(Stub())
    print(port, flush=True)
    gc.disable()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_end)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


def _end(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A request that the stub cannot answer would be tried again and again: it ends instead."""
    loop.default_exception_handler(context)
    os._exit(1)


if __name__ == "__main__":
    asyncio.run(_serve_until_told())
