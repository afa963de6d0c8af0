"""The report files, read (wire contract, section 2.1)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from aspect_wfm.outcome import CannotTell
from aspect_wfm.report_files import ReportObject

HierarchyGroups = tuple[str | None, str | None, str | None, str | None, str | None]

_COLUMNS = (
    "AWSAccountId",
    "Username",
    "AHGLevel1",
    "AHGLevel2",
    "AHGLevel3",
    "AHGLevel4",
    "AHGLevel5",
    "EventTimestamp",
    "StateName",
    "ContactState",
    "StateType",
    "RoutingProfile",
    "AgentStatusType",
)
_WITHOUT_STATUS_TYPE = len(_COLUMNS) - 1

_COLUMN = re.compile(r'"(?P<quoted>[^"]*(?:""[^"]*)*)"|(?P<plain>[^",]*)')
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", re.ASCII)


class MalformedReportError(CannotTell):
    """A report file that breaks the contract; the text names the file, the line and the fault."""


class StateType(StrEnum):
    """What an agent's status means to WFM (wire contract, section 2.2)."""

    AVAILABLE = "A"
    SIGNED_IN = "1"
    SIGNED_OUT = "0"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line; None stands for `null`.

    `timestamp` is in UTC and timezone-aware. `hierarchy_groups` are levels 1 to 5 in order.
    `agent_status_type` is also None when the file does not have that column. `username` is never
    None: no line is written for an event without one, so `null` there is an agent of that name.
    """

    aws_account_id: str | None
    username: str
    hierarchy_groups: HierarchyGroups
    timestamp: datetime
    state_name: str | None
    contact_state: str | None
    state_type: StateType
    routing_profile: str | None
    agent_status_type: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a number of report files together.

    `lines` are the different lines, by time; files are delivered at least once, and `repeated`
    counts the duplicates. `heartbeats` counts the blank lines, `objects` the
    files.
    """

    lines: tuple[ReportLine, ...]
    repeated: int
    heartbeats: int
    objects: int


def read_report(objects: Iterable[ReportObject]) -> Report:
    """Read report files, in any order of the files and their lines.

    Raises MalformedReportError at the first line that is not as the contract says.
    """
    texts: dict[str, ReportLine] = {}
    files = lines = heartbeats = 0
    for each in objects:
        files += 1
        for number, text in _texts(each):
            if not text:
                heartbeats += 1
                continue
            lines += 1
            if text not in texts:
                texts[text] = _parsed(text, each.key, number)
    # Text breaks the tie of equal times, so that the order never depends on the delivery.
    ordered = sorted(texts, key=lambda text: (texts[text].timestamp, text))
    return Report(tuple(texts[text] for text in ordered), lines - len(texts), heartbeats, files)


def _texts(report: ReportObject) -> Iterator[tuple[int, str]]:
    """Each line's number, from 1, and text."""
    *ended, rest = report.data.split(b"\n")
    for number, data in enumerate(ended, 1):
        try:
            yield number, data.decode("utf-8")
        except UnicodeDecodeError:
            raise _malformed(report.key, number, "it is not UTF-8") from None
    if rest:
        raise _malformed(report.key, len(ended) + 1, "it does not end with a line feed")


def _parsed(text: str, key: str, number: int) -> ReportLine:
    try:
        return _line(_values(text))
    except ValueError as fault:
        raise _malformed(key, number, str(fault)) from None


def _values(text: str) -> list[str]:
    """The columns' values, unquoted. Only a comma or a double quote requires quotes."""
    if "\r" in text:
        raise ValueError("it contains a carriage return, which many readers treat as a line end")
    values: list[str] = []
    position = -1
    while position < len(text):
        column = _COLUMN.match(text, position + 1)
        if column is None or text[column.end() : column.end() + 1] not in ("", ","):
            raise ValueError(f"{_name(len(values))} has a double quote out of place")
        position = column.end()
        values.append(_value(column, _name(len(values))))
    return values


def _value(column: re.Match[str], name: str) -> str:
    quoted = column["quoted"]
    if quoted is not None:
        value = quoted.replace('""', '"')
        if "," not in value and '"' not in value:
            raise ValueError(f"{name} is in quotes that it does not need")
        return value
    if not column["plain"]:
        raise ValueError(f"{name} is empty where null is expected")
    return column["plain"]


def _line(values: list[str]) -> ReportLine:
    if not _WITHOUT_STATUS_TYPE <= len(values) <= len(_COLUMNS):
        raise ValueError(
            f"it has {len(values)} columns, not {_WITHOUT_STATUS_TYPE} or {len(_COLUMNS)}"
        )
    known = [None if value == "null" else value for value in values]
    return ReportLine(
        aws_account_id=known[0],
        username=values[1],
        hierarchy_groups=(known[2], known[3], known[4], known[5], known[6]),
        timestamp=_timestamp(values[7]),
        state_name=known[8],
        contact_state=known[9],
        state_type=_state_type(values[10]),
        routing_profile=known[11],
        agent_status_type=known[12] if len(known) == len(_COLUMNS) else None,
    )


def _timestamp(value: str) -> datetime:
    if _TIMESTAMP.fullmatch(value):
        try:
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        except ValueError:
            pass  # no such day or hour: the same sentence says it
    raise ValueError(f"EventTimestamp is {value!r}, not a time as in '2026-03-02 09:00:00.000'")


def _state_type(value: str) -> StateType:
    try:
        return StateType(value)
    except ValueError:
        raise ValueError(f"StateType is {value!r}, not A, 0 or 1") from None


def _name(index: int) -> str:
    return _COLUMNS[index] if index < len(_COLUMNS) else f"column {index + 1}"


def _malformed(key: str, number: int, fault: str) -> MalformedReportError:
    return MalformedReportError(f"Report file {key}, line {number}: {fault}.")
