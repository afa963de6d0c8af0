"""What a run has to remember of each record until the end, and of each function as a whole."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.chaos.deployment import Options
from tests.chaos.expectations import LARGEST_LINE, Relayed, line_digest, relayed, report_line
from tests.chaos.histories import JUNK, History, position_of
from tests.chaos.source_mapping import Record

# A record's fate, by position on its shard.
UNREAD, SETTLED, GIVEN_UP = range(3)

# What the flag was in the invocations that had a record, as bits.
_ON_WHEN_SETTLED, _PERHAPS_ON, _TOO_LARGE_TO_SEND, _NOT_TO_STORE, _MONITORED = (
    1 << bit for bit in range(5)
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a record tells the table: its timestamp, and the item's digest or None for gone."""

    timestamp: str
    item: bytes | None


@dataclass(slots=True)
class AgentTable:
    """What the table was certainly told of an agent last, and what it may have been told besides,
    by records that were given up.

    An older event never wins, and of two at the same instant the one that arrives later does: which
    one that is nobody can say of events that different relays were told, so that `certain` is then
    several.
    """

    certain: list[Told] = field(default_factory=list)
    possible: list[Told] = field(default_factory=list)

    @property
    def newest(self) -> str:
        """The timestamp of what it was certainly told last; empty when it was told nothing."""
        return self.certain[0].timestamp if self.certain else ""

    def tell(self, told: Told) -> None:
        if told.timestamp >= self.newest:
            self.certain = [told]

    def add(self, other: "AgentTable") -> None:
        """What another relay told of the same agent."""
        newest = max(self.newest, other.newest)
        both = self.certain + other.certain
        self.certain = [told for told in both if told.timestamp == newest]
        self.possible += other.possible

    def outcomes(self) -> set[bytes | None]:
        """The items that the table may hold in the end: the newest, or what is as new or newer
        and may have been written all the same."""
        certain: set[bytes | None] = {told.item for told in self.certain} or {None}
        return certain | {told.item for told in self.possible if told.timestamp >= self.newest}


class Ledger(Protocol):
    """What a lane tells of its records; `flag` is None where it is not known or does not matter."""

    fates: list[bytearray]

    def invoked(self, records: Iterable[Record], flag: bool | None) -> None: ...

    def settled(self, records: Iterable[Record], flag: bool | None) -> None: ...

    def given_up(self, records: Iterable[Record]) -> None: ...


@dataclass(slots=True)
class RelayLedger:
    """By shard and position: `fates`, and `notes` for the flag and sizes. By event: `messages`, the
    digest of what a queue should carry. By agent's ARN: `table`."""

    past: History
    options: Options
    fates: list[bytearray] = field(init=False)
    notes: list[bytearray] = field(init=False)
    messages: list[bytes | None] = field(init=False)
    table: dict[str, AgentTable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fates = [bytearray(len(shard.events)) for shard in self.past.shards]
        self.notes = [bytearray(len(shard.events)) for shard in self.past.shards]
        self.messages = [None] * len(self.past.events)

    def invoked(self, records: Iterable[Record], flag: bool | None) -> None:
        if flag is not False:
            for each in records:
                shard, position = position_of(each.sequence_number)
                self.notes[shard][position] |= _PERHAPS_ON

    def settled(self, records: Iterable[Record], flag: bool | None) -> None:
        for each in records:
            self._end(each, SETTLED, flag)

    def given_up(self, records: Iterable[Record]) -> None:
        for each in records:
            self._end(each, GIVEN_UP, None)

    def add(self, other: "RelayLedger") -> None:
        """What another relay wrote down, of other shards."""
        for ours, theirs in ((self.fates, other.fates), (self.notes, other.notes)):
            for shard, each in enumerate(theirs):
                if any(other.fates[shard]):
                    ours[shard] = each
        self.messages = [
            ours or theirs for ours, theirs in zip(self.messages, other.messages, strict=True)
        ]
        for agent_arn, agent in other.table.items():
            self.table.setdefault(agent_arn, AgentTable()).add(agent)

    def must_be_sent(self, shard: int, position: int) -> bool:
        note = self.notes[shard][position]
        return bool(note & _ON_WHEN_SETTLED and note & _MONITORED and not note & _NOT_TO_STORE)

    def may_be_sent(self, shard: int, position: int) -> bool:
        note = self.notes[shard][position]
        may_be = note & _PERHAPS_ON and note & _MONITORED
        return bool(may_be and not note & (_TOO_LARGE_TO_SEND | _NOT_TO_STORE))

    def must_be_kept(self, shard: int, position: int) -> bool:
        """Whether the functions have to keep it themselves, since a receiver cannot take it."""
        note = self.notes[shard][position]
        return bool(
            note & _NOT_TO_STORE
            or (note & _TOO_LARGE_TO_SEND and self.must_be_sent(shard, position))
        )

    def may_be_kept(self, shard: int, position: int) -> bool:
        note = self.notes[shard][position]
        return bool(
            note & _NOT_TO_STORE
            or (note & _TOO_LARGE_TO_SEND and note & _PERHAPS_ON and note & _MONITORED)
        )

    def _end(self, each: Record, fate: int, flag: bool | None) -> None:
        shard, position = position_of(each.sequence_number)
        self.fates[shard][position] = fate
        index = self.past.shards[shard].events[position]
        if self.past.events[index].shape == JUNK:
            return
        if self.past.events[index].ahead:
            self.notes[shard][position] |= _NOT_TO_STORE
            return
        event = _event(each)
        expected = relayed(event, self.options.only)
        self.messages[index] = expected.message
        self.notes[shard][position] |= (
            _ON_WHEN_SETTLED * (flag is True)
            | _MONITORED * expected.monitored
            | _TOO_LARGE_TO_SEND * (not expected.fits)
            | _NOT_TO_STORE * (not expected.item_fits)
        )
        self._tell(event["AgentARN"], fate, expected)

    def _tell(self, agent_arn: str, fate: int, expected: Relayed) -> None:
        if expected.timestamp is None or not expected.item_fits:
            return
        agent = self.table.setdefault(agent_arn, AgentTable())
        told = Told(expected.timestamp, expected.item)
        if fate == SETTLED:
            agent.tell(told)
        else:
            agent.possible.append(told)


@dataclass(slots=True)
class ClassifierLedger:
    """By shard and position: `fates`. By a line's digest: `due`, how many settled records ask for
    it, and `perhaps`, how many that were given up. `unwritable`: the records, by sequence number,
    whose line no report can take or whose date cannot be."""

    past: History
    options: Options
    fates: list[bytearray] = field(init=False)
    due: Counter[bytes] = field(default_factory=Counter)
    perhaps: Counter[bytes] = field(default_factory=Counter)
    unwritable: set[str] = field(default_factory=set)
    without_line: int = 0

    def __post_init__(self) -> None:
        self.fates = [bytearray(len(shard.events)) for shard in self.past.shards]

    def invoked(self, records: Iterable[Record], flag: bool | None) -> None:
        """A line does not depend on when the function was invoked."""

    def settled(self, records: Iterable[Record], flag: bool | None) -> None:  # noqa: ARG002
        for each in records:
            self._end(each, SETTLED, self.due)

    def given_up(self, records: Iterable[Record]) -> None:
        for each in records:
            self._end(each, GIVEN_UP, self.perhaps)

    def _end(self, each: Record, fate: int, lines: Counter[bytes]) -> None:
        shard, position = position_of(each.sequence_number)
        self.fates[shard][position] = fate
        past = self.past.events[self.past.shards[shard].events[position]]
        if past.shape == JUNK:
            return
        if past.ahead:
            self.unwritable.add(each.sequence_number)
            return
        line = report_line(_event(each), self.options.with_type)
        if line is None:
            self.without_line += 1
        elif len(line) > LARGEST_LINE:
            self.unwritable.add(each.sequence_number)
        else:
            lines[line_digest(line)] += 1


def _event(record: Record) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(record.data)
    return event
