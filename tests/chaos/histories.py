"""Random, plausible histories of an agent event stream, the same for the same seed.

A history is kept as small values; an event's JSON is written only when somebody reads its record.
Times are milliseconds since 1970 unless a name says otherwise.
"""

import json
import random
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tests.chaos.expectations import REJECTED
from tests.chaos.source_mapping import Record

STREAM_ARN = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
_INSTANCE = "arn:aws:connect:eu-central-1:111122223333:instance/2f6a"
_START = 1_772_431_200_000  # 2026-03-02T06:00:00Z

_HEARTBEAT = 120_000
_MEAN_DWELL = 300_000  # makes about two events of three heartbeats

# Name and type; the types as Connect has them.
STATUSES = (
    ("Available", "ROUTABLE"),
    ("Lunch", "CUSTOM"),
    ("Back office, mail", "CUSTOM"),
    ('Training "new"', "CUSTOM"),
    ("Pause\nkurz", "CUSTOM"),
    ("Offline", "OFFLINE"),
)
OFFLINE = 5
_CONTACT_STATES = ("CONNECTED", "CONNECTED_ONHOLD", "ENDED", "MISSED")
_GROUPS = (
    ("EMEA", "Leipzig"),
    ("EMEA", "Cork, north"),
    ("US", "Reno"),
    ("apac", "Perth"),
    (),
    ("E\u0301quipe\u00a0 Nord",),  # in another Unicode form than a filter has it
)
_MONITORED_BY_ALL = 0
_PROFILES = ("Basic", "Sales, inbound")

NULL, WORKING, JUNK = range(3)

# As load generators write it: one for many events.
_SHARED_EVENT_ID = "00000000-0000-4000-8000-000000000000"

_A_MONTH = 30 * 86_400_000


@dataclass(frozen=True, slots=True)
class Agent:
    """`typed`: whether their events carry a status type; `group`: where they begin."""

    arn: str
    username: str
    group: int
    profile: str
    typed: bool
    shard: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An agent's status by index, when it began, a contact's state or -1, and the group."""

    status: int
    since: int
    contact: int
    group: int


@dataclass(frozen=True, slots=True)
class Event:
    """One event, or with `shape` JUNK a record that is none.

    `shape` NULL: both snapshots are null. `padding` is what an unknown field holds and `wide` what
    the status name is lengthened by, in characters; `ahead` is by how much its date is too late.
    All three are mostly 0. `rejected`: DynamoDB takes no item of it.
    """

    index: int
    agent: int
    at: int
    kind: str
    shape: int
    now: Snapshot | None
    before: Snapshot | None
    padding: int = 0
    wide: int = 0
    ahead: int = 0
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard's records in order: when each arrived, and the index of its event."""

    shard_id: str
    arrivals: "array[int]"
    events: "array[int]"


@dataclass(frozen=True, slots=True)
class History:
    """Agents and events by index, and the shards that the events were put on.

    `scattered` are the events with a copy on a shard that is not their agent's.
    """

    agents: tuple[Agent, ...]
    events: tuple[Event, ...]
    shards: tuple[Shard, ...]
    scattered: frozenset[int]

    @property
    def records(self) -> int:
        return sum(len(shard.events) for shard in self.shards)


def history(seed: int, records: int, agents: int, shards: int) -> History:
    """About `records` records on `shards` shards, of `agents` agents and a few more, of whom there
    are two events each: one that DynamoDB takes, and soon after one that it rejects."""
    chance = random.Random(f"history {seed}")
    people = tuple(_agent(chance, number, shards) for number in range(agents))
    rejected = tuple(
        replace(_agent(chance, agents + number, shards), group=_MONITORED_BY_ALL)
        for number in range(max(5, agents // 100))
    )
    each = max(2, round(records / 1.011 / agents))
    days = [
        step
        for number, person in enumerate(people)
        for step in _events_of(random.Random(f"{seed} {number}"), number, person, each)
    ]
    days += [
        Event(0, -1, _START + chance.randrange(3_600_000), "", JUNK, None, None)
        for _ in range(max(5, records // 200))
    ]
    days += [
        event
        for number, person in enumerate(rejected, agents)
        for event in _rejected_events_of(chance, number, person)
    ]
    days.sort(key=lambda event: event.at)
    odd = _odd(chance, [index for index, event in enumerate(days) if event.agent < agents])
    events = tuple(
        replace(event, index=index, **odd.get(index, {})) for index, event in enumerate(days)
    )
    return _put(chance, people + rejected, events, shards)


def document(past: History, event: Event) -> dict[str, Any]:
    """The event as Connect writes it (wire contract, section 1)."""
    agent = past.agents[event.agent]
    rejected = REJECTED if event.rejected else ""
    return {
        "AWSAccountId": "111122223333",
        "AgentARN": agent.arn,
        "CurrentAgentSnapshot": _snapshot(agent, event.now, event.wide),
        "EventId": _SHARED_EVENT_ID if event.index % 4 == 0 else _event_id(event.index),
        "EventTimestamp": _written(event.at + event.ahead, event.index),
        "EventType": event.kind,
        "InstanceARN": _INSTANCE,
        "PreviousAgentSnapshot": _snapshot(agent, event.before, 0),
        "Version": "2017-10-01",
        "Unknown": f"{event.index}:{rejected}{'x' * event.padding}",
    }


def _event_id(index: int) -> str:
    return f"{index:08x}-7c1a-4e0b-9d55-{index * 2654435761 % 2**48:012x}"


def event_index(body: object) -> int | None:
    """The index of the event with this message; None when it is no event of a history."""
    unknown = body.get("Unknown") if isinstance(body, dict) else None
    index, separator, _ = str(unknown).partition(":")
    return int(index) if separator and index.isdecimal() else None


def data(past: History, event: Event) -> bytes:
    """The bytes of the event's record, now and then with a byte order mark."""
    if event.shape == JUNK:
        return _JUNK[event.index % len(_JUNK)]
    text = json.dumps(document(past, event), ensure_ascii=event.index % 2 == 0)
    return text.encode("utf-8-sig" if event.index % 40 == 7 else "utf-8")


def record(past: History, shard: int, position: int) -> Record:
    """The record at a position of a shard, both counted from 0."""
    where = past.shards[shard]
    event = past.events[where.events[position]]
    return Record(
        where.shard_id,
        f"49{shard:04d}{position:050d}",
        past.agents[event.agent].arn if event.agent >= 0 else "health-check",
        where.arrivals[position] / 1_000,
        data(past, event),
    )


def position_of(sequence_number: str) -> tuple[int, int]:
    """The shard and the position of a record, from its sequence number."""
    return int(sequence_number[2:6]), int(sequence_number[6:])


_JUNK = (
    b"\xff\xfe not UTF-8",
    b"{not JSON",
    b'["a", "list"]',
    b'{"EventId": "no agent", "EventTimestamp": "2026-03-02T09:00:00.000Z"}',
    b'{"AgentARN": null, "EventTimestamp": "2026-03-02T09:00:00.000Z", "EventType": "LOGIN"}',
    b"",
)


def _agent(chance: random.Random, number: int, shards: int) -> Agent:
    arn = f"{_INSTANCE}/agent/{number:06d}-{chance.getrandbits(32):08x}"
    name = chance.choice(("a{}@example.com", "müller-{}", 'o"neil {}', "last{}, first", "line\n{}"))
    return Agent(
        arn,
        name.format(number),
        chance.choice((0, 0, 1, 2, 3, 4, 5)),
        chance.choice(_PROFILES),
        chance.random() < 0.9,
        zlib.crc32(arn.encode()) % shards,
    )


def _events_of(chance: random.Random, number: int, agent: Agent, count: int) -> Iterator[Event]:
    """An agent's day as `count` events in order of time; their index is not yet known."""
    at = _START + chance.randrange(2_700_000)
    now: Snapshot | None = None
    left = count
    while left > 0:
        signed_in = now is not None and now.status != OFFLINE
        before = now
        if not signed_in:
            kind, shape = "LOGIN", NULL if chance.random() < 0.4 else WORKING
            now = Snapshot(0, at, -1, now.group if now else agent.group)
        elif chance.random() < (0.4 if left == 1 else 0.03):
            kind = chance.choice(("LOGOUT", "STATE_CHANGE"))
            shape = NULL if kind == "LOGOUT" and chance.random() < 0.4 else WORKING
            now = Snapshot(OFFLINE, at, -1, now.group) if now else None
        else:
            kind, shape, now = "STATE_CHANGE", WORKING, _change(chance, now, at)
        if shape == NULL:
            yield Event(0, number, at, kind, NULL, None, None)
        else:
            moved = before is not None and now is not None and before.group != now.group
            unknown = moved and chance.random() < 0.5
            yield Event(0, number, at, kind, WORKING, now, None if unknown else before)
        left -= 1
        # Something else in the same millisecond; often the last, so that nothing newer hides it.
        if chance.random() < (0.4 if left == 1 else 0.06):
            continue
        leaves = now is not None and now.status == OFFLINE
        dwell = chance.uniform(0, 3_600_000) if leaves else chance.expovariate(1 / _MEAN_DWELL)
        for beat in range(1, int(dwell // _HEARTBEAT) + 1):
            if left > 0:
                yield Event(0, number, at + beat * _HEARTBEAT, "HEART_BEAT", WORKING, now, now)
                left -= 1
        at += int(dwell) + 1


def _rejected_events_of(chance: random.Random, number: int, agent: Agent) -> Iterator[Event]:
    """The newer one is the one that is rejected, and there is nothing after it."""
    at = _START + chance.randrange(2_700_000)
    login, lunch = Snapshot(0, at, -1, agent.group), Snapshot(1, at + 500, -1, agent.group)
    yield Event(0, number, at, "LOGIN", WORKING, login, None)
    yield Event(0, number, at + 500, "STATE_CHANGE", WORKING, lunch, login, rejected=True)


def _change(chance: random.Random, now: Snapshot | None, at: int) -> Snapshot:
    """A new status, a contact that changes, or once in a while another group."""
    assert now is not None
    if chance.random() < 0.3:
        return Snapshot(
            now.status, now.since, chance.randrange(-1, len(_CONTACT_STATES)), now.group
        )
    if chance.random() < 0.04:
        return Snapshot(now.status, now.since, now.contact, chance.randrange(len(_GROUPS)))
    return Snapshot(chance.randrange(OFFLINE), at, now.contact, now.group)


def _odd(chance: random.Random, indices: list[int]) -> dict[int, dict[str, Any]]:
    """What is odd about a few of these events, as fields by index: too large for a message, for an
    item too, for a report line; large but deliverable lines; dated ahead."""
    oddities: tuple[dict[str, Any], ...] = (
        {"padding": 270_000},
        {"padding": 420_000},
        {"wide": 515_000},
        {"wide": 40_000},
        {"wide": 1_030_000},
        {"ahead": _A_MONTH},
    )
    few = max(len(oddities), len(indices) // 4_000)
    return {
        index: oddities[number % len(oddities)]
        for number, index in enumerate(chance.sample(indices, min(few, len(indices))))
    }


def _put(
    chance: random.Random, people: tuple[Agent, ...], events: tuple[Event, ...], shards: int
) -> History:
    """Put each event on its shard, most soon after it happened, some late and some twice."""
    puts: list[list[tuple[int, int]]] = [[] for _ in range(shards)]
    scattered: set[int] = set()
    latest: dict[int, int] = {}
    for event in events:
        own = people[event.agent].shard if event.agent >= 0 else event.index % shards
        arrived = event.at + chance.randrange(20, 400)
        if latest.get(event.agent) == event.at:
            arrived += chance.choice((0, 2_000, 60_000))  # at times not in the same batch
        latest[event.agent] = event.at
        draw = chance.random()
        if draw < 0.01:
            arrived += chance.randrange(120_000)
        elif draw < 0.011:
            arrived += chance.randrange(2_400_000)
        puts[own].append((arrived, event.index))
        if chance.random() < 0.006 and event.shape != JUNK:
            shard = own
            if chance.random() < 0.1 and shards > 1:
                shard = (own + 1) % shards
                scattered.add(event.index)
            again = arrived + chance.choice((1_000, 60_000, 600_000, 7_200_000))
            puts[shard].append((again, event.index))
    return History(
        people,
        events,
        tuple(
            Shard(
                f"shardId-{number:012d}",
                array("q", (arrived for arrived, _ in sorted(each))),
                array("l", (index for _, index in sorted(each))),
            )
            for number, each in enumerate(puts)
        ),
        frozenset(scattered),
    )


def _snapshot(agent: Agent, snapshot: Snapshot | None, wide: int) -> dict[str, Any] | None:
    if snapshot is None:
        return None
    name, status_type = STATUSES[snapshot.status]
    group = _GROUPS[snapshot.group]
    return {
        "AgentStatus": {
            "ARN": f"{_INSTANCE}/agent-state/{snapshot.status}",
            "Name": name + "w" * wide,
            "StartTimestamp": _iso(snapshot.since),
            **({"Type": status_type} if agent.typed else {}),
        },
        "Configuration": {
            "AgentHierarchyGroups": {
                f"Level{level}": {"ARN": f"{_INSTANCE}/agent-group/{each}", "Name": each}
                for level, each in enumerate(group, 1)
            }
            or None,
            "FirstName": "First",
            "LastName": "Last",
            "RoutingProfile": {"ARN": f"{_INSTANCE}/routing-profile/1", "Name": agent.profile},
            "Username": agent.username,
        },
        "Contacts": []
        if snapshot.contact < 0
        else [{"ContactId": "c", "State": _CONTACT_STATES[snapshot.contact]}],
        "NextAgentStatus": None,
    }


def _written(at: int, index: int) -> str:
    """A timestamp, now and then with another fraction than milliseconds, or in lower case."""
    written = _iso(at)
    if index % 50 == 2:
        return written.lower()
    if index % 50 == 0:
        return written.removesuffix("Z") + "789Z"
    return written.replace(".000Z", "Z") if index % 50 == 1 else written


def _iso(at: int) -> str:
    moment = datetime.fromtimestamp(at / 1_000, UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds") + "Z"
