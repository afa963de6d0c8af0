from hypothesis import given
from hypothesis import strategies as st

from agent_classifier import packing
from agent_classifier.packing import LARGEST_RECORD, FirehoseRecord, ReportLine, packed


def line(number: int, size: int) -> ReportLine:
    return (str(number), b"x" * (size - 1) + b"\n")


def test_lines_that_fit_travel_in_one_record_in_order() -> None:
    records, too_large = packed([("1", b"a\n"), ("2", b"b\n")])
    assert records == [FirehoseRecord(b"a\nb\n", ("1", "2"))]
    assert too_large == []


def test_no_lines_make_no_record() -> None:
    assert packed([]) == ([], [])


def test_a_record_is_filled_to_firehoses_limit_and_no_further() -> None:
    assert LARGEST_RECORD == 1_000 * 1_024
    half = LARGEST_RECORD // 2
    records, _ = packed([line(1, half), line(2, half), line(3, 2)])
    assert [len(record.data) for record in records] == [LARGEST_RECORD, 2]
    assert [record.sequence_numbers for record in records] == [("1", "2"), ("3",)]
    records, _ = packed([line(1, half), line(2, half + 1)])
    assert [record.sequence_numbers for record in records] == [("1",), ("2",)]


def test_a_line_too_large_for_any_record_is_named_and_its_neighbours_go_on() -> None:
    records, too_large = packed(
        [line(1, 5), line(2, LARGEST_RECORD + 1), line(3, 5), line(4, LARGEST_RECORD)]
    )
    assert too_large == ["2"]
    assert [record.sequence_numbers for record in records] == [("1", "3"), ("4",)]


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(1, 50))
def test_packing_loses_and_reorders_nothing(sizes: list[int], limit: int) -> None:
    lines = [
        (str(number), bytes([97 + number % 26]) * (size - 1) + b"\n")
        for number, size in enumerate(sizes)
    ]
    original, packing.LARGEST_RECORD = packing.LARGEST_RECORD, limit
    try:
        records, too_large = packed(lines)
    finally:
        packing.LARGEST_RECORD = original
    fitting = [(number, line) for number, line in lines if len(line) <= limit]
    assert b"".join(record.data for record in records) == b"".join(line for _, line in fitting)
    assert [number for record in records for number in record.sequence_numbers] == [
        number for number, _ in fitting
    ]
    assert too_large == [number for number, line in lines if len(line) > limit]
    by_number = dict(lines)
    for record in records:
        assert record.data == b"".join(by_number[number] for number in record.sequence_numbers)
        assert 0 < len(record.data) <= limit
