"""The agent event stream as a table of Flink's Kinesis connector.

The connector is `kinesis-legacy` of flink-sql-connector-kinesis 5: it alone says of a record in
which shard it stood, at what place, and when it arrived there. The newer one, `kinesis`, does not
(Apache Flink, "Amazon Kinesis Data Streams SQL Connector", Available Metadata; FLINK-36671). These
three keep events in order, name a record in logs and objects, and tell an event from the future.
"""

from report_line_job.properties import Properties

TABLE = "agent_events"


def create_table(properties: Properties) -> str:
    """The statement that creates the table, with the columns that the job reads, in their order."""
    options = ", ".join(
        f"{_quoted(name)} = {_quoted(value)}" for name, value in _options(properties).items()
    )
    return (
        f"CREATE TABLE {TABLE} ("
        "shard STRING NOT NULL METADATA FROM 'shard-id' VIRTUAL, "
        "sequence_number STRING NOT NULL METADATA FROM 'sequence-number' VIRTUAL, "
        "arrived TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' VIRTUAL, "
        "data BYTES"
        f") WITH ({options})"
    )


def _options(properties: Properties) -> dict[str, str]:
    options = {
        "connector": "kinesis-legacy",
        "stream": properties.stream_name,
        "aws.region": properties.region,
        "format": "raw",
        "scan.stream.initpos": properties.starting_position,
    }
    if properties.starting_timestamp:
        options["scan.stream.initpos-timestamp"] = properties.starting_timestamp
        options["scan.stream.initpos-timestamp-format"] = "yyyy-MM-dd'T'HH:mm:ssXXX"
    if properties.consumer_arn:
        options["scan.stream.recordpublisher"] = "EFO"
        options["scan.stream.efo.registration"] = "NONE"
        options[f"scan.stream.efo.consumerarn.{properties.stream_name}"] = properties.consumer_arn
    return options


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
