import math
from datetime import UTC, datetime
from typing import Any

import pytest

from agent_events.agent_event import AgentEvent
from agent_events.kinesis_batch import Batch, batch_response
from agent_events.kinesis_batch import read_batch as read_batch_to
from tests.unit.events import arn, event, invocation, record


def read_batch(invocation: Any) -> Batch[AgentEvent]:
    return read_batch_to(invocation, lambda _, event: event)


def test_a_bad_record_is_skipped_with_its_sequence_number_and_its_neighbours_are_read() -> None:
    batch = read_batch(invocation([event("ann"), b"\xff", event("bob")]))
    assert [(n, each.agent_arn) for n, each in batch.outcomes.items()] == [
        ("1", arn("ann")),
        ("3", arn("bob")),
    ]
    assert [(each.sequence_number, each.reason) for each in batch.skipped] == [("2", "not UTF-8")]
    assert list(batch.records) == ["1", "2", "3"]


def dated(timestamp: str, arrival: Any) -> dict[str, Any]:
    """A batch of one event of `timestamp`, which arrived at `arrival`; none without one."""
    batch = invocation([event(at=timestamp)])
    kinesis = batch["Records"][0]["kinesis"]
    del kinesis["approximateArrivalTimestamp"]
    kinesis |= {} if arrival is None else {"approximateArrivalTimestamp": arrival}
    return batch


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("timestamp", "condition"),
    [
        ("2026-03-02T12:00:00.000Z", None),
        ("1970-01-01T00:00:00.000Z", None),
        ("2026-03-03T12:00:00.000Z", None),
        ("2026-03-03T14:00:00+02:00", None),
        ("2026-03-03T12:00:00.001Z", "EventTimestampInFuture"),
        ("2099-01-01T00:00:00Z", "EventTimestampInFuture"),
        ("9999-12-31T23:59:59.999Z", "EventTimestampInFuture"),
    ],
)
def test_an_event_dated_more_than_a_day_after_its_arrival_is_to_be_kept(
    timestamp: str, condition: str | None
) -> None:
    batch = read_batch(dated(timestamp, NOON))
    assert batch.undeliverable == ({"1": condition} if condition else {})
    assert len(batch.outcomes) == (not condition)
    assert batch.skipped == []


def test_an_event_dated_a_day_after_an_arrival_within_a_second_is_not_to_be_kept() -> None:
    assert read_batch(dated("2026-03-03T12:00:00.500Z", NOON + 0.5)).undeliverable == {}


@pytest.mark.parametrize("arrival", [None, "noon", [], math.nan, math.inf, 1e300, 253402300799])
def test_without_a_usable_arrival_an_event_may_be_of_any_time(arrival: Any) -> None:
    assert len(read_batch(dated("9999-12-31T23:59:59.999Z", arrival)).outcomes) == 1


def test_data_that_is_not_base64_is_skipped() -> None:
    bad = record(b"", "1")
    bad["kinesis"]["data"] = "%%%"
    assert read_batch({"Records": [bad]}).skipped[0].reason == "not Base64"


def test_lambda_is_told_the_first_failure_in_stream_order_whatever_the_order_of_the_set() -> None:
    assert batch_response(["8", "9", "10"], {"10", "9"}) == {
        "batchItemFailures": [{"itemIdentifier": "9"}]
    }
    assert batch_response(["8", "9", "10"], set()) == {"batchItemFailures": []}


@pytest.mark.parametrize("wrong", [{}, None, [], {"Records": [{"s3": {}}]}, {"Records": None}])
def test_another_trigger_is_an_error_that_says_what_to_do(wrong: Any) -> None:
    with pytest.raises(ValueError, match="Kinesis event source mapping"):
        read_batch(wrong)
