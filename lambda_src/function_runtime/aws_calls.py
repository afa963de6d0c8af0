"""How the functions call AWS."""

import json
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ResponseStreamingError

AWS_CALLS = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)

# What a call raises that fails, or the reading of its answer: one that is not as the service
# documents it is a failed call too, whether botocore or a function comes upon it.
FAILED_CALL = (BotoCoreError, ClientError, AttributeError, KeyError, TypeError, ValueError)


def aws_client(service: str) -> Any:
    """A boto3 client for `service` whose calls end in time, and fail when the answer is malformed.

    boto3 itself treats an answer that is not JSON as empty, so a truncated item would look like
    none.
    """
    client = boto3.client(service, config=AWS_CALLS)
    client.meta.events.register("before-parse", _refuse_malformed, unique_id="refuse-malformed")
    return client


def _refuse_malformed(
    operation_model: Any, response_dict: dict[str, Any], **_of_the_event: Any
) -> None:
    """Raises ResponseStreamingError for an answer that has to be a JSON object and is none."""
    if operation_model.service_model.metadata["protocol"] != "json":
        return
    body: bytes = response_dict["body"]
    try:
        malformed = not isinstance(json.loads(body), dict)
    except UnicodeDecodeError:
        malformed = True
    except ValueError:  # of an error, botocore then takes the HTTP status, and tries again
        malformed = response_dict["status_code"] < 300
    if malformed:
        raise ResponseStreamingError(error=f"{operation_model.name} has a malformed answer")
