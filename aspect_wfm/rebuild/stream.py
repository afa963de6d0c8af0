"""The records of a period that a Kinesis stream still has."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from aspect_wfm.aws import asking

# Few enough a second that the functions, which read the same shards, get theirs: a shard gives 2 MB
# a second to all that read it, in five calls.
_RECORDS_A_CALL = 1_000


class StreamRecord(NamedTuple):
    """A record of a shard, and when it arrived there."""

    shard_id: str
    sequence_number: str
    arrived: datetime
    data: bytes


def holds_data_from(kinesis: Any, stream_arn: str, now: datetime) -> datetime:
    """The time from which on the stream still has what arrived: its retention ago, or when it was
    made. Raises Refused."""
    with asking("kinesis", StreamARN=stream_arn):
        found = kinesis.describe_stream_summary(StreamARN=stream_arn)
    summary = found["StreamDescriptionSummary"]
    made: datetime = summary["StreamCreationTimestamp"]
    return max(made.astimezone(UTC), now - timedelta(hours=summary["RetentionPeriodHours"]))


def first_arrival(
    kinesis: Any, stream_arn: str, start: datetime, end: datetime, pause: Callable[[], None]
) -> datetime:
    """When the first record arrived that the stream still has, `end` where it has none before.

    Any that arrived at `start` or earlier may be named in its place. `pause` and what is raised are
    as with `read_records`.
    """
    earliest = end
    for shard_id in _shards(kinesis, stream_arn):
        for some in _of_shard(kinesis, stream_arn, shard_id, None, earliest, pause):
            if some:
                earliest = some[0].arrived
                break
        if earliest <= start:
            break
    return earliest


def read_records(
    kinesis: Any, stream_arn: str, start: datetime, end: datetime, pause: Callable[[], None]
) -> Iterator[list[StreamRecord]]:
    """The records that arrived from `start` on and before `end`, some at a time.

    Each shard in its order, and a shard after those that it came from: closed ones are read to
    their end. `pause` waits between two calls on a shard. Raises what botocore raises.
    """
    for shard_id in _shards(kinesis, stream_arn):
        yield from _of_shard(kinesis, stream_arn, shard_id, start, end, pause)


def _shards(kinesis: Any, stream_arn: str) -> list[str]:
    pages = kinesis.get_paginator("list_shards").paginate(StreamARN=stream_arn)
    return in_reading_order(shard for page in pages for shard in page["Shards"])


def in_reading_order(shards: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of the shards that ListShards names, parents before children.

    A parent that is not there any more has been dropped with all its records.
    """
    waiting = {
        shard["ShardId"]: {shard.get("ParentShardId"), shard.get("AdjacentParentShardId")} - {None}
        for shard in shards
    }
    order: list[str] = []
    while waiting:
        ready = sorted(each for each, parents in waiting.items() if not parents & waiting.keys())
        order += ready
        for shard_id in ready:
            del waiting[shard_id]
    return order


def _of_shard(
    kinesis: Any,
    stream_arn: str,
    shard_id: str,
    start: datetime | None,
    end: datetime,
    pause: Callable[[], None],
) -> Iterator[list[StreamRecord]]:
    """Without `start`, from the first record that the shard still has."""
    place: dict[str, Any] = (
        {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": start}
        if start
        else {"ShardIteratorType": "TRIM_HORIZON"}
    )
    iterator = kinesis.get_shard_iterator(StreamARN=stream_arn, ShardId=shard_id, **place)[
        "ShardIterator"
    ]
    # Null when a closed shard has been read to its end.
    while iterator:
        answer = kinesis.get_records(
            StreamARN=stream_arn, ShardIterator=iterator, Limit=_RECORDS_A_CALL
        )
        records = [
            StreamRecord(
                shard_id,
                each["SequenceNumber"],
                each["ApproximateArrivalTimestamp"].astimezone(UTC),
                each["Data"],
            )
            for each in answer["Records"]
        ]
        yield [
            each for each in records if (not start or start <= each.arrived) and each.arrived < end
        ]
        iterator = answer.get("NextShardIterator")
        if answer.get("MillisBehindLatest") == 0 or (records and records[-1].arrived >= end):
            return
        pause()
