"""Batches of agent events, as Lambda hands them over, through the classifier.

The classifier's own handler does all that is to be done with a batch: the same lines, packed and
put in the same way, the same logs, the same records put aside. What is here stands in for Lambda.
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any, NamedTuple

from agent_events.invocation import Handler

# What is left of a batch is tried again after these pauses, in seconds. Meanwhile no more of the
# stream is read, so that a Firehose stream at its limit is not asked for more.
PAUSES = (1, 2, 4, 8, 15, 30)


class NotDelivered(Exception):
    """Report lines could not be delivered; Flink begins anew from its last checkpoint."""


class StreamRecord(NamedTuple):
    """A record of the agent event stream; `arrived` is in seconds since 1970."""

    shard: str
    sequence_number: str
    arrived: float
    data: bytes


@dataclass(slots=True)
class Application:
    """The application in the place of a function: what the classifier asks of its context."""

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
    records: list[dict[str, Any]],
    application: Application,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Have `handler` deal with `records`, in stream order, until it is done with all of them.

    Raises NotDelivered when it is not after the last try, and what the handler raises for a status
    table that cannot be read or understood: of the records left then, none is in the report.
    """
    for seconds in (*PAUSES, None):
        failures = handler({"Records": records}, application)["batchItemFailures"]
        if not failures:
            return
        records = _from(failures[0]["itemIdentifier"], records)
        if seconds is not None:
            pause(seconds)
    raise NotDelivered(
        f"{len(records)} agent events are not delivered after {len(PAUSES) + 1} tries: the log "
        "says what Firehose or S3 answered. They are read from the stream anew."
    )


def _from(sequence_number: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(
        dropwhile(lambda each: each["kinesis"]["sequenceNumber"] != sequence_number, records)
    )
