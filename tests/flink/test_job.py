"""The job's report lines are the classifier's, byte for byte, through restarts too."""

import json
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest

from agent_classifier.report_line import report_line
from agent_classifier.status_table import StatusTable, parse_status_table
from agent_events.agent_event import decode_agent_event
from package import PACKAGE, assemble, install_libraries
from tests.bench.batches import mixed
from tests.chaos.servers import Servers, servers
from tests.flink.running_job import APPLICATION, FLINK_PYTHON, REPORTS, TABLE_KEY, Run, running
from tests.local_cloud.agent_stream import SAMPLE_DAY

EVENTS, SHARDS = 100_000, 10

# What the classifier makes of the sample day, without a reference table or with one without rows.
REPORT = (SAMPLE_DAY.parent / "report-no-table.csv").read_bytes()
REPORT_LINES = REPORT.count(b"\n")
HEADER_ONLY = b"StateName,StateType\n"

# In packed records come this many lines at least on average; of a full batch it is some thousand.
PACKED_LINES = 50

# After the first, each is read some seconds after the one before, for the batch window, and the
# table is kept for a minute.
SHARDS_TO_WAIT = 60


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, with the libraries that it is delivered with, and no connector."""
    assert FLINK_PYTHON.exists(), "PyFlink is installed by make test-flink: run the tests by it"
    folder = tmp_path_factory.mktemp("package")
    install_libraries(folder / "libraries")
    assemble({}, folder / "libraries", folder / PACKAGE.name)
    return folder / PACKAGE.name


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Servers]:
    (tmp_path / "servers").mkdir()
    with servers(tmp_path / "servers") as both:
        yield both


def test_a_sample_day_is_the_classifiers_report_and_the_rest_is_put_aside(
    tmp_path: Path, package: Path, cloud: Servers
) -> None:
    day = SAMPLE_DAY.read_bytes().splitlines()
    from_the_future = {**json.loads(day[1]), "EventTimestamp": "2026-03-04T18:00:01.000Z"}
    stream = {"shardId-000000000000": [*day, b"junk", json.dumps(from_the_future).encode()]}
    with running(tmp_path, package, cloud, stream, table=None, LOG_LEVEL="ERROR") as run:
        run.await_until("an event that is put aside", lambda: bool(run.failed_events()))
        run.await_until("the report", _are_there(run, REPORT_LINES))

        assert _in_order(run.report_objects()) == REPORT
        assert len(run.report_objects()) <= REPORT_LINES / 3, "the lines are not packed"
        (key,) = run.failed_events()
        assert key == f"undeliverable/{APPLICATION}/shardId-000000000000/{15:020}.json"
        # The line of a batch is a warning with a skipped record, and is written whatever the level.
        assert '"reason":"not JSON"' in run.flink_log()


def test_100000_events_are_the_classifiers_lines_through_a_restart_from_a_checkpoint(
    tmp_path: Path, package: Path, cloud: Servers
) -> None:
    events = mixed(EVENTS).events()
    stream = {f"shardId-{shard:012}": events[shard::SHARDS] for shard in range(SHARDS)}
    expected = [[line for line in map(_line, data) if line] for data in stream.values()]
    every_line = {line for shard in expected for line in shard}
    # So slow a Firehose that the job is not through before there is a checkpoint.
    cloud.set_rules([{"service": "firehose", "latency": 500}])
    with running(tmp_path, package, cloud, stream, table=HEADER_ONLY) as run:
        run.await_until(
            "a checkpoint and some of the report",
            lambda: bool(run.checkpoints()) and bool(run.report_objects()),
        )
        run.kill_a_python_worker()
        cloud.set_rules([])
        run.await_until("all of the report", lambda: set(run.report_lines()) >= every_line)

        assert run.restored_from(), "the job did not begin anew from a checkpoint"
        lines = run.report_lines()
        assert set(lines) == every_line
        assert len(lines) < 2 * len(every_line), "it began anew from the beginning of the stream"
        assert len(run.report_objects()) < len(lines) / PACKED_LINES, "the lines are not packed"
        whole = [b"".join(shard) for shard in expected]
        assert all(any(each in shard for shard in whole) for each in run.report_objects()), (
            "a report file is not a run of one shard's lines, in order"
        )


def test_no_line_is_written_while_the_table_is_broken_and_all_are_afterwards(
    tmp_path: Path, package: Path, cloud: Servers
) -> None:
    stream = {"shardId-000000000000": SAMPLE_DAY.read_bytes().splitlines()}
    broken = b"StateName,StateType\nAvailable,Yes\n"
    with running(tmp_path, package, cloud, stream, table=broken) as run:
        run.await_until(
            "a restart because of the table",
            lambda: bool(run.restored_from()) and "row 2: StateType is 'Yes'" in run.flink_log(),
        )
        assert run.report_objects() == []

        cloud.client("s3").put_object(Bucket=REPORTS, Key=TABLE_KEY, Body=HEADER_ONLY)
        run.await_until("the report", _are_there(run, REPORT_LINES))
        assert _in_order(run.report_objects()) == REPORT


def test_another_table_is_taken_while_the_job_runs(
    tmp_path: Path, package: Path, cloud: Servers
) -> None:
    day = SAMPLE_DAY.read_bytes().splitlines()
    shards = (f"shardId-{number:012}" for number in range(SHARDS_TO_WAIT))
    # Both tasks have some of these, and so have read the first table when all lines are there.
    begun = {next(shards): day for _ in range(6)}
    with running(tmp_path, package, cloud, begun, table=HEADER_ONLY) as run:
        run.await_until("the report", _are_there(run, len(begun) * REPORT_LINES))
        # A job that begins anew reads the table in any case: then once more, with another one.
        for state_type in cycle(b"1 0 A".split()):
            restarts, seen = len(run.restored_from()), len(run.report_lines())
            table = HEADER_ONLY + b"Available," + state_type
            cloud.client("s3").put_object(Bucket=REPORTS, Key=TABLE_KEY, Body=table)
            by_it = {line for each in day if (line := _line(each, parse_status_table(table)))}
            while not set(run.report_lines()[seen:]) >= by_it:
                more = _are_there(run, len(run.report_lines()) + len(by_it))
                shard = next(shards, None)
                assert shard, "the table is not read anew"
                run.write_records({shard: day})
                run.await_until("more lines", more)
            if len(run.restored_from()) == restarts:
                break


def _are_there(run: Run, lines: int) -> Callable[[], bool]:
    return lambda: len(run.report_lines()) >= lines


def _line(data: bytes, table: StatusTable | None = None) -> bytes | None:
    return report_line(decode_agent_event(data), table or {}, False)


def _in_order(objects: list[bytes]) -> bytes:
    """Report files one after the other, as their lines are in the report; files have no order."""
    return b"".join(sorted(objects, key=REPORT.find))
