"""The classifier's configuration, from its environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass

from function_runtime.environment import boolean, required


@dataclass(frozen=True, slots=True)
class Configuration:
    """`status_table_bucket` holds the reference table; `failed_records_bucket`, what is too large.

    `include_agent_status_type` asks for the thirteenth column.
    """

    firehose_stream: str
    status_table_bucket: str
    include_agent_status_type: bool
    failed_records_bucket: str


def read_configuration(environment: Mapping[str, str]) -> Configuration:
    """Raises ConfigurationError, which names the variable and the value it needs."""
    column = "INCLUDE_AGENT_STATUS_TYPE"
    return Configuration(
        firehose_stream=required(
            environment, "FIREHOSE_STREAM", "the name of the Firehose stream for report lines"
        ),
        status_table_bucket=required(
            environment, "STATUS_TABLE_BUCKET", "the name of the bucket with the status table"
        ),
        include_agent_status_type=boolean(
            required(environment, column, "True or False"), f"Environment variable {column}"
        ),
        failed_records_bucket=required(
            environment, "FAILED_RECORDS_BUCKET", "the name of the bucket for failed records"
        ),
    )
