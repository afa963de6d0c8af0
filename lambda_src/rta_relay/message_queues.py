"""Sending to FIFO queues, several requests at a time (wire contract, section 3.4)."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Any

from botocore.exceptions import ClientError

from function_runtime.aws_calls import FAILED_CALL
from function_runtime.structured_log import described, log
from rta_relay.concurrent_calls import CALLS_AT_ONCE
from rta_relay.message import Message
from rta_relay.sending_order import Request, SendingOrder

# How the codes begin of a request that was one too many in a second.
_THROTTLED = ("RequestThrottled", "Throttling", "KmsThrottled", "KMS.Throttling")


def send_in_order(
    sqs: Any,
    messages: Sequence[tuple[str, Message]],
    message_group: Callable[[str], str],
    may_go_on: Callable[[], bool],
    pause: Callable[[int], None],
    executor: Executor,
) -> set[str]:
    """Send messages, each with the URL of its queue, and return the sequence numbers not sent.

    `messages` are in stream order, all of an agent's on one queue; `message_group` is the message
    group of an agent, by ARN. `may_go_on` says whether there is time for another call; `pause`
    waits before try 2, 3, ... Nothing is raised for a failed send.
    """
    order = SendingOrder(messages)
    under_way: dict[Future[tuple[set[int], bool]], Request] = {}
    try:
        while True:
            while len(under_way) < CALLS_AT_ONCE and may_go_on():
                request = order.next_request()
                if request is None:
                    break
                under_way[executor.submit(_send, sqs, request, message_group)] = request
            if not under_way:
                return order.not_taken()
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                refused, again = future.result()
                tries = order.settle(under_way.pop(future), refused, again)
                if tries and again:
                    pause(tries)
    finally:
        # A function that has answered is frozen, and would send the rest with its next invocation.
        wait(under_way)


def _send(sqs: Any, request: Request, message_group: Callable[[str], str]) -> tuple[set[int], bool]:
    """The places of the messages that SQS refused, and whether to try them again."""
    placed = {str(index): (place, each) for index, (place, each) in enumerate(request.entries)}
    try:
        response = sqs.send_message_batch(
            QueueUrl=request.queue_url,
            Entries=[
                {
                    "Id": name,
                    "MessageBody": each.body,
                    "MessageGroupId": message_group(each.agent_arn),
                }
                for name, (_, each) in placed.items()
            ],
        )
        taken = {entry.get("Id") for entry in response.get("Successful", [])}
        refusals = [
            {
                "sequenceNumber": placed[entry["Id"]][1].sequence_number,
                "code": entry.get("Code"),
            }
            for entry in response.get("Failed", [])
            if entry.get("Id") in placed
        ]
    except FAILED_CALL as error:  # botocore has tried again already
        log("ERROR", "sending to a queue failed", queue=request.queue_url, error=described(error))
        throttled = isinstance(error, ClientError) and error.response["Error"]["Code"].startswith(
            _THROTTLED
        )
        return {place for place, _ in request.entries}, throttled
    if refusals:
        log("WARNING", "SQS refused messages of a batch", queue=request.queue_url, refused=refusals)
    return {place for name, (place, _) in placed.items() if name not in taken}, True
