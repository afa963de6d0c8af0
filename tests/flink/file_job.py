"""The job with files in the place of the stream: a program for the Python that has PyFlink.

Like a stream, the files have no end: Flink goes on looking for more.

All else is main.py's. Its arguments: the runtime properties, a folder with the stream's records,
one file a shard, a folder for checkpoints, and the folder of the package's Python.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment

from report_line_job.agent_event_table import TABLE, create_table
from report_line_job.job import deliver_report_lines
from report_line_job.properties import read_properties

_COLUMNS = (
    "shard STRING NOT NULL, sequence_number STRING NOT NULL, "
    "arrived TIMESTAMP_LTZ(3) NOT NULL, data BYTES"
)

_SETTINGS = {
    "execution.checkpointing.interval": "500 ms",
    "parallelism.default": "2",
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "1000",
    "restart-strategy.fixed-delay.delay": "1 s",
    # As on a cluster, Python works in processes of its own.
    "python.executable": sys.executable,
}


def main(properties_file: str, records: str, checkpoints: str, python_folder: str) -> None:
    properties = read_properties(Path(properties_file))
    configuration = Configuration()
    for name, value in _SETTINGS.items():
        configuration.set_string(name, value)
    configuration.set_string("execution.checkpointing.dir", Path(checkpoints).as_uri())
    stream = StreamExecutionEnvironment.get_execution_environment(configuration)
    stream.add_python_file(python_folder)
    tables = StreamTableEnvironment.create(stream)

    tables.execute_sql(create_table(properties, datetime.now(UTC)))
    columns = _columns(tables)
    tables.execute_sql(f"DROP TABLE {TABLE}")
    tables.execute_sql(
        f"CREATE TABLE {TABLE} ({_COLUMNS}) WITH ('connector' = 'filesystem', "
        f"'path' = '{Path(records).as_uri()}', 'format' = 'json', "
        "'json.timestamp-format.standard' = 'ISO-8601', 'source.monitor-interval' = '1 s')"
    )
    if _columns(tables) != columns:
        raise AssertionError(f"the stream's table has the columns {columns}")
    deliver_report_lines(tables, properties)
    stream.execute(properties.application_name)


def _columns(tables: StreamTableEnvironment) -> list[tuple[str, str]]:
    rows = tables.execute_sql(f"DESCRIBE {TABLE}").collect()
    return [(row[0], row[1]) for row in rows]


if __name__ == "__main__":
    main(*sys.argv[1:])
