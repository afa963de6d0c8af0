"""The contract between a Kinesis event source mapping and a function, for partial batch responses.

Source: AWS Lambda Developer Guide, "Configuring partial batch response with Kinesis Data Streams".
"""

import binascii
import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any, Generic, TypedDict, TypeVar

from agent_events.agent_event import (
    AgentEvent,
    NotAnAgentEvent,
    Undeliverable,
    decode_agent_event,
)
from agent_events.conditions import Condition

# How far an event's timestamp may be ahead of its record's arrival on the stream. An event that is
# dated years ahead would win over all later ones, and its agent would stand still until then.
_FURTHEST_AHEAD = timedelta(hours=24)

Outcome = TypeVar("Outcome")

# Sorts behind every timestamp.
_NEVER = "~"


class BatchItemFailure(TypedDict):
    """The sequence number of a record from which Lambda retries."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """Empty `batchItemFailures` when all went well; else the record from which Lambda retries."""

    batchItemFailures: list[BatchItemFailure]


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A record that is not an agent event, and why."""

    sequence_number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch(Generic[Outcome]):
    """A batch in stream order: `records` as Lambda gave them, keyed by sequence number.

    `outcomes` has what each agent event came to, and `undeliverable` the condition of each record
    that is neither an event to deliver nor skipped, but has to be kept whole.
    """

    records: dict[str, dict[str, Any]]
    outcomes: dict[str, Outcome]
    skipped: list[SkippedRecord]
    undeliverable: dict[str, Condition]


def read_batch(invocation: Any, outcome: Callable[[str, AgentEvent], Outcome]) -> Batch[Outcome]:
    """Decode an invocation by a Kinesis event source mapping, and take each agent event to its
    `outcome`, from its sequence number and itself. Only that is kept of an event: what a batch
    takes of memory is what comes of it, and not its documents.

    Raises ValueError when `invocation` is not one: that is a wrong trigger, not a wrong record.
    """
    try:
        records = {record["kinesis"]["sequenceNumber"]: record for record in invocation["Records"]}
    except (KeyError, TypeError):
        raise ValueError(
            "This function is invoked by a Kinesis event source mapping; the event has no Kinesis "
            "records. To test it, put an agent event on the stream."
        ) from None
    outcomes: dict[str, Outcome] = {}
    skipped: list[SkippedRecord] = []
    undeliverable: dict[str, Condition] = {}
    for sequence_number, record in records.items():
        try:
            outcomes[sequence_number] = outcome(sequence_number, _decode(record))
        except NotAnAgentEvent as reason:
            skipped.append(SkippedRecord(sequence_number, str(reason)))
        except Undeliverable as undelivered:
            undeliverable[sequence_number] = undelivered.condition
    return Batch(records, outcomes, skipped, undeliverable)


def settled(sequence_numbers: Iterable[str], failed: Collection[str]) -> set[str]:
    """Those of `sequence_numbers` (in stream order) that lie before the first one in `failed`.

    Lambda does not bring them again; it brings all others.
    """
    return set(takewhile(lambda sequence_number: sequence_number not in failed, sequence_numbers))


def batch_response(sequence_numbers: Iterable[str], failed: Collection[str]) -> BatchResponse:
    """The answer to Lambda: the first of `sequence_numbers` (in stream order) that is in `failed`.

    Lambda retries that record and every one after it.
    """
    for sequence_number in sequence_numbers:
        if sequence_number in failed:
            return {"batchItemFailures": [{"itemIdentifier": sequence_number}]}
    return {"batchItemFailures": []}


def _decode(record: dict[str, Any]) -> AgentEvent:
    kinesis = record["kinesis"]
    try:
        data = binascii.a2b_base64(kinesis["data"], strict_mode=True)
    except (binascii.Error, KeyError, TypeError, ValueError):
        raise NotAnAgentEvent("not Base64") from None
    event = decode_agent_event(data)
    if event.timestamp > _latest_plausible(kinesis.get("approximateArrivalTimestamp")):
        raise Undeliverable(Condition.EVENT_TIMESTAMP_IN_FUTURE)
    return event


def _latest_plausible(arrival: Any) -> str:
    """The latest timestamp for an event that arrived at `arrival`, in seconds since 1970.

    Without a usable arrival every timestamp is plausible.
    """
    try:
        return _furthest_ahead_of(math.ceil(arrival))
    except (TypeError, ValueError, OverflowError, OSError):
        return _NEVER


@lru_cache(maxsize=100)  # the records of a batch arrive within seconds
def _furthest_ahead_of(second: int) -> str:
    latest = datetime.fromtimestamp(second, UTC) + _FURTHEST_AHEAD
    return latest.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
