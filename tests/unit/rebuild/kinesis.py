"""A model of a Kinesis stream, and the report files in moto's S3."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from agent_classifier.status_table import StatusTable
from aspect_wfm.command import main
from aspect_wfm.rebuild.files import Naming
from aspect_wfm.rebuild.rebuild import Period, Rebuilt, rebuild
from aspect_wfm.rebuild.source import Source
from aspect_wfm.rebuild.stream import StreamRecord, read_records
from aspect_wfm.report_files import ReportObject, read_bucket
from aspect_wfm.synthetic_agent import SyntheticAgent
from tests.unit.events import STREAM_ARN, event

FIREHOSE = "aspect-wfm-ap-kda-to-s3"

CLASSIFIER = "aspect-wfm-ap-classifier"

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

NOW = NINE + timedelta(hours=5)

NAMING = Naming(FIREHOSE, "1", "OUTPUT/")

DOCTORS_AGENT = SyntheticAgent("aspect-wfm-doctor-1-1", STREAM_ARN, 0, "").arn

SOURCE = Source(STREAM_ARN, "reports", NAMING, False)


def rebuild_command(arguments: list[str]) -> int:
    """`aspect-wfm rebuild`."""
    return main(["rebuild", *arguments])


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def put(minute: float, agent: str = "ann", shard: str = "shardId-0", **of: Any) -> StreamRecord:
    """The record of an event that arrived in this minute after nine."""
    of.setdefault("at", f"{after(minute):%Y-%m-%dT%H:%M:%S}.{int(minute * 1000) % 1000:03}Z")
    return StreamRecord(
        shard, f"{minute:09.3f}", after(minute), json.dumps(event(agent, **of)).encode()
    )


@dataclass
class Shard:
    """`closed` shards came before those that name them in `parents`."""

    records: list[StreamRecord] = field(default_factory=list)
    parents: tuple[str, ...] = ()
    closed: bool = False


@dataclass
class Kinesis:
    """A stream as AWS documents it: a page may be empty before the end, and a closed shard ends
    with no iterator. Five records a page. In moto, no page is empty, and all records arrive now."""

    shards: dict[str, Shard]
    retention_hours: int = 24
    made: datetime = NINE - timedelta(days=9)
    read: list[str] = field(default_factory=list)
    _iterators: dict[str, tuple[str, int]] = field(default_factory=dict)
    _ids: Any = field(default_factory=count)

    def describe_stream_summary(self, StreamARN: str) -> Any:  # noqa: N803
        assert StreamARN == STREAM_ARN
        return {
            "StreamDescriptionSummary": {
                "RetentionPeriodHours": self.retention_hours,
                "StreamCreationTimestamp": self.made,
            }
        }

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_shards"
        return self

    def paginate(self, StreamARN: str) -> Iterable[Any]:  # noqa: N803
        assert StreamARN == STREAM_ARN
        for shard_id, shard in sorted(self.shards.items(), reverse=True):
            names = ("ParentShardId", "AdjacentParentShardId")
            yield {
                "Shards": [{"ShardId": shard_id, **dict(zip(names, shard.parents, strict=False))}]
            }

    def get_shard_iterator(
        self,
        StreamARN: str,  # noqa: N803
        ShardId: str,  # noqa: N803
        ShardIteratorType: str,  # noqa: N803
        Timestamp: datetime | None = None,  # noqa: N803
    ) -> Any:
        assert StreamARN == STREAM_ARN
        assert ShardIteratorType == ("AT_TIMESTAMP" if Timestamp else "TRIM_HORIZON")
        self.read.append(ShardId)
        records = self.shards[ShardId].records
        position = sum(each.arrived < Timestamp for each in records) if Timestamp else 0
        return {"ShardIterator": self._iterator(ShardId, position)}

    def get_records(self, StreamARN: str, ShardIterator: str, Limit: int) -> Any:  # noqa: N803
        assert StreamARN == STREAM_ARN
        shard_id, position = self._iterators.pop(ShardIterator)
        shard = self.shards[shard_id]
        empty = next(self._ids) % 3 == 0 and position < len(shard.records)
        end = position if empty else min(position + min(5, Limit), len(shard.records))
        at_end = end == len(shard.records)
        local = datetime.now().astimezone().tzinfo
        return {
            "Records": [
                {
                    "SequenceNumber": each.sequence_number,
                    "ApproximateArrivalTimestamp": each.arrived.astimezone(local),
                    "Data": each.data,
                }
                for each in shard.records[position:end]
            ],
            "NextShardIterator": None if at_end and shard.closed else self._iterator(shard_id, end),
            "MillisBehindLatest": 0 if at_end and not shard.closed else 1_000,
        }

    def _iterator(self, shard_id: str, position: int) -> str:
        name = f"iterator-{next(self._ids)}"
        self._iterators[name] = (shard_id, position)
        return name


def stream(*records: StreamRecord, **of: Any) -> Kinesis:
    """A stream of one shard."""
    return Kinesis({"shardId-0": Shard(sorted(records, key=lambda each: each.arrived))}, **of)


def read(kinesis: Kinesis, start: datetime, end: datetime) -> list[StreamRecord]:
    pages = read_records(kinesis, STREAM_ARN, start, end, lambda: None)
    return [each for page in pages for each in page]


def rebuilt(
    kinesis: Kinesis,
    s3: Any,
    start: datetime,
    end: datetime,
    source: Source = SOURCE,
    table: StatusTable | None = None,
    now: datetime = NOW,
) -> Rebuilt:
    period = Period(start, end)
    return rebuild(kinesis, s3, source, table or {}, period, now, lambda: None)


def report(s3: Any) -> Counter[bytes]:
    """The lines of all report files, as the WFM Adapter reads them."""
    return Counter(
        line
        for each in read_bucket(s3, "reports", "OUTPUT/")
        for line in each.data.split(b"\n")
        if line
    )


def write(s3: Any, files: Iterable[ReportObject]) -> None:
    for each in files:
        s3.put_object(Bucket="reports", Key=each.key, Body=each.data)


A_DAY_BEFORE = 5 * 60 - 24 * 60
