"""Batches of agent events, as Lambda hands them over, through the classifier.

The classifier's own handler does all that is to be done with a batch: the same lines, packed and
put in the same way, the same logs, the same records put aside. What is here stands in for Lambda.
"""

import base64
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any, NamedTuple

from agent_events.invocation import Handler

# What is left of a batch is tried again after these pauses, in seconds. Meanwhile no more of the
# stream is read, so that a Firehose stream at its limit is not asked for more.
PAUSES = (1, 2, 4, 8, 15, 30)

# Lambda ends a batch at 6 MB, as Base64.
_LARGEST_BATCH = 4_500_000

_NO_SHARD = "unknown"


class NotDelivered(Exception):
    """Report lines could not be delivered; Flink restarts from its last checkpoint."""


class StreamRecord(NamedTuple):
    """A record of the agent event stream; `arrived` is in seconds since 1970."""

    shard: str
    sequence_number: str
    arrived: float
    data: bytes


def stream_record(
    shard: str | None, sequence_number: str | None, arrived: Any, data: bytes
) -> StreamRecord:
    """The record of a row of Flink's. `arrived` is an Instant of PyFlink's.

    The one place that decides what happens where a connector does not deliver a record's metadata,
    as that for Flink 2 does not (FLINK-36671). Records without a shard are one shard's. One without
    a sequence number is named after its data, so that the same record gets the same name. One
    without an arrival has arrived now.
    """
    return StreamRecord(
        shard or _NO_SHARD,
        sequence_number or hashlib.sha256(data).hexdigest(),
        time.time() if arrived is None else arrived.to_epoch_milli() / 1000,
        data,
    )


def batches(records: Iterable[StreamRecord], most: int) -> Iterator[list[StreamRecord]]:
    """`records` in their order, in batches of at most `most`, and of so much data as Lambda takes.

    A record that is larger by itself is a batch of its own.
    """
    batch: list[StreamRecord] = []
    size = 0
    for each in records:
        if batch and (len(batch) == most or size + len(each.data) > _LARGEST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += len(each.data)
    if batch:
        yield batch


@dataclass(slots=True)
class Application:
    """What the classifier uses of a function's context, for the application."""

    function_name: str
    invoked_function_arn: str
    aws_request_id: str = "none"

    def get_remaining_time_in_millis(self) -> int:
        """As much as the function has when it begins: nobody ends a batch here."""
        return 60_000


def lambda_record(record: StreamRecord, stream_arn: str) -> dict[str, Any]:
    """`record` as an event source mapping hands it over, and as it is kept when it is put aside."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "sequenceNumber": record.sequence_number,
            "data": base64.b64encode(record.data).decode("ascii"),
            "approximateArrivalTimestamp": record.arrived,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{record.shard}:{record.sequence_number}",
        "eventName": "aws:kinesis:record",
        "eventSourceARN": stream_arn,
    }


def classify(
    handler: Handler,
    batch: Iterable[StreamRecord],
    application: Application,
    stream_arn: str,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Have `handler` deal with `batch`, in stream order, until it is done with all of it.

    Raises NotDelivered when it is not after the last try, and what the handler raises for a status
    table that cannot be read or understood: of the records left then, none is in the report.
    """
    records = [lambda_record(each, stream_arn) for each in batch]
    for seconds in (*PAUSES, None):
        failures = handler({"Records": records}, application)["batchItemFailures"]
        if not failures:
            return
        records = _from(failures[0]["itemIdentifier"], records)
        if seconds is not None:
            pause(seconds)
    raise NotDelivered(
        f"{len(records)} agent events are not delivered after {len(PAUSES) + 1} tries: the log "
        "says what Firehose or S3 answered. They are read from the stream again."
    )


def _from(sequence_number: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(
        dropwhile(lambda each: each["kinesis"]["sequenceNumber"] != sequence_number, records)
    )
