"""One server process that speaks the AWS protocols of the functions' calls, with a set latency.

It is a program (`python -m benchmarks.speed.stub`) that `running_stub` starts, and ends with its
 standard input. It shares the machine's cores with what is measured, so that it does as little
as it can: HTTP/1.1 with kept connections, parsed only as far as needed. A call takes effect when it
arrives and is answered after the latency, whatever other calls do meanwhile.
"""

import asyncio
import gc
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.speed.services import Services, etag
from tests.local_cloud.terraform_cli import REPOSITORY

_CONTROL = "/_bench/"
_REASONS = {200: b"OK", 304: b"Not Modified", 400: b"Bad Request", 403: b"Forbidden"}


class StubError(Exception):
    """The stub did not start, or did not do as it was told."""


@dataclass(slots=True)
class Stub:
    """The server's side: its services, and the seconds after which a call is answered."""

    services: Services
    latency: float = 0.0

    def control(self, command: str, body: bytes) -> Any:
        """What a `RunningStub` asks for."""
        if command == "reset":
            asked = json.loads(body)
            self.services = Services(asked["throttled"])
            self.services.tables = asked["tables"]
            self.latency = asked["latency"]
            return {}
        if command == "counts":
            return {
                "calls": self.services.calls,
                "amounts": self.services.amounts,
                "cpu": time.process_time(),
            }
        return {
            "tables": self.services.tables,
            "messages": self.services.messages,
            "records": [each.decode() for each in self.services.records],
        }


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
        method, path, _ = head.split(b" ", 2)
        services, headers, latency = self.stub.services, b"", self.stub.latency
        if target:
            status, content = services.answer(target.rpartition(b".")[2].decode(), body)
        elif path.startswith(_CONTROL.encode()):
            command = path[len(_CONTROL) :].decode()
            status, content, latency = 200, json.dumps(self.stub.control(command, body)).encode(), 0
        elif b"/event-source-mappings/" in path:
            status, content = services.get_event_source_mapping()
        elif method == b"GET":
            condition = _header(head, b"if-none-match")
            status, content = services.get_object(path.decode(), condition and condition.decode())
            if status == 200:
                headers = b"ETag: " + etag(content).encode() + b"\r\n"
        else:
            status, content = services.put_object(path.decode(), body)
        answer = b"HTTP/1.1 %d %s\r\n%sContent-Length: %d\r\n\r\n%s" % (
            status,
            _REASONS.get(status, b"Error"),
            headers,
            len(content),
            content,
        )
        if latency:
            asyncio.get_running_loop().call_later(latency, self.transport.write, answer)
        else:
            self.transport.write(answer)


def _header(head: bytes, name: bytes) -> Any:
    """The value of a header, by its name in lower case; None where there is none."""
    place = head.lower().find(b"\r\n" + name + b":")
    if place < 0:
        return None
    start = place + len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else None].strip()


async def listening(stub: Stub) -> asyncio.Server:
    """Serve `stub` on a free port of 127.0.0.1."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: _Connection(stub), "127.0.0.1", 0)


def port_of(server: asyncio.Server) -> int:
    """The port that a server listens on."""
    port: int = server.sockets[0].getsockname()[1]
    return port


@dataclass(frozen=True, slots=True)
class Counts:
    """What has been asked of the stub since its reset: calls by operation, amounts by name
    (messages, write units, ...), and the processor time it took in all, in seconds."""

    calls: dict[str, int]
    amounts: dict[str, int]
    cpu: float

    @property
    def all_calls(self) -> int:
        return sum(self.calls.values())


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
        throttled: bool = False,
        tables: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        """Begin anew with `tables`: items by key, by table. `latency` is in seconds."""
        asked = {"latency": latency, "throttled": throttled, "tables": tables or {}}
        self._control("reset", asked)

    def counts(self) -> Counts:
        return Counts(**self._control("counts"))

    def state(self) -> dict[str, Any]:
        """`tables`, the `messages` of each queue and the Firehose `records`, in order."""
        state: dict[str, Any] = self._control("state")
        return state

    def _control(self, command: str, asked: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", _CONTROL + command, json.dumps(asked))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextmanager
def running_stub() -> Iterator[RunningStub]:
    """A stub in a process of its own, which ends with the block. Raises StubError."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.speed.stub"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        told = process.stdout.readline()
        if not told:
            raise StubError("the stub ended before it listened")
        yield RunningStub(int(told))
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()


async def _serve_until_told() -> None:
    server = await listening(Stub(Services()))
    print(port_of(server), flush=True)
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
