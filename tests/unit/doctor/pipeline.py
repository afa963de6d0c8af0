"""The stream with the functions behind it, and a clock that only sleeping moves."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from agent_classifier.classifier import classifier_handler
from aspect_wfm.doctor.findings import Finding
from aspect_wfm.doctor.trial import send_test_event
from aspect_wfm.doctor.waiting import Waiting
from aspect_wfm.synthetic_agent import MARK, run_name
from rta_relay.relay import relay_handler
from tests.unit.aws import Client
from tests.unit.doctor.conftest import CLASSIFIER, RELAY, Estate
from tests.unit.events import FakeContext, invocation

BOTH = {RELAY, CLASSIFIER}


@dataclass(slots=True)
class Clock:
    """Time passes by sleeping only; `at` says what happens after how many seconds."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    told: list[str] = field(default_factory=list)
    at: Callable[[float], None] = lambda _: None
    slept: float = 0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        self.slept += seconds
        self.at(self.slept)

    def waiting(self, seconds: int = 60) -> Waiting:
        """Waiting on this clock, for this many seconds at most."""
        return Waiting(lambda: self.now, self.sleep, self.told.append, timedelta(seconds=seconds))


@dataclass(slots=True)
class Pipeline:
    """The stream, with the functions that are at work behind it."""

    estate: Estate
    working: set[str] = field(default_factory=lambda: set(BOTH))
    events: list[dict[str, Any]] = field(default_factory=list)

    def put(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Kinesis' PutRecord."""
        self.events.append(json.loads(asked["Data"]))
        self.take(self.events[-1:])
        return {"SequenceNumber": str(len(self.events))}

    def take(self, events: list[dict[str, Any]]) -> None:
        """Let the functions at work handle a batch."""
        batch = invocation(events)
        for record in batch["Records"]:
            record["kinesis"]["approximateArrivalTimestamp"] = time.time()
        for name, handler in ((RELAY, relay_handler), (CLASSIFIER, classifier_handler)):
            if name in self.working:
                handler(self.estate.environment(name))(batch, FakeContext())


def sent(
    pipeline: Pipeline, clock: Clock, examined: set[str] = BOTH, even: bool = False
) -> dict[str, Finding]:
    """What is found when a test event is sent, by check."""
    estate = pipeline.estate
    run = run_name(clock.now, "0a1b2c")
    findings = send_test_event(estate.aws, estate.stream_arn, examined, run, clock.waiting(), even)
    return {each.check: each for each in findings}


def left(client: Client) -> list[str]:
    """Where a synthetic agent is."""
    found = [
        table
        for table in ("states", "signed-out")
        if MARK in json.dumps(client("dynamodb").scan(TableName=table)["Items"])
    ]
    return found + [key for key, content in reports(client).items() if MARK.encode() in content]


def reports(client: Client) -> dict[str, bytes]:
    """The report files by key."""
    s3 = client("s3")
    listed = s3.list_objects_v2(Bucket="reports").get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket="reports", Key=each["Key"])["Body"].read()
        for each in listed
    }
