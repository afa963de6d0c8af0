"""What the wire contract says of an event, worked out again: nothing here comes from `lambda_src`.

Where the contract leaves something open the functions here say so, and what they say of an event
nested more deeply than `DEEP` may or may not come to pass: how deep is too deep is Python's choice.
"""

import csv
import hashlib
import itertools
import json
import re
import struct
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

DEEP = 150

_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2})(?::([0-9]{2})"
    r"(?:[.,]([0-9]+))?)?(?:[Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)?"
)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)

_STATE_TYPES = {"a": "A", "0": "0", "o": "0", "1": "1"}

csv.field_size_limit(10_000_000)


class NoJson(Exception):
    """The bytes are no JSON that Amazon Connect could have written."""


class NoTable(Exception):
    """The bytes are no reference table."""


class Ambiguous(Exception):
    """There is more than one way to read it."""


def document_of(data: bytes) -> Any:
    """The JSON in `data`; a number too large for a double is infinite. Raises NoJson."""
    text = data[3:] if data[:3] == b"\xef\xbb\xbf" else data
    try:
        return json.loads(
            text.decode("utf-8"), parse_int=_integer, parse_constant=lambda _literal: _fail()
        )
    except (ValueError, RecursionError):
        raise NoJson from None


def nesting(data: bytes) -> int:
    """How deep arrays and objects lie in one another, also in what is no JSON.

    0 where there are too few to lie deeper than `DEEP`.
    """
    if data.count(b"[") + data.count(b"{") <= DEEP:
        return 0
    steps = {"[": 1, "{": 1, "]": -1, "}": -1}
    brackets = re.findall(r"[\[\]{}]", without_strings(data.decode("latin-1")))
    return max(itertools.accumulate(map(steps.__getitem__, brackets)), default=0)


def without_strings(text: str) -> str:
    """JSON without the strings in it."""
    return _STRING.sub("", text)


def is_agent_event(document: Any) -> bool:
    """Section 1: an agent, and a time to order the agent's events by."""
    if not isinstance(document, dict):
        return False
    agent = document.get("AgentARN")
    return (
        isinstance(agent, str)
        and agent == agent.encode("utf-8", "ignore").decode("utf-8")
        and 1 <= len(agent.encode("utf-8")) <= 2_048  # DynamoDB's limit for a partition key
        and timestamp(document.get("EventTimestamp")) is not None
    )


def timestamp(value: Any) -> str | None:
    """Section 3.1: `yyyy-MM-ddTHH:mm:ss.SSSZ`, UTC; None for what is no time."""
    found = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    fraction, sign = found[7] or "", -1 if found[8] == "-" else 1
    hours, minutes = int(found[9] or 0), int(found[10] or 0)
    try:
        local = datetime(*(int(found[index] or 0) for index in range(1, 7)), tzinfo=UTC)  # type: ignore[misc,arg-type]
        moment = local - sign * timedelta(hours=hours, minutes=minutes)
    except (ValueError, OverflowError):
        return None
    if hours > 23 or minutes > 59:
        return None
    return moment.strftime(f"{moment.year:04}-%m-%dT%H:%M:%S.") + f"{fraction[:3]:0<3}Z"


def has_line(document: dict[str, Any]) -> bool:
    """Section 2.1: whose Username is a string that is not empty."""
    username = _at(document, "CurrentAgentSnapshot", "Configuration", "Username")
    return isinstance(username, str) and username != ""


def columns(document: dict[str, Any], table: dict[str, str], thirteenth: bool) -> list[str]:
    """Section 2.1: the values of the event's report line, before quoting."""
    snapshot = _at(document, "CurrentAgentSnapshot")
    configuration = _at(snapshot, "Configuration")
    groups = _at(configuration, "AgentHierarchyGroups")
    contacts = _at(snapshot, "Contacts")
    first = contacts[0] if isinstance(contacts, list) and contacts else None
    moment = timestamp(document["EventTimestamp"]) or ""
    values = [
        _at(document, "AWSAccountId"),
        _at(configuration, "Username"),
        *(_at(groups, f"Level{level}", "Name") for level in range(1, 6)),
        f"{moment[:10]} {moment[11:-1]}",
        _at(snapshot, "AgentStatus", "Name"),
        _at(first, "State"),
        state_type(_at(snapshot, "AgentStatus"), table),
        _at(configuration, "RoutingProfile", "Name"),
    ]
    if thirteenth:
        values.append(_at(snapshot, "AgentStatus", "Type"))
    return [_cell(value) for value in values]


def state_type(status: Any, table: dict[str, str]) -> str:
    """Section 2.2; `table` has names as `same` has them."""
    name = _at(status, "Name")
    named = table.get(same(name)) if isinstance(name, str) else None
    return named or {"ROUTABLE": "A", "OFFLINE": "0"}.get(str(_at(status, "Type")), "1")


def status_table(data: bytes) -> dict[str, str]:
    """Section 2.2: the table in `data`, as `state_type` takes it.

    Raises NoTable for what is none, and Ambiguous where a part of a field is in quotes, which the
    contract leaves open.
    """
    try:
        lines = [each for each in rows(data) if each.strip()]
    except ValueError:
        raise NoTable from None
    found = [_fields(each) for each in lines]
    if not found:
        raise NoTable
    if [each.lower() for each in found[0]] == ["statename", "statetype"]:
        del found[0]
    table: dict[str, str] = {}
    for fields in found:
        name, kind = fields if len(fields) == 2 else ("", "")
        state_type = _STATE_TYPES.get(kind.lower())
        if not same(name) or state_type is None or table.get(same(name), state_type) != state_type:
            raise NoTable
        table[same(name)] = state_type
    return table


def same(name: str) -> str:
    """Section 6: two names are the same when this is."""
    blanks = re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip(" ")
    return "".join("i" if each == "\u0130" else each.lower() for each in blanks)


def rows(data: bytes) -> list[str]:
    """The rows of a table, which may end in LF, CR or both. Raises ValueError unless UTF-8."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def line(values: list[str]) -> str:
    """Section 2.1: a comma or a double quote calls for quotes, nothing else does."""
    return (
        ",".join(
            '"' + value.replace('"', '""') + '"' if "," in value or '"' in value else value
            for value in values
        )
        + "\n"
    )


def passes(document: dict[str, Any], snapshot: str, level: int, groups: set[str]) -> bool:
    """Section 3.2; `groups` are as `same` has them."""
    name = _at(document, snapshot, "Configuration", "AgentHierarchyGroups", f"Level{level}", "Name")
    return level == 0 or (isinstance(name, str) and same(name) in groups)


def is_signed_out(document: dict[str, Any]) -> bool:
    """Section 3.1: type OFFLINE; with no type, the status named Offline; or a LOGOUT."""
    status = _at(document, "CurrentAgentSnapshot", "AgentStatus")
    kind, name = _at(status, "Type"), _at(status, "Name")
    if document.get("EventType") == "LOGOUT":
        return True
    if isinstance(kind, str) and kind:
        return kind == "OFFLINE"
    return isinstance(name, str) and same(name) == "offline"


def gone(document: dict[str, Any], level: int, groups: set[str]) -> bool | None:
    """Section 3.1: whether the event removes the agent; None when it leaves the table alone.

    By section 3.2 an agent who is not monitored is gone, unless the previous snapshot shows that
    they were not monitored before.
    """
    if document.get("EventType") == "HEART_BEAT":
        return None
    if is_signed_out(document):
        return True
    if passes(document, "CurrentAgentSnapshot", level, groups):
        return False
    before = isinstance(_at(document, "PreviousAgentSnapshot", "Configuration"), dict)
    shown = before and not passes(document, "PreviousAgentSnapshot", level, groups)
    return None if shown else True


def message(document: dict[str, Any]) -> dict[str, Any]:
    """Section 3.4: the event without its previous snapshot and its routing profile."""
    left = {name: value for name, value in document.items() if name != "PreviousAgentSnapshot"}
    snapshot: Any = left.get("CurrentAgentSnapshot")
    configuration = _at(snapshot, "Configuration")
    if isinstance(configuration, dict):
        less = {name: value for name, value in configuration.items() if name != "RoutingProfile"}
        left["CurrentAgentSnapshot"] = {**snapshot, "Configuration": less}
    return left


def body(document: dict[str, Any]) -> str:
    """Section 3.4: the message as compact JSON, with escapes for what SQS would refuse."""
    text = json.dumps(message(document), ensure_ascii=False, separators=(",", ":"))
    return re.sub("[\ud800-\udfff\ufffe\uffff]", lambda odd: f"\\u{ord(odd[0]):04x}", text)


def queue(agent: str, queues: int) -> int:
    """Section 3.4: the first eight bytes as a little-endian signed integer, modulo `queues`."""
    (number,) = struct.unpack("<q", hashlib.sha256(agent.encode("utf-8")).digest()[:8])
    return int(number % queues)


def has_infinity(tree: Any) -> bool:
    """Whether a number in `tree` is too large for JSON's usual readers."""
    return any(each in (float("inf"), float("-inf")) for each in leaves(tree))


def attributes(document: dict[str, Any]) -> dict[str, str]:
    """Section 3.1: the item's attributes, all but `RawAgentEventJSon`."""
    status = _at(document, "CurrentAgentSnapshot", "AgentStatus")
    values = {
        "AgentARN": document["AgentARN"],
        "AgentUsername": _at(document, "CurrentAgentSnapshot", "Configuration", "Username"),
        "LastEventType": document.get("EventType"),
        "LastEventTimeStamp": timestamp(document["EventTimestamp"]),
        "LastStateChangeTimeStamp": timestamp(_at(status, "StartTimestamp")),
        "CurrentState": _at(status, "Name"),
    }
    return {name: utf8(value) for name, value in values.items() if isinstance(value, str)}


def size(item: dict[str, str]) -> int:
    """An item's size as DynamoDB counts it: names and values, in bytes of UTF-8."""
    return sum(len((name + value).encode("utf-8")) for name, value in item.items())


def utf8(text: str) -> str:
    """`text` as UTF-8 can carry it: a lone surrogate is U+FFFD."""
    if text == text.encode("utf-8", "ignore").decode("utf-8"):
        return text
    return "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text)


def leaves(tree: Any) -> Iterator[Any]:
    """Every value in `tree` that holds no other."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        else:
            yield each


def _at(tree: Any, *path: str) -> Any:
    for step in path:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def _fields(row: str) -> list[str]:
    """The fields, without the blanks around them. Raises Ambiguous."""
    fields = next(csv.reader([row]))
    if '"' in row and row != ",".join('"' + each.replace('"', '""') + '"' for each in fields):
        raise Ambiguous
    return [each.strip() for each in fields]


def _cell(value: Any) -> str:
    """Missing, empty or no string is null; what some reader takes for a line's end is a space."""
    if not isinstance(value, str) or not value:
        return "null"
    return utf8(" ".join(f"{value}.".splitlines())[:-1])


def _integer(literal: str) -> int | float:
    try:
        return int(literal)
    except ValueError:  # more digits than Python takes, and so beyond a double as well
        return float(literal)


def _fail() -> Any:
    raise ValueError
