"""The model of the event source mapping, rule by rule of what AWS documents."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.source_mapping import (
    PAYLOAD_LIMIT,
    RETRIES_EXHAUSTED,
    TOO_OLD,
    Batch,
    FunctionError,
    GivenUp,
    Outcome,
    Record,
    Settings,
    after,
    first_batch,
    invocation_event,
    invocation_record,
    invocation_record_key,
    without_old_records,
)

BISECTING = Settings(100, 3, 3_600)
PLAIN = replace(BISECTING, bisect_batch_on_function_error=False)


def records(count: int, first: int = 1, size: int = 10) -> tuple[Record, ...]:
    return tuple(
        Record("shardId-000000000000", str(number), "p", 1_000.0 + number, b"x" * size)
        for number in range(first, first + count)
    )


def failing(*numbers: object) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


def numbers(batch: Batch) -> list[int]:
    return [int(each.sequence_number) for each in batch.records]


def retried(outcome: Outcome) -> list[list[int]]:
    return [numbers(batch) for batch in outcome.retry]


def test_a_batch_holds_no_more_than_its_size() -> None:
    assert numbers(first_batch(records(150), BISECTING)) == list(range(1, 101))


def test_a_batch_holds_no_more_than_an_invocations_payload() -> None:
    taken = first_batch(records(100, size=100_000), BISECTING).records
    assert 0 < len(taken) < 100
    assert len(json.dumps(invocation_event(taken, "arn"))) <= PAYLOAD_LIMIT


def test_a_record_larger_than_the_payload_still_goes_alone() -> None:
    assert len(first_batch(records(2, size=PAYLOAD_LIMIT), BISECTING).records) == 1


@pytest.mark.parametrize(
    "answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}]
)
def test_an_empty_or_null_response_is_a_complete_success(answer: object) -> None:
    batch = Batch(records(4))
    assert after(batch, answer, BISECTING) == Outcome(settled=batch.records)


def test_a_partial_response_settles_what_lies_before_and_retries_from_there() -> None:
    for settings in (BISECTING, PLAIN):
        outcome = after(Batch(records(4)), failing("3"), settings)
        assert [each.sequence_number for each in outcome.settled] == ["1", "2"]
        assert retried(outcome) == [[3, 4]]


def test_of_several_failures_the_lowest_sequence_number_counts() -> None:
    assert retried(after(Batch(records(4, first=8)), failing("11", "9"), BISECTING)) == [
        [9, 10, 11]
    ]


@pytest.mark.parametrize(
    "answer",
    [failing(""), failing(None), failing("99"), {"batchItemFailures": [{"sequenceNumber": "2"}]}],
)
def test_a_response_that_does_not_say_where_is_a_complete_failure(answer: object) -> None:
    outcome = after(Batch(records(4)), answer, BISECTING)
    assert (outcome.settled, retried(outcome)) == ((), [[1, 2], [3, 4]])


def test_without_partial_responses_only_an_error_fails_a_batch() -> None:
    settings = replace(BISECTING, report_batch_item_failures=False)
    assert not after(Batch(records(4)), failing("3"), settings).retry
    assert after(Batch(records(4)), FunctionError, settings).retry


def test_a_function_error_bisects_the_batch_and_its_halves_until_one_record_is_left() -> None:
    outcome = after(Batch(records(5)), FunctionError, BISECTING)
    assert retried(outcome) == [[1, 2], [3, 4, 5]]
    assert retried(after(outcome.retry[1], FunctionError, BISECTING)) == [[3], [4, 5]]
    assert retried(after(Batch(records(1)), FunctionError, BISECTING)) == [[1]]


def test_bisecting_does_not_use_up_retries_and_repeating_does() -> None:
    batch = Batch(records(2), retries=3)
    halves = after(batch, FunctionError, BISECTING).retry
    assert [half.retries for half in halves] == [3, 3]
    assert after(halves[0], FunctionError, BISECTING).given_up
    assert after(Batch(records(2)), FunctionError, PLAIN).retry[0].retries == 1


def test_a_cut_at_the_returned_number_is_no_retry_when_bisecting() -> None:
    batch = Batch(records(4), retries=2)
    assert after(batch, failing("3"), BISECTING).retry[0].retries == 2
    assert after(batch, failing("3"), PLAIN).retry[0].retries == 3
    renewing = replace(BISECTING, a_cut_renews_retries=True)
    assert after(batch, failing("3"), renewing).retry[0].retries == 0


def test_a_response_that_names_the_first_record_is_a_retry_of_all_in_one_reading() -> None:
    outcome = after(Batch(records(4)), failing("1"), BISECTING)
    assert retried(outcome) == [[1, 2, 3, 4]]
    assert outcome.retry[0].retries == 1


def test_a_response_that_names_the_first_record_halves_the_batch_in_the_other() -> None:
    halving = replace(BISECTING, first_failed_halves=True)
    assert retried(after(Batch(records(4)), failing("1"), halving)) == [[1, 2], [3, 4]]


@pytest.mark.parametrize("settings", [BISECTING, PLAIN])
@pytest.mark.parametrize("answer", [FunctionError, failing("1")])
def test_after_the_first_try_and_the_retries_a_batch_is_given_up(
    settings: Settings, answer: object
) -> None:
    batch = Batch(records(1))
    tries = 0
    while True:
        tries += 1
        outcome = after(batch, answer, settings)
        if outcome.given_up:
            break
        (batch,) = outcome.retry
    assert tries == 4
    assert outcome == Outcome(given_up=GivenUp(records(1), RETRIES_EXHAUSTED, 4))


def test_what_a_last_partial_response_settles_is_not_given_up() -> None:
    outcome = after(Batch(records(4), retries=3), failing("3"), PLAIN)
    assert [each.sequence_number for each in outcome.settled] == ["1", "2"]
    assert outcome.given_up
    assert [each.sequence_number for each in outcome.given_up.records] == ["3", "4"]


def test_records_beyond_the_maximum_age_are_given_up_and_the_younger_ones_sent() -> None:
    batch, given_up = without_old_records(Batch(records(4), 1, 2), 1_003 + 3_600.0, BISECTING)
    assert (numbers(batch), batch.retries) == ([3, 4], 1)
    assert given_up == GivenUp(records(2), TOO_OLD, 2)
    assert without_old_records(Batch(records(4)), 1_001 + 3_600.0, BISECTING)[1] is None


def test_each_record_of_a_batch_has_exactly_one_fate() -> None:
    answers = [None, FunctionError, failing(""), *(failing(str(number)) for number in range(1, 6))]
    for settings in (BISECTING, PLAIN, replace(BISECTING, first_failed_halves=True)):
        for retries in (0, 3):
            for answer in answers:
                batch = Batch(records(5), retries)
                outcome = after(batch, answer, settings)
                fates = [
                    *outcome.settled,
                    *(each for retry in outcome.retry for each in retry.records),
                    *(outcome.given_up.records if outcome.given_up else ()),
                ]
                assert fates == list(batch.records), "each once, and in order"


def test_what_is_given_up_is_kept_whole() -> None:
    given_up = GivenUp(records(2), RETRIES_EXHAUSTED, 4)
    document = json.loads(invocation_record(given_up, 2_000.0, "function", "request", "stream"))
    assert document["requestContext"] == {
        "requestId": "request",
        "functionArn": "function",
        "condition": "RetryAttemptsExhausted",
        "approximateInvokeCount": 4,
    }
    assert document["KinesisBatchInfo"] == {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": "1",
        "endSequenceNumber": "2",
        "approximateArrivalOfFirstRecord": "1970-01-01T00:16:41.000Z",
        "approximateArrivalOfLastRecord": "1970-01-01T00:16:42.000Z",
        "batchSize": 2,
        "streamArn": "stream",
    }
    kept = json.loads(document["payload"])["Records"]
    assert [base64.b64decode(each["kinesis"]["data"]) for each in kept] == [b"x" * 10] * 2
    assert kept == invocation_event(records(2), "stream")["Records"]


def test_the_kept_object_is_named_as_lambda_names_it() -> None:
    key = invocation_record_key("mapping", "shardId-000000000000", 1_772_442_000.0, "random")
    assert key == ("aws/lambda/mapping/shardId-000000000000/2026/03/02/2026-03-02T09.00.00-random")
