"""Batches go through the classifier's handler until it is done with every record."""

import time
from typing import Any

import pytest

from agent_events.kinesis_batch import BatchResponse
from report_line_job.batches import (
    PAUSES,
    Application,
    NotDelivered,
    StreamRecord,
    batches,
    classify,
    lambda_record,
    stream_record,
)
from tests.unit.events import STREAM_ARN, record

SHARD = "shardId-000000000000"
APPLICATION = Application("aspect-wfm-ap", "arn:aws:kinesisanalytics:r:1:application/aspect-wfm-ap")


class Handler:
    """A handler that finishes this many records of each batch that it is given, in turn."""

    def __init__(self, *done: int) -> None:
        self.done = list(done)
        self.batches: list[list[str]] = []

    def __call__(self, invocation: Any, context: Any) -> BatchResponse:
        assert context.get_remaining_time_in_millis() == 60_000
        numbers = [each["kinesis"]["sequenceNumber"] for each in invocation["Records"]]
        self.batches.append(numbers)
        left = numbers[self.done.pop(0) :]
        return {"batchItemFailures": [{"itemIdentifier": left[0]}] if left else []}


class Instant:
    """PyFlink's, for an arrival."""

    def to_epoch_milli(self) -> int:
        return 1_772_442_000_250


def records(count: int, size: int = 2) -> list[StreamRecord]:
    return [StreamRecord(SHARD, str(number), 0.0, b"x" * size) for number in range(count)]


def test_a_record_is_as_an_event_source_mapping_hands_it_over() -> None:
    theirs = record(b"data", "7")
    ours = lambda_record(StreamRecord(SHARD, "7", 1772442000.0, b"data"), STREAM_ARN)
    assert ours["kinesis"].items() <= theirs["kinesis"].items()
    del ours["kinesis"], theirs["kinesis"]
    assert ours.items() <= theirs.items()


def test_what_is_left_of_a_batch_is_tried_again_after_a_pause() -> None:
    handler, pauses = Handler(2, 0, 1), list[float]()
    classify(handler, records(3), APPLICATION, STREAM_ARN, pauses.append)
    assert handler.batches == [["0", "1", "2"], ["2"], ["2"]]
    assert pauses == list(PAUSES[:2])


def test_what_is_left_after_the_last_try_restarts_the_job() -> None:
    handler, pauses = Handler(*[0] * 9), list[float]()
    with pytest.raises(NotDelivered, match=r"^3 agent events are not delivered after 7 tries"):
        classify(handler, records(3), APPLICATION, STREAM_ARN, pauses.append)
    assert len(handler.batches) == len(PAUSES) + 1
    assert pauses == list(PAUSES)


def test_what_the_handler_raises_restarts_the_job_at_once() -> None:
    def broken(_invocation: Any, _context: Any) -> BatchResponse:
        raise ValueError("the table, row 2")

    pauses = list[float]()
    with pytest.raises(ValueError, match="row 2"):
        classify(broken, records(1), APPLICATION, STREAM_ARN, pauses.append)
    assert not pauses


@pytest.mark.parametrize(
    ("count", "size", "most", "sizes"),
    [
        (0, 2, 3, []),
        (3, 2, 3, [3]),
        (7, 2, 3, [3, 3, 1]),
        (5, 2_000_000, 9, [2, 2, 1]),
        (2, 5_000_000, 9, [1, 1]),
    ],
)
def test_a_window_comes_in_batches_as_lambdas(
    count: int, size: int, most: int, sizes: list[int]
) -> None:
    found = list(batches(records(count, size), most))
    assert [len(each) for each in found] == sizes
    assert [each for batch in found for each in batch] == records(count, size)


def test_what_a_connector_does_not_deliver_is_decided_in_one_place() -> None:
    assert stream_record(SHARD, "7", Instant(), b"x") == (SHARD, "7", 1_772_442_000.25, b"x")
    before = time.time()
    one, same, other = (stream_record(None, None, None, data) for data in (b"x", b"x", b"y"))
    assert one.shard == same.shard == other.shard == "unknown"
    assert one.sequence_number == same.sequence_number != other.sequence_number
    assert before <= one.arrived <= time.time()
