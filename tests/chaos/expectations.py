"""What the wire contract says should come of an event, written from its text.

Nothing here calls the functions' code, so that the two can disagree. Digests are eight bytes:
what a run of a million events has to remember.
"""

import csv
import hashlib
import io
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Section 3.4, and DynamoDB's limit for an item.
LARGEST_MESSAGE = 262_144
LARGEST_ITEM = 409_600
# Firehose's limit for a record, in bytes.
LARGEST_LINE = 1_024_000

# What DynamoDB, as the runs have it, rejects an item for.
REJECTED = "rejected by DynamoDB"

GROUP_ID = "AspectConnectEventsForWfmRTListen_GroupId"

# Section 2.2; the content of the table that the runs use.
REFERENCE_TABLE = b"StateName,StateType\r\nAvailable,A\r\noffline,O\r\n lunch ,1\r\n"
_NAMED = {"available": "A", "offline": "0", "lunch": "1"}
_TYPED = {"ROUTABLE": "A", "OFFLINE": "0"}


@dataclass(frozen=True, slots=True)
class Filter:
    """The hierarchy filter (section 3.2): level 0 to 5, and the values as `_same` has them."""

    level: int
    values: frozenset[str]

    def passes(self, snapshot: Any) -> bool:
        if self.level == 0:
            return True
        groups = ((snapshot or {}).get("Configuration") or {}).get("AgentHierarchyGroups") or {}
        name = (groups.get(f"Level{self.level}") or {}).get("Name")
        return name is not None and _same(name) in self.values


@dataclass(frozen=True, slots=True)
class Relayed:
    """What a record should come to at the RTA server.

    `monitored`: whether the event is one for this server. `message`: the digest of its body;
    `fits`: whether a queue takes it. `timestamp` is the event's, None when it does not touch the
    table; `item` is the digest of the item, None where the agent has to be gone; `item_fits`:
    whether the table takes it.
    """

    monitored: bool
    message: bytes
    fits: bool
    timestamp: str | None
    item: bytes | None
    item_fits: bool


def relayed(event: dict[str, Any], only: Filter) -> Relayed:
    """Sections 3.1 to 3.4."""
    current = event["CurrentAgentSnapshot"]
    monitored = only.passes(current)
    body = minimised(event)
    raw, canonical = compact(body), _canonical(body)
    told = _told(event, only)
    item = state_item(event, canonical) if told is False else None
    return Relayed(
        monitored,
        _digest(canonical),
        len(raw.encode("utf-8")) <= LARGEST_MESSAGE,
        None if told is None else _timestamp(event["EventTimestamp"]),
        None if item is None else item_digest(item),
        item is None or (_item_size(item, raw) <= LARGEST_ITEM and REJECTED not in raw),
    )


def minimised(event: dict[str, Any]) -> dict[str, Any]:
    """Section 3.4: the event that a message holds."""
    body = {name: value for name, value in event.items() if name != "PreviousAgentSnapshot"}
    if body["CurrentAgentSnapshot"] is not None:
        snapshot = dict(body["CurrentAgentSnapshot"])
        snapshot["Configuration"] = dict(snapshot["Configuration"])
        del snapshot["Configuration"]["RoutingProfile"]
        body["CurrentAgentSnapshot"] = snapshot
    return body


def state_item(event: dict[str, Any], raw: str) -> dict[str, str]:
    """Section 3.1: the item of a signed-in agent, with `raw` as its event."""
    snapshot = event["CurrentAgentSnapshot"]
    item = {
        "AgentARN": event["AgentARN"],
        "LastEventType": event["EventType"],
        "LastEventTimeStamp": _timestamp(event["EventTimestamp"]),
        "RawAgentEventJSon": raw,
    }
    if snapshot is not None:
        item["AgentUsername"] = snapshot["Configuration"]["Username"]
        item["LastStateChangeTimeStamp"] = _timestamp(snapshot["AgentStatus"]["StartTimestamp"])
        item["CurrentState"] = snapshot["AgentStatus"]["Name"]
    return item


def compact(value: Any) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def message_digest(body: str) -> bytes | None:
    """The digest of a received message; None when it is not compact JSON."""
    try:
        canonical = _canonical(json.loads(body))
    except ValueError:
        return None
    return _digest(canonical) if len(canonical) == len(body) else None


def item_digest(item: Mapping[str, str]) -> bytes:
    """The digest of an item of the state table, its raw event compared as JSON."""
    raw = _canonical(json.loads(item["RawAgentEventJSon"]))
    return _digest(_canonical({**item, "RawAgentEventJSon": raw}))


def queue_index(agent_arn: str, queues: int) -> int:
    """Section 3.4: the first eight bytes of SHA-256, little-endian and signed, modulo, positive."""
    number = int.from_bytes(hashlib.sha256(agent_arn.encode()).digest()[:8], "little", signed=True)
    return ((number % queues) + queues) % queues


def report_line(
    event: dict[str, Any], with_type: bool, named: Mapping[str, str] = _NAMED
) -> bytes | None:
    """Sections 2.1 and 2.2: the line with its end, or None where the event gives none; `named` are
    the states of the reference table."""
    current = event["CurrentAgentSnapshot"]
    configuration = (current or {}).get("Configuration") or {}
    if not configuration.get("Username"):
        return None
    groups = configuration.get("AgentHierarchyGroups") or {}
    status, contacts = current["AgentStatus"], current["Contacts"]
    columns = [
        event["AWSAccountId"],
        configuration["Username"],
        *((groups.get(f"Level{level}") or {}).get("Name") for level in range(1, 6)),
        _timestamp(event["EventTimestamp"])[:-1].replace("T", " "),
        status["Name"],
        contacts[0]["State"] if contacts else None,
        named.get(_same(status["Name"])) or _TYPED.get(status.get("Type", ""), "1"),
        configuration["RoutingProfile"]["Name"],
        *([status.get("Type")] if with_type else []),
    ]
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_MINIMAL, lineterminator="\n").writerow(
        (column or "null").replace("\n", " ") for column in columns
    )
    return written.getvalue().encode("utf-8")


def line_digest(line: bytes) -> bytes:
    """The digest of a report line with its end."""
    return hashlib.blake2b(line, digest_size=8).digest()


def _told(event: dict[str, Any], only: Filter) -> bool | None:
    """Whether the table is told that the agent is gone; None when it is told nothing: of a
    heartbeat, and of an agent who was not monitored before either."""
    if event["EventType"] == "HEART_BEAT":
        return None
    status = (event["CurrentAgentSnapshot"] or {}).get("AgentStatus") or {}
    offline = (
        status["Type"] == "OFFLINE"
        if "Type" in status
        else _same(status.get("Name") or "") == "offline"
    )
    if event["EventType"] == "LOGOUT" or offline:
        return True
    if only.passes(event["CurrentAgentSnapshot"]):
        return False
    previous = event["PreviousAgentSnapshot"]
    return None if previous is not None and not only.passes(previous) else True


def _item_size(item: dict[str, str], raw: str) -> int:
    whole = {**item, "RawAgentEventJSon": raw}
    return sum(len(name) + len(value.encode("utf-8")) for name, value in whole.items())


def _same(name: str) -> str:
    """Section 6: two names are the same when this is."""
    return " ".join(unicodedata.normalize("NFC", name).split()).lower()


def _timestamp(value: str) -> str:
    """`yyyy-MM-ddTHH:mm:ss.SSSZ` of a UTC timestamp with any fraction or none, in either case."""
    seconds, _, fraction = value.upper().removesuffix("Z").partition(".")
    return f"{seconds}.{fraction[:3]:0<3}Z"


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()
