"""The contract between a Kinesis event source mapping and a function, for partial batch responses.

Source: AWS Lambda Developer Guide, "Configuring partial batch response with Kinesis Data Streams".
"""

import base64
import binascii
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypedDict

from agent_events.agent_event import AgentEvent, NotAnAgentEvent, decode_agent_event


class BatchItemFailure(TypedDict):
    itemIdentifier: str


class BatchResponse(TypedDict):
    """Empty `batchItemFailures` when all went well; else the record from which Lambda retries."""

    batchItemFailures: list[BatchItemFailure]


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """An agent event and the record that brought it."""

    sequence_number: str
    event: AgentEvent


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A record that is not an agent event, and why."""

    sequence_number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch in stream order: `records` as Lambda gave them, keyed by sequence number."""

    records: dict[str, dict[str, Any]]
    events: list[StreamEvent]
    skipped: list[SkippedRecord]


def read_batch(invocation: Any) -> Batch:
    """Decode an invocation by a Kinesis event source mapping.

    Raises ValueError when `invocation` is not one: that is a wrong trigger, not a wrong record.
    """
    try:
        records = {record["kinesis"]["sequenceNumber"]: record for record in invocation["Records"]}
    except (KeyError, TypeError):
        raise ValueError(
            "This function is invoked by a Kinesis event source mapping; the event has no Kinesis "
            "records. To test it, put an agent event on the stream."
        ) from None
    events: list[StreamEvent] = []
    skipped: list[SkippedRecord] = []
    for sequence_number, record in records.items():
        try:
            events.append(StreamEvent(sequence_number, _decode(record)))
        except NotAnAgentEvent as reason:
            skipped.append(SkippedRecord(sequence_number, str(reason)))
    return Batch(records, events, skipped)


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
    try:
        data = base64.b64decode(record["kinesis"]["data"], validate=True)
    except (binascii.Error, KeyError, TypeError, ValueError):
        raise NotAnAgentEvent("not Base64") from None
    return decode_agent_event(data)
