"""The job's configuration, and the table that it makes of the stream."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from function_runtime.environment import ConfigurationError
from report_line_job.agent_event_table import create_table, windows
from report_line_job.properties import Properties, read_properties
from tests.flink.running_job import properties

NOW = datetime(2026, 3, 2, 8, 59, 59, 999_999, tzinfo=UTC)


def read(folder: Path, **more: str) -> Properties:
    path = folder / "application_properties.json"
    path.write_text(json.dumps([*properties(**more), {"PropertyGroupId": "x", "PropertyMap": {}}]))
    return read_properties(path)


def test_the_stream_is_read_by_its_name_from_its_oldest_event(tmp_path: Path) -> None:
    assert create_table(read(tmp_path, WINDOW_SECONDS="5"), NOW) == (
        "CREATE TABLE agent_events ("
        "shard STRING METADATA FROM 'shard-id' VIRTUAL, "
        "sequence_number STRING METADATA FROM 'sequence-number' VIRTUAL, "
        "arrived TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL, "
        "data BYTES, "
        "processing_time AS PROCTIME()"
        ") WITH ('connector' = 'kinesis-legacy', 'stream' = 'agent-events', "
        "'aws.region' = 'eu-central-1', 'format' = 'raw', 'scan.shard-assigner' = 'uniform', "
        "'scan.shard.getrecords.intervalmillis' = '200', "
        "'scan.shard.getrecords.maxrecordcount' = '769', "
        "'scan.stream.initpos' = 'TRIM_HORIZON', "
        "'scan.stream.initpos-timestamp' = '2000-01-01T00:00:00+00:00', "
        "'scan.stream.initpos-timestamp-format' = 'yyyy-MM-dd''T''HH:mm:ssXXX')"
    )


def test_a_window_holds_no_more_than_is_read_in_its_time(tmp_path: Path) -> None:
    for seconds, records, each_read in (("1", "2000", 333), ("10", "20000", 392), ("10", "1", 1)):
        given = read(tmp_path, WINDOW_SECONDS=seconds, WINDOW_RECORDS=records)
        table = create_table(given, NOW)
        assert f"'scan.shard.getrecords.maxrecordcount' = '{each_read}'" in table
        assert "'scan.shard.getrecords.intervalmillis' = '200'" in table
        assert f"INTERVAL '{seconds}' SECOND" in windows(given)


def test_it_begins_at_a_time_and_reads_as_its_own_consumer(tmp_path: Path) -> None:
    consumer = "arn:aws:kinesis:eu-central-1:000000000000:stream/agent-events/consumer/own:1"
    table = create_table(
        read(
            tmp_path,
            CONSUMER_ARN=consumer,
            STARTING_POSITION="AT_TIMESTAMP",
            STARTING_TIMESTAMP="2026-03-02T09:00:00Z",
        ),
        NOW,
    )
    for option in (
        "'scan.stream.initpos' = 'AT_TIMESTAMP'",
        "'scan.stream.initpos-timestamp' = '2026-03-02T09:00:00Z'",
        "'scan.stream.initpos-timestamp-format' = 'yyyy-MM-dd''T''HH:mm:ssXXX'",
        "'scan.stream.recordpublisher' = 'EFO'",
        "'scan.stream.efo.registration' = 'NONE'",
        f"'scan.stream.efo.consumerarn.agent-events' = '{consumer}'",
    ):
        assert option in table


def test_now_is_a_time_which_a_job_that_restarts_still_has(tmp_path: Path) -> None:
    table = create_table(read(tmp_path, STARTING_POSITION="LATEST"), NOW)
    assert "'scan.stream.initpos' = 'AT_TIMESTAMP'" in table
    assert "'scan.stream.initpos-timestamp' = '2026-03-02T08:59:59+00:00'" in table


def test_a_time_that_was_taken_away_leaves_one_for_shards_that_were_begun_with_it(
    tmp_path: Path,
) -> None:
    for position in ("TRIM_HORIZON", "LATEST"):
        table = create_table(read(tmp_path, STARTING_POSITION=position), NOW)
        assert "'scan.stream.initpos-timestamp' = '2" in table, position
        assert "'scan.stream.initpos-timestamp-format' = 'yyyy" in table, position


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AGENT_EVENT_STREAM_ARN", ""),
        ("APPLICATION_ARN", ""),
        ("BATCH_SIZE", "many"),
        ("FIREHOSE_STREAM", ""),
        ("INCLUDE_AGENT_STATUS_TYPE", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
        ("STARTING_POSITION", "NOW"),
        ("WINDOW_RECORDS", "20001"),
        ("WINDOW_SECONDS", "0"),
        ("WINDOW_SECONDS", "11"),
    ],
)
def test_a_wrong_property_stops_the_job_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read(tmp_path, **{name: value})


def test_a_time_is_asked_for_where_the_position_needs_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="STARTING_TIMESTAMP is missing"):
        read(tmp_path, STARTING_POSITION="AT_TIMESTAMP")


def test_properties_that_are_not_there_are_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_properties(tmp_path / "none.json")
