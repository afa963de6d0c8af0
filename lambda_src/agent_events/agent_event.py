"""An agent event as Amazon Connect writes it (wire contract, section 1)."""

import json
import re
from codecs import BOM_UTF8
from datetime import UTC, datetime
from typing import Any, NamedTuple

from agent_events.conditions import Condition

# A DynamoDB partition key holds at most this many bytes of UTF-8.
_LONGEST_AGENT_ARN = 2_048

# As Amazon Connect writes a timestamp, and as it leaves here.
_NORMAL_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z", re.ASCII)
_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)


class NotAnAgentEvent(Exception):
    """A record that is skipped; its text says why, without the record's content."""


class Undeliverable(Exception):
    """A record that is set aside whole, because what it says cannot or must not go on to WFM."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(condition)
        self.condition = condition


class AgentEvent(NamedTuple):
    """One agent event.

    `timestamp` is `EventTimestamp` as `yyyy-MM-ddTHH:mm:ss.SSSZ`: such strings sort by time.
    `document` is the whole event as parsed; any other field may be missing, null or of any type.
    """

    agent_arn: str
    timestamp: str
    event_type: str | None
    document: dict[str, Any]

    @property
    def current(self) -> Any:
        """`CurrentAgentSnapshot`, which may be null."""
        return self.document.get("CurrentAgentSnapshot")

    @property
    def previous(self) -> Any:
        """`PreviousAgentSnapshot`, which may be null."""
        return self.document.get("PreviousAgentSnapshot")


def decode_agent_event(data: bytes) -> AgentEvent:
    """Decode the data of one Kinesis record, UTF-8 JSON with or without a byte order mark.

    Raises NotAnAgentEvent when the data is not UTF-8, not JSON, not an object, or has no usable
    AgentARN or EventTimestamp; Undeliverable when it is nested too deeply to tell. Every other
    field may hold anything. A number is infinite in the document if it is beyond the range of a
    double, and of more digits than Python makes an int of.
    """
    try:
        document = _parsed(data.removeprefix(BOM_UTF8).decode("utf-8"))
    except UnicodeDecodeError:
        raise NotAnAgentEvent("not UTF-8") from None
    except RecursionError:
        raise Undeliverable(Condition.NESTED_TOO_DEEPLY) from None
    except ValueError:
        raise NotAnAgentEvent("not JSON") from None
    if not isinstance(document, dict):
        raise NotAnAgentEvent("not an object")
    agent_arn = document.get("AgentARN")
    if not isinstance(agent_arn, str) or not agent_arn:
        raise NotAnAgentEvent("no AgentARN")
    if not _fits_a_key(agent_arn):
        raise NotAnAgentEvent("AgentARN is not an ARN")
    timestamp = utc_milliseconds(document.get("EventTimestamp"))
    if timestamp is None:
        raise NotAnAgentEvent("EventTimestamp is not a timestamp")
    return AgentEvent(agent_arn, timestamp, string_at(document, "EventType"), document)


def utc_milliseconds(value: Any) -> str | None:
    """An ISO 8601 timestamp as `yyyy-MM-ddTHH:mm:ss.SSSZ`, or None when `value` is none.

    Seconds, fraction and zone may be missing, and `t` and `z` lower case. No zone means UTC; a
    fraction finer than milliseconds is cut off.
    """
    if not isinstance(value, str):
        return None
    normal = _NORMAL_TIMESTAMP.fullmatch(value)
    if not normal and not _TIMESTAMP.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value.upper())
        if normal:
            return value
        if moment.tzinfo is not UTC and moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def an_object(value: Any) -> dict[str, Any]:
    """`value`, or an empty object where it is none."""
    return value if isinstance(value, dict) else {}


def value_at(value: Any, *path: str) -> Any:
    """What lies at `path` below `value`; None where a step is missing, null or not an object."""
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def string_at(value: Any, *path: str) -> str | None:
    """The string at `path` below `value`; None where there is none."""
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value if isinstance(value, str) else None


def utf8_size(value: str) -> int:
    """How many bytes `value` is in UTF-8. Raises UnicodeEncodeError for a lone surrogate."""
    return len(value) if value.isascii() else len(value.encode("utf-8"))


def _fits_a_key(agent_arn: str) -> bool:
    try:
        return utf8_size(agent_arn) <= _LONGEST_AGENT_ARN
    except UnicodeEncodeError:
        return False


def _parsed(text: str) -> Any:
    """Raises ValueError for what is not JSON."""
    try:
        document, end = _JSON.raw_decode(text)
        return document if end == len(text) else _JSON.decode(text)
    except ValueError:  # also for a number of more digits than Python makes an int of
        return _JSON_WITH_LONG_NUMBERS.decode(text)


def _whole_number(literal: str) -> int | float:
    try:
        return int(literal)
    except ValueError:
        return float(literal)


def _not_a_json_number(literal: str) -> Any:
    raise ValueError(f"{literal} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_not_a_json_number)
_JSON_WITH_LONG_NUMBERS = json.JSONDecoder(
    parse_int=_whole_number, parse_constant=_not_a_json_number
)
