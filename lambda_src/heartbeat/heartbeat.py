"""An empty report line while the classifier runs, so that a report file exists (contract, 2.4)."""

from collections.abc import Callable, Mapping
from typing import Any

from function_runtime.aws_calls import aws_client
from function_runtime.environment import required
from function_runtime.structured_log import log_as, log_metrics

# The function's metric, and what it counts.
METRICS = {
    "Heartbeats": "1 for a heartbeat sent, 0 for one withheld because the classifier is not running"
}

_EMPTY_LINE = b"\n"

# Whether the classifier is at work, and what was seen of it.
_Look = Callable[[], tuple[bool, dict[str, Any]]]


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

    The handler raises what botocore raises when the classifier cannot be asked for or the put
    fails, so that the failure counts as the function's and the schedule's retries apply.
    """
    log_as(environment)
    stream = required(
        environment, "FIREHOSE_STREAM", "the name of the Firehose stream for report lines"
    )
    look = (
        _application(environment) if "FLINK_APPLICATION" in environment else _mapping(environment)
    )
    firehose = aws_client("firehose")

    def handler(_event: Any, _context: Any) -> dict[str, Any]:
        running, seen = look()
        if running:
            firehose.put_record(DeliveryStreamName=stream, Record={"Data": _EMPTY_LINE})
        outcome = {"heartbeat": running, **seen}
        log_metrics(
            "INFO" if running else "WARNING",
            "heartbeat put" if running else "no heartbeat: the classifier is not running",
            {"Heartbeats": int(running)},
            **outcome,
        )
        return outcome

    return handler


def _mapping(environment: Mapping[str, str]) -> _Look:
    """Looks at the event source mapping of the classifier function."""
    mapping = required(
        environment,
        "EVENT_SOURCE_MAPPING_UUID",
        "the UUID of the classifier's event source mapping",
    )
    aws_lambda = aws_client("lambda")

    def look() -> tuple[bool, dict[str, Any]]:
        answer = aws_lambda.get_event_source_mapping(UUID=mapping)
        state, last_result = answer.get("State"), answer.get("LastProcessingResult")
        seen = {"mappingState": state, "lastProcessingResult": last_result}
        return is_running(state, last_result), seen

    return look


def _application(environment: Mapping[str, str]) -> _Look:
    """Looks at the Flink application: only `RUNNING` counts. To the service, a job that fails and
    restarts repeatedly is running too; an alarm covers that."""
    name = required(environment, "FLINK_APPLICATION", "the name of the Flink application")
    flink = aws_client("kinesisanalyticsv2")

    def look() -> tuple[bool, dict[str, Any]]:
        detail = flink.describe_application(ApplicationName=name)["ApplicationDetail"]
        status = detail.get("ApplicationStatus")
        return status == "RUNNING", {"applicationStatus": status}

    return look
