from typing import Any

import pytest

from agent_events.kinesis_batch import batch_response, read_batch
from tests.unit.events import event, invocation, record


def test_a_bad_record_is_skipped_with_its_sequence_number_and_its_neighbours_are_read() -> None:
    batch = read_batch(invocation([event("ann"), b"\xff", event("bob")]))
    assert [each.sequence_number for each in batch.events] == ["1", "3"]
    assert [(each.sequence_number, each.reason) for each in batch.skipped] == [("2", "not UTF-8")]
    assert list(batch.records) == ["1", "2", "3"]


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
