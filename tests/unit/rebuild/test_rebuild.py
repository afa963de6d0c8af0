"""Report files once more, from a model of a Kinesis stream and moto's S3."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_classifier.classifier import classifier_handler
from agent_classifier.status_table import StatusTable
from aspect_wfm.command import main
from aspect_wfm.rebuild.files import Naming, report_files
from aspect_wfm.rebuild.lines import Line, line_key, lines_of, missing
from aspect_wfm.rebuild.rebuild import Period, Rebuilt, WrongPeriod, check, rebuild
from aspect_wfm.rebuild.source import Named, Source, SourceNotUsable, source
from aspect_wfm.rebuild.stream import StreamRecord, in_reading_order, read_records
from aspect_wfm.report_files import ReportObject, read_bucket
from aspect_wfm.reports.report_lines import read_report
from aspect_wfm.synthetic_agent import SyntheticAgent
from tests.local_cloud.agent_stream import as_record, sample_events
from tests.unit.aws import (
    Client,
    Moto,
    create_application,
    create_bucket,
    create_stream,
)
from tests.unit.events import STREAM_ARN, FakeContext, event, invocation
from tests.unit.examples import costly

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


@pytest.fixture
def s3(client: Client) -> Any:
    s3 = client("s3")
    create_bucket(s3, "reports")
    return s3


def test_a_lost_hour_comes_back_in_files_named_as_firehose_names_them(s3: Any) -> None:
    kinesis = stream(*(put(minute) for minute in (0, 4.999, 5, 59.5, 61)))
    found = rebuilt(kinesis, s3, NINE, after(120))
    assert [each.data.count(b"\n") for each in found.files] == [2, 1, 1, 1]
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    names = (
        rf"OUTPUT/2026/03/02/09/{FIREHOSE}-1-2026-03-02-09-00-00-{uuid}",
        rf"OUTPUT/2026/03/02/09/{FIREHOSE}-1-2026-03-02-09-05-00-{uuid}",
        rf"OUTPUT/2026/03/02/09/{FIREHOSE}-1-2026-03-02-09-55-00-{uuid}",
        rf"OUTPUT/2026/03/02/10/{FIREHOSE}-1-2026-03-02-10-00-00-{uuid}",
    )
    for each, name in zip(found.files, names, strict=True):
        assert re.fullmatch(name, each.key)
    assert len(read_report(found.files).lines) == 5


def test_what_two_shards_hold_of_five_minutes_is_one_file_in_order_of_arrival(s3: Any) -> None:
    shards = {"shardId-0": Shard([put(1), put(3)]), "shardId-1": Shard([put(2, shard="shardId-1")])}
    (file,) = rebuilt(Kinesis(shards), s3, NINE, after(60)).files
    assert [line.split(b",")[7][14:16] for line in file.data.splitlines()] == [b"01", b"02", b"03"]


def test_the_arrival_chooses_the_file_and_not_the_event(s3: Any) -> None:
    late = put(61, at="2026-03-02T08:59:59.000Z")
    (file,) = rebuilt(stream(late), s3, NINE, after(120)).files
    assert file.key.startswith("OUTPUT/2026/03/02/10/")
    assert b"2026-03-02 08:59:59.000" in file.data


def test_a_second_run_writes_nothing_and_an_interrupted_one_goes_on_with_the_same_files(
    s3: Any,
) -> None:
    kinesis = stream(*(put(minute) for minute in range(0, 60, 3)))
    first = rebuilt(kinesis, s3, NINE, after(60))
    write(s3, first.files[:4])
    second = rebuilt(kinesis, s3, NINE, after(60))
    assert second.files == first.files[4:]
    write(s3, second.files)
    assert rebuilt(kinesis, s3, NINE, after(60)).files == []
    assert sum(report(s3).values()) == 20


def test_lines_lost_after_a_rebuild_do_not_overwrite_those_that_came_back(s3: Any) -> None:
    """Both files are of the same five minutes."""
    one, two = put(1), put(2)
    write(s3, rebuilt(stream(one), s3, NINE, after(60)).files)
    write(s3, rebuilt(stream(one, two), s3, NINE, after(60)).files)
    assert sum(report(s3).values()) == 2


def test_lines_that_came_late_are_found_in_later_files(s3: Any) -> None:
    kinesis = stream(put(1))
    (file,) = rebuilt(kinesis, s3, NINE, after(60)).files
    s3.put_object(Bucket="reports", Key=f"OUTPUT/2026/03/02/13/{FIREHOSE}-1-x", Body=file.data)
    assert rebuilt(kinesis, s3, NINE, after(60)).missing == []


def test_a_changed_reference_table_or_column_does_not_write_what_is_there_again(s3: Any) -> None:
    kinesis = stream(put(1), put(2, "Smith, Ann"), put(3, 'O"Neil', status="Lunch"))
    write(s3, rebuilt(kinesis, s3, NINE, after(60)).files)
    with_type = Source(STREAM_ARN, "reports", NAMING, True)
    table = {"available": "1", "lunch": "0"}
    assert rebuilt(kinesis, s3, NINE, after(60), source=with_type, table=table).missing == []
    found = rebuilt(stream(put(4)), s3, NINE, after(60), source=with_type, table=table)
    assert found.files[0].data.endswith(b",1,Basic,ROUTABLE\n")


def test_records_without_a_line_are_counted_and_give_none(s3: Any) -> None:
    odd = [
        StreamRecord("shardId-0", "1", after(1), b"no JSON"),
        put(2, CurrentAgentSnapshot=None),
        put(3, at="2026-05-02T09:00:00.000Z"),
        put(4, "x" * 1_024_000, AgentARN="long"),
        put(4, AgentARN=DOCTORS_AGENT),
    ]
    found = rebuilt(stream(*odd, put(5)), s3, NINE, after(60))
    assert (found.lines.records, found.lines.without_line) == (6, 5)
    assert len(found.missing) == 1


def test_a_line_of_an_event_put_twice_across_the_end_stands_for_one_of_both(s3: Any) -> None:
    inside, outside = put(59, at="2026-03-02T09:50:00.000Z"), put(61, at="2026-03-02T09:50:00.000Z")
    kinesis = stream(inside, outside)
    (file,) = rebuilt(stream(outside), s3, NINE, after(120)).files
    write(s3, [file])
    (written,) = rebuilt(kinesis, s3, NINE, after(60)).files
    assert written.key.startswith("OUTPUT/2026/03/02/09/")
    write(s3, [written])
    assert rebuilt(kinesis, s3, NINE, after(60)).files == []


def test_large_files_are_split_where_firehose_would() -> None:
    text = b"x" * 1_000_000
    lines = [Line(after(1), "s", str(n), text) for n in range(12)]
    files = list(report_files(lines, NAMING))
    assert [len(each.data) for each in files] == [5_000_000, 5_000_000, 2_000_000]
    assert len({each.key for each in files[1:]}) == 2


def test_every_shard_is_read_to_its_end_parents_first() -> None:
    """Two shards, the first split in two, of which one was merged with the second."""
    shards = {
        "shardId-0": Shard([put(n, shard="shardId-0") for n in range(10)], closed=True),
        "shardId-1": Shard([put(n, shard="shardId-1") for n in range(20)], closed=True),
        "shardId-2": Shard([put(n, shard="shardId-2") for n in range(10, 30)], ("shardId-0",)),
        "shardId-3": Shard([], ("shardId-0",), closed=True),
        "shardId-4": Shard(
            [put(n, shard="shardId-4") for n in range(20, 30)], ("shardId-3", "shardId-1")
        ),
    }
    kinesis = Kinesis(shards)
    found = read(kinesis, NINE, after(60))
    assert Counter(each.shard_id for each in found) == {
        shard_id: len(shard.records) for shard_id, shard in shards.items() if shard.records
    }
    assert kinesis.read == ["shardId-0", "shardId-1", "shardId-2", "shardId-3", "shardId-4"]
    assert {each.arrived.tzinfo for each in found} == {UTC}


def test_a_child_is_read_after_both_parents_whatever_their_names() -> None:
    shards = [
        {"ShardId": "a", "ParentShardId": "z", "AdjacentParentShardId": "y"},
        {"ShardId": "y", "ParentShardId": "dropped"},
        {"ShardId": "z", "ParentShardId": "y"},
    ]
    assert in_reading_order(shards) == ["y", "z", "a"]


def test_reading_ends_behind_the_period_and_leaves_time_between_calls() -> None:
    kinesis = stream(*(put(n) for n in range(100)))
    pauses: list[None] = []
    pages = list(
        read_records(kinesis, STREAM_ARN, after(10), after(20), lambda: pauses.append(None))
    )
    found = [each.arrived for page in pages for each in page]
    assert found == [after(n) for n in range(10, 20)]
    assert len(pages) < 8
    assert len(pauses) == len(pages) - 1


@pytest.mark.parametrize(
    ("start", "end", "of", "said"),
    [
        (after(60), after(60), {}, "is not before --to"),
        (after(0), NOW, {}, "events after 2026-03-02 13:45:00 UTC may still be on their way"),
        (after(0), after(60), {"retention_hours": 4}, "has data from 2026-03-02 10:00:00 UTC on"),
        (after(0), after(60), {"made": after(30)}, "has data from 2026-03-02 09:30:00 UTC on"),
    ],
)
def test_a_period_that_cannot_be_rebuilt_is_refused(
    start: datetime, end: datetime, of: dict[str, Any], said: str
) -> None:
    with pytest.raises(WrongPeriod, match=said):
        check(stream(**of), STREAM_ARN, Period(start, end), NOW)


def test_a_period_within_the_retention_is_not() -> None:
    check(stream(), STREAM_ARN, Period(after(0), after(60)), NOW)


def test_a_period_that_the_classifier_has_not_passed_is_refused() -> None:
    period = Period(after(0), after(60))
    check(stream(), STREAM_ARN, period, NOW, timedelta(hours=3, minutes=45))
    late = timedelta(hours=3, minutes=46)
    with pytest.raises(WrongPeriod, match=r"3:46:00 behind.*events after 2026-03-02 09:59:00 UTC"):
        check(stream(), STREAM_ARN, period, NOW, late)


A_DAY_BEFORE = 5 * 60 - 24 * 60


@pytest.mark.parametrize(
    ("minutes", "start", "nothing_before"),
    [
        ([A_DAY_BEFORE - 90, A_DAY_BEFORE - 20], A_DAY_BEFORE - 60, None),
        ([A_DAY_BEFORE - 60], A_DAY_BEFORE - 60, None),
        ([A_DAY_BEFORE - 20], A_DAY_BEFORE - 60, A_DAY_BEFORE - 20),
        ([A_DAY_BEFORE + 20], A_DAY_BEFORE - 60, A_DAY_BEFORE),
        ([], A_DAY_BEFORE - 60, A_DAY_BEFORE),
        ([A_DAY_BEFORE + 20], A_DAY_BEFORE, None),
        ([], A_DAY_BEFORE, None),
    ],
)
@pytest.mark.parametrize("shards", [1, 2])
def test_what_may_have_expired_is_not_taken_for_nothing(
    s3: Any, minutes: list[int], start: int, nothing_before: int | None, shards: int
) -> None:
    """No stream drops what arrived in the last 24 hours; before, its retention may have been
    raised, which does not bring back what had expired."""
    kinesis = Kinesis({f"shardId-{n}": Shard() for n in range(shards)}, retention_hours=168)
    for minute in minutes:
        kinesis.shards[f"shardId-{shards - 1}"].records.append(put(minute))
    found = rebuilt(kinesis, s3, after(start), after(A_DAY_BEFORE + 60))
    assert found.nothing_before == (None if nothing_before is None else after(nothing_before))


def test_the_first_record_is_found_behind_empty_answers_and_in_the_earliest_shard(s3: Any) -> None:
    late, early = put(A_DAY_BEFORE - 10), put(A_DAY_BEFORE - 30)
    shards = {
        "shardId-0": Shard([late]),
        "shardId-1": Shard([], closed=True),
        "shardId-2": Shard([early]),
    }
    found = rebuilt(
        Kinesis(shards, retention_hours=168), s3, after(A_DAY_BEFORE - 60), after(A_DAY_BEFORE)
    )
    assert found.nothing_before == early.arrived


AGENTS = ("ann", "Smith, Ann", 'O"Neil', None)


@settings(costly(5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_lost_comes_back_and_nothing_else(
    client: Client, moto: Moto, data: st.DataObject
) -> None:
    """A stream of two shards of which one is split, events that are put twice, and files of which
    some are lost as a whole and some in part."""
    moto.reset()
    s3 = client("s3")
    create_bucket(s3, "reports")
    shards = {
        "shardId-0": Shard(closed=True),
        "shardId-1": Shard(),
        "shardId-2": Shard(parents=("shardId-0",)),
        "shardId-3": Shard(parents=("shardId-0",)),
    }
    first, last = sorted(data.draw(st.integers(-10, 70)) for _ in range(2))
    start, end = after(first), after(last)
    minutes = data.draw(st.lists(st.integers(-70, 130), max_size=25).map(sorted))
    for minute in minutes:
        shard_id = data.draw(st.sampled_from(["shardId-0", "shardId-1", "shardId-2", "shardId-3"]))
        if shard_id == "shardId-0" and any(
            shards[each].records for each in ("shardId-2", "shardId-3")
        ):
            shard_id = "shardId-2"
        agent = data.draw(st.sampled_from(AGENTS))
        # Few different events, so that some come twice, but not more than an hour from the period.
        hour = 9 if first - 60 <= minute < last + 60 else 8
        at = f"2026-03-02T0{hour}:00:0{data.draw(st.integers(0, 3))}.000Z"
        of: dict[str, Any] = {"CurrentAgentSnapshot": None} if agent is None else {}
        record = put(minute, agent or "none", shard_id, at=at, **of)
        shards[shard_id].records.append(
            record._replace(sequence_number=f"{len(shards[shard_id].records):09}")
        )
    everything = lines_of(
        [shard.records for shard in shards.values()], after(-100), after(200), {}, False
    ).inside
    original = Counter(each.text.rstrip(b"\n") for each in everything)

    # Firehose wrote them minutes or hours later, and some are lost.
    for number, each in enumerate(everything):
        put_at = each.arrived + timedelta(minutes=data.draw(st.sampled_from([0, 3, 100])))
        lost = start <= each.arrived < end and data.draw(st.booleans())
        body = b"\n" if lost else b"\n" + each.text
        key = f"OUTPUT/{put_at:%Y/%m/%d/%H}/{FIREHOSE}-1-{put_at:%Y-%m-%d-%H-%M-%S}-{number}"
        if not lost or data.draw(st.booleans()):
            s3.put_object(Bucket="reports", Key=key, Body=body)

    found = rebuilt(Kinesis(shards), s3, start, end)
    write(s3, found.files)
    assert report(s3) == original
    for file in found.files:
        assert re.fullmatch(rf"OUTPUT/2026/03/02/\d\d/{FIREHOSE}-1-[0-9a-f-]+", file.key)
    again = rebuilt(Kinesis(shards), s3, start, end)
    assert (again.missing, again.files) == ([], [])


def test_the_classifiers_own_files_lack_nothing(s3: Any, client: Client) -> None:
    """The lines of the sample day, by the function and a real Firehose, and by the rebuild."""
    create_stream(client("firehose"), FIREHOSE, "reports")
    events = [as_record(each) for each in sample_events()]
    environment = {
        "FAILED_RECORDS_BUCKET": "failed",
        "FIREHOSE_STREAM": FIREHOSE,
        "INCLUDE_AGENT_STATUS_TYPE": "False",
        "STATUS_TABLE_BUCKET": "reports",
    }
    classifier_handler(environment)(invocation(events), FakeContext())
    now = datetime.now(UTC)
    arrived = now - timedelta(hours=1)
    records = [StreamRecord("s", f"{n:03}", arrived, each) for n, each in enumerate(events)]
    kinesis = Kinesis({"s": Shard(records)}, made=arrived)
    period = (arrived - timedelta(minutes=1), arrived + timedelta(minutes=1))
    written = report(s3)
    found = rebuilt(kinesis, s3, *period, now=now)
    assert (len(found.lines.inside), found.missing) == (12, [])
    for each in list(read_bucket(s3, "reports", "OUTPUT/")):
        s3.delete_object(Bucket="reports", Key=each.key)
    write(s3, rebuilt(kinesis, s3, *period, now=now).files)
    assert report(s3) == written


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (
            b"1,a,b,c,d,e,f,t,s,x,A,r\n",
            (b"1", b"a", b"b", b"c", b"d", b"e", b"f", b"t", b"s", b"x", b"r"),
        ),
        (
            b"1,a,b,c,d,e,f,t,s,x,0,r,T",
            (b"1", b"a", b"b", b"c", b"d", b"e", b"f", b"t", b"s", b"x", b"r"),
        ),
        (b'"1,""",a,,', (b'"1,"""', b"a", b"", b"")),
        (b"", (b"",)),
    ],
)
def test_a_line_is_known_by_all_but_what_settings_decide(
    line: bytes, key: tuple[bytes, ...]
) -> None:
    assert line_key(line) == key


def test_nothing_is_missing_of_nothing() -> None:
    assert missing(lines_of([], NINE, NOW, {}, False), [b"x"]) == []


@dataclass
class CloudWatch:
    """IteratorAge of the classifier: milliseconds, by minutes before `NOW`, which is longer ago
    than CloudWatch takes values for."""

    ages: dict[int, float] = field(default_factory=dict)
    refusal: Exception | None = None

    def get_metric_data(
        self,
        StartTime: datetime,  # noqa: N803
        EndTime: datetime,  # noqa: N803
        MetricDataQueries: Any,  # noqa: N803
    ) -> Any:
        if self.refusal:
            raise self.refusal
        (query,) = MetricDataQueries
        metric = query["MetricStat"]["Metric"]
        assert (metric["Namespace"], metric["MetricName"]) == ("AWS/Lambda", "IteratorAge")
        assert metric["Dimensions"] == [{"Name": "FunctionName", "Value": CLASSIFIER}]
        assert query["MetricStat"]["Stat"] == "Maximum"
        found = {NOW - timedelta(minutes=before): age for before, age in self.ages.items()}
        found = {at: age for at, age in found.items() if StartTime <= at < EndTime}
        result = {"Id": query["Id"], "Timestamps": list(found), "Values": list(found.values())}
        return {"MetricDataResults": [result]}


@dataclass
class Lambda:
    """The classifier's configuration and what reads the stream for it; in moto, that is a stream of
    moto's own."""

    arn: str = STREAM_ARN
    environment: dict[str, str] = field(
        default_factory=lambda: {
            "FAILED_RECORDS_BUCKET": "failed",
            "FIREHOSE_STREAM": FIREHOSE,
            "INCLUDE_AGENT_STATUS_TYPE": "True",
            "STATUS_TABLE_BUCKET": "reports",
        }
    )

    def get_function_configuration(self, FunctionName: str) -> Any:  # noqa: N803
        return {"FunctionName": FunctionName, "Environment": {"Variables": self.environment}}

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_event_source_mappings"
        return self

    def paginate(self, FunctionName: str) -> Any:  # noqa: N803
        assert FunctionName == CLASSIFIER
        return [{"EventSourceMappings": [{"EventSourceArn": self.arn}]}]


NOTHING_NAMED = Named(None, None, None, None, False)


def test_the_deployment_says_what_the_command_line_leaves_out(client: Client) -> None:
    create_bucket(client("s3"), "reports")
    create_stream(client("firehose"), FIREHOSE, "reports")
    consumer = Lambda(f"{STREAM_ARN}/consumer/classifier:1700000000")
    for lambda_ in (Lambda(), consumer):
        found = source(lambda_, None, client("firehose"), CLASSIFIER, NOTHING_NAMED)
        assert found == Source(STREAM_ARN, "reports", NAMING, True, "failed", CLASSIFIER)
    named = Named("arn", "other", FIREHOSE, "wfm/", False)
    found = source(None, None, client("firehose"), None, named)
    assert found == Source("arn", "other", Naming(FIREHOSE, "1", "wfm/"), False)


def test_a_flink_application_says_it_as_well(client: Client) -> None:
    create_bucket(client("s3"), "reports")
    create_stream(client("firehose"), FIREHOSE, "reports")
    flink = client("kinesisanalyticsv2")
    properties = Lambda().environment | {"AGENT_EVENT_STREAM_ARN": STREAM_ARN}
    application = create_application(flink, "aspect-wfm-ap", properties)
    found = source(None, flink, client("firehose"), application, NOTHING_NAMED)
    assert found == Source(STREAM_ARN, "reports", NAMING, True, "failed", None)
    lacking = create_application(flink, "lacking", Lambda().environment)
    with pytest.raises(SourceNotUsable, match="AGENT_EVENT_STREAM_ARN"):
        source(None, flink, client("firehose"), lacking, NOTHING_NAMED)


def test_what_cannot_be_found_is_said(client: Client) -> None:
    firehose = client("firehose")
    with pytest.raises(SourceNotUsable, match="--function"):
        source(None, None, firehose, None, NOTHING_NAMED)
    with pytest.raises(SourceNotUsable, match="no classifier"):
        source(Lambda(environment={}), None, firehose, CLASSIFIER, NOTHING_NAMED)


@pytest.fixture
def cloudwatch() -> CloudWatch:
    return CloudWatch({3: 400.0, 9: 1_000.0, 30: 86_400_000.0})


@pytest.fixture
def command_line(
    s3: Any, client: Client, cloudwatch: CloudWatch, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """`main` works with two events at nine; the bucket."""
    create_stream(client("firehose"), FIREHOSE, "reports")
    create_bucket(s3, "failed")
    real = boto3.client
    fakes: dict[str, Any] = {
        "cloudwatch": cloudwatch,
        "kinesis": stream(put(1), put(2)),
        "lambda": Lambda(),
    }
    monkeypatch.setattr(
        "boto3.client", lambda service, **of: fakes.get(service) or real(service, **of)
    )
    monkeypatch.setattr("aspect_wfm.commands.rebuild._now", lambda: NOW)
    return s3


HOUR = ["--function", CLASSIFIER, "--from", "2026-03-02T09:00", "--to", "2026-03-02T11:00+01:00"]


def test_the_command_writes_only_when_told_to(
    command_line: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rebuild_command(HOUR) == 0
    dry = capsys.readouterr().out
    assert "2 records on the stream, 0 of them without a report line" in dry
    assert re.search(r"2026-03-02 09:00 +2 +2\n", dry)
    assert "2 lines missing, for 1 file. Nothing was written" in dry
    assert rebuild_command([*HOUR, "--output", str(tmp_path)]) == 0
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert not report(command_line)
    assert rebuild_command([*HOUR, "--write"]) == 0
    assert "2 lines written to s3://reports in 1 file." in capsys.readouterr().out
    (written,) = read_bucket(command_line, "reports", "OUTPUT/")
    assert (written.key, written.data) == (
        file.relative_to(tmp_path).as_posix(),
        file.read_bytes(),
    )
    assert rebuild_command([*HOUR, "--write"]) == 0
    assert "Nothing is missing." in (last := capsys.readouterr().out)
    assert "ann" not in dry + last


def refused(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": "x"}}, operation)


@pytest.mark.parametrize(
    ("cloudwatch", "said"),
    [
        (CloudWatch({3: 400.0, 9: 14_400_000.0}), "4:00:00 behind"),
        (CloudWatch({30: 400.0}), "no value"),
        (CloudWatch(refusal=refused("GetMetricData")), "cloudwatch:GetMetricData"),
    ],
)
def test_nothing_is_written_that_the_classifier_may_still_write(
    command_line: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rebuild_command([*HOUR, "--write"]) == 2
    assert said in (error := capsys.readouterr().err)
    assert "--although-late" in error
    assert not report(command_line)
    assert rebuild_command(HOUR) == 0, "to look at it is no harm"
    assert rebuild_command([*HOUR, "--write", "--although-late"]) == 0
    assert sum(report(command_line).values()) == 2


def test_without_the_classifiers_name_nothing_says_how_late_it_is(
    command_line: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--stream-arn", STREAM_ARN, "--firehose-stream-name", FIREHOSE, *HOUR[2:]]
    assert rebuild_command([*named, "--write"]) == 2
    assert "--although-late" in capsys.readouterr().err
    assert rebuild_command([*named, "--write", "--although-late"]) == 0
    assert sum(report(command_line).values()) == 2


def test_given_up_batches_that_wait_are_said(
    command_line: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command_line.put_object(Bucket="failed", Key="undeliverable/x/1.json", Body=b"{}")
    assert rebuild_command(HOUR) == 0
    assert "aws/lambda/" not in capsys.readouterr().out
    for key in ("a", "b"):
        command_line.put_object(Bucket="failed", Key=f"aws/lambda/m/s/{key}", Body=b"{}")
    assert rebuild_command([*HOUR, "--write"]) == 0
    assert "2 documents wait in s3://failed/aws/lambda/" in capsys.readouterr().out
    real = command_line.get_paginator

    class Refusing:
        def __init__(self, operation: str) -> None:
            self.real = real(operation)

        def paginate(self, **of: Any) -> Any:
            if of["Bucket"] == "failed":
                raise refused("ListObjectsV2")
            return self.real.paginate(**of)

    monkeypatch.setattr(command_line, "get_paginator", Refusing)
    assert rebuild_command(HOUR) == 0
    assert "Cannot see whether" in capsys.readouterr().out


def test_a_period_of_which_the_stream_may_have_dropped_some_is_not_called_complete(
    command_line: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kinesis = stream(put(A_DAY_BEFORE - 20), retention_hours=168)
    patched = boto3.client
    monkeypatch.setattr(
        "boto3.client",
        lambda service, **of: kinesis if service == "kinesis" else patched(service, **of),
    )
    period = ["--from", "2026-03-01T13:00", "--to", "2026-03-01T14:00"]
    assert rebuild_command([*HOUR[:2], *period, "--write"]) == 1
    assert "1 line written" in capsys.readouterr().out
    assert rebuild_command([*HOUR[:2], *period]) == 1
    out = capsys.readouterr().out
    assert "The stream has nothing before 2026-03-01 13:40:00 UTC" in out
    assert "Nothing is missing of what the stream has." in out
    assert report(command_line)


def test_the_reference_table_is_the_buckets_or_one_that_is_given(
    command_line: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, then = b"StateName,StateType\nAvailable,1\n", tmp_path / "then.csv"
    then.write_bytes(b"StateName,StateType\nAvailable,0\n")
    command_line.put_object(Bucket="reports", Key="ASPECT_AGENT_STATUS_INFO.csv", Body=table)
    for arguments, state_type in (([], b",1,Basic"), (["--status-table", str(then)], b",0,Basic")):
        folder = tmp_path / str(len(arguments))
        assert rebuild_command([*HOUR, "--output", str(folder), *arguments]) == 0
        (file,) = (path for path in folder.rglob("*") if path.is_file())
        assert file.read_bytes().count(state_type) == 2
    command_line.put_object(Bucket="reports", Key="ASPECT_AGENT_STATUS_INFO.csv", Body=b"x")
    assert rebuild_command(HOUR) == 2
    assert "ASPECT_AGENT_STATUS_INFO.csv, row 1" in capsys.readouterr().err


@pytest.mark.usefixtures("command_line")
def test_errors_are_sentences(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rebuild_command(["--from", "2026-03-02T09:00", "--to", "2026-03-02T10:00"]) == 2
    assert rebuild_command([*HOUR[:2], "--from", "2026-01-01", "--to", "2026-01-02"]) == 2
    assert rebuild_command([*HOUR, "--bucket", "no-such-bucket"]) == 2
    refused = ClientError(
        {"Error": {"Code": "AccessDeniedException", "Message": "x"}}, "GetRecords"
    )

    def refuse(*_: Any, **__: Any) -> None:
        raise refused

    monkeypatch.setattr(Kinesis, "get_records", refuse)
    assert rebuild_command(HOUR) == 2
    errors = capsys.readouterr().err.splitlines()
    for error, said in zip(
        errors, ["--function", "has data from", "NoSuchBucket", "AccessDenied"], strict=True
    ):
        assert said in error
