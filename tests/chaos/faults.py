"""Injecting an invocation's weather into its AWS calls, by hooks of botocore.

What happens on the wire is left to the proxy. What it does not offer is done here: entries of a
batched call that are refused, transactions that are cancelled, answers that get lost after the
request was carried out or lack something, items that DynamoDB rejects for what they contain, and a
function that dies before or after a call.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from threading import Lock
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from urllib3 import HTTPResponse

from tests.chaos.expectations import REJECTED
from tests.chaos.weather import (
    CANCELLED,
    LATE,
    LOST,
    MALFORMED,
    REFUSED,
    UNACCEPTABLE,
    Weather,
    header,
)
from tests.local_cloud.runtime_client import FUNCTION_TIMEOUT_SECONDS

# In milliseconds.
FUNCTION_TIMEOUT = FUNCTION_TIMEOUT_SECONDS * 1_000

# How long a call waits for the local AWS, in seconds: on a busy machine, too, only faults time out.
PATIENCE = 300

_ENTRIES = {
    "BatchExecuteStatement": "Statements",
    "PutRecordBatch": "Records",
    "SendMessageBatch": "Entries",
}
_ANSWERS = {
    "BatchExecuteStatement": "Responses",
    "PutRecordBatch": "RequestResponses",
    "SendMessageBatch": "Successful",
}
_REFUSALS = {
    "BatchExecuteStatement": ("ThrottlingError", "TransactionConflict", "InternalServerError"),
    "SendMessageBatch": ("InternalError", "RequestThrottled"),
    "PutRecordBatch": ("ServiceUnavailableException", "InternalFailure"),
}
_CANCELLATIONS = (
    ("TransactionConflict", "Transaction is ongoing for the item"),
    ("ThrottlingError", "Throughput exceeds the current capacity of your table"),
    ("ProvisionedThroughputExceeded", "The level of configured provisioned throughput"),
)


class Killed(BaseException):
    """The function's process has ended; no handler of exceptions sees it."""


@dataclass(slots=True)
class Invocation:
    """One invocation while it runs: its weather, its clock, and what was injected so far.

    `spent` is in milliseconds of the function's time; `tally` counts calls, and what went wrong, by
    name; `late` carries out the requests that the function has stopped waiting for; `flag`: what
    DynamoDB said, if it was asked, that the write-to-SQS flag is; `dead`: whether its process has
    ended.
    """

    weather: Weather
    chance: random.Random
    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    spent: float = 0.0
    calls: int = 0
    late: list[Callable[[], object]] = field(default_factory=list)
    flag: bool | None = None
    dead: bool = False
    tally: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)  # for the threads of one invocation

    def get_remaining_time_in_millis(self) -> int:
        """As of Lambda's context object."""
        return max(0, int(FUNCTION_TIMEOUT - self.spent))

    def spend(self, milliseconds: float) -> None:
        """Let time go by. Raises Killed when it is up."""
        with self.lock:
            self.spent += milliseconds
            if self.spent >= FUNCTION_TIMEOUT:
                self._killed("timeout")

    def call(self) -> int:
        """Count a call, which is begun now; its number. Raises Killed when the weather says so, and
        when another thread's call has ended the process."""
        with self.lock:
            self.calls += 1
            self.tally["calls"] += 1
            if self.dead or self.weather.killed == ("before", self.calls):
                self._killed("before a call")
            return self.calls

    def count(self, fault: str) -> None:
        """Count a fault, which any of the invocation's threads has met with."""
        with self.lock:
            self.tally[f"fault: {fault}"] += 1

    def answered(self, call: int) -> None:
        """Raises Killed when the weather says so of the end of this call."""
        with self.lock:
            if self.dead or self.weather.killed == ("after", call):
                self._killed("after a call")

    def _killed(self, how: str) -> None:
        if not self.dead:
            self.tally[f"killed: {how}"] += 1
        self.dead = True
        raise Killed

    def happens(self, chance: float) -> bool:
        return self.chance.random() < chance


current: ContextVar[Invocation | None] = ContextVar("current", default=None)


# The number of the call that a thread has begun last.
_call: ContextVar[int] = ContextVar("_call", default=0)


class InvocationThreads(ThreadPoolExecutor):
    """Threads that belong to the invocation which gives them something to do."""

    def submit(self, call: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        return super().submit(copy_context().run, call, *values, **named)


def pause(attempt: int) -> None:
    """What the functions wait between tries, on the invocation's clock."""
    if running := current.get():
        running.spend(running.chance.uniform(50, 100 * 2**attempt))


class Clock:
    """Stands in for the module `time` where botocore waits before it retries."""

    @staticmethod
    def sleep(seconds: float) -> None:
        if running := current.get():
            running.spend(seconds * 1_000)


def faulty_session() -> boto3.session.Session:
    """A session whose clients meet the weather of the invocation that runs in their thread."""
    session = boto3.session.Session()
    wire = URLLib3Session(timeout=PATIENCE)

    def before_send(request: AWSPreparedRequest, event_name: str, **_: Any) -> Any:
        return _before_send(wire, request, event_name)

    session.events.register("before-send", before_send)
    session.events.register("after-call", _after_call)
    for service, operation in (
        ("dynamodb", "BatchExecuteStatement"),
        ("firehose", "PutRecordBatch"),
        ("sqs", "SendMessageBatch"),
    ):
        where = f"{service}.{operation}"
        session.events.register(f"before-parameter-build.{where}", _withhold)
        session.events.register(f"before-call.{where}", _refuse_all)
        session.events.register(f"after-call.{where}", _refuse)
    return session


def _before_send(wire: URLLib3Session, request: AWSPreparedRequest, event_name: str) -> Any:
    running = current.get()
    if running is None:
        return None
    _, service, operation = event_name.split(".")
    weather = running.weather
    _call.set(running.call())
    running.spend(running.chance.uniform(*weather.milliseconds))
    if operation in ("TransactWriteItems", "BatchExecuteStatement"):
        rejection = _rejection(running, request)
        if rejection:
            return rejection
    if operation == "TransactWriteItems" and running.happens(weather.cancelled):
        running.count(CANCELLED)
        return _cancelled(running.chance, request)
    if weather.service not in (None, service) or not running.happens(weather.wire):
        return None
    names, weights = zip(*weather.kinds, strict=True)
    (kind,) = running.chance.choices(names, weights)
    running.count(kind)
    if kind in (LOST, LATE):
        if kind == LOST:
            wire.send(request)
        else:
            running.late.append(partial(wire.send, _copy(request)))
        running.spend(5_000)
        raise ReadTimeoutError(endpoint_url=request.url)
    name, value = header(kind)
    request.headers[name] = value
    return None


def _copy(request: AWSPreparedRequest) -> AWSPreparedRequest:
    """The request with a body of its own: a retry reads the original's."""
    body = request.body
    if hasattr(body, "read"):
        start = body.tell()
        body = body.read()
        request.body.seek(start)
    return AWSPreparedRequest(request.method, request.url, request.headers, body, False)


def _after_call(parsed: dict[str, Any], model: Any, **_: Any) -> None:
    running = current.get()
    if running is None:
        return
    if model.name == "GetItem" and "Error" not in parsed:
        running.flag = parsed.get("Item", {}).get("Value", {}).get("S", "").lower() == "true"
    if model.name in (*_ANSWERS, "TransactWriteItems") and running.happens(
        running.weather.malformed
    ):
        _spoil(running, parsed, _ANSWERS.get(model.name, "CancellationReasons"))
    running.answered(_call.get())


def _spoil(running: Invocation, parsed: dict[str, Any], name: str) -> None:
    """Take the list `name`, or something in it, out of an answer."""
    found = parsed.get(name)
    if not found:
        return
    running.count(MALFORMED)
    match running.chance.randrange(4):
        case 0:
            del parsed[name]
        case 1:
            parsed[name] = found[:-1]
        case 2:
            parsed[name] = []
        case _:
            parsed[name] = [{}, *found[1:]] if name != "Responses" else [*found, {}]


def _withhold(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    """Take the entries that will be refused out of a batched call."""
    running = current.get()
    if running is None:
        return
    weather = running.weather
    statements = model.name == "BatchExecuteStatement"
    entries = list(params[_ENTRIES[model.name]])
    refused: dict[int, str] = {}
    if running.happens(weather.cancelled if statements else weather.refused):
        share = running.chance.choice((0.1, 0.5, 1.0))
        code = running.chance.choice(_REFUSALS[model.name])
        chosen = [index for index in range(len(entries)) if running.happens(share)] or [0]
        refused = dict.fromkeys(chosen, code)
        running.count(REFUSED)
    rejected = [index for index, each in enumerate(entries) if statements and REJECTED in str(each)]
    if rejected and running.happens(0.7):  # else the call is rejected, in _rejection
        refused |= dict.fromkeys(rejected, "ValidationError")
        running.count(UNACCEPTABLE)
    if not refused:
        return
    context["refused"] = (entries, refused)
    params[_ENTRIES[model.name]] = [
        each for index, each in enumerate(entries) if index not in refused
    ] or entries  # for the check of the parameters; it is then not sent


def _refuse_all(model: Any, context: dict[str, Any], **_: Any) -> Any:
    """Answer a call of which nothing is left, without sending it."""
    entries, refused = context.get("refused", ((), {}))
    if not refused or len(refused) < len(entries):
        return None
    if running := current.get():
        _call.set(running.call())
    empty: dict[str, Any] = {_ANSWERS[model.name]: []}
    return AWSResponse("", 200, {}, None), {**empty, "ResponseMetadata": {"HTTPStatusCode": 200}}


def _refuse(parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    """Report the withheld entries as AWS reports entries that failed."""
    entries, refused = context.get("refused", ((), {}))
    if not refused or "Error" in parsed:
        return
    if model.name == "SendMessageBatch":
        parsed["Failed"] = parsed.get("Failed", []) + [
            {"Id": entries[index]["Id"], "SenderFault": False, "Code": code, "Message": "no"}
            for index, code in sorted(refused.items())
        ]
        return
    answers = iter(parsed[_ANSWERS[model.name]])
    if model.name == "PutRecordBatch":
        parsed["FailedPutCount"] = len(refused)
    parsed[_ANSWERS[model.name]] = [
        _refusal(model.name, refused[index]) if index in refused else next(answers)
        for index in range(len(entries))
    ]


def _refusal(operation: str, code: str) -> dict[str, Any]:
    if operation == "BatchExecuteStatement":
        return {"Error": {"Code": code, "Message": "no"}}
    return {"ErrorCode": code, "ErrorMessage": "no"}


def _rejection(running: Invocation, request: AWSPreparedRequest) -> AWSResponse | None:
    """DynamoDB's answer to a call with an item that it rejects for what it contains: by the
    reasons of a transaction, or without saying which item it is."""
    document = json.loads(request.body)
    rejected = [REJECTED in str(each) for each in document.get("TransactItems", ())]
    if REJECTED not in str(document):
        return None
    running.count(UNACCEPTABLE)
    if not rejected or running.happens(0.3):
        return _dynamodb_error(request, "ValidationException", Message="no")
    code = running.chance.choice(("ValidationError", "ItemCollectionSizeLimitExceeded"))
    reasons = [{"Code": code if each else "None"} for each in rejected]
    return _dynamodb_error(
        request, "TransactionCanceledException", Message="no", CancellationReasons=reasons
    )


def _cancelled(chance: random.Random, request: AWSPreparedRequest) -> AWSResponse:
    """DynamoDB's answer to a transaction of which nothing was carried out."""
    count = len(json.loads(request.body)["TransactItems"])
    reasons: list[dict[str, str]] = [{"Code": "None"} for _ in range(count)]
    for index in chance.sample(range(count), min(count, chance.randint(1, 3))):
        code, message = chance.choice(_CANCELLATIONS)
        reasons[index] = {"Code": code, "Message": message}
    codes = ", ".join(reason["Code"] for reason in reasons)
    return _dynamodb_error(
        request,
        "TransactionCanceledException",
        Message=f"Transaction cancelled, please refer cancellation reasons [{codes}]",
        CancellationReasons=reasons,
    )


def _dynamodb_error(request: AWSPreparedRequest, code: str, **fields: object) -> AWSResponse:
    kind = f"com.amazonaws.dynamodb.v20120810#{code}"
    body = json.dumps({"__type": kind, **fields}).encode()
    raw = HTTPResponse(BytesIO(body), preload_content=False)
    return AWSResponse(request.url, 400, {"Content-Type": "application/x-amz-json-1.0"}, raw)
