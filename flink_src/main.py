"""The entry point of the application: its runtime properties are read once, at its start."""

from datetime import UTC, datetime

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment

from report_line_job.agent_event_table import create_table
from report_line_job.job import deliver_report_lines
from report_line_job.properties import read_properties


def main() -> None:
    """Start the job, with the runtime properties that the service gives it."""
    properties = read_properties()
    stream = StreamExecutionEnvironment.get_execution_environment()
    tables = StreamTableEnvironment.create(stream)
    tables.execute_sql(create_table(properties, datetime.now(UTC)))
    deliver_report_lines(tables, properties)
    stream.execute(properties.application_name)


if __name__ == "__main__":
    main()
