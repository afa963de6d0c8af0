"""The report lines of stream records, and which of them the report files lack."""

import base64
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from agent_classifier.packing import LARGEST_RECORD
from agent_classifier.report_line import report_line
from agent_classifier.status_table import StatusTable
from agent_events.agent_event import AgentEvent
from agent_events.kinesis_batch import read_batch
from aspect_wfm.rebuild.stream import StreamRecord
from aspect_wfm.synthetic_agent import is_synthetic

# A column as it is written, quotes included. Possessive: without going back over what is in quotes.
_COLUMN = re.compile(rb'"(?:[^"]|"")*+"|[^,]*+')

_STATE_TYPE, _ROUTING_PROFILE = 10, 11

# A line without what depends on today's settings.
LineKey = tuple[bytes, ...]


class Line(NamedTuple):
    """A report line with its line end, and where on the stream its event arrived, and when."""

    arrived: datetime
    shard_id: str
    sequence_number: str
    text: bytes


@dataclass(slots=True)
class Lines:
    """The lines of a period's records: `inside` it, and the keys of those shortly `outside`.

    `without_line` counts the records inside that give none: no agent events, events without a user
    name or of the doctor's synthetic agents, and what the classifier keeps in its bucket for
    failed records.
    """

    inside: list[Line] = field(default_factory=list)
    outside: Counter[LineKey] = field(default_factory=Counter)
    records: int = 0
    without_line: int = 0


def lines_of(
    records: Iterable[Sequence[StreamRecord]],
    start: datetime,
    end: datetime,
    table: StatusTable,
    include_agent_status_type: bool,
) -> Lines:
    """The lines of `records`, for the period from `start` until before `end`."""
    found = Lines()
    for some in records:
        made = list(_made(some, table, include_agent_status_type))
        found.outside.update(
            line_key(each.text) for each in made if not start <= each.arrived < end
        )
        inside = [each for each in made if start <= each.arrived < end]
        records_inside = sum(start <= each.arrived < end for each in some)
        found.inside += inside
        found.records += records_inside
        found.without_line += records_inside - len(inside)
    # An agent's lines come from one shard at a time; arrival is the order across shards.
    found.inside.sort()
    return found


def missing(lines: Lines, report_lines: Iterable[bytes]) -> list[Line]:
    """Those of the lines inside that `report_lines`, all that the files have, lack.

    Each line of the files stands for one line of the stream, first for one outside the period. It
    may differ in its StateType and AgentStatusType, which follow the reference table and settings
    of the hour in which it was made.
    """
    wanted = Counter(line_key(each.text) for each in lines.inside)
    there: Counter[LineKey] = Counter()
    for text in report_lines:
        key = line_key(text)
        if key in wanted:
            there[key] += 1
    there -= lines.outside
    lacking: list[Line] = []
    for each in lines.inside:
        key = line_key(each.text)
        if there[key]:
            there[key] -= 1
        else:
            lacking.append(each)
    return lacking


def line_key(text: bytes) -> LineKey:
    """What a line says but for StateType and AgentStatusType."""
    columns: list[bytes] = []
    position = 0
    text = text.rstrip(b"\n")
    while found := _COLUMN.match(text, position):
        columns.append(found[0])
        position = found.end() + 1
        if position > len(text):
            break
    return (*columns[:_STATE_TYPE], *columns[_ROUTING_PROFILE : _ROUTING_PROFILE + 1])


def _made(
    records: Sequence[StreamRecord], table: StatusTable, include_agent_status_type: bool
) -> Iterator[Line]:
    def line(_: str, event: AgentEvent) -> bytes | None:
        if is_synthetic(event.agent_arn):
            return None  # the doctor has taken its own lines out
        return report_line(event, table, include_agent_status_type)

    handed_over = [_as_handed_over(index, each) for index, each in enumerate(records)]
    batch = read_batch({"Records": handed_over}, line)
    for number, text in batch.outcomes.items():
        if text and len(text) <= LARGEST_RECORD:
            record = records[int(number)]
            yield Line(record.arrived, record.shard_id, record.sequence_number, text)


def _as_handed_over(index: int, record: StreamRecord) -> dict[str, object]:
    """The record as an event source mapping hands it over, as far as `read_batch` looks."""
    return {
        "kinesis": {
            "sequenceNumber": str(index),
            "data": base64.b64encode(record.data).decode("ascii"),
            "approximateArrivalTimestamp": record.arrived.timestamp(),
        }
    }
