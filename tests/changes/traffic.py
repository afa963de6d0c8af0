"""Agent events that go on while a deployment is changed, and what came of them on the queues."""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.local_cloud.agent_stream import as_record, put_events
from tests.local_cloud.cloud import LocalCloud
from tests.unit.events import event

AGENTS = tuple(f"agent-{number}" for number in range(20))

_ROUND_WITHIN_SECONDS = 60


@dataclass(slots=True)
class Traffic:
    """One event of each agent a round; `rounds` is how many rounds are on the stream."""

    rounds: int = 0
    ended: bool = False
    put: threading.Condition = field(default_factory=threading.Condition)

    def go_on_for(self, rounds: int) -> None:
        """Wait until this many more rounds were put. Raises TimeoutError when they are not."""
        with self.put:
            until = self.rounds + rounds
            if not self.put.wait_for(lambda: self.rounds >= until, _ROUND_WITHIN_SECONDS * rounds):
                raise TimeoutError(f"{self.rounds} of {until} rounds were put")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as SQS took it: `sent` is its SentTimestamp in milliseconds."""

    agent: str
    round: int
    queue_url: str
    sent: int


@contextmanager
def agent_events(cloud: LocalCloud, stream_arn: str) -> Iterator[Traffic]:
    """Put rounds on the stream until the block ends."""
    traffic = Traffic()

    def go() -> None:
        while not traffic.ended:
            events = [
                event(
                    agent, at=f"2026-03-03T10:{traffic.rounds // 60:02}:{traffic.rounds % 60:02}Z"
                )
                | {"EventId": f"{agent}/{traffic.rounds}"}
                for agent in AGENTS
            ]
            put_events(cloud, stream_arn, map(as_record, events))
            with traffic.put:
                traffic.rounds += 1
                traffic.put.notify_all()

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield traffic
    finally:
        traffic.ended = True
        thread.join()


def arrivals(cloud: LocalCloud, queue_urls: Iterable[str]) -> list[Arrival]:
    """Read the queues empty; what agents of the traffic have there, queue by queue in order."""
    sqs = cloud.client("sqs")
    found: list[Arrival] = []
    for queue_url in queue_urls:
        while messages := sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages"):
            for message in messages:
                attributes = message["Attributes"]
                agent, _, number = json.loads(message["Body"])["EventId"].partition("/")
                if agent in AGENTS:
                    sent = int(attributes["SentTimestamp"])
                    found.append(Arrival(agent, int(number), queue_url, sent))
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return found
