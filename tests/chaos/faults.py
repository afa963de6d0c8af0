"""Injecting an invocation's weather into its AWS calls, by hooks of botocore.

What happens on the wire is left to the proxy. What it does not offer is done here: entries of a
batched call that are refused, transactions that are cancelled, answers that get lost after the
request was carried out, and a function that dies before or after a call.
"""

import json
import random
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from urllib3 import HTTPResponse

from tests.chaos.weather import (
    CANCELLED,
    LATE,
    LOST,
    REFUSED,
    SILENT,
    Weather,
    header,
)

# As in both modules, in milliseconds.
FUNCTION_TIMEOUT = 60_000

_ENTRIES = {"SendMessageBatch": "Entries", "PutRecordBatch": "Records"}
_REFUSALS = {
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
    name; `late`: whether a request may still be under way; `flag`: what DynamoDB said, if it was
    asked, that the write-to-SQS flag is.
    """

    weather: Weather
    chance: random.Random
    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    spent: float = 0.0
    calls: int = 0
    late: bool = False
    flag: bool | None = None
    tally: Counter[str] = field(default_factory=Counter)

    def get_remaining_time_in_millis(self) -> int:
        """As of Lambda's context object."""
        return max(0, int(FUNCTION_TIMEOUT - self.spent))

    def spend(self, milliseconds: float) -> None:
        """Let time go by. Raises Killed when it is up."""
        self.spent += milliseconds
        if self.spent >= FUNCTION_TIMEOUT:
            self.tally["killed: timeout"] += 1
            raise Killed

    def die(self, moment: str) -> None:
        """Raises Killed when the weather says so: at `moment` of the latest call."""
        if self.weather.killed == (moment, self.calls):
            self.tally[f"killed: {moment} a call"] += 1
            raise Killed

    def happens(self, chance: float) -> bool:
        return self.chance.random() < chance


current: ContextVar[Invocation | None] = ContextVar("current", default=None)


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
    wire = URLLib3Session(timeout=20)

    def before_send(request: AWSPreparedRequest, event_name: str, **_: Any) -> Any:
        return _before_send(wire, request, event_name)

    session.events.register("before-send", before_send)
    session.events.register("after-call", _after_call)
    for service, operation in (("sqs", "SendMessageBatch"), ("firehose", "PutRecordBatch")):
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
    running.calls += 1
    running.tally["calls"] += 1
    running.die("before")
    running.spend(running.chance.uniform(*weather.milliseconds))
    if operation == "TransactWriteItems" and running.happens(weather.cancelled):
        running.tally[f"fault: {CANCELLED}"] += 1
        return _cancelled(running.chance, request)
    if weather.service not in (None, service) or not running.happens(weather.wire):
        return None
    names, weights = zip(*weather.kinds, strict=True)
    (kind,) = running.chance.choices(names, weights)
    running.tally[f"fault: {kind}"] += 1
    if kind == LOST:
        wire.send(request)
        running.spend(5_000)
        raise ReadTimeoutError(endpoint_url=request.url)
    if kind in (LATE, SILENT):
        running.late = True
        running.spend(5_000)
    name, value = header(kind)
    request.headers[name] = value
    return None


def _after_call(parsed: dict[str, Any], model: Any, **_: Any) -> None:
    running = current.get()
    if running is None:
        return
    if model.name == "GetItem" and "Error" not in parsed:
        running.flag = parsed.get("Item", {}).get("Value", {}).get("S", "").lower() == "true"
    running.die("after")


def _withhold(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    """Take the entries that will be refused out of a batched call."""
    running = current.get()
    if running is None or not running.happens(running.weather.refused):
        return
    entries = list(params[_ENTRIES[model.name]])
    share = running.chance.choice((0.1, 0.5, 1.0))
    refused = {index for index in range(len(entries)) if running.happens(share)} or {0}
    running.tally[f"fault: {REFUSED}"] += 1
    code = running.chance.choice(_REFUSALS[model.name])
    context["refused"] = (entries, refused, code)
    params[_ENTRIES[model.name]] = [
        each for index, each in enumerate(entries) if index not in refused
    ] or entries  # for the check of the parameters; it is then not sent


def _refuse_all(model: Any, context: dict[str, Any], **_: Any) -> Any:
    """Answer a call of which nothing is left, without sending it."""
    entries, refused, _code = context.get("refused", ((), (), ""))
    if not refused or len(refused) < len(entries):
        return None
    if running := current.get():
        running.calls += 1
        running.tally["calls"] += 1
    empty: dict[str, Any] = (
        {"Successful": []} if model.name == "SendMessageBatch" else {"RequestResponses": []}
    )
    return AWSResponse("", 200, {}, None), {**empty, "ResponseMetadata": {"HTTPStatusCode": 200}}


def _refuse(parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    """Report the withheld entries as AWS reports entries that failed."""
    entries, refused, code = context.get("refused", ((), (), ""))
    if not refused or "Error" in parsed:
        return
    if model.name == "SendMessageBatch":
        parsed["Failed"] = parsed.get("Failed", []) + [
            {"Id": entries[index]["Id"], "SenderFault": False, "Code": code, "Message": "no"}
            for index in sorted(refused)
        ]
        return
    answers = iter(parsed["RequestResponses"])
    parsed["RequestResponses"] = [
        {"ErrorCode": code, "ErrorMessage": "no"} if index in refused else next(answers)
        for index in range(len(entries))
    ]
    parsed["FailedPutCount"] = len(refused)


def _cancelled(chance: random.Random, request: AWSPreparedRequest) -> AWSResponse:
    """DynamoDB's answer to a transaction of which nothing was carried out."""
    count = len(json.loads(request.body)["TransactItems"])
    reasons: list[dict[str, str]] = [{"Code": "None"} for _ in range(count)]
    for index in chance.sample(range(count), min(count, chance.randint(1, 3))):
        code, message = chance.choice(_CANCELLATIONS)
        reasons[index] = {"Code": code, "Message": message}
    codes = ", ".join(reason["Code"] for reason in reasons)
    body = json.dumps(
        {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": f"Transaction cancelled, please refer cancellation reasons [{codes}]",
            "CancellationReasons": reasons,
        }
    ).encode()
    raw = HTTPResponse(BytesIO(body), preload_content=False)
    return AWSResponse(request.url, 400, {"Content-Type": "application/x-amz-json-1.0"}, raw)
