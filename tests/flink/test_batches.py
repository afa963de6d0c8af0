"""Batches go through the classifier's handler until it is done with every record."""

from typing import Any

import pytest

from agent_events.kinesis_batch import BatchResponse
from report_line_job.batches import (
    PAUSES,
    Application,
    NotDelivered,
    StreamRecord,
    classify,
    lambda_record,
)
from tests.unit.events import STREAM_ARN, record

APPLICATION = Application("aspect-wfm-ap", "arn:aws:kinesisanalytics:r:1:application/aspect-wfm-ap")


class Handler:
    """A handler that is done with so many records of each batch that it is given, in turn."""

    def __init__(self, *done: int) -> None:
        self.done = list(done)
        self.batches: list[list[str]] = []

    def __call__(self, invocation: Any, context: Any) -> BatchResponse:
        assert context.get_remaining_time_in_millis() == 60_000
        numbers = [each["kinesis"]["sequenceNumber"] for each in invocation["Records"]]
        self.batches.append(numbers)
        left = numbers[self.done.pop(0) :]
        return {"batchItemFailures": [{"itemIdentifier": left[0]}] if left else []}


def records(count: int) -> list[dict[str, Any]]:
    return [record(b"{}", str(number)) for number in range(count)]


def test_a_record_is_as_an_event_source_mapping_hands_it_over() -> None:
    theirs = record(b"data", "7")
    ours = lambda_record(
        StreamRecord("shardId-000000000000", "7", 1772442000.0, b"data"), STREAM_ARN
    )
    assert ours["kinesis"].items() <= theirs["kinesis"].items()
    del ours["kinesis"], theirs["kinesis"]
    assert ours.items() <= theirs.items()


def test_what_is_left_of_a_batch_is_tried_again_after_a_pause() -> None:
    handler, pauses = Handler(2, 0, 1), list[float]()
    classify(handler, records(3), APPLICATION, pauses.append)
    assert handler.batches == [["0", "1", "2"], ["2"], ["2"]]
    assert pauses == list(PAUSES[:2])


def test_what_is_left_after_the_last_try_begins_the_job_anew() -> None:
    handler, pauses = Handler(*[0] * 9), list[float]()
    with pytest.raises(NotDelivered, match=r"^3 agent events are not delivered after 7 tries"):
        classify(handler, records(3), APPLICATION, pauses.append)
    assert len(handler.batches) == len(PAUSES) + 1
    assert pauses == list(PAUSES)


def test_what_the_handler_raises_begins_the_job_anew_at_once() -> None:
    def broken(_invocation: Any, _context: Any) -> BatchResponse:
        raise ValueError("the table, row 2")

    pauses = list[float]()
    with pytest.raises(ValueError, match="row 2"):
        classify(broken, records(1), APPLICATION, pauses.append)
    assert not pauses
