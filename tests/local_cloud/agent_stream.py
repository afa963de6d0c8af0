"""Putting agent events on a stream as Amazon Connect does, and waiting for the functions."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY

SAMPLE_DAY = REPOSITORY / "tests" / "data" / "agent-events.ndjson"

_DONE_WITHIN_SECONDS = 600


def sample_events(path: Path = SAMPLE_DAY) -> list[dict[str, Any]]:
    """The sample day: fourteen events of three invented agents."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def put_events(cloud: LocalCloud, stream_arn: str, data: Iterable[bytes]) -> int:
    """Put each of `data` as one record, in order; how many that were.

    All go to one shard: what an integration may count on is the order within an agent.
    """
    kinesis = cloud.client("kinesis")
    put = 0
    for each in data:
        kinesis.put_record(StreamARN=stream_arn, Data=each, PartitionKey="agents")
        put += 1
    return put


def as_record(event: dict[str, Any]) -> bytes:
    """The bytes of an event as Connect writes it."""
    return json.dumps(event, ensure_ascii=False).encode("utf-8")


def batch_logs(cloud: LocalCloud, function_name: str) -> list[dict[str, Any]]:
    """What a function has logged of its batches so far: one object for each."""
    pages = cloud.client("logs").get_paginator("filter_log_events")
    lines = [
        line
        for page in pages.paginate(logGroupName=f"/aws/lambda/{function_name}")
        for event in page["events"]
        for line in event["message"].splitlines()
        if line.startswith("{")
    ]
    return [log for log in map(json.loads, lines) if log["message"].startswith("batch ")]


def await_batches(cloud: LocalCloud, function_name: str, records: int) -> list[dict[str, Any]]:
    """Wait until a function has logged batches of `records` records in all; its log.

    Raises TimeoutError when it does not in ten minutes.
    """
    deadline = time.monotonic() + _DONE_WITHIN_SECONDS
    while True:
        logs = batch_logs(cloud, function_name)
        seen = sum(log["EventsIn"] for log in logs)
        if seen >= records:
            return logs
        if time.monotonic() > deadline:
            raise TimeoutError(f"{function_name} has had {seen} of {records} records")
        time.sleep(0.2)
