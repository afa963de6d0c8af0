"""Invoking a function as the event source mapping does, and understanding its answer."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.exceptions import ClientError, ReadTimeoutError

from aspect_wfm.replay.documents import Record, invocation, sequence_number
from function_runtime.structured_log import described

# Lambda's limit for the payload of a synchronous invocation.
LARGEST_PAYLOAD = 6 * 1_024 * 1_024

_TRIES = 5

# The function was not run: too many of its kind, or no room for one more.
_THROTTLED = ("TooManyRequests", "Throttling", "EC2Throttled")

# These records are the fault, and others may go through (AWS Lambda API Reference, Invoke).
_NOT_TAKEN = ("InvalidRequestContentException", "RequestTooLargeException")


class Answer(NamedTuple):
    """How many of the records, from the first on, the function processed, and why not the rest."""

    taken: int
    reason: str | None


def invoke(
    lambda_client: Any, name: str, records: list[Record], pause: Callable[[int], None]
) -> Answer:
    """Invoke the function with `records` and wait for its answer.

    `pause` waits before try 2, 3, ..., which only follows when Lambda did not run the function.
    Raises what botocore raises where no invocation will come to anything.
    """
    payload = invocation(records)
    if len(payload) > LARGEST_PAYLOAD:
        return Answer(0, "a record is larger than Lambda accepts")
    for attempt in range(1, _TRIES + 1):
        try:
            response = lambda_client.invoke(
                FunctionName=name, InvocationType="RequestResponse", Payload=payload
            )
            return _answer(response, records)
        except ReadTimeoutError:
            return Answer(
                0, "the function did not answer in time; it may have processed the records"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_TAKEN:
                return Answer(0, f"Lambda does not accept the records: {described(error)}")
            if not error.response["Error"]["Code"].startswith(_THROTTLED):
                raise
        if attempt < _TRIES:
            pause(attempt)
    return Answer(0, "Lambda throttles the function")


def _answer(response: Any, records: list[Record]) -> Answer:
    if "FunctionError" in response:
        return Answer(0, "the function failed; its log says why")
    try:
        failures = json.loads(response["Payload"].read())["batchItemFailures"]
        failed = {each["itemIdentifier"] for each in failures}
    except (ValueError, TypeError, KeyError):
        return Answer(0, "the function's answer is not that of a relay or classifier")
    numbers = [sequence_number(each) for each in records]
    if failed - set(numbers):
        return Answer(0, "the function's answer names a record that it did not receive")
    if not failed:
        return Answer(len(records), None)
    return Answer(
        min(numbers.index(each) for each in failed),
        "the function could not deliver it; its log says why",
    )
