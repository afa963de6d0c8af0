"""Sending to a FIFO queue so that one agent's events arrive in order, always.

Within a batched send each entry may fail on its own. So a batch holds at most one message of an
agent, and an agent's next message is sent only once the one before has been taken.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from agent_events.structured_log import log
from rta_relay.message import LARGEST_MESSAGE, Message

# Fixed by the wire contract, section 3.4.
MESSAGE_GROUP_ID = "AspectConnectEventsForWfmRTListen_GroupId"

_MESSAGES_A_BATCH = 10
_TRIES = 4


def send_in_order(
    sqs: Any,
    queue_url: str,
    messages: Iterable[Message],
    may_go_on: Callable[[], bool],
    pause: Callable[[int], None],
) -> set[str]:
    """Send `messages`, which come in stream order, and return the sequence numbers not sent.

    When a message fails for good, those of the same agent after it are not sent either.
    `may_go_on` says whether there is time for another call; `pause` waits before try 2, 3, ...
    Nothing is raised for a failed send.
    """
    waiting: dict[str, deque[tuple[int, Message]]] = {}
    for position, each in enumerate(messages):
        waiting.setdefault(each.agent_arn, deque()).append((position, each))
    heads = [(queue[0][0], agent_arn) for agent_arn, queue in waiting.items()]  # a heap already
    tries: dict[str, int] = {}
    while heads and may_go_on():
        batch = _take_batch(heads, waiting)
        refused = _send(sqs, queue_url, batch)
        if refused is None:
            break
        for each in batch:
            queue = waiting[each.agent_arn]
            if each.sequence_number not in refused:
                queue.popleft()
            else:
                tries[each.sequence_number] = tries.get(each.sequence_number, 0) + 1
                if tries[each.sequence_number] == _TRIES:
                    continue
            if queue:
                heapq.heappush(heads, (queue[0][0], each.agent_arn))
        if refused:
            pause(max(tries[sequence_number] for sequence_number in refused))
    return {each.sequence_number for queue in waiting.values() for _, each in queue}


def _take_batch(
    heads: list[tuple[int, str]], waiting: dict[str, deque[tuple[int, Message]]]
) -> list[Message]:
    """Take the oldest waiting message of each of up to ten agents off `heads`."""
    batch: list[Message] = []
    size = 0
    while heads and len(batch) < _MESSAGES_A_BATCH:
        head = waiting[heads[0][1]][0][1]
        if batch and size + head.size > LARGEST_MESSAGE:
            break
        heapq.heappop(heads)
        batch.append(head)
        size += head.size
    return batch


def _send(sqs: Any, queue_url: str, batch: list[Message]) -> set[str] | None:
    """The sequence numbers that SQS refused; None when the request as a whole failed."""
    try:
        response = sqs.send_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {
                    "Id": str(index),
                    "MessageBody": each.body,
                    "MessageGroupId": MESSAGE_GROUP_ID,
                    "MessageDeduplicationId": each.deduplication_id,
                }
                for index, each in enumerate(batch)
            ],
        )
    except (ClientError, BotoCoreError) as error:
        log("ERROR", "sending to a queue failed", queue=queue_url, error=str(error))
        return None
    taken = {int(entry["Id"]) for entry in response.get("Successful", [])}
    refusals = [
        {"sequenceNumber": batch[int(entry["Id"])].sequence_number, "code": entry["Code"]}
        for entry in response.get("Failed", [])
    ]
    if refusals:
        log("WARNING", "SQS refused messages of a batch", queue=queue_url, refused=refusals)
    return {each.sequence_number for index, each in enumerate(batch) if index not in taken}
