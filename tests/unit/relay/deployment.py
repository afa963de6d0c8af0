"""A deployment of the relay in an AWS inside the process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from agent_events.kinesis_batch import BatchResponse
from rta_relay.relay import relay_handler
from tests.relay_environment import queue_urls
from tests.unit.events import FakeContext

NOTHING_FAILED: BatchResponse = {"batchItemFailures": []}


@dataclass
class Aws:
    """The resources of a deployment, and the environment of its relay."""

    environment: dict[str, str]
    dynamodb: Any
    sqs: Any
    s3: Any

    def relay(self, **environment: str) -> Callable[..., BatchResponse]:
        """The handler, in the deployment's environment and `environment`."""
        handler = relay_handler(self.environment | environment)
        return lambda event, context=None: handler(event, context or FakeContext())

    def states(self) -> dict[str, dict[str, str]]:
        """The items of the state table by the agent's ARN."""
        return {
            item["AgentARN"]["S"]: {name: value["S"] for name, value in item.items()}
            for item in self.dynamodb.scan(TableName="states")["Items"]
        }

    def received(self) -> list[list[dict[str, Any]]]:
        """The messages' bodies by queue, taken off the queues."""
        by_queue: list[list[dict[str, Any]]] = []
        for url in queue_urls(self.environment):
            bodies: list[dict[str, Any]] = []
            while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
                "Messages"
            ):
                for message in messages:
                    bodies.append(json.loads(message["Body"]))
                    self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            by_queue.append(bodies)
        return by_queue

    def kept(self) -> dict[str, dict[str, Any]]:
        """The failed records' documents by key."""
        return {
            item["Key"]: json.load(self.s3.get_object(Bucket="failed", Key=item["Key"])["Body"])
            for item in self.s3.list_objects_v2(Bucket="failed").get("Contents", [])
        }


def last_log(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The last line that was logged."""
    log: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return log
