"""A Lambda event source mapping on a Kinesis shard, as AWS documents it, without AWS.

A shard's records are taken in batches; each batch is an invocation, whose answer decides what comes
next. The functions here are pure: a batch and an answer in, what is settled, retried or given up
out. Sources, all of the AWS Lambda Developer Guide unless another one is named:

[partial] "Configuring partial batch response with Kinesis Data Streams and Lambda"
[discarded] "Retain discarded batch records for a Kinesis Data Streams event source in Lambda"
[kinesis] "Using AWS Lambda with Amazon Kinesis"

Two things these pages leave open; `Settings` takes either, and the runs take both:

- whether a partial response that names the first record of the batch halves the batch, as a failed
  invocation does, or brings the same batch again;
- whether a batch that was cut at the returned sequence number starts with fresh retries.
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

# "as long as the total size of the events doesn't exceed the payload limit for synchronous
# invocation (6 MB)" [kinesis]
PAYLOAD_LIMIT: Final = 6 * 1_024 * 1_024

# What a record takes in the payload besides its data, in bytes: generous.
_RECORD_ENVELOPE = 700

RETRIES_EXHAUSTED: Final = "RetryAttemptsExhausted"
TOO_OLD: Final = "RecordAgeExceeded"


class FunctionError:
    """The answer of an invocation that raised, timed out or was killed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the mapping is set to; see the Lambda API's CreateEventSourceMapping.

    A first invocation and `maximum_retry_attempts` more are made; a record older than
    `maximum_record_age_seconds` is not sent to the function. The last two fields choose between
    the readings named above.
    """

    batch_size: int
    maximum_retry_attempts: int
    maximum_record_age_seconds: float
    bisect_batch_on_function_error: bool = True
    report_batch_item_failures: bool = True
    first_failed_halves: bool = False
    a_cut_renews_retries: bool = False


# As in modules/rta/relay_function.tf and modules/agent_productivity/classifier_function.tf, on a
# stream that retains a day.
RELAY: Final = Settings(1_000, 100, 23 * 3_600)
CLASSIFIER: Final = Settings(1_000, 100, 23 * 3_600)


@dataclass(frozen=True, slots=True)
class Record:
    """A record on a shard; `arrived` in seconds since 1970."""

    shard_id: str
    sequence_number: str
    partition_key: str
    arrived: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one shard in order, and how often they were tried.

    `retries` is what they have used of the quota, `invocations` how often the function was invoked
    with them.
    """

    records: tuple[Record, ...]
    retries: int = 0
    invocations: int = 0


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Records that the function is not invoked with any more, and why."""

    records: tuple[Record, ...]
    condition: str
    invocations: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to: each record of the batch is in exactly one of the three.

    `retry` are the batches to invoke the function with next, in this order, before any later
    record of the shard.
    """

    settled: tuple[Record, ...] = ()
    retry: tuple[Batch, ...] = ()
    given_up: GivenUp | None = None


def first_batch(records: Iterable[Record], settings: Settings) -> Batch:
    """The next batch: as many of `records`, what has arrived, as fit the size and the payload."""
    taken: list[Record] = []
    size = 0
    for record in records:
        size += _RECORD_ENVELOPE + -(-len(record.data) // 3) * 4
        if len(taken) == settings.batch_size or (taken and size > PAYLOAD_LIMIT):
            break
        taken.append(record)
    return Batch(tuple(taken))


def without_old_records(
    batch: Batch, now: float, settings: Settings
) -> tuple[Batch, GivenUp | None]:
    """What of the batch is young enough to be sent, and what is not [discarded]."""
    limit = now - settings.maximum_record_age_seconds
    old = tuple(each for each in batch.records if each.arrived < limit)
    if not old:
        return batch, None
    young = tuple(each for each in batch.records if each.arrived >= limit)
    return replace(batch, records=young), GivenUp(old, TOO_OLD, batch.invocations)


def after(batch: Batch, answer: object, settings: Settings) -> Outcome:
    """What follows on an invocation with `batch` that answered `answer`.

    `answer` is FunctionError, or what the function returned.

    "Splitting batches doesn't consume the retry quota." [discarded] "If your invocation fails and
    BisectBatchOnFunctionError is turned on, the batch is bisected regardless of your
    ReportBatchItemFailures setting. When a partial batch success response is received and both are
    turned on, the batch is bisected at the returned sequence number, and Lambda retries only the
    remaining records." [partial]
    """
    first = _first_failed(batch, answer, settings)
    if first is None:
        return Outcome(settled=batch.records)
    tried = replace(batch, invocations=batch.invocations + 1)
    settled, left = batch.records[:first], replace(tried, records=batch.records[first:])
    bisect = settings.bisect_batch_on_function_error
    if settled and bisect:
        return Outcome(
            settled, (replace(left, retries=0) if settings.a_cut_renews_retries else left,)
        )
    if bisect and len(left.records) > 1:
        named = not _is_complete_failure(batch, answer)
        if not named or settings.first_failed_halves:
            middle = len(left.records) // 2
            return Outcome(
                settled,
                (
                    replace(left, records=left.records[:middle]),
                    replace(left, records=left.records[middle:]),
                ),
            )
    if left.retries < settings.maximum_retry_attempts:
        return Outcome(settled, (replace(left, retries=left.retries + 1),))
    return Outcome(settled, given_up=GivenUp(left.records, RETRIES_EXHAUSTED, left.invocations))


def _first_failed(batch: Batch, answer: object, settings: Settings) -> int | None:
    """Where in the batch the retry begins; None after a complete success.

    "An empty batchItemFailure list, a null batchItemFailure list, an empty EventResponse, a null
    EventResponse" are successes. "If the batchItemFailures array contains multiple items, Lambda
    uses the record with the lowest sequence number as the checkpoint." [partial]
    """
    if answer is FunctionError:
        return 0
    if not settings.report_batch_item_failures:
        return None
    if not isinstance(answer, dict) or not answer.get("batchItemFailures"):
        return None
    if _is_complete_failure(batch, answer):
        return 0
    failed = {int(each["itemIdentifier"]) for each in answer["batchItemFailures"]}
    numbers = [int(record.sequence_number) for record in batch.records]
    return numbers.index(min(failed))


def _is_complete_failure(batch: Batch, answer: object) -> bool:
    """A function error, or a response that does not say where: "an empty string itemIdentifier, a
    null itemIdentifier, an itemIdentifier with a bad key name" [partial], or a record that is not
    in the batch."""
    if answer is FunctionError:
        return True
    known = {record.sequence_number for record in batch.records}
    return isinstance(answer, dict) and not all(
        isinstance(each, dict) and each.get("itemIdentifier") in known
        for each in answer["batchItemFailures"]
    )


def invocation_event(records: Iterable[Record], stream_arn: str) -> dict[str, Any]:
    """The event that the function is invoked with; its shape is that of [kinesis]."""
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": each.partition_key,
                    "sequenceNumber": each.sequence_number,
                    "data": base64.b64encode(each.data).decode("ascii"),
                    "approximateArrivalTimestamp": each.arrived,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"{each.shard_id}:{each.sequence_number}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": "arn:aws:iam::111122223333:role/consumer",
                "awsRegion": "eu-central-1",
                "eventSourceARN": stream_arn,
            }
            for each in records
        ]
    }


def invocation_record(
    given_up: GivenUp, now: float, function_arn: str, request_id: str, stream_arn: str
) -> bytes:
    """What an on-failure destination in S3 keeps: metadata, and as `payload` the whole event as a
    JSON string [discarded]. `now` in seconds since 1970."""
    first, last = given_up.records[0], given_up.records[-1]
    return json.dumps(
        {
            "requestContext": {
                "requestId": request_id,
                "functionArn": function_arn,
                "condition": given_up.condition,
                "approximateInvokeCount": given_up.invocations,
            },
            "version": "1.0",
            "timestamp": _iso(now),
            "KinesisBatchInfo": {
                "shardId": first.shard_id,
                "startSequenceNumber": first.sequence_number,
                "endSequenceNumber": last.sequence_number,
                "approximateArrivalOfFirstRecord": _iso(first.arrived),
                "approximateArrivalOfLastRecord": _iso(last.arrived),
                "batchSize": len(given_up.records),
                "streamArn": stream_arn,
            },
            "payload": json.dumps(invocation_event(given_up.records, stream_arn)),
        }
    ).encode("utf-8")


def invocation_record_key(mapping_id: str, shard_id: str, now: float, object_id: str) -> str:
    """`aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random>` [discarded]."""
    moment = datetime.fromtimestamp(now, UTC)
    return (
        f"aws/lambda/{mapping_id}/{shard_id}/{moment:%Y/%m/%d}/"
        f"{moment:%Y-%m-%dT%H.%M.%S}-{object_id}"
    )


def _iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds") + "Z"
