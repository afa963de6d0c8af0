"""The job's report lines are the classifier's, byte for byte, on the connector that it runs on."""

import json
import re
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pytest

from agent_classifier.status_table import parse_status_table
from tests.agent_event_batches import mixed
from tests.chaos.servers import Servers
from tests.flink.agent_stream import agent_stream
from tests.flink.report import lines_of
from tests.flink.running_job import APPLICATION, REPORTS, TABLE_KEY, Job, make_estate, running
from tests.local_cloud.agent_stream import SAMPLE_DAY

EVENTS = 20_000

DAY = SAMPLE_DAY.read_bytes().splitlines()

# What the classifier makes of the sample day, without a reference table or with one without rows.
REPORT = (SAMPLE_DAY.parent / "report-no-table.csv").read_bytes()
REPORT_LINES = REPORT.count(b"\n")
HEADER_ONLY = b"StateName,StateType\n"

ONE, OTHER = "shardId-000000000000", "shardId-000000000001"


def test_a_sample_day_is_the_classifiers_report_and_a_quiet_shard_waits_for_no_other_event(
    tmp_path: Path, package: Path, cloud: Servers
) -> None:
    make_estate(cloud)
    from_the_future = json.dumps({**json.loads(DAY[1]), "EventTimestamp": "2099-03-04T18:00:01Z"})
    with agent_stream(tmp_path, 2) as stream:
        stream.put_on({ONE: [*DAY, b"junk", from_the_future.encode()]})
        given = {"BATCH_SIZE": "5", "LOG_LEVEL": "ERROR"}
        job = Job(tmp_path, package, cloud, stream.endpoint, given)
        with running(job) as run:
            run.await_until("an event that is put aside", lambda: bool(job.failed_events()))
            run.await_lines(REPORT_LINES)
            assert in_order(job.report_objects()) == REPORT
            assert len(job.report_objects()) < REPORT_LINES, "the lines are not packed"
            (key,) = job.failed_events()
            assert re.fullmatch(rf"undeliverable/{APPLICATION}/{ONE}/\d+\.json", key)
            # The line of a batch is a warning with a skipped record, and is written at any level.
            assert '"reason":"not JSON"' in job.flink_log()

            stream.put_on({OTHER: DAY[1:2]})
            run.await_lines(REPORT_LINES + 1)
            counted = {
                "EventsIn": len(DAY) + 3,
                "EventsPutAside": 1,
                "EventsSkipped": 1,
                "LinesWritten": REPORT_LINES + 1,
            }
            run.await_until("the counters", lambda: run.counters() == counted)


def test_20000_events_are_the_classifiers_lines_through_reshards_and_a_savepoint(
    tmp_path: Path, package: Path, cloud: Servers
) -> None:
    events = mixed(EVENTS).events()
    backlog, while_split, waiting, while_merged = (
        *(events[:8_000], events[8_000:12_000], events[12_000:13_000], events[13_000:]),
    )
    make_estate(cloud, HEADER_ONLY)
    # No batch ends a window, so that a report file is what was in one.
    given = {"BATCH_SIZE": "10000", "WINDOW_RECORDS": "400"}
    with agent_stream(tmp_path, 4) as stream:
        stream.put(backlog)
        two = {"parallelism.default": "2"}
        job = Job(tmp_path, package, cloud, stream.endpoint, given, two)
        with running(job) as run:
            run.await_lines(1)
            stream.put_while_it_reshards(while_split, 8)
            expected = lines_of(backlog + while_split)
            run.await_lines(len(expected))
            assert Counter(job.report_lines()) == Counter(expected)
            run.await_until(
                "one task's count of all lines",
                lambda: run.counters().get("LinesWritten") == len(expected),
            )
            # One read without the limit brings all that was waiting on a shard. With it, a window
            # has 400 and what was on its way while the machine stood still.
            assert max(each.count(b"\n") for each in job.report_objects()) < len(backlog) / 4
            assert len(job.report_objects()) < len(expected) / 2, "the lines are not packed"

            stream.put(waiting)
            savepoint = run.stop_with_savepoint()

        again = Job(
            tmp_path,
            changed(package, tmp_path),
            cloud,
            stream.endpoint,
            {**given, "BATCH_SIZE": "300", "WINDOW_SECONDS": "3"},
            two,
        )
        with running(again, savepoint) as run:
            run.await_running()
            stream.put_while_it_reshards(while_merged, 4)
            every_line = set(lines_of(events))
            run.await_until("every line", lambda: set(again.report_lines()) >= every_line)
            assert set(again.report_lines()) == every_line
            twice = len(again.report_lines()) - len(lines_of(events))
            assert 0 <= twice <= len(waiting), "the job did not go on from the savepoint"
            assert "batch classified by another package" in again.flink_log()

        whole = [b"".join(lines_of(shard)) for shard in stream.by_shard.values()]
        assert all(any(each in shard for shard in whole) for each in again.report_objects()), (
            "a report file is not a run of one shard's lines, in order"
        )


def test_no_line_is_written_while_the_table_is_broken_and_another_one_is_taken_without_a_restart(
    tmp_path: Path, package: Path, cloud: Servers
) -> None:
    make_estate(cloud, b"StateName,StateType\nAvailable,Yes\n")
    s3 = cloud.client("s3")
    with agent_stream(tmp_path, 1) as stream:
        stream.put_on({ONE: DAY})
        job = Job(tmp_path, package, cloud, stream.endpoint)
        with running(job) as run:
            run.await_until(
                "a restart because of the table",
                lambda: (
                    bool(job.restored_from()) and "row 2: StateType is 'Yes'" in job.flink_log()
                ),
            )
            assert job.report_objects() == []

            s3.put_object(Bucket=REPORTS, Key=TABLE_KEY, Body=HEADER_ONLY)
            run.await_lines(REPORT_LINES)
            assert in_order(job.report_objects()) == REPORT

            # A job that restarts reads the table in any case: then once more, with another one.
            for state_type in cycle(b"1 0 A".split()):
                restarts = len(job.restored_from())
                table = HEADER_ONLY + b"Available," + state_type
                s3.put_object(Bucket=REPORTS, Key=TABLE_KEY, Body=table)
                by_it = lines_of(DAY, parse_status_table(table))
                read: list[bytes] = []
                while not set(read) >= set(by_it):
                    before = len(job.report_lines())
                    stream.put_on({ONE: DAY})
                    run.await_lines(before + REPORT_LINES)
                    read = job.report_lines()[before:]
                if len(job.restored_from()) == restarts:
                    break


@pytest.mark.parametrize(
    ("position", "kept"),
    [
        ("LATEST", "AT_TIMESTAMP_SEQUENCE_NUM"),
        ("AT_TIMESTAMP", "AT_TIMESTAMP_SEQUENCE_NUM"),
        ("TRIM_HORIZON", "EARLIEST_SEQUENCE_NUM"),
    ],
)
def test_a_job_begins_where_it_was_told_and_after_a_restart_too_on_a_shard_without_an_event(
    position: str, kept: str, tmp_path: Path, package: Path, cloud: Servers
) -> None:
    before, first, second = DAY[1:3], DAY[3:6], DAY[6:9]
    make_estate(cloud)
    with agent_stream(tmp_path, 2) as stream:
        stream.put_on({ONE: before})
        time.sleep(1.5)  # a position is in whole seconds
        told = {"STARTING_POSITION": position}
        if position == "AT_TIMESTAMP":
            told["STARTING_TIMESTAMP"] = datetime.now(UTC).isoformat(timespec="seconds")
            time.sleep(1)
            stream.put_on({ONE: first})
        wanted = [*before, *first] if position == "TRIM_HORIZON" else first
        # Long enough to put events while nothing reads.
        slow = {"restart-strategy.fixed-delay.delay": "10 s"}
        job = Job(tmp_path, package, cloud, stream.endpoint, told, slow)
        with running(job) as run:
            run.await_running()
            run.await_checkpoint()
            if position != "AT_TIMESTAMP":
                stream.put_on({ONE: first})
            run.await_lines(len(lines_of(wanted)))
            run.lose_a_task_manager()
            run.await_until("the loss", lambda: not run.is_running())
            stream.put_on({OTHER: second})
            every_line = set(lines_of([*wanted, *second]))
            run.await_until("all lines", lambda: set(job.report_lines()) >= every_line)
            assert set(job.report_lines()) == every_line
            assert re.search(f"{OTHER}.*restored sequence number {kept}", job.flink_log())


def changed(package: Path, folder: Path) -> Path:
    """A package that is another one, by what its log says."""
    other = folder / "another.zip"
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "python/agent_classifier/classifier.py":
                content = content.replace(
                    b'"batch classified"', b'"batch classified by another package"'
                )
            new.writestr(name, content)
    return other


def in_order(objects: Sequence[bytes]) -> bytes:
    """Report files one after the other, as their lines are in the report; files have no order."""
    return b"".join(sorted(objects, key=REPORT.find))
