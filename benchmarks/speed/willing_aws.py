"""The handlers' work without its AWS calls: clients that agree to everything at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any, NoReturn
from unittest.mock import Mock, patch

from botocore.exceptions import ClientError

from agent_classifier.classifier import classifier_handler
from benchmarks.speed.deployed import CLASSIFIER_ENVIRONMENT, relay_environment
from rta_relay.relay import relay_handler


def _no_object(**_request: Any) -> NoReturn:
    raise ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")


_TAKEN = {"RecordId": "r"}

# All clients in one. S3 holds nothing.
_CLIENT = SimpleNamespace(
    meta=Mock(),
    exceptions=SimpleNamespace(TransactionCanceledException=ClientError),
    batch_execute_statement=lambda **call: {"Responses": [{} for _ in call["Statements"]]},
    transact_write_items=lambda **_call: {},
    send_message_batch=lambda **call: {"Successful": [{"Id": e["Id"]} for e in call["Entries"]]},
    put_record_batch=lambda **call: {"RequestResponses": [_TAKEN for _ in call["Records"]]},
    get_object=_no_object,
)


def willing_aws() -> AbstractContextManager[Any]:
    """`boto3.client` gives this client within the block."""
    return patch("boto3.client", lambda _service, **_options: _CLIENT)


def handler_of(product: str, flag: bool = True) -> Callable[[Any, Any], Any]:
    """A handler; to be made and used within `willing_aws`."""
    if product == "AP":
        return classifier_handler(CLASSIFIER_ENVIRONMENT)
    return relay_handler(relay_environment("http://aws.invalid", flag=flag))
