"""What the functions ask of AWS: the real handlers run, every call recorded and answered here.

So the list of what a function needs follows its code. That the runs leave out no call of the code
is checked against the code itself.
"""

import ast
import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
import botocore.session
from botocore import xform_name

from agent_classifier.classifier import classifier_handler
from heartbeat.heartbeat import heartbeat_handler
from rta_relay.relay import relay_handler
from tests.local_cloud.cloud import REGION
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.unit.events import FakeContext, event, invocation
from tests.unit.inline_executor import InlineExecutor

_TOO_LARGE_FOR_A_MESSAGE = "x" * 300_000
_TOO_LARGE_FOR_A_LINE = "x" * 1_200_000

# Enough that each of up to ten queues has an agent.
_AGENTS = 50


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of an AWS service, as `sqs.SendMessageBatch`, and its parameters."""

    operation: str
    parameters: Mapping[str, Any]


def handler_calls(kind: str, environment: Mapping[str, str]) -> list[Call]:
    """Every call of the function `kind`, in `environment`, over all that may happen to it.

    Sign-ins, a sign-out and what is too large to deliver, with the flag on; for the classifier,
    with a reference table and without one.
    """
    context = FakeContext(function_name=f"{kind}-function")
    if kind == "relay":
        batch = [event(f"agent-{number}") for number in range(_AGENTS)]
        large = event("large")
        large["CurrentAgentSnapshot"]["Configuration"]["FirstName"] = _TOO_LARGE_FOR_A_MESSAGE
        batch += [large, event("gone", status="Offline")]
        given = dict(environment)
        if "WriteEventsToQueue" in given:
            given["WriteEventsToQueue"] = "True"
        # One call after the other, so that each is answered before the next is recorded.
        inline = mock.patch("rta_relay.relay.ThreadPoolExecutor", return_value=InlineExecutor())
        with inline, _recorded() as calls:
            relay_handler(given)(invocation(batch), context)
        return calls
    if kind == "classifier":
        large = event()
        large["CurrentAgentSnapshot"]["Configuration"]["Username"] = _TOO_LARGE_FOR_A_LINE
        with _recorded() as calls:
            classifier_handler(environment)(invocation([event(), large]), context)
            classifier_handler(environment)(invocation([event()]), context)
        return calls
    with _recorded() as calls:
        heartbeat_handler(environment)({}, context)
    return calls


def calls_in_the_code() -> set[str]:
    """Every operation that the functions' code calls on a client, as `sqs.SendMessageBatch`.

    A paginator or a waiter is found under its own name, `get_paginator` or `get_waiter`.
    """
    trees = [ast.parse(path.read_text()) for path in (REPOSITORY / "lambda_src").glob("*/*.py")]
    calls = [each for tree in trees for each in ast.walk(tree) if isinstance(each, ast.Call)]
    called = {each.func.attr for each in calls if isinstance(each.func, ast.Attribute)}
    services = {
        service.value
        for each in calls
        if isinstance(each.func, ast.Name) and each.func.id == "aws_client"
        for service in each.args
        if isinstance(service, ast.Constant) and isinstance(service.value, str)
    }
    session = botocore.session.get_session()
    operations = {
        xform_name(operation): f"{service}.{operation}"
        for service in services
        for operation in session.get_service_model(service).operation_names
    } | {name: name for name in ("get_paginator", "get_waiter")}
    return {operations[name] for name in called if name in operations}


@contextlib.contextmanager
def _recorded() -> Iterator[list[Call]]:
    """Clients made within the block call nobody; what they would have is in the list."""
    calls: list[Call] = []
    answers = _healthy_answers()
    credentials = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "none")
    session = boto3.Session(region_name=REGION, **credentials)

    def record(params: dict[str, Any], model: Any, **_: Any) -> None:
        calls.append(Call(f"{model.service_model.service_name}.{model.name}", params))

    def answer(model: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        if model.name not in answers:
            raise KeyError(f"say below what AWS answers to {calls[-1].operation}")
        parsed = answers[model.name](calls[-1].parameters)
        status = HTTPStatus.NOT_FOUND if "Error" in parsed else HTTPStatus.OK
        return SimpleNamespace(status_code=status, headers={}), parsed

    session.events.register("provide-client-params", record)
    session.events.register("before-call", answer)
    before = boto3.DEFAULT_SESSION
    boto3.DEFAULT_SESSION = session
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the functions' logs
            yield calls
    finally:
        boto3.DEFAULT_SESSION = before


def _healthy_answers() -> dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]:
    """What AWS answers each operation at first; the reference table is there only once."""
    tables = iter([b"StateName,StateType\nAvailable,A\n"])

    def reference_table(_: Mapping[str, Any]) -> dict[str, Any]:
        table = next(tables, None)
        if table is None:
            return {"Error": {"Code": "NoSuchKey", "Message": "There is none."}}
        return {"Body": io.BytesIO(table), "ETag": '"1"'}

    return {
        # Nobody has an item yet, so that all goes on to transactions.
        "BatchExecuteStatement": lambda asked: {
            "Responses": [
                {"Error": {"Code": "ConditionalCheckFailed"}} for _ in asked["Statements"]
            ]
        },
        "DescribeApplication": lambda _: {"ApplicationDetail": {"ApplicationStatus": "RUNNING"}},
        "GetEventSourceMapping": lambda _: {"State": "Enabled", "LastProcessingResult": "OK"},
        "GetItem": lambda _: {"Item": {"Value": {"S": "true"}}},
        "GetObject": reference_table,
        "PutObject": lambda _: {},
        "PutRecord": lambda _: {"RecordId": "1"},
        "PutRecordBatch": lambda asked: {
            "FailedPutCount": 0,
            "RequestResponses": [{"RecordId": "1"} for _ in asked["Records"]],
        },
        "SendMessageBatch": lambda asked: {
            "Successful": [{"Id": entry["Id"]} for entry in asked["Entries"]]
        },
        "TransactWriteItems": lambda _: {},
    }
