"""Which messages may be sent next, so that one agent's events arrive in order, always.

Several requests are under way at once, and within each an entry may fail on its own. So a request
holds at most one message of an agent, and an agent's next message may go only when the one before
it, and everything that lies before that on the stream, has been taken. Lambda then never brings
again what an agent's later message has followed on.
"""

import heapq
from collections import deque
from collections.abc import Collection, Sequence
from typing import NamedTuple

from rta_relay.message import LARGEST_MESSAGE, Message

_MESSAGES_A_REQUEST = 10

# So often a message is sent before it counts as refused for good.
_TRIES = 4


class Request(NamedTuple):
    """Messages for one queue, each with its place on the stream."""

    queue_url: str
    entries: list[tuple[int, Message]]


class SendingOrder:
    """The messages of one invocation that wait, and those that have been taken.

    `messages` are in stream order, each with the URL of its queue; all of an agent's on one queue.
    """

    def __init__(self, messages: Sequence[tuple[str, Message]]) -> None:
        self._waiting: dict[str, deque[tuple[int, Message]]] = {}
        self._queue_of: dict[str, str] = {}
        # The agents whose next message may be sent, by queue, with the place of that message.
        self._ready: dict[str, list[tuple[int, str]]] = {}
        # The agents whose next message waits for all that lies before the place named first.
        self._held: list[tuple[int, str]] = []
        self._taken = [False] * len(messages)
        self._all_taken_before = 0
        self._tries: dict[int, int] = {}
        self._refused: set[int] = set()
        self._end = len(messages)
        for place, (queue_url, each) in enumerate(messages):
            if each.agent_arn not in self._waiting:
                self._waiting[each.agent_arn] = deque()
                self._queue_of[each.agent_arn] = queue_url
                self._ready.setdefault(queue_url, []).append((place, each.agent_arn))  # a heap
            self._waiting[each.agent_arn].append((place, each))

    def next_request(self) -> Request | None:
        """The oldest messages that may be sent now; None when there are none, or none before
        others that are under way have been settled. What has been refused comes before anything
        that lies behind it."""
        queue_url = min(self._ready, key=lambda url: self._ready[url][0], default=None)
        if queue_url is None:
            return None
        ready = self._ready[queue_url]
        first = min(self._refused, default=self._end)
        entries: list[tuple[int, Message]] = []
        size = 0
        while ready and len(entries) < _MESSAGES_A_REQUEST:
            head = ready[0][0]
            if head >= self._end or (head > first and head not in self._refused):
                break
            place, each = self._waiting[ready[0][1]][0]
            if entries and size + each.size > LARGEST_MESSAGE:
                break
            heapq.heappop(ready)
            entries.append((place, each))
            size += each.size
        if not ready:
            del self._ready[queue_url]
        return Request(queue_url, entries) if entries else None

    def settle(self, request: Request, refused: Collection[int], again: bool) -> int:
        """Note what became of a request: the places of what was refused, and whether it may be
        tried again. Returns how often the most tried of them has been tried.

        From the first message on that is refused for good, nothing is sent any more, on any queue:
        Lambda retries all of it.
        """
        most = 0
        for place, each in request.entries:
            if place in refused:
                self._refused.add(place)
                self._tries[place] = self._tries.get(place, 0) + 1
                most = max(most, self._tries[place])
                if not again or self._tries[place] == _TRIES:
                    self._end = min(self._end, place)
                self._make_ready(place, each.agent_arn)
            else:
                self._refused.discard(place)
                self._taken[place] = True
                heapq.heappush(self._held, (place, each.agent_arn))
                self._waiting[each.agent_arn].popleft()
        while self._all_taken_before < len(self._taken) and self._taken[self._all_taken_before]:
            self._all_taken_before += 1
        while self._held and self._held[0][0] < self._all_taken_before:
            _, agent_arn = heapq.heappop(self._held)
            if self._waiting[agent_arn]:
                self._make_ready(self._waiting[agent_arn][0][0], agent_arn)
        return most

    def not_taken(self) -> set[str]:
        """The sequence numbers of the messages that have not been taken."""
        return {each.sequence_number for own in self._waiting.values() for _, each in own}

    def _make_ready(self, place: int, agent_arn: str) -> None:
        heapq.heappush(self._ready.setdefault(self._queue_of[agent_arn], []), (place, agent_arn))
