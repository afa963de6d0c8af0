"""The documents in the bucket for failed records: their content, and their order.

There are two kinds, with one structure. Lambda's on-failure destination writes
`aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>`, a batch that Lambda stopped
retrying, with the whole invocation as a JSON string in `payload` (AWS Lambda Developer Guide,
"Retain discarded batch records for a Kinesis Data Streams event source"). The functions write
`undeliverable/<function>/<shard>/<sequence number>.json`, one record that can never be delivered.
"""

import json
import math
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aspect_wfm.failed_records import REPLAYED, ROOTS

# As many digits as a Kinesis sequence number has at most (Amazon Kinesis API Reference, Record).
_LONGEST_SEQUENCE_NUMBER = 129

# A shard's id and a sequence number (Amazon Kinesis API Reference, Record and Shard). The keys of
# objects are made of them.
_EVENT_ID = re.compile(rf"[A-Za-z0-9_.-]{{1,128}}:[0-9]{{1,{_LONGEST_SEQUENCE_NUMBER}}}")

# What S3 takes, in bytes, and what `replayed_key` adds to a document's.
_LONGEST_KEY = 1_024
_ADDED_TO_KEY = len(f"{REPLAYED}.from-") + _LONGEST_SEQUENCE_NUMBER

# Far deeper than what Lambda writes, and far from where Python gives up.
_DEEPEST = 32

# A record as an event source mapping hands it over.
Record = dict[str, Any]


class UnreadableDocument(Exception):
    """A document that is none of these; the text says what is wrong with it, without content."""


@dataclass(frozen=True, slots=True)
class FailedDocument:
    """A document as it is in the bucket; `records` are those of its payload, in stream order.

    `condition` says why they are here.
    """

    key: str
    content: dict[str, Any]
    records: list[Record]
    function_name: str
    condition: str

    @property
    def arrived(self) -> datetime | None:
        """When its first record arrived on the stream, as far as is known."""
        return min(filter(None, map(arrival, self.records)), default=None)

    @property
    def place(self) -> "Place":
        """Where it stands among others: by the arrival of its first record, then by its number."""
        arrived = self.arrived
        return (
            arrived.timestamp() if arrived else 0.0,
            min(int(sequence_number(each)) for each in self.records),
            self.key,
        )


Place = tuple[float, int, str]


def is_failed_document(key: str) -> bool:
    """Whether the object `key` is there to be replayed."""
    return key.startswith(ROOTS) and not key.endswith("/")


def read_document(key: str, body: bytes) -> FailedDocument:
    """The document in an object. Raises UnreadableDocument for one that could not be invoked with,
    written again or moved: all that is done with a document works with what this returns."""
    if len(key.encode("utf-8", "replace")) + _ADDED_TO_KEY > _LONGEST_KEY:
        raise UnreadableDocument("its key is too long to be moved to replayed/")
    content = _object(body, "the document")
    payload = content.get("payload")
    if not isinstance(payload, str):
        raise UnreadableDocument("it has no payload")
    if not isinstance(content.get("KinesisBatchInfo"), dict | None):
        raise UnreadableDocument("its KinesisBatchInfo is not a JSON object")
    records = _object(payload, "its payload").get("Records")
    if not isinstance(records, list) or not records:
        raise UnreadableDocument("its payload has no records")
    if not all(map(_is_kinesis_record, records)):
        raise UnreadableDocument("its payload has a record that is not from a Kinesis stream")
    request = content.get("requestContext")
    request = request if isinstance(request, dict) else {}
    arn = str(request.get("functionArn")).split(":")
    if len(arn) < 7:
        raise UnreadableDocument("it names no function")
    return FailedDocument(key, content, records, arn[6], str(request.get("condition")))


def with_records(document: FailedDocument, records: list[Record]) -> bytes:
    """The document as it would be if it had been written for `records` only."""
    numbers = [sequence_number(each) for each in records]
    batch = dict(document.content.get("KinesisBatchInfo") or {})
    batch |= {
        "startSequenceNumber": numbers[0],
        "endSequenceNumber": numbers[-1],
        "batchSize": len(records),
    }
    for name, record in (
        ("approximateArrivalOfFirstRecord", records[0]),
        ("approximateArrivalOfLastRecord", records[-1]),
    ):
        moment = arrival(record)
        if name in batch and moment:
            text = moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
            batch[name] = f"{text}Z"
    payload = json.dumps({"Records": records}, separators=(",", ":"))
    return json.dumps(
        document.content | {"KinesisBatchInfo": batch, "payload": payload}, separators=(",", ":")
    ).encode()


def replayed_key(document: FailedDocument, records: Collection[Record]) -> str:
    """Where these of the document's records go once they have been replayed; all, or a part."""
    if len(records) == len(document.records):
        return REPLAYED + document.key
    first = sequence_number(next(iter(records)))
    return f"{REPLAYED}{document.key}.from-{first}"


def chunks(records: Iterable[Record], most: int, most_bytes: int) -> Iterator[list[Record]]:
    """The records in order, in lists that fit the limits of an invocation."""
    chunk: list[Record] = []
    size = len(_ENVELOPE)
    for each in records:
        own = len(json.dumps(each, separators=(",", ":"))) + 1
        if chunk and (len(chunk) == most or size + own > most_bytes):
            yield chunk
            chunk, size = [], len(_ENVELOPE)
        chunk.append(each)
        size += own
    if chunk:
        yield chunk


def invocation(records: list[Record]) -> bytes:
    """The event that a function is invoked with."""
    return json.dumps({"Records": records}, separators=(",", ":")).encode()


def sequence_number(record: Record) -> str:
    """A record's sequence number on the stream."""
    number: str = record["kinesis"]["sequenceNumber"]
    return number


def arrival(record: Record) -> datetime | None:
    """When the record arrived on the stream."""
    try:
        return datetime.fromtimestamp(record["kinesis"]["approximateArrivalTimestamp"], UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


_ENVELOPE = invocation([])


def _object(text: str | bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableDocument(f"{what} is not JSON") from None
    if not isinstance(value, dict):
        raise UnreadableDocument(f"{what} is not a JSON object")
    if not _can_be_written_again(value):
        raise UnreadableDocument(f"{what} has a value that AWS does not write in JSON")
    return value


def _can_be_written_again(document: Any) -> bool:
    """Whether it has no number, text or depth that only Python's JSON reader accepts."""
    level = [document]
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below += (*each, *each.values())
            elif isinstance(each, list):
                below += each
            elif isinstance(each, str):
                if not _is_unicode(each):
                    return False
            elif isinstance(each, float) and not math.isfinite(each):
                return False
        if not below:
            return True
        level = below
    return False


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_kinesis_record(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("kinesis"), dict):
        return False
    number = value["kinesis"].get("sequenceNumber")
    return (
        isinstance(number, str)
        and len(number) <= _LONGEST_SEQUENCE_NUMBER
        and number.isascii()
        and number.isdigit()
        and isinstance(value["kinesis"].get("data"), str)
        and isinstance(value.get("eventID"), str)
        and _EVENT_ID.fullmatch(value["eventID"]) is not None
        and isinstance(value.get("eventSourceARN"), str)
    )
