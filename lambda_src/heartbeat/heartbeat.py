"""An empty report line while the classifier runs, so that a report file exists (contract, 2.4)."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3

from agent_events.aws_calls import AWS_CALLS
from agent_events.environment import required
from agent_events.structured_log import log

_EMPTY_LINE = b"\n"


def is_running(state: str | None, last_result: str | None) -> bool:
    """Whether a classifier is at work whose event source mapping is in `state`.

    Only `Enabled` counts. A mapping that is created, enabled or updated reaches it within minutes,
    for the next heartbeat; one that is disabled or deleted is on its way out. `last_result`
    (`LastProcessingResult`) begins with PROBLEM when Lambda's last attempt failed: it could not
    read the stream, or the function raised, as it does on a bad status table. Any other result
    (`OK`, `No records processed`) or none means nothing wrong. A Firehose stream that takes no
    report lines takes no heartbeat either.
    """
    return state == "Enabled" and not (last_result or "").upper().startswith("PROBLEM")


def heartbeat_handler(environment: Mapping[str, str]) -> Callable[[Any, Any], dict[str, Any]]:
    """The function's handler. Raises ConfigurationError for an environment it cannot work with.

    The handler raises what botocore raises when the mapping cannot be asked for or the put fails,
    so that the failure counts as the function's and the schedule's retries apply.
    """
    stream = required(
        environment, "FIREHOSE_STREAM", "the name of the Firehose stream for report lines"
    )
    mapping = required(
        environment,
        "EVENT_SOURCE_MAPPING_UUID",
        "the UUID of the classifier's event source mapping",
    )
    aws_lambda = boto3.client("lambda", config=AWS_CALLS)
    firehose = boto3.client("firehose", config=AWS_CALLS)

    def handler(_event: Any, _context: Any) -> dict[str, Any]:
        answer = aws_lambda.get_event_source_mapping(UUID=mapping)
        state, last_result = answer.get("State"), answer.get("LastProcessingResult")
        running = is_running(state, last_result)
        if running:
            firehose.put_record(DeliveryStreamName=stream, Record={"Data": _EMPTY_LINE})
        outcome = {
            "heartbeat": running,
            "mappingState": state,
            "lastProcessingResult": last_result,
        }
        log(
            "INFO" if running else "WARNING",
            "heartbeat put" if running else "no heartbeat: the classifier is not running",
            **outcome,
        )
        return outcome

    return handler
