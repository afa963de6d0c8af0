"""Logs: one JSON object a line, without anything of an event's content."""

import json
import sys
import time
from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from function_runtime.environment import one_of
from function_runtime.version import VERSION

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

_least, _function_name = "INFO", "none"

# How the codes of those errors begin whose message speaks of permissions, resources, keys, tokens
# or rates. Any other may quote what was to be written.
_QUOTED = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "AccessDenied",
    "ExpiredToken",
    "InvalidKMS",
    "KMS",
    "Kms",
    "NoSuchBucket",
    "ProvisionedThroughputExceeded",
    "QueueDoesNotExist",
    "RequestThrottled",
    "ResourceNotFound",
    "SlowDown",
    "Throttling",
    "UnrecognizedClient",
)


def described(error: Exception) -> str:
    """What a failed call says of itself, without anything that it may quote of the request.

    An answer of the service has its code, operation, HTTP status and request id. Its message is
    added where it can only be about permissions and resources, as the code tells. Where there was
    no answer, or none that could be read, it is the kind of failure and the endpoint.
    """
    if not isinstance(error, ClientError):
        endpoint = error.kwargs.get("endpoint_url") if isinstance(error, BotoCoreError) else None
        return type(error).__name__ + (f": {endpoint}" if endpoint else "")
    answer, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    code = str(answer.get("Code"))
    said = f": {answer.get('Message')}" if code.startswith(_QUOTED) else ""
    return (
        f"{code} from {error.operation_name} (HTTP status {metadata.get('HTTPStatusCode')}, "
        f"request {metadata.get('RequestId')}){said}"
    )


def log_as(environment: Mapping[str, str], variable: str = "LOG_LEVEL") -> None:
    """From now on, log from the level that `variable` names, and metrics of this function.

    Raises ConfigurationError for a level that does not exist; without the variable it is INFO.
    """
    global _least, _function_name
    _least = one_of(environment, variable, "the minimum log level", _LEVELS, "INFO")
    _function_name = environment.get("AWS_LAMBDA_FUNCTION_NAME", "none")


def is_logged(level: str) -> bool:
    """Whether lines of `level` are written."""
    return _LEVELS.index(level) >= _LEVELS.index(_least)


def log(level: str, message: str, **fields: object) -> None:
    """Write one line, if its level is logged. `fields` are counts, names of resources, sequence
    numbers; never content."""
    if is_logged(level):
        _write(level, message, fields)


def log_metrics(level: str, message: str, metrics: Mapping[str, int], **fields: object) -> None:
    """Write one line, at any level: from it CloudWatch takes `metrics`, counts by name. It has the
    version of the code.

    Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
    """
    directive = {
        "Namespace": "AspectWFM",
        "Dimensions": [["FunctionName"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in metrics],
    }
    metadata = {
        "_aws": {"Timestamp": int(time.time() * 1_000), "CloudWatchMetrics": [directive]},
        "FunctionName": _function_name,
        "version": VERSION,
    }
    _write(level, message, {**metadata, **metrics, **fields})


def _write(level: str, message: str, fields: Mapping[str, object]) -> None:
    line = {"level": level, "message": message, **fields}
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()
