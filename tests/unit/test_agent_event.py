import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_events.agent_event import (
    NotAnAgentEvent,
    Undeliverable,
    decode_agent_event,
    string_at,
    utc_milliseconds,
    value_at,
)
from tests.local_cloud.agent_stream import sample_events
from tests.unit.events import event


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"hello", "not JSON"),
        (b"", "not JSON"),
        (b'{"AgentARN": NaN}', "not JSON"),
        (b'{"AgentARN": 1' + b"0" * 5_000 + b"NaN}", "not JSON"),
        (b'{"AgentARN": 1e999}', "no AgentARN"),
        (b"[]", "not an object"),
        (b'"text"', "not an object"),
        (b"null", "not an object"),
        (b"{}", "no AgentARN"),
        (b'{"AgentARN": null}', "no AgentARN"),
        (b'{"AgentARN": ""}', "no AgentARN"),
        (b'{"AgentARN": 7}', "no AgentARN"),
        (b'{"AgentARN": "\\ud800"}', "AgentARN is not an ARN"),
        (b'{"AgentARN": "' + b"a" * 2049 + b'"}', "AgentARN is not an ARN"),
        (b'{"AgentARN": "a"}', "EventTimestamp is not a timestamp"),
        (b'{"AgentARN": "a", "EventTimestamp": "today"}', "EventTimestamp is not a timestamp"),
        (b'{"AgentARN": "a", "EventTimestamp": 1772442000}', "EventTimestamp is not a timestamp"),
    ],
)
def test_what_is_not_an_agent_event_is_told_apart_by_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(NotAnAgentEvent) as told:
        decode_agent_event(data)
    assert str(told.value) == reason


def test_a_byte_order_mark_is_taken_off_and_only_one() -> None:
    data = json.dumps(event()).encode()
    assert decode_agent_event(b"\xef\xbb\xbf" + data) == decode_agent_event(data)
    with pytest.raises(NotAnAgentEvent, match="not JSON"):
        decode_agent_event(b"\xef\xbb\xbf" * 2 + data)


def test_what_is_nested_too_deeply_to_be_read_is_to_be_kept() -> None:
    for nested in (b"[" * 100_000, b'{"AgentARN":' * 100_000):
        with pytest.raises(Undeliverable, match=r"^NestedTooDeeply$"):
            decode_agent_event(nested)


def test_a_number_that_is_too_large_is_infinite_and_its_neighbours_are_exact() -> None:
    numbers = "[1e400, -1e400, 7, -0, 1.5, 12345678901234567890, 4, " + "9" * 5_000 + "]"
    data = json.dumps(event(Numbers="N")).replace('"N"', numbers)
    *exact, much = decode_agent_event(data.encode()).document["Numbers"]
    assert [repr(number) for number in (*exact, much)] == [
        *("inf", "-inf", "7", "0", "1.5", "12345678901234567890", "4", "inf")
    ]


@given(st.binary(max_size=200))
def test_no_bytes_at_all_raise_anything_else(data: bytes) -> None:
    with suppress(NotAnAgentEvent):
        decode_agent_event(data)


def test_every_event_of_the_sample_day_is_an_agent_event() -> None:
    decoded = [decode_agent_event(json.dumps(each).encode()) for each in sample_events()]
    assert [each.event_type for each in decoded].count("HEART_BEAT") == 2
    assert all(each.timestamp.startswith("2026-03-02T") for each in decoded)


@pytest.mark.parametrize(
    "fields",
    [
        {"CurrentAgentSnapshot": None},
        {"CurrentAgentSnapshot": "a string"},
        {"CurrentAgentSnapshot": {"Configuration": {"AgentHierarchyGroups": None}}},
        {"EventType": "SOMETHING_NEW"},
        {"EventType": None},
        {"Unknown": [{"deep": True}]},
    ],
)
def test_real_events_with_gaps_and_novelties_are_agent_events(fields: dict[str, Any]) -> None:
    decoded = decode_agent_event(json.dumps(event(**fields)).encode())
    assert decoded.document == event(**fields)


@pytest.mark.parametrize(
    ("given_timestamp", "normalised"),
    [
        ("2026-03-02T09:00:03.107Z", "2026-03-02T09:00:03.107Z"),
        ("2026-03-02T09:00:03Z", "2026-03-02T09:00:03.000Z"),
        ("2026-03-02T09:00:03.1Z", "2026-03-02T09:00:03.100Z"),
        ("2026-03-02T09:00:03.107999Z", "2026-03-02T09:00:03.107Z"),
        ("2026-03-02T09:00:03.123456789Z", "2026-03-02T09:00:03.123Z"),
        ("2026-03-02T09:00:03.107", "2026-03-02T09:00:03.107Z"),
        ("2026-03-02T10:00:03.107+01:00", "2026-03-02T09:00:03.107Z"),
        ("2026-03-01T23:30:00-0930", "2026-03-02T09:00:00.000Z"),
        ("2026-03-02T10:00:03,5+01", "2026-03-02T09:00:03.500Z"),
        ("2026-03-02T09:00Z", "2026-03-02T09:00:00.000Z"),
        ("2026-03-02T09:00", "2026-03-02T09:00:00.000Z"),
        ("2026-03-02T10:00+01:00", "2026-03-02T09:00:00.000Z"),
        ("2026-03-02t09:00:03.107z", "2026-03-02T09:00:03.107Z"),
        ("2026-03-02t09:00z", "2026-03-02T09:00:00.000Z"),
        ("2026-03-02T09Z", None),
        ("2026-03-02T09:00.5Z", None),
        ("2026-03-02x09:00Z", None),
        ("2026-02-30T09:00:00Z", None),
        ("2026-03-02", None),
        ("2026-03-02 09:00:03", None),
        ("20260302T090003Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("٢٠٢٦-03-02T09:00:00Z", None),
        ("", None),
        (None, None),
        (["2026-03-02T09:00:03Z"], None),
    ],
)
def test_timestamps_are_utc_with_milliseconds(given_timestamp: Any, normalised: str | None) -> None:
    assert utc_milliseconds(given_timestamp) == normalised


def test_a_path_through_anything_ends_in_none() -> None:
    assert value_at({"a": {"b": 1}}, "a", "b") == 1
    assert value_at({"a": [1]}, "a", "b") is None
    assert value_at(None, "a") is None
    assert string_at({"a": 1}, "a") is None
    assert string_at({"a": "x"}, "a") == "x"
