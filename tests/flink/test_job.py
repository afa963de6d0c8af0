"""The job's report lines are the classifier's, byte for byte, through restarts too."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_classifier.report_line import report_line
from agent_events.agent_event import decode_agent_event
from package import PACKAGE, assemble, install_libraries
from tests.bench.batches import mixed
from tests.chaos.servers import Servers, servers
from tests.flink.running_job import APPLICATION, FLINK_PYTHON, REPORTS, TABLE_KEY, running
from tests.local_cloud.agent_stream import SAMPLE_DAY

EVENTS, SHARDS = 100_000, 10

# What the classifier makes of the sample day, without a reference table or with one without rows.
REPORT = (SAMPLE_DAY.parent / "report-no-table.csv").read_bytes()
HEADER_ONLY = b"StateName,StateType\n"


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
    with running(tmp_path, package, cloud, stream, table=None) as run:
        run.await_until("an event that is put aside", lambda: bool(run.failed_events()))
        run.await_until("the report", lambda: len(run.report_lines()) >= REPORT.count(b"\n"))

        assert _in_order(run.report_objects()) == REPORT
        (key,) = run.failed_events()
        assert key == f"undeliverable/{APPLICATION}/shardId-000000000000/{15:020}.json"
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
        run.await_until("the report", lambda: len(run.report_lines()) >= REPORT.count(b"\n"))
        assert _in_order(run.report_objects()) == REPORT


def _line(data: bytes) -> bytes | None:
    return report_line(decode_agent_event(data), {}, False)


def _in_order(objects: list[bytes]) -> bytes:
    """Report files one after the other, as their lines are in the report; files have no order."""
    return b"".join(sorted(objects, key=REPORT.find))
