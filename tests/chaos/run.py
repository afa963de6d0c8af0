"""A run: a history through both functions, and the verdict on what came out of it."""

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from io import TextIOBase
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3

from agent_classifier.classifier import classifier_handler
from rta_relay.relay import relay_handler
from tests.chaos.deployment import (
    CLASSIFIER_FAILURES,
    RELAY_FAILURES,
    REPORT_PREFIX,
    REPORTS,
    Deployment,
    Options,
    deploy,
)
from tests.chaos.expectations import line_digest
from tests.chaos.histories import History
from tests.chaos.lanes import Cursor, Function, Lane, quickened
from tests.chaos.ledger import ClassifierLedger, Ledger, RelayLedger
from tests.chaos.processes import Flag, Part, Shared, begin, ended, result, shared, stop
from tests.chaos.rta_server import RtaServer
from tests.chaos.servers import Servers, servers
from tests.chaos.source_mapping import CLASSIFIER, RELAY, Settings
from tests.chaos.verdict import Kept, Verdict, judge_classifier, judge_relay, read_kept
from tests.chaos.weather import proxy_rules

# From which share of its records on the relay finds the flag on or off.
_PHASES = [(0.08, True), (0.35, False), (0.45, True), (0.6, False), (0.7, True), (0.96, False)]

_LOOK_EVERY_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run: `retries` is the mappings' bound, `relays` how many relays run at a time, `many`
    about the most records that usually wait when a shard is read, and `stopped` for how many
    seconds of the history's time each function's consumer is stopped when it has read a quarter, 0
    for not at all.
    """

    seed: int
    options: Options
    retries: int
    relays: int
    many: int
    stopped: float


@dataclass(slots=True)
class FunctionRun:
    """One function's part: what happened, what became of its records, and the verdict."""

    tally: Counter[str]
    kept: Kept
    verdict: Verdict


@dataclass(slots=True)
class Result:
    """What a run came to; `injected` is what the proxy says it did, by kind of fault."""

    relay: FunctionRun
    classifier: FunctionRun
    injected: Counter[str]
    states: dict[str, dict[str, str]]
    lines: Counter[bytes]
    table: RelayLedger
    reports: ClassifierLedger
    connections: int


class _Discard(TextIOBase):
    """Where the functions' logs go."""

    def write(self, text: str) -> int:
        return len(text)


def run(past: History, plan: Plan, tell: Callable[[str], None]) -> Result:
    """Run both functions over `past`; `tell` is told how it goes."""
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        servers(Path(folder)) as local,
        _surroundings(local),
    ):
        deployment = deploy(local, plan.options)
        local.set_rules(proxy_rules())
        _warm_up()
        link = shared(not plan.options.flag_in_table, plan.relays)
        lines: Counter[bytes] = Counter()
        wrong, verdict = Verdict(), Verdict()
        server = begin(lambda: RtaServer(deployment, _PHASES, link).run())
        relays = [
            begin(_relay(past, plan, deployment, link, number).run) for number in range(plan.relays)
        ]
        classifier = begin(_classifier(past, plan, deployment).run)
        try:
            *relayed, (classifier_tally, reports) = _watch(
                (*relays, classifier),
                server,
                lambda: _collect(deployment, lines, wrong),
                lambda: tell("relays at " + ", ".join(f"{each:.1%}" for each in link.shares)),
            )
            link.done.set()
            received = result(server)
        finally:
            stop((*relays, classifier, server))
        tallies, ledgers = zip(*relayed, strict=True)
        _collect(deployment, lines, wrong)
        tell("all records are settled or given up; judging")
        relay_tally: Counter[str] = sum(tallies, Counter())
        for tally, judged in ((relay_tally, verdict), (classifier_tally, wrong)):
            own = tally["exceptions of the function itself"]
            judged.breaks("an exception that is none of AWS's left the handler", own)
        states = deployment.states()
        table: RelayLedger = ledgers[0]
        for other in ledgers[1:]:
            table.add(other)
        kept = _kept(past, deployment, RELAY_FAILURES, verdict)
        judge_relay(table, received, states, kept, verdict)
        kept_events = _kept(past, deployment, CLASSIFIER_FAILURES, wrong)
        judge_classifier(reports, lines, kept_events, wrong)
        return Result(
            FunctionRun(relay_tally, kept, verdict),
            FunctionRun(classifier_tally, kept_events, wrong),
            _injected(local),
            states,
            lines,
            table,
            reports,
            received.connections,
        )


def _relay(past: History, plan: Plan, deployment: Deployment, link: Shared, number: int) -> Lane:
    """The relay for every so manyth shard."""
    environment = deployment.relay_environment()

    def before(share: float) -> None:
        link.progress[number] = share
        link.room.wait(timeout=60)

    return _lane(
        Function(
            "relay",
            ("dynamodb", "sqs", "s3"),
            lambda _now: relay_handler(environment),
            RELAY_FAILURES,
        ),
        RELAY,
        past,
        plan,
        deployment,
        RelayLedger(past, plan.options),
        range(number, len(past.shards), plan.relays),
        lambda: link.flag,
        before,
    )


def _classifier(past: History, plan: Plan, deployment: Deployment) -> Lane:
    environment = deployment.classifier_environment()
    return _lane(
        Function(
            "classifier",
            ("firehose", "s3"),
            lambda now: classifier_handler(environment, now),
            CLASSIFIER_FAILURES,
        ),
        CLASSIFIER,
        past,
        plan,
        deployment,
        ClassifierLedger(past, plan.options),
        range(len(past.shards)),
        lambda: Flag(None),
        lambda _share: None,
    )


def _lane(
    function: Function,
    settings: Settings,
    past: History,
    plan: Plan,
    deployment: Deployment,
    ledger: Ledger,
    shards: range,
    flag: Callable[[], Flag],
    before: Callable[[float], None],
) -> Lane:
    """A lane in one of the readings of what AWS leaves open."""
    chance = random.Random(f"lane {plan.seed} {function.name} {shards}")
    cursors = [
        Cursor(
            shard,
            past.shards[shard].arrivals[0] / 1_000,
            stops=[(len(past.shards[shard].events) // 4, plan.stopped)] if plan.stopped else [],
        )
        for shard in shards
        if past.shards[shard].events
    ]
    return Lane(
        function,
        replace(
            settings,
            maximum_retry_attempts=plan.retries,
            first_failed_halves=chance.random() < 0.5,
            a_cut_renews_retries=chance.random() < 0.5,
        ),
        deployment,
        past,
        ledger,
        cursors,
        plan.many,
        chance,
        flag,
        before,
    )


def _watch(
    lanes: Sequence[Part],
    server: Part,
    collect: Callable[[], None],
    tell: Callable[[], None],
) -> list[Any]:
    """What the lanes return, once all have ended; take in reports meanwhile.

    Raises PartFailed as soon as one has failed.
    """
    answers: dict[Part, Any] = {}
    rounds = 0
    while not answers.keys() >= set(lanes):
        waiting = [part for part in (*lanes, server) if part not in answers]
        for part in ended(waiting, _LOOK_EVERY_SECONDS):
            answers[part] = result(part)
        collect()
        rounds += 1
        if rounds % 10 == 0:
            tell()
    return [answers[lane] for lane in lanes]


def _collect(deployment: Deployment, lines: Counter[bytes], verdict: Verdict) -> None:
    """Take the report files there are and count their lines."""
    for content in deployment.objects(REPORTS, REPORT_PREFIX, delete=True):
        verdict.counts["report files"] += 1
        verdict.breaks("a report file that ends within a line", not content.endswith(b"\n"))
        lines.update(map(line_digest, content.splitlines(keepends=True)))


def _kept(past: History, deployment: Deployment, bucket: str, verdict: Verdict) -> Kept:
    return read_kept(
        past,
        deployment.objects(bucket, "aws/lambda/"),
        deployment.objects(bucket, "undeliverable/"),
        verdict,
    )


def _injected(local: Servers) -> Counter[str]:
    injected: Counter[str] = Counter()
    for rule in local.rules():
        (kind,) = rule["headers"].values()
        injected[kind] += rule["fired_count"]
    return injected


@contextmanager
def _surroundings(local: Servers) -> Iterator[None]:
    """The functions' process: its environment, its clients, and its output thrown away."""
    with (
        patch.dict(os.environ, local.environment()),
        redirect_stdout(_Discard()),
        quickened(),
    ):
        yield


def _warm_up() -> None:
    """The proxy reads a service's model at its first request, which would look like a timeout."""
    session = boto3.session.Session()
    for service, operation in (
        ("dynamodb", "list_tables"),
        ("sqs", "list_queues"),
        ("firehose", "list_delivery_streams"),
        ("s3", "list_buckets"),
    ):
        getattr(session.client(service), operation)()
