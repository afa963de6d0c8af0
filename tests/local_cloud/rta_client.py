"""What the RTA server does with a deployment, by its own identity only (wire contract, section 3).

It is written from the contract, not from the relay's code, so that the two can disagree.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.local_cloud.cloud import AccessKey, LocalCloud

_FLAG = "WriteEventsToQueue"


@dataclass(frozen=True, slots=True)
class AgentState:
    """An agent as RTA knows it; None where neither table nor message told."""

    agent_arn: str
    username: str | None
    state: str | None
    since: str | None


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """A message: the queue it came from (counted from 0), and its attributes and body."""

    queue: int
    message_group_id: str
    deduplication_id: str
    body: str

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event


@dataclass(slots=True)
class RtaClient:
    """A connection: `states` is what RTA shows, one entry for each signed-in agent."""

    cloud: LocalCloud
    key: AccessKey
    outputs: dict[str, Any]
    states: dict[str, AgentState] = field(default_factory=dict)

    def read_states(self) -> dict[str, AgentState]:
        """The initial read: what the table holds becomes what RTA shows."""
        pages = self.cloud.client("dynamodb", self.key).get_paginator("scan")
        items = [
            {name: value["S"] for name, value in item.items()}
            for page in pages.paginate(TableName=self.outputs["dynamodb_table_name"])
            for item in page["Items"]
        ]
        self.states = {
            item["AgentARN"]: AgentState(
                item["AgentARN"],
                item.get("AgentUsername"),
                item.get("CurrentState"),
                item.get("LastStateChangeTimeStamp"),
            )
            for item in items
        }
        return self.states

    def flag(self) -> str | None:
        """The current flag; None when the table has no item for it."""
        table = self.outputs.get("config_table_name")
        if table:
            item = (
                self.cloud.client("dynamodb", self.key)
                .get_item(TableName=table, Key={"Setting": {"S": _FLAG}})
                .get("Item")
            )
            return item["Value"]["S"] if item else None
        value: str = self._function_environment()[_FLAG]
        return value

    def set_flag(self, on: bool) -> None:
        """Have the relay write events to the queues, or stop it."""
        table = self.outputs.get("config_table_name")
        if table:
            self.cloud.client("dynamodb", self.key).put_item(
                TableName=table,
                Item={"Setting": {"S": _FLAG}, "Value": {"S": "true" if on else "false"}},
            )
            return
        functions = self.cloud.client("lambda", self.key)
        for _ in range(20):
            environment = {**self._function_environment(), _FLAG: "True" if on else "False"}
            try:
                functions.update_function_configuration(
                    FunctionName=self.outputs["rta_lambda_function_name"],
                    Environment={"Variables": environment},
                )
            except functions.exceptions.ResourceConflictException:  # another update is under way
                time.sleep(0.5)
                continue
            functions.get_waiter("function_updated").wait(
                FunctionName=self.outputs["rta_lambda_function_name"],
                WaiterConfig={"Delay": 1},
            )
            return
        raise TimeoutError("the relay function is being updated all the time")

    def poll(self, handle: Callable[[ReceivedEvent], None] | None = None) -> list[ReceivedEvent]:
        """Receive and delete until all queues are empty, and fold every message into `states`."""
        sqs = self.cloud.client("sqs", self.key)
        received: list[ReceivedEvent] = []
        for index, url in enumerate(self.outputs["sqs_queue_urls"]):
            while messages := sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
            ).get("Messages"):
                for message in messages:
                    each = ReceivedEvent(
                        index,
                        message["Attributes"]["MessageGroupId"],
                        message["Attributes"]["MessageDeduplicationId"],
                        message["Body"],
                    )
                    received.append(each)
                    self._fold(each.event)
                    if handle:
                        handle(each)
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return received

    def _fold(self, event: dict[str, Any]) -> None:
        arn = event["AgentARN"]
        snapshot = event.get("CurrentAgentSnapshot") or {}
        status = snapshot.get("AgentStatus") or {}
        if event["EventType"] == "LOGOUT" or status.get("Type") == "OFFLINE":
            self.states.pop(arn, None)
        elif event["EventType"] != "HEART_BEAT" or arn in self.states:
            self.states[arn] = AgentState(
                arn,
                (snapshot.get("Configuration") or {}).get("Username"),
                status.get("Name"),
                status.get("StartTimestamp"),
            )

    def _function_environment(self) -> dict[str, str]:
        environment: dict[str, str] = self.cloud.client(
            "lambda", self.key
        ).get_function_configuration(FunctionName=self.outputs["rta_lambda_function_name"])[
            "Environment"
        ]["Variables"]
        return environment
