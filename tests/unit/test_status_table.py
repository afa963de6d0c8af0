import csv
import io
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_classifier.status_table import StatusTableError, parse_status_table
from agent_events.names import name_key
from tests.unit.examples import costly

HEADER = b"StateName,StateType\n"


def test_the_contracts_table_is_understood() -> None:
    assert parse_status_table(b"StateName,StateType\nAvailable,A\nOffline,0\n") == {
        "available": "A",
        "offline": "0",
    }


@pytest.mark.parametrize(
    ("written", "state_type"),
    [
        (b"A", "A"),
        (b"a", "A"),
        (b"0", "0"),
        (b"O", "0"),
        (b"o", "0"),
        (b"1", "1"),
        (b" A ", "A"),
        (b'"O"', "0"),
    ],
)
def test_the_signed_out_type_is_the_digit_or_the_letter(written: bytes, state_type: str) -> None:
    assert parse_status_table(HEADER + b"Project," + written) == {"project": state_type}


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfStateName,StateType\nPause,1\n",
        b"StateName,StateType\r\nPause,1\r\n",
        b"StateName,StateType\rPause,1",
        b"\xef\xbb\xbf\r\n  \r\n STATENAME , statetype \r\n\r\n\t PAUSE\t, 1 \r\n \r\n",
        b'"StateName","StateType"\n"Pause","1"\n',
        b'StateName,StateType\n "Pause" , "1" \n',
        b'StateName,StateType\n" Pause ",1\nPAUSE,1\npause,1',
    ],
)
def test_every_way_that_tools_write_the_table_is_understood(data: bytes) -> None:
    assert parse_status_table(data) == {"pause": "1"}


def test_a_quoted_name_may_hold_commas_and_doubled_quotes() -> None:
    table = parse_status_table(HEADER + b'"Lunch, late",O\n"Tier ""2""",1\nIn "x" mode,A\n')
    assert table == {"lunch, late": "0", 'tier "2"': "1", 'in "x" mode': "A"}


def test_names_are_compared_as_people_read_them() -> None:
    table = parse_status_table(
        HEADER + "Außer  Haus,A\nAUSSER HAUS,1\n\u00c9quipe\u00a0Nord,0\n".encode()
    )
    assert table == {"außer haus": "A", "ausser haus": "1", "équipe nord": "0"}
    assert table[name_key("E\u0301QUIPE\tNORD ")] == "0"


@pytest.mark.parametrize("data", [b"Available,A\nOffline,0\n", b"\n\nAVAILABLE,a\r\nOffline,O"])
def test_the_header_may_be_missing(data: bytes) -> None:
    assert parse_status_table(data) == {"available": "A", "offline": "0"}


def test_only_the_first_row_can_be_the_header() -> None:
    with pytest.raises(StatusTableError, match="row 2: StateType is 'StateType'"):
        parse_status_table(b"Pause,1\nStateName,StateType\n")


def test_a_table_of_a_header_only_names_nothing() -> None:
    assert parse_status_table(HEADER) == {}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "row 1: the file is empty"),
        (b"\n \n", "row 1: the file is empty"),
        (b"\n\nSecret\n", "row 3: 1 columns instead of 2"),
        (b"StateName;StateType\nSecret;A", "row 1: 1 columns instead of 2"),
        (b"StateName,StateType,\n", "row 1: 3 columns instead of 2"),
        (b"Name,Type\nSecret,A", "row 1: StateType is 'Type': write A "),
        (HEADER + b"Secret\n", "row 2: 1 columns instead of 2"),
        (HEADER + b"Secret;A\n", "row 2: 1 columns instead of 2"),
        (HEADER + b"Pause,1\n\nSecret, late,1\n", "row 4: 3 columns instead of 2"),
        (HEADER + b"Secret,A,\n", "row 2: 3 columns instead of 2"),
        (HEADER + b"Secret,\n", "row 2: StateType is '': write A "),
        (HEADER + b"Secret,B\n", "row 2: StateType is 'B': write A "),
        (HEADER + b"Secret,00\n", "row 2: StateType is '00': write A "),
        (HEADER + b"Secret," + b"x" * 99, f"row 2: StateType is '{'x' * 20}': write A "),
        (HEADER + b",A\n", "row 2: the StateName is empty"),
        (HEADER + b'" ",A\n', "row 2: the StateName is empty"),
        (HEADER + b'Pause,1\n"Secret,A\n', "row 3: a value that begins with a double quote"),
        (HEADER + b'"Secret" x,A\n', "row 2: a value that begins with a double quote"),
        (HEADER + b'"Secret"",A\n', "row 2: a value that begins with a double quote"),
        (HEADER + b'"Sec\nret",A\n', "row 2: a value that begins with a double quote"),
        (HEADER + b"Pause,1\r\nSecret \xfc,A\n", "row 3: not UTF-8"),
        ("StateName,StateType".encode("utf-16"), "row 1: not UTF-8"),
        (
            HEADER + b"Secret,A\n\nSECRET,a\nsecret ,0\n",
            "row 5: a StateName as in row 2 with another StateType",
        ),
    ],
)
def test_a_table_that_is_not_understood_is_refused_by_row_and_reason(
    data: bytes, problem: str
) -> None:
    with pytest.raises(StatusTableError) as told:
        parse_status_table(data)
    assert str(told.value).startswith(f"ASPECT_AGENT_STATUS_INFO.csv, {problem}")
    assert "ecret" not in str(told.value)
    assert told.value.__cause__ is None


@given(st.binary(max_size=100) | st.text().map(str.encode))
def test_no_bytes_at_all_raise_anything_else(data: bytes) -> None:
    for each in (data, HEADER + data):
        with suppress(StatusTableError):
            parse_status_table(each)


@costly(40)
@given(
    st.dictionaries(
        st.text(st.sampled_from('ab,"; äÄß'), min_size=1)
        .filter(lambda name: name.strip())
        .map(name_key),
        st.sampled_from("A01"),
    ),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_a_csv_writer_writes_is_understood(
    rows: dict[str, str], encoding: str, end: str, quoting: Any
) -> None:
    content = io.StringIO(newline="")
    csv.writer(content, quoting=quoting, lineterminator=end).writerows(
        [("StateName", "StateType"), *rows.items()]
    )
    assert parse_status_table(content.getvalue().encode(encoding)) == rows


def test_in_ten_thousand_rows_every_row_counts_and_a_wrong_one_is_found() -> None:
    rows = b"".join(b'"Status, %d",%d\r\n' % (number, number % 2) for number in range(10_000))
    table = parse_status_table(b"\xef\xbb\xbf" + HEADER + rows)
    assert table == {f"status, {number}": str(number % 2) for number in range(10_000)}
    with pytest.raises(StatusTableError, match=r"row 10002: StateType is 'X'"):
        parse_status_table(HEADER + rows + b"Secret,X\n")


@pytest.mark.parametrize("piece", [b"x", b'""'])
def test_a_long_quoted_name_takes_memory_in_proportion(piece: bytes) -> None:
    """It took 137 bytes a character once, more than the function has."""
    data = HEADER + b'"' + piece * 100_000 + b'",1\n'
    tracemalloc.start()
    try:
        parse_status_table(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * len(data)
