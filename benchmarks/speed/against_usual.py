"""Section 1: ours against the way it is usually done, on the same batches and the same stub.

Both run in this process with clients that are already connected, in turn. A time is the median of
its rounds. On batches of more than 1,000 records the usual way would take minutes: there its time
is its number of calls times what a call took it on 1,000 records of the same kind.
"""

import io
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from typing import Any
from unittest.mock import patch

import boto3

from agent_classifier.classifier import classifier_handler
from benchmarks.speed.deployed import (
    STATES_TABLE,
    Context,
    classifier_environment,
    relay_environment,
)
from benchmarks.speed.printing import seconds, table, target, times
from benchmarks.speed.stub import RunningStub, running_stub
from benchmarks.speed.usual import item, usual_classifier, usual_relay
from rta_relay.relay import relay_handler
from tests.agent_event_batches import FEW, MANY, Batch, mean_size, mixed

_MEASURED_AT_MOST = 1_000  # records, of the usual way

# The latency of the targets, in seconds.
_TARGET_LATENCY = 0.005


class BenchError(Exception):
    """The two ways did not do the same, or one failed: their times say nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is compared: `product` is RTA or AP, `flag` and `queues` are RTA's, `latency` is of a
    call in seconds."""

    product: str
    records: int
    agents: str
    flag: bool
    queues: int
    latency: float

    @property
    def is_target(self) -> bool:
        return (self.records, self.agents, self.latency) == (1_000, MANY, _TARGET_LATENCY) and (
            self.product == "AP" or (self.flag and self.queues == 1)
        )


@dataclass(frozen=True, slots=True)
class Ways:
    """Our handler and the usual one."""

    ours: Callable[..., Any]
    usual: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One way's run over a batch: seconds of wall time and of processor time of this process and of
    the stub, and calls by operation."""

    wall: float
    cpu: float
    stub_cpu: float
    calls: dict[str, int]

    @property
    def all_calls(self) -> int:
        return sum(self.calls.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """`scaled` says that the usual way's time was not measured on this batch, but on a part."""

    case: Case
    usual: Run
    ours: Run
    scaled: bool

    @property
    def faster(self) -> float:
        return self.usual.wall / self.ours.wall

    @property
    def fewer_calls(self) -> float:
        return self.usual.all_calls / self.ours.all_calls


def measure(quick: bool) -> dict[str, Any]:
    """The section's results; its tables are printed."""
    with running_stub() as stub, patch.dict(os.environ, stub.environment()):
        boto3.setup_default_session()
        round_trips = {latency: _round_trip(stub, latency) for latency in _latencies(quick)}
        comparisons = _comparisons(stub, quick)
    _print_all(comparisons, round_trips)
    return {
        "meanEventBytes": round(mean_size(mixed(_MEASURED_AT_MOST))),
        "secondsOfABareCallByLatency": round_trips,
        "comparisons": [
            {**asdict(each), "faster": each.faster, "fewerCalls": each.fewer_calls}
            for each in comparisons
        ],
    }


def _latencies(quick: bool) -> tuple[float, ...]:
    return (0.0, _TARGET_LATENCY) if quick else (0.0, _TARGET_LATENCY, 0.02)


def _cases(quick: bool) -> list[Case]:
    """In such an order that the usual way is measured before its time is scaled."""
    sizes = (100,) if quick else (100, 1_000, 10_000)
    settings = [(False, 1), (True, 1), (True, 10)]
    return [
        *(
            Case("RTA", size, agents, flag, queues, latency)
            for size in sizes
            for agents in (MANY, FEW)
            for flag, queues in settings
            for latency in _latencies(quick)
        ),
        *(
            Case("AP", size, agents, False, 0, latency)
            for size in sizes
            for agents in (MANY, FEW)
            for latency in _latencies(quick)
        ),
    ]


def _comparisons(stub: RunningStub, quick: bool) -> list[Comparison]:
    comparisons: dict[Case, Comparison] = {}
    batches: dict[tuple[int, str], Batch] = {}
    handlers: dict[tuple[str, bool, int], Ways] = {}
    cases = _cases(quick)
    for number, case in enumerate(cases, 1):
        print(f"  {number} of {len(cases)} comparisons", end="\r", file=sys.stderr, flush=True)
        key = (case.records, case.agents)
        if key not in batches:
            batches = {key: mixed(*key)}
        setting = (case.product, case.flag, case.queues)
        if setting not in handlers:
            handlers[setting] = ways(stub, case)
        small = None
        if case.records > _MEASURED_AT_MOST:
            small = comparisons[replace(case, records=_MEASURED_AT_MOST)]
        rounds = 3 if case.is_target or (case.records <= 100 and not quick) else 1
        comparisons[case] = compare(stub, case, batches[key], handlers[setting], rounds, small)
    return list(comparisons.values())


def compare(
    stub: RunningStub,
    case: Case,
    batch: Batch,
    handlers: Ways,
    rounds: int = 1,
    small: Comparison | None = None,
) -> Comparison:
    """Run both ways in turn; only ours, where the usual way's time follows from that in `small`.

    Raises BenchError when they do not leave the same behind.
    """
    ours: list[Run] = []
    usual: list[Run] = []
    for _ in range(rounds):
        ours.append(run(stub, case, batch, handlers.ours))
        if small is None:
            left = _left_behind(stub)
            usual.append(run(stub, case, batch, handlers.usual))
            if left != _left_behind(stub):
                raise BenchError(f"not the same work: {case}")
    if small is not None:
        usual.append(_scaled(small.usual, expected_calls(case, batch)))
    return Comparison(case, median_run(usual), median_run(ours), scaled=small is not None)


def ways(stub: RunningStub, case: Case) -> Ways:
    """The handlers for a case, with clients of their own.

    Ours of AP is made to ask for its reference table at every invocation, which it does at most
    once a minute.
    """
    if case.product == "AP":
        environment = classifier_environment()
        clock = itertools.count(0.0, 3_600.0)
        ours = classifier_handler(environment, lambda: next(clock))
        return Ways(ours, usual_classifier(environment))
    environment = relay_environment(stub.endpoint, case.queues, case.flag)
    return Ways(relay_handler(environment), usual_relay(environment))


def run(stub: RunningStub, case: Case, batch: Batch, way: Callable[..., Any]) -> Run:
    """Run a way over a batch, on the states before it. Raises BenchError if a record fails."""
    states = {each["AgentARN"]: item(each) for each in batch.first_states}
    with redirect_stdout(io.StringIO()):
        stub.reset()
        way({"Records": batch.records[:1]}, Context())  # connects the clients
        stub.reset(case.latency, states)
        before = stub.counts().cpu
        wall, cpu = time.perf_counter(), time.process_time()
        answer = way({"Records": batch.records}, Context())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if answer and answer["batchItemFailures"]:
        raise BenchError(f"records are left: {case}")
    counts = stub.counts()
    return Run(wall, cpu, counts.cpu - before, counts.calls)


def expected_calls(case: Case, batch: Batch) -> dict[str, int]:
    """The usual way's calls on a batch without late events."""
    if case.product == "AP":
        # The sign-ins have no username, and no line.
        return {"PutRecord": len(batch.records) - batch.kinds.count("login")}
    gone = batch.kinds.count("logout")
    calls = {
        "GetItem": batch.changes,
        "PutItem": batch.changes - gone,
        "DeleteItem": gone,
        "SendMessage": len(batch.records) if case.flag else 0,
    }
    return {name: count for name, count in calls.items() if count}


def _left_behind(stub: RunningStub) -> Any:
    """What both ways have to leave behind alike: who has an item, each agent's messages in order,
    and the report lines."""
    counts = stub.counts()
    by_agent: dict[str, list[tuple[str, str]]] = {}
    for url, bodies in counts.messages.items():
        for body in bodies:
            by_agent.setdefault(json.loads(body)["AgentARN"], []).append((url, body))
    return counts.agents, by_agent, counts.lines


def _scaled(measured: Run, calls: dict[str, int]) -> Run:
    factor = sum(calls.values()) / measured.all_calls
    return Run(measured.wall * factor, measured.cpu * factor, measured.stub_cpu * factor, calls)


def median_run(runs: list[Run]) -> Run:
    """The run with the median wall time."""
    return sorted(runs, key=lambda each: each.wall)[(len(runs) - 1) // 2]


def _round_trip(stub: RunningStub, latency: float) -> float:
    """How long a call takes that does as good as nothing, in seconds: the median of fifty."""
    stub.reset(latency)
    client = boto3.client("dynamodb")
    durations = []
    for _ in range(51):
        begun = time.perf_counter()
        client.get_item(TableName=STATES_TABLE, Key={"AgentARN": {"S": "nobody"}})
        durations.append(time.perf_counter() - begun)
    return statistics.median(durations[1:])


def _print_all(
    comparisons: list[Comparison],
    round_trips: dict[float, float],
) -> None:
    bare = ", ".join(f"{1_000 * each:.1f} ms" for each in round_trips.values())
    stated = ", ".join(f"{1_000 * each:g} ms" for each in round_trips)
    print(f"Against the usual way, at {stated} a call (a bare call then takes {bare})\n")
    print(_comparison_table(comparisons))
    if any(each.scaled for each in comparisons):
        print("  ~ the usual way's time on 1,000 records, scaled by its calls")
    print()
    for each in comparisons:
        if each.case.is_target:
            _print_target(each)


def _comparison_table(comparisons: list[Comparison]) -> str:
    by_setting: dict[tuple[str, str, str, str], list[Comparison]] = {}
    for each in comparisons:
        case = each.case
        sent = f"{case.queues} queue(s)" if case.flag else "flag off"
        setting = (case.product, f"{case.records:,}", case.agents, sent if case.queues else "")
        by_setting.setdefault(setting, []).append(each)
    latencies = [f"{1_000 * each.case.latency:g} ms" for each in next(iter(by_setting.values()))]
    headers = ["", "records", "agents", "", "calls usual", "ours", "fewer"]
    for latency in latencies:
        headers += [f"{latency}: usual", "ours", "faster"]
    rows = []
    for (product, size, agents, sent), found in by_setting.items():
        first = found[0]
        row = [
            product,
            size,
            agents,
            sent,
            f"{first.usual.all_calls:,}",
            f"{first.ours.all_calls:,}",
        ]
        row.append(times(first.fewer_calls))
        for each in found:
            about = "~" if each.scaled else ""
            row += [about + seconds(each.usual.wall), seconds(each.ours.wall), times(each.faster)]
        rows.append(row)
    return table(headers, rows)


def _print_target(found: Comparison) -> None:
    usual, ours = found.usual, found.ours
    print(f"{found.case.product}, a mixed batch of 1,000 records, 5 ms a call")
    for name, each in (("usual", usual), ("ours", ours)):
        calls = ", ".join(f"{count} {operation}" for operation, count in each.calls.items())
        print(
            f"  {name}: {seconds(each.wall)} ({seconds(each.cpu)} of it computing, the stub "
            f"{seconds(each.stub_cpu)}); {calls}"
        )
    if found.case.product == "RTA":
        all_events = 3 * found.case.records
        factor = all_events / usual.all_calls
        print(target("times less wall time", found.faster, least=20))
        print(target("times fewer calls", found.fewer_calls, least=10))
        print(
            "  (The usual way is granted that it leaves the table alone for heartbeats; with three "
            f"calls an event it\n  would make {all_events:,} calls: {times(found.faster * factor)} "
            f"the time, {times(found.fewer_calls * factor)} the calls.)"
        )
    else:
        print(target("times less wall time", found.faster, least=100))
        print(target("calls an event", ours.all_calls / found.case.records, most=0.01))
