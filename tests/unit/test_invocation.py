"""What invocations have in common, by itself; the functions' tests have the rest."""

import random
import time
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from agent_events.conditions import Condition
from agent_events.invocation import pause, put_aside
from tests.unit.events import ACCOUNT, FakeContext, record


@pytest.mark.parametrize(
    ("attempt", "bounds"), [(1, (0.05, 0.2)), (2, (0.05, 0.4)), (3, (0.05, 0.4)), (9, (0.05, 0.4))]
)
def test_a_pause_is_chosen_within_its_bounds_and_waited(
    attempt: int, bounds: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[float, float]] = []
    slept: list[float] = []

    def chosen(least: float, most: float) -> float:
        asked.append((least, most))
        return 0.125

    monkeypatch.setattr(random, "uniform", chosen)
    monkeypatch.setattr(time, "sleep", slept.append)
    pause(attempt)
    assert asked == [bounds]
    assert slept == [0.125]


class Bucket:
    """An S3 that takes one object and then fails."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def put_object(self, **request: Any) -> None:
        assert request["ExpectedBucketOwner"] == ACCOUNT, "a bucket of this name may be another's"
        if self.keys:
            raise EndpointConnectionError(endpoint_url="https://s3/")
        self.keys.append(request["Key"])


def test_of_the_records_to_keep_all_are_told_that_were_not_kept() -> None:
    bucket = Bucket()
    records = {number: record(b"{}", number) for number in "1234567"}
    undeliverable = dict.fromkeys("23567", Condition.MESSAGE_TOO_LARGE)
    not_kept = put_aside(lambda: bucket, "b", FakeContext(), records, undeliverable, {"7"})
    assert len(bucket.keys) == 1
    assert not_kept == {"3", "5", "6"}, "and not 7, which Lambda brings again anyway"
