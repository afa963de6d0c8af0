from hypothesis import given
from hypothesis import strategies as st

from agent_classifier import packing
from agent_classifier.packing import LARGEST_RECORD, FirehoseRecord, ReportLine, packed


def line(number: int, size: int) -> ReportLine:
    return (str(number), b"x" * (size - 1) + b"\n")


def test_lines_that_fit_travel_in_one_record_in_order() -> None:
    records = packed([("1", b"a\n"), ("2", b"b\n")])
    assert records == [FirehoseRecord(b"a\nb\n", ("1", "2"))]


def test_no_lines_make_no_record() -> None:
    assert packed([]) == []


def test_a_record_is_filled_to_firehoses_limit_and_no_further() -> None:
    assert LARGEST_RECORD == 1_000 * 1_024
    half = LARGEST_RECORD // 2
    records = packed([line(1, half), line(2, half), line(3, 2)])
    assert [len(record.data) for record in records] == [LARGEST_RECORD, 2]
    assert [record.sequence_numbers for record in records] == [("1", "2"), ("3",)]
    records = packed([line(1, half), line(2, half + 1)])
    assert [record.sequence_numbers for record in records] == [("1",), ("2",)]


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(40, 50))
def test_packing_loses_and_reorders_nothing(sizes: list[int], limit: int) -> None:
    lines = [
        (str(number), bytes([97 + number % 26]) * (size - 1) + b"\n")
        for number, size in enumerate(sizes)
    ]
    original, packing.LARGEST_RECORD = packing.LARGEST_RECORD, limit
    try:
        records = packed(lines)
    finally:
        packing.LARGEST_RECORD = original
    assert b"".join(record.data for record in records) == b"".join(line for _, line in lines)
    assert [number for record in records for number in record.sequence_numbers] == [
        number for number, _ in lines
    ]
    by_number = dict(lines)
    for record in records:
        assert record.data == b"".join(by_number[number] for number in record.sequence_numbers)
        assert 0 < len(record.data) <= limit
