"""The agent event stream as a table of Flink's Kinesis connector.

The connector is `kinesis-legacy` of flink-sql-connector-kinesis 5: it alone says of a record in
which shard it stood, at what place, and when it arrived there. The newer one, `kinesis`, does not
(Apache Flink, "Amazon Kinesis Data Streams SQL Connector", Available Metadata; FLINK-36671). These
three keep events in order, name a record in logs and objects, and tell an event from the future.
"""

from datetime import UTC, datetime

from report_line_job.properties import Properties

TABLE = "agent_events"

# Before any event that a stream still has: Kinesis then gives its oldest one (Amazon Kinesis Data
# Streams API Reference, GetShardIterator).
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def create_table(properties: Properties, now: datetime) -> str:
    """The statement that creates the table, with the columns that the job reads, in their order.

    `now`, with its zone, is when the job is made: a position LATEST begins there.
    """
    options = ", ".join(
        f"{_quoted(name)} = {_quoted(value)}" for name, value in _options(properties, now).items()
    )
    return (
        f"CREATE TABLE {TABLE} ("
        "shard STRING METADATA FROM 'shard-id' VIRTUAL, "
        "sequence_number STRING METADATA FROM 'sequence-number' VIRTUAL, "
        "arrived TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL, "
        "data BYTES, "
        "processing_time AS PROCTIME()"
        f") WITH ({options})"
    )


def windows(properties: Properties) -> str:
    """The query for the stream's windows: a shard, and what came of it in `window_seconds`, in
    order, each with its sequence number, its arrival and its data.

    How much that is, the reading bounds: see `_options`.
    """
    return (
        # S608 warns of what a stranger puts in: here, a constant and a whole number.
        "SELECT shard, ARRAY_AGG(ROW(sequence_number, arrived, data)) FROM TABLE("  # noqa: S608
        f"TUMBLE(TABLE {TABLE}, DESCRIPTOR(processing_time), "
        f"INTERVAL '{properties.window_seconds}' SECOND)) "
        "GROUP BY shard, window_start, window_end"
    )


def _options(properties: Properties, now: datetime) -> dict[str, str]:
    position, timestamp = _beginning(properties, now)
    # The connector reads a shard at most five times a second. One read more may fall into a window.
    reads = 5 * properties.window_seconds + 1
    options = {
        "connector": "kinesis-legacy",
        "stream": properties.stream_name,
        "aws.region": properties.region,
        "format": "raw",
        "scan.shard-assigner": "uniform",
        "scan.shard.getrecords.intervalmillis": "200",
        "scan.shard.getrecords.maxrecordcount": str(max(1, properties.window_records // reads)),
        "scan.stream.initpos": position,
        "scan.stream.initpos-timestamp": timestamp,
        "scan.stream.initpos-timestamp-format": "yyyy-MM-dd'T'HH:mm:ssXXX",
    }
    if properties.consumer_arn:
        options["scan.stream.recordpublisher"] = "EFO"
        options["scan.stream.efo.registration"] = "NONE"
        options[f"scan.stream.efo.consumerarn.{properties.stream_name}"] = properties.consumer_arn
    return options


def _beginning(properties: Properties, now: datetime) -> tuple[str, str]:
    """The position at which the connector begins, and a time, in ISO 8601.

    Of a shard that has given no record yet, a checkpoint has only the kind of position at which it
    was begun. A job that restarts takes LATEST for that moment, whatever has come before. For
    AT_TIMESTAMP it needs a time among its options, even where these name another position by then.
    """
    if properties.starting_position == "LATEST":
        return "AT_TIMESTAMP", now.isoformat(timespec="seconds")
    return (
        properties.starting_position,
        properties.starting_timestamp or _LONG_AGO.isoformat(timespec="seconds"),
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
