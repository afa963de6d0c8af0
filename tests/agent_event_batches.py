"""Recorded batches: what an event source mapping hands over in a normal working hour.

The events have the shapes and the sizes of tests/data/agent-events.ndjson, with invented agents.
Two of three are heartbeats; one in 200 is a sign-in and one in 200 a sign-out; the rest are
changes of status. The same arguments give the same batch. (Lambda ends a batch at 6 MB, which are
about 1,400 such records: one of 10,000 shows what happens beyond, or with smaller events.)
"""

import base64
import copy
import json
import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.local_cloud.agent_stream import sample_events
from tests.unit.events import record

_BEGIN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
_MILLISECONDS_BETWEEN_EVENTS = 20

# For so long the agents have been signed in before the batch.
_BEFORE = timedelta(minutes=30)

_SIGN_INS_AND_OUTS = 200  # one event in this many is a sign-in, and one a sign-out

MANY, FEW = "many", "few"
_FEW_AGENTS = 10


@dataclass(frozen=True, slots=True)
class Batch:
    """`records` as Lambda hands them over, and what `kinds` they are, in order; `first_states` are
    the events that left the agents' items in the state table before."""

    records: list[dict[str, Any]]
    kinds: list[str]
    first_states: list[dict[str, Any]]

    @property
    def invocation(self) -> dict[str, Any]:
        return {"Records": self.records}

    @property
    def changes(self) -> int:
        """How many records are no heartbeats."""
        return len(self.kinds) - self.kinds.count("heartbeat")

    def events(self) -> list[bytes]:
        """The records' data."""
        return [base64.b64decode(each["kinesis"]["data"]) for each in self.records]


class _Agents:
    """Invented agents and the events they cause, in the sample's shapes."""

    def __init__(self, chance: random.Random, agents: int) -> None:
        self.chance = chance
        samples = sample_events()
        changes = [
            each
            for each in samples
            if each["EventType"] == "STATE_CHANGE"
            and each["CurrentAgentSnapshot"]["AgentStatus"].get("Type") != "OFFLINE"
        ]
        first = {each["EventType"]: each for each in reversed(samples)}
        heartbeat = first["HEART_BEAT"]
        self.shapes = {
            "change": changes,
            # One with the snapshot before and one without: the mean size is then the sample's.
            "heartbeat": [heartbeat, {**heartbeat, "PreviousAgentSnapshot": None}],
            "login": [first["LOGIN"]],
            "logout": [first["LOGOUT"]],
        }
        self.names = [
            (str(uuid.UUID(int=chance.getrandbits(128))), f"agent{number:05}@example.com")
            for number in range(agents)
        ]

    def event(self, kind: str, agent: int, at: datetime) -> dict[str, Any]:
        event: dict[str, Any] = copy.deepcopy(self.chance.choice(self.shapes[kind]))
        identifier, username = self.names[agent]
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event["AgentARN"] = f"{event['InstanceARN']}/agent/{identifier}"
        event["EventId"] = str(uuid.UUID(int=self.chance.getrandbits(128)))
        event["EventTimestamp"] = stamp
        for snapshot in (event["CurrentAgentSnapshot"], event["PreviousAgentSnapshot"]):
            if snapshot:
                snapshot["Configuration"]["Username"] = username
        if kind in ("change", "logout"):
            event["CurrentAgentSnapshot"]["AgentStatus"]["StartTimestamp"] = stamp
        return event


def mixed(records: int, agents: str = MANY, seed: int = 1) -> Batch:
    """A mixed batch: of `MANY` agents, 600 for each 1,000 records, or of ten."""
    chance = random.Random(f"{records} {agents} {seed}")
    count = max(1, records * 6 // 10) if agents == MANY else min(records, _FEW_AGENTS)
    invented = _Agents(chance, count)
    chosen = [*range(count), *chance.choices(range(count), k=records - count)]
    signs = max(1, round(records / _SIGN_INS_AND_OUTS))
    heartbeats = records * 2 // 3
    kinds = ["login"] * signs + ["logout"] * signs + ["heartbeat"] * heartbeats
    kinds += ["change"] * (records - len(kinds))
    chance.shuffle(chosen)
    chance.shuffle(kinds)
    first_kind: dict[int, str] = {}
    for agent, kind in zip(chosen, kinds, strict=True):
        if kind != "heartbeat":
            first_kind.setdefault(agent, kind)
    before = [
        invented.event("change", agent, _BEGIN - _BEFORE)
        for agent in range(count)
        if first_kind.get(agent) != "login"
    ]
    wait = timedelta(milliseconds=_MILLISECONDS_BETWEEN_EVENTS)
    made = [
        _record(number, invented.event(kind, agent, _BEGIN + number * wait))
        for number, (agent, kind) in enumerate(zip(chosen, kinds, strict=True))
    ]
    return Batch(made, kinds, before)


def _record(number: int, event: dict[str, Any]) -> dict[str, Any]:
    sequence_number = f"4966{number:052}"
    made = record(json.dumps(event, ensure_ascii=False).encode(), sequence_number)
    arrival = datetime.fromisoformat(event["EventTimestamp"]).timestamp() + 0.2
    made["kinesis"]["approximateArrivalTimestamp"] = arrival
    return made


def mean_size(batch: Batch) -> float:
    """The mean size of the records' data, in bytes."""
    return sum(map(len, batch.events())) / len(batch.records)
