"""Section 1: ours against the way it is usually done, on the same batches and the same stub.

Both run in this process with clients that are already connected, in turn. A time is the median of
its rounds.
"""

import io
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any
from unittest.mock import patch

import boto3

from agent_classifier.classifier import classifier_handler
from aspect_wfm.output import text_table
from benchmarks.speed.deployed import CLASSIFIER_ENVIRONMENT, relay_environment
from benchmarks.speed.printing import seconds, target, times
from benchmarks.speed.stub import RunningStub, running_stub
from benchmarks.speed.usual import table_item, usual_classifier, usual_relay
from rta_relay.relay import relay_handler
from tests.agent_event_batches import FEW, MANY, Batch, mixed
from tests.unit.events import FakeContext

_LATENCIES = (0.0, 0.005, 0.02)

# The latency of the targets.
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
        """Whether a target is set for this case."""
        return (self.records, self.agents, self.latency) == (1_000, MANY, _TARGET_LATENCY) and (
            self.product == "AP" or (self.flag and self.queues == 1)
        )

    @property
    def title(self) -> tuple[str, str, str, str]:
        """The first cells of the table's row, which cases of all latencies share."""
        sent = f"{self.queues} queue(s)" if self.flag else "flag off"
        return self.product, f"{self.records:,}", self.agents, sent if self.queues else ""


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
        """The calls of all operations."""
        return sum(self.calls.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both ways' runs over the same batch."""

    case: Case
    usual: Run
    ours: Run

    @property
    def faster(self) -> float:
        """How many times less wall time ours takes."""
        return self.usual.wall / self.ours.wall

    @property
    def fewer_calls(self) -> float:
        """How many times fewer calls ours makes."""
        return self.usual.all_calls / self.ours.all_calls


def measure(quick: bool) -> dict[str, Any]:
    """The section's results; its tables are printed."""
    found = []
    cases = _cases(quick)
    with running_stub() as stub, patch.dict(os.environ, stub.environment()):
        boto3.setup_default_session()
        for number, case in enumerate(cases, 1):
            print(f"  {number} of {len(cases)} comparisons", end="\r", file=sys.stderr, flush=True)
            rounds = 3 if not quick and (case.is_target or case.records == 100) else 1
            batch = mixed(case.records, case.agents)
            found.append(compare(stub, case, batch, ways(stub, case), rounds))
    print(_table(found))
    for each in found:
        if each.case.is_target:
            _print_target(each)
    return {
        "comparisons": [
            {**asdict(each), "faster": each.faster, "fewerCalls": each.fewer_calls}
            for each in found
        ]
    }


def _cases(quick: bool) -> list[Case]:
    settings = {"RTA": [(False, 1), (True, 1), (True, 10)], "AP": [(False, 0)]}
    return [
        Case(product, size, agents, flag, queues, latency)
        for product, of_product in settings.items()
        for size in ((100,) if quick else (100, 1_000))
        for agents in (MANY, FEW)
        for flag, queues in of_product
        for latency in (_LATENCIES[:2] if quick else _LATENCIES)
    ]


def compare(
    stub: RunningStub, case: Case, batch: Batch, handlers: Ways, rounds: int = 1
) -> Comparison:
    """Run both ways in turn. Raises BenchError when they do not leave the same behind."""
    ours: list[Run] = []
    usual: list[Run] = []
    for _ in range(rounds):
        ours.append(run(stub, case, batch, handlers.ours))
        left = _left_behind(stub)
        usual.append(run(stub, case, batch, handlers.usual))
        if left != _left_behind(stub):
            raise BenchError(f"not the same work: {case}")
    return Comparison(case, median_run(usual), median_run(ours))


def ways(stub: RunningStub, case: Case) -> Ways:
    """The handlers for a case, with clients of their own.

    Ours of AP is made to ask for its reference table at every invocation, which it does at most
    once a minute.
    """
    if case.product == "AP":
        environment = CLASSIFIER_ENVIRONMENT
        clock = itertools.count(0.0, 3_600.0)
        ours = classifier_handler(environment, lambda: next(clock))
        return Ways(ours, usual_classifier(environment))
    environment = relay_environment(stub.endpoint, case.queues, case.flag)
    return Ways(relay_handler(environment), usual_relay(environment))


def run(
    stub: RunningStub, case: Case, batch: Batch, way: Callable[..., Any], **settings: Any
) -> Run:
    """Run a way over a batch, on the states before it; `settings` are more of the stub's. Raises
    BenchError if a record fails."""
    states = {each["AgentARN"]: table_item(each) for each in batch.first_states}
    with redirect_stdout(io.StringIO()):
        stub.reset()
        way({"Records": batch.records[:1]}, FakeContext())  # connects the clients
        stub.reset(latency=case.latency, states=states, **settings)
        before = stub.counts().cpu
        wall, cpu = time.perf_counter(), time.process_time()
        answer = way({"Records": batch.records}, FakeContext())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if answer and answer["batchItemFailures"]:
        raise BenchError(f"records are left: {case}")
    counts = stub.counts()
    return Run(wall, cpu, counts.cpu - before, counts.calls)


def _left_behind(stub: RunningStub) -> Any:
    """What both ways have to leave behind alike: who has an item, each agent's messages in order,
    and the report lines."""
    counts = stub.counts()
    by_agent: dict[str, list[tuple[str, str]]] = {}
    for url, bodies in counts.messages.items():
        for body in bodies:
            by_agent.setdefault(json.loads(body)["AgentARN"], []).append((url, body))
    return counts.agents, by_agent, counts.lines


def median_run(runs: list[Run]) -> Run:
    """The run with the median wall time."""
    return sorted(runs, key=lambda each: each.wall)[(len(runs) - 1) // 2]


def _table(comparisons: list[Comparison]) -> str:
    header = ["", "records", "agents", "", "calls usual", "ours", "fewer"]
    for latency in sorted({each.case.latency for each in comparisons}):
        header += [f"{1_000 * latency:g} ms: usual", "ours", "faster"]
    rows = []
    for title, group in groupby(comparisons, key=lambda each: each.case.title):
        found = list(group)
        calls = [f"{way.all_calls:,}" for way in (found[0].usual, found[0].ours)]
        row = [*title, *calls, times(found[0].fewer_calls)]
        for each in found:
            row += [seconds(each.usual.wall), seconds(each.ours.wall), times(each.faster)]
        rows.append(row)
    return text_table([header, *rows])


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
        print(target("times less wall time", found.faster, least=20))
        print(target("times fewer calls", found.fewer_calls, least=10))
    else:
        print(target("times less wall time", found.faster, least=100))
        print(target("calls an event", ours.all_calls / found.case.records, most=0.01))
