"""Sending to FIFO queues so that one agent's events arrive in order, always.

Within a batched send each entry may fail on its own. So a batch holds at most one message of an
agent, and an agent's next message is sent only once the one before has been taken.
"""

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from agent_events.structured_log import described, log
from rta_relay.message import LARGEST_MESSAGE, Message

# Fixed by the wire contract, section 3.4.
MESSAGE_GROUP_ID = "AspectConnectEventsForWfmRTListen_GroupId"

_MESSAGES_A_BATCH = 10
_TRIES = 4

# A message's place in the stream, and its agent.
_Head = tuple[int, str]


def send_in_order(
    sqs: Any,
    messages: Sequence[tuple[str, Message]],
    may_go_on: Callable[[], bool],
    pause: Callable[[int], None],
) -> set[str]:
    """Send messages, each with the URL of its queue, and return the sequence numbers not sent.

    `messages` are in stream order, all of an agent's on one queue. After a message that fails for
    good nothing that lies behind it is sent any more, on any queue: Lambda comes again with all of
    it, and an agent's older event would follow on a newer one. `may_go_on` says whether there is
    time for another call; `pause` waits before try 2, 3, ... Nothing is raised for a failed send.
    """
    waiting: dict[str, deque[tuple[int, Message]]] = {}
    heads: dict[str, list[_Head]] = {}
    for place, (queue_url, each) in enumerate(messages):
        if each.agent_arn not in waiting:
            waiting[each.agent_arn] = deque()
            heads.setdefault(queue_url, []).append((place, each.agent_arn))  # stays a heap
        waiting[each.agent_arn].append((place, each))
    tries: dict[str, int] = {}
    end = len(messages)
    while may_go_on():
        if not heads:
            break
        queue_url = min(heads, key=lambda url: heads[url][0])
        if heads[queue_url][0][0] >= end:
            break
        queue_heads = heads[queue_url]
        batch = _take_batch(queue_heads, waiting, end)
        refused = _send(sqs, queue_url, [message for _, message in batch])
        if refused is None:
            break
        for place, each in batch:
            if each.sequence_number not in refused:
                waiting[each.agent_arn].popleft()
            else:
                tries[each.sequence_number] = tries.get(each.sequence_number, 0) + 1
                if tries[each.sequence_number] == _TRIES:
                    end = min(end, place)
            if waiting[each.agent_arn]:
                heapq.heappush(queue_heads, (waiting[each.agent_arn][0][0], each.agent_arn))
        if not queue_heads:
            del heads[queue_url]
        if refused:
            pause(max(tries[sequence_number] for sequence_number in refused))
    return {each.sequence_number for queue in waiting.values() for _, each in queue}


def _take_batch(
    heads: list[_Head], waiting: dict[str, deque[tuple[int, Message]]], end: int
) -> list[tuple[int, Message]]:
    """Take the oldest waiting message of each of up to ten agents off `heads`, before `end`."""
    batch: list[tuple[int, Message]] = []
    size = 0
    while heads and heads[0][0] < end and len(batch) < _MESSAGES_A_BATCH:
        place, head = waiting[heads[0][1]][0]
        if batch and size + head.size > LARGEST_MESSAGE:
            break
        heapq.heappop(heads)
        batch.append((place, head))
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
        log("ERROR", "sending to a queue failed", queue=queue_url, error=described(error))
        return None
    taken = {int(entry["Id"]) for entry in response.get("Successful", [])}
    refusals = [
        {"sequenceNumber": batch[int(entry["Id"])].sequence_number, "code": entry["Code"]}
        for entry in response.get("Failed", [])
    ]
    if refusals:
        log("WARNING", "SQS refused messages of a batch", queue=queue_url, refused=refusals)
    return {each.sequence_number for index, each in enumerate(batch) if index not in taken}
