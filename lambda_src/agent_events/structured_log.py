"""Logs: one JSON object a line, without anything of an event's content."""

import json
import sys

from botocore.exceptions import BotoCoreError, ClientError

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


def described(error: ClientError | BotoCoreError) -> str:
    """What a failed call says of itself, without anything that it may quote of the request.

    An answer of the service has its code, operation, HTTP status and request id. Its message is
    added where it can only be about permissions and resources, as the code tells. Where there was
    no answer, it is the kind of failure and the endpoint.
    """
    if not isinstance(error, ClientError):
        endpoint = error.kwargs.get("endpoint_url")
        return type(error).__name__ + (f": {endpoint}" if endpoint else "")
    answer, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    code = str(answer.get("Code"))
    said = f": {answer.get('Message')}" if code.startswith(_QUOTED) else ""
    return (
        f"{code} from {error.operation_name} (HTTP status {metadata.get('HTTPStatusCode')}, "
        f"request {metadata.get('RequestId')}){said}"
    )


def log(level: str, message: str, **fields: object) -> None:
    """Write one line. `fields` are counts, names of resources, sequence numbers; never content."""
    line = {"level": level, "message": message, **fields}
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()
