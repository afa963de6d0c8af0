"""An RTA server that comes and goes: it reads the table, sets the flag, and drains the queues.

It only writes down what it receives; what should have come is worked out afterwards.
"""

import hashlib
import json
import time
from array import array
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.chaos.deployment import CONFIGURATION_TABLE, FLAG, STATE_TABLE, Deployment
from tests.chaos.expectations import GROUP_ID, message_digest, queue_index
from tests.chaos.histories import event_index
from tests.chaos.processes import Shared

# The relay waits when more messages than this lie on the queues, so that these stay short.
_BACKLOG = 1_500
_LOOK_AT_BACKLOG_EVERY = 40

_IDLE_SECONDS = 0.2


@dataclass(slots=True)
class Received:
    """All messages in the order of receipt, queue by queue: the index of the event and the body's
    digest. `wrong` counts what broke the contract, by what it broke; `connections` how often the
    server came."""

    events: list["array[int]"]
    digests: list[list[bytes]]
    connections: int = 0
    wrong: dict[str, int] = field(default_factory=dict)

    def broke(self, rule: str) -> None:
        self.wrong[rule] = self.wrong.get(rule, 0) + 1


class Receiver:
    """Notes each message as it is received, and what of it breaks the contract."""

    def __init__(self, queues: int) -> None:
        self.received = Received([array("l") for _ in range(queues)], [[] for _ in range(queues)])
        self._bodies: dict[int, int] = {}
        self._sequence = [0] * queues

    def note(self, queue: int, message: dict[str, Any]) -> None:
        """`message` as SQS gives it, from the queue of this number, counted from 0."""
        received, attributes = self.received, message["Attributes"]
        digest = message_digest(message["Body"])
        body = json.loads(message["Body"])
        index = event_index(body)
        if digest is None or index is None:
            received.broke("no event of the history in compact JSON")
            return
        if attributes["MessageGroupId"] != GROUP_ID:
            received.broke("another message group")
        if queue != queue_index(body["AgentARN"], len(received.events)):
            received.broke("not its agent's queue")
        if int(attributes["SequenceNumber"]) <= self._sequence[queue]:
            received.broke("received in another order than SQS accepted it")
        self._sequence[queue] = int(attributes["SequenceNumber"])
        deduplicated_by = hashlib.sha256(message["Body"].encode("utf-8")).hexdigest()
        if attributes["MessageDeduplicationId"] != deduplicated_by:
            received.broke("not deduplicated by its content")
        copy = hash(message["Body"])
        if self._bodies.setdefault(index, copy) != copy:
            received.broke("sent again with another body")
        received.events[queue].append(index)
        received.digests[queue].append(digest)


class RtaServer:
    """Runs until all is `done` and the queues are empty."""

    def __init__(
        self, deployment: Deployment, phases: list[tuple[float, bool]], shared: Shared
    ) -> None:
        """`phases`: from which share of the records relayed on, 0 to 1, the flag is on or off."""
        self._deployment = deployment
        self._phases = list(phases) if deployment.options.flag_in_table else []
        self._shared = shared
        self._connection = HTTPConnection(urlsplit(deployment.servers.cloud).netloc, timeout=300)
        self._dynamodb = deployment.servers.client("dynamodb")
        self._receiver = Receiver(deployment.options.queues)

    def run(self) -> Received:
        """All that it received."""
        try:
            self._serve()
        finally:
            self._shared.room.set()
        return self._receiver.received

    def _serve(self) -> None:
        polls = 0
        while not self._shared.done.is_set():
            self._keep_to_the_phases()
            if not self._poll():
                self._shared.room.set()
                time.sleep(_IDLE_SECONDS)
            polls += 1
            if polls % _LOOK_AT_BACKLOG_EVERY == 0:
                self._look_at_backlog()
        for _ in range(2):
            while self._poll():
                pass
            time.sleep(0.5)

    def _keep_to_the_phases(self) -> None:
        shares = self._shared.shares
        progress = sum(shares) / len(shares)
        while self._phases and progress >= self._phases[0][0]:
            _, on = self._phases.pop(0)
            if on:
                self._receiver.received.connections += 1
                pages = self._dynamodb.get_paginator("scan")
                for _page in pages.paginate(TableName=STATE_TABLE):
                    pass
            self._shared.set_flag(None)
            self._dynamodb.put_item(
                TableName=CONFIGURATION_TABLE,
                Item={"Setting": {"S": FLAG}, "Value": {"S": "True" if on else "false"}},
            )
            self._shared.set_flag(on)

    def _poll(self) -> bool:
        """Receive and delete one batch of each queue; whether there was any message."""
        found = False
        for queue, url in enumerate(self._deployment.queue_urls):
            messages = self._sqs(
                "ReceiveMessage",
                QueueUrl=url,
                VisibilityTimeout=43_200,  # none comes again because the machine is busy
                MaxNumberOfMessages=10,
                MessageSystemAttributeNames=["All"],
            ).get("Messages")
            if not messages:
                continue
            found = True
            for message in messages:
                self._receiver.note(queue, message)
            self._sqs(
                "DeleteMessageBatch",
                QueueUrl=url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(messages)
                ],
            )
        return found

    def _look_at_backlog(self) -> None:
        waiting = sum(
            int(
                self._sqs(
                    "GetQueueAttributes",
                    QueueUrl=url,
                    AttributeNames=["ApproximateNumberOfMessages"],
                )["Attributes"]["ApproximateNumberOfMessages"]
            )
            for url in self._deployment.queue_urls
        )
        if waiting > _BACKLOG:
            self._shared.room.clear()
        elif waiting < _BACKLOG // 3:
            self._shared.room.set()

    def _sqs(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call SQS in its JSON protocol, without an SDK: a run makes this call most often."""
        self._connection.request(
            "POST",
            "/",
            json.dumps(arguments),
            {
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": f"AmazonSQS.{operation}",
            },
        )
        response = self._connection.getresponse()
        content = response.read()
        if response.status != HTTPStatus.OK:
            raise RuntimeError(f"{operation}: {response.status} {content[:500]!r}")
        answer: dict[str, Any] = json.loads(content)
        return answer
