"""Report files once more, from a model of a Kinesis stream and moto's S3."""

import re
from typing import Any

from aspect_wfm.rebuild.files import report_files
from aspect_wfm.rebuild.lines import Line
from aspect_wfm.rebuild.source import Source
from aspect_wfm.rebuild.stream import StreamRecord
from aspect_wfm.reports.report_lines import read_report
from tests.unit.events import STREAM_ARN
from tests.unit.rebuild.kinesis import (
    DOCTORS_AGENT,
    FIREHOSE,
    NAMING,
    NINE,
    Kinesis,
    Shard,
    after,
    put,
    rebuilt,
    report,
    stream,
    write,
)


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
