"""The functions as the modules deploy them: their environment and the context of an invocation."""

import time

import tests.relay_environment
from tests.local_cloud.runtime_client import FUNCTION_TIMEOUT_SECONDS

STATES_TABLE = "agent-states"


def relay_environment(endpoint: str, queues: int = 1, flag: bool = True) -> dict[str, str]:
    """The environment of the relay function whose queues are at `endpoint`."""
    urls = [f"{endpoint}/111122223333/events-{number}.fifo" for number in range(queues)]
    return tests.relay_environment.relay_environment(
        urls, DynamoDbTableName=STATES_TABLE, WriteEventsToQueue=str(flag)
    )


def classifier_environment() -> dict[str, str]:
    """The classifier's environment variables."""
    return {
        "FAILED_RECORDS_BUCKET": "failed-events",
        "FIREHOSE_STREAM": "aspect-wfm-ap-kda-to-s3",
        "INCLUDE_AGENT_STATUS_TYPE": "False",
        "STATUS_TABLE_BUCKET": "reports",
    }


def heartbeat_environment() -> dict[str, str]:
    """The heartbeat function's environment variables."""
    return {
        "EVENT_SOURCE_MAPPING_UUID": "00000000-0000-0000-0000-000000000000",
        "FIREHOSE_STREAM": "aspect-wfm-ap-kda-to-s3",
    }


class Context:
    """A function's context in an invocation that begins now."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"
    function_name = "aspect-wfm-bench"
    invoked_function_arn = "arn:aws:lambda:eu-central-1:111122223333:function:aspect-wfm-bench"

    def __init__(self) -> None:
        self._end = time.monotonic() + FUNCTION_TIMEOUT_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        """The time until Lambda ends the invocation, in milliseconds."""
        return int(1_000 * (self._end - time.monotonic()))
