"""How long an event takes from PutRecord to its message, and to its item in the state table.

Both are seen from this machine, by its own clock, as an RTA server near by would see them: the time
from before the call of PutRecord until the message was received, and until a consistent read of the
table had the event or a later one of its agent.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any, NamedTuple

from tests.acceptance.deployment import Deployment
from tests.acceptance.events import Event, put, state_change
from tests.acceptance.evidence import Step
from tests.acceptance.rta_server import RtaServer

TITLE = "Measure the latency of events"

# Enough that each agent's next event comes after its last has been written.
_AGENTS = 100
_EVENTS_A_SECOND = 10

_ARRIVES_WITHIN_SECONDS = 180

_STATUSES = ("Available", "Break")


class Latency(NamedTuple):
    """Seconds; the percentiles are those of the events that arrived."""

    median: float
    p95: float
    p99: float

    def __str__(self) -> str:
        return f"median {self.median:.2f} s, p95 {self.p95:.2f} s, p99 {self.p99:.2f} s"


class _Watch:
    """When each event was put and seen, by its id, and a thread that looks for them."""

    def __init__(self, look: Callable[["_Watch"], None]) -> None:
        self.put: dict[str, tuple[float, Event]] = {}
        self.seen: dict[str, float] = {}
        self.error: Exception | None = None
        self._ended = threading.Event()
        self._look = look
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def pending(self) -> list[Event]:
        return [event for name, (_, event) in list(self.put.items()) if name not in self.seen]

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def latencies(self) -> list[float]:
        return [at - self.put[name][0] for name, at in self.seen.items() if name in self.put]

    def _run(self) -> None:
        try:
            while not self._ended.is_set():
                self._look(self)
        except Exception as error:  # told by the step, which runs in another thread
            self.error = error


def latency(deployment: Deployment, step: Step) -> None:
    server = RtaServer(deployment.account, deployment.user_key("rta_user_name"), deployment.outputs)
    server.set_flag(True)
    warm_up(deployment, server)
    watches = {
        "message": _Watch(lambda watch: _receive(server, deployment, watch)),
        "table item": _Watch(
            lambda watch: _read_items(deployment.account.client("dynamodb"), deployment, watch)
        ),
    }
    try:
        _put_events(deployment, list(watches.values()))
        _await(list(watches.values()))
    finally:
        for watch in watches.values():
            watch.end()
    for name, watch in watches.items():
        if watch.error:
            raise watch.error
        arrived = watch.latencies()
        step.expects(
            len(arrived) == deployment.options.events and not watch.pending(),
            f"PutRecord to {name} of {deployment.options.events:,} events",
            str(percentiles(arrived)) if len(arrived) > 1 else f"{len(arrived)} arrived",
        )


def percentiles(seconds: Sequence[float]) -> Latency:
    """Of at least two measurements; inclusive, so that none is beyond the largest."""
    hundredths = quantiles(seconds, n=100, method="inclusive")
    return Latency(hundredths[49], hundredths[94], hundredths[98])


def warm_up(deployment: Deployment, server: RtaServer) -> None:
    """Wait until an event arrives: the functions run, and the relay has seen the flag.

    Raises TimeoutError when none does.
    """
    kinesis = deployment.account.client("kinesis")
    deadline = time.monotonic() + _ARRIVES_WITHIN_SECONDS
    sent: set[str] = set()
    while time.monotonic() < deadline:
        event = state_change("acceptance-warm-up", datetime.now(UTC))
        sent.add(event["EventId"])
        put(kinesis, deployment.outputs["agent_event_stream_arn"], event)
        received = server.receive(lambda events: any(each["EventId"] in sent for each in events), 5)
        if any(each["EventId"] in sent for each in received):
            return
    raise TimeoutError(f"no message came in {_ARRIVES_WITHIN_SECONDS} seconds")


def _put_events(deployment: Deployment, watches: Sequence[_Watch]) -> None:
    """Put them at an even rate; all agents first sign in, then change their state in turn."""
    kinesis = deployment.account.client("kinesis")
    begun = time.monotonic()
    for number in range(deployment.options.events):
        time.sleep(max(0.0, begun + number / _EVENTS_A_SECOND - time.monotonic()))
        status = _STATUSES[number // _AGENTS % len(_STATUSES)]
        event = state_change(f"acceptance-{number % _AGENTS:03}", datetime.now(UTC), status)
        for watch in watches:
            watch.put[event["EventId"]] = (time.monotonic(), event)
        put(kinesis, deployment.outputs["agent_event_stream_arn"], event)


def _await(watches: Sequence[_Watch]) -> None:
    deadline = time.monotonic() + _ARRIVES_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if all(watch.error or not watch.pending() for watch in watches):
            return
        time.sleep(0.1)


def _receive(server: RtaServer, deployment: Deployment, watch: _Watch) -> None:
    for url in deployment.outputs["sqs_queue_urls"]:
        events = server.receive_once(url, 1)
        for each in events:
            watch.seen.setdefault(each["EventId"], time.monotonic())


def _read_items(dynamodb: Any, deployment: Deployment, watch: _Watch) -> None:
    """Read the items of the agents whose events are not seen yet, at most 100, a call's limit."""
    pending = watch.pending()
    agents = list(dict.fromkeys(each["AgentARN"] for each in pending))[:100]
    if not agents:
        time.sleep(0.02)
        return
    table = deployment.outputs["dynamodb_table_name"]
    answer = dynamodb.batch_get_item(
        RequestItems={
            table: {
                "Keys": [{"AgentARN": {"S": agent}} for agent in agents],
                "ConsistentRead": True,
                "ProjectionExpression": "AgentARN, LastEventTimeStamp",
            }
        }
    )
    now = time.monotonic()
    newest = {
        item["AgentARN"]["S"]: item["LastEventTimeStamp"]["S"]
        for item in answer["Responses"].get(table, [])
    }
    for each in pending:
        if each["EventTimestamp"] <= newest.get(each["AgentARN"], ""):
            watch.seen.setdefault(each["EventId"], now)
