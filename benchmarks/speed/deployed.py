"""The functions' environment variables, as the modules set them."""

import tests.relay_environment

STATES_TABLE = "agent-states"

_STREAM = "aspect-wfm-ap-kda-to-s3"
CLASSIFIER_ENVIRONMENT = {
    "FAILED_RECORDS_BUCKET": "failed-events",
    "FIREHOSE_STREAM": _STREAM,
    "INCLUDE_AGENT_STATUS_TYPE": "False",
    "STATUS_TABLE_BUCKET": "reports",
}
HEARTBEAT_ENVIRONMENT = {
    "EVENT_SOURCE_MAPPING_UUID": "00000000-0000-0000-0000-000000000000",
    "FIREHOSE_STREAM": _STREAM,
}


def relay_environment(endpoint: str, queues: int = 1, flag: bool = True) -> dict[str, str]:
    """The environment of the relay function whose queues are at `endpoint`."""
    urls = [f"{endpoint}/111122223333/events-{number}.fifo" for number in range(queues)]
    return tests.relay_environment.relay_environment(
        urls, DynamoDbTableName=STATES_TABLE, WriteEventsToQueue=str(flag)
    )
