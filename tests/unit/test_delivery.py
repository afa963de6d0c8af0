import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from agent_classifier.delivery import deliver
from agent_classifier.packing import LARGEST_RECORD, FirehoseRecord
from tests.unit.examples import costly

STREAM = "aspect-wfm-ap-kda-to-s3"


class FakeFirehose:
    """A stream that refuses what `refuses` says, by the data and the number of the call."""

    def __init__(self, refuses: Callable[[bytes, int], bool] = lambda _data, _call: False) -> None:
        self.refuses = refuses
        self.calls: list[list[bytes]] = []
        self.taken: list[bytes] = []

    def put_record_batch(self, **request: Any) -> dict[str, Any]:
        assert request["DeliveryStreamName"] == STREAM
        data = [record["Data"] for record in request["Records"]]
        assert 1 <= len(data) <= 500
        assert sum(map(len, data)) <= 4 * 1_024 * 1_024
        self.calls.append(data)
        answers: list[dict[str, str]] = []
        for each in data:
            if self.refuses(each, len(self.calls)):
                answers.append({"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "slow"})
            else:
                self.taken.append(each)
                answers.append({"RecordId": f"id-{len(self.taken)}"})
        return {
            "FailedPutCount": sum("ErrorCode" in answer for answer in answers),
            "RequestResponses": answers,
        }


def record(number: int, size: int = 0) -> FirehoseRecord:
    """A record of two lines, from the Kinesis records `number` and `number`.5."""
    return FirehoseRecord(f"{number}\n".encode().rjust(size, b"x"), (f"{number}", f"{number}.5"))


def put(
    firehose: Any, records: list[FirehoseRecord], may_go_on: Callable[[], bool] = lambda: True
) -> set[str]:
    return deliver(firehose, STREAM, records, may_go_on, lambda _attempt: None)


def test_nothing_to_put_makes_no_call() -> None:
    firehose = FakeFirehose()
    assert put(firehose, []) == set()
    assert firehose.calls == []


def test_records_travel_in_order_in_one_call() -> None:
    firehose = FakeFirehose()
    assert put(firehose, [record(1), record(2)]) == set()
    assert firehose.calls == [[b"1\n", b"2\n"]]


def test_a_call_stays_within_what_firehose_takes() -> None:
    firehose = FakeFirehose()
    assert put(firehose, [record(number) for number in range(1_001)]) == set()
    assert [len(call) for call in firehose.calls] == [500, 500, 1]
    firehose = FakeFirehose()
    assert put(firehose, [record(number, LARGEST_RECORD) for number in range(7)]) == set()
    assert [len(call) for call in firehose.calls] == [3, 3, 1]
    in_base64 = 3 * (LARGEST_RECORD + 2) // 3 * 4
    assert in_base64 < 4 * 1_024 * 1_024


def test_only_refused_records_are_put_again_after_a_pause(
    capsys: pytest.CaptureFixture[str],
) -> None:
    firehose = FakeFirehose(lambda data, call: data == b"2\n" and call < 3)
    pauses: list[int] = []
    records = [record(1), record(2), record(3)]
    assert deliver(firehose, STREAM, records, lambda: True, pauses.append) == set()
    assert firehose.calls == [[b"1\n", b"2\n", b"3\n"], [b"2\n"], [b"2\n"]]
    assert pauses == [1, 2]
    warning = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (warning["level"], warning["refused"]) == ("WARNING", 1)
    assert warning["codes"] == ["ServiceUnavailableException"]
    assert set(warning) == {"level", "message", "stream", "refused", "codes"}, "and no line"


def test_a_record_refused_for_good_fails_all_that_is_packed_in_it() -> None:
    firehose = FakeFirehose(lambda data, _call: data == b"2\n")
    assert put(firehose, [record(1), record(2), record(3)]) == {"2", "2.5"}
    assert len(firehose.calls) == 4


def test_after_a_failure_nothing_is_put_that_would_come_again() -> None:
    firehose = FakeFirehose(lambda data, _call: data == b"2\n")
    failed = put(firehose, [record(number) for number in range(1_001)])
    assert {"2", "500", "1000.5"} <= failed
    assert "1" not in failed
    assert [len(call) for call in firehose.calls] == [500, 1, 1, 1]


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "PutRecordBatch"),
        EndpointConnectionError(endpoint_url="https://firehose"),
    ],
)
def test_a_call_that_fails_is_reported_not_raised(error: Exception) -> None:
    class Down(FakeFirehose):
        def put_record_batch(self, **request: Any) -> dict[str, Any]:
            if self.calls:
                raise error
            return super().put_record_batch(**request)

    failed = put(Down(), [record(number) for number in range(501)])
    assert failed == {"500", "500.5"}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"RequestResponses": []},
        {"FailedPutCount": 0},
        {"RequestResponses": [None]},
        {"RequestResponses": 7},
    ],
)
def test_what_firehose_does_not_confirm_counts_as_not_put(answer: dict[str, Any]) -> None:
    class Silent(FakeFirehose):
        def put_record_batch(self, **_request: Any) -> dict[str, Any]:
            return answer

    assert put(Silent(), [record(1)]) == {"1", "1.5"}


def test_no_call_is_begun_without_time_for_it() -> None:
    firehose = FakeFirehose(lambda data, _call: data == b"2\n")
    looks = iter([True, False])
    assert put(firehose, [record(1), record(2)], lambda: next(looks)) == {"2", "2.5"}
    assert len(firehose.calls) == 1
    assert put(FakeFirehose(), [record(1)], lambda: False) == {"1", "1.5"}


@costly(40)
@given(st.integers(0, 1_200), st.sets(st.tuples(st.integers(0, 1_200), st.integers(1, 12))))
def test_every_record_is_taken_or_reported_and_none_taken_twice(
    count: int, refusals: set[tuple[int, int]]
) -> None:
    firehose = FakeFirehose(lambda data, call: (int(data), call) in refusals)
    failed = put(firehose, [record(number) for number in range(count)])
    taken = {str(int(data)) for data in firehose.taken}
    assert taken | {each for each in failed if "." not in each} == set(map(str, range(count)))
    assert not taken & failed
    assert len(firehose.taken) == len(taken)
