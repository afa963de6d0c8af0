"""What an RTA server does, with the key of its user and nothing else (wire contract, section 3)."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from tests.acceptance.account import AccessKey, Account, once_allowed
from tests.acceptance.events import Event, States

FLAG = "WriteEventsToQueue"

# What SQS hands out in one call, at most.
_MESSAGES = 10

# A change of the function's configuration by somebody else, which ends soon.
_UPDATES_TRIED = 30


class RtaServer:
    """A connection of the RTA server to the deployment with these outputs."""

    def __init__(self, account: Account, key: AccessKey, outputs: dict[str, Any]) -> None:
        self._dynamodb = account.client("dynamodb", key)
        self._lambda = account.client("lambda", key)
        self._sqs = account.client("sqs", key)
        self._outputs = outputs

    def read_table(self) -> States:
        """What the state table holds."""
        table = self._outputs["dynamodb_table_name"]
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        items = once_allowed(lambda: [item for page in pages for item in page["Items"]])
        return {
            item["AgentARN"]["S"]: (
                item.get("AgentUsername", {}).get("S"),
                item.get("CurrentState", {}).get("S"),
            )
            for item in items
        }

    def set_flag(self, on: bool) -> None:
        """Have the relay write events to the queues, or stop it."""
        table = self._outputs.get("config_table_name")
        if table:
            value = {"Setting": {"S": FLAG}, "Value": {"S": "true" if on else "false"}}
            once_allowed(lambda: self._dynamodb.put_item(TableName=table, Item=value))
            return
        name = self._outputs["rta_lambda_function_name"]
        for tries_left in range(_UPDATES_TRIED, 0, -1):
            found = once_allowed(lambda: self._lambda.get_function_configuration(FunctionName=name))
            environment = found["Environment"]["Variables"] | {FLAG: "True" if on else "False"}
            try:
                once_allowed(
                    partial(
                        self._lambda.update_function_configuration,
                        FunctionName=name,
                        Environment={"Variables": environment},
                    )
                )
                break
            except self._lambda.exceptions.ResourceConflictException:
                if tries_left == 1:
                    raise
                time.sleep(1)
        self._lambda.get_waiter("function_updated").wait(
            FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
        )

    def receive(self, enough: Callable[[list[Event]], bool], seconds: float) -> list[Event]:
        """Receive and delete messages until there are `enough`, for at most `seconds`; their
        events, in the order of each queue."""
        received: list[Event] = []
        deadline = time.monotonic() + seconds
        while not enough(received) and time.monotonic() < deadline:
            for url in self._outputs["sqs_queue_urls"]:
                received += self.receive_once(url, 2)
        return received

    def receive_once(self, url: str, wait_seconds: int) -> list[Event]:
        """The events of at most ten messages of a queue, which are deleted."""
        messages = once_allowed(
            lambda: self._sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=_MESSAGES, WaitTimeSeconds=wait_seconds
            )
        ).get("Messages", [])
        # Side by side: until they are deleted, SQS hands out no more of their group.
        with ThreadPoolExecutor(_MESSAGES) as pool:
            list(
                pool.map(
                    lambda each: self._sqs.delete_message(
                        QueueUrl=url, ReceiptHandle=each["ReceiptHandle"]
                    ),
                    messages,
                )
            )
        return [json.loads(each["Body"]) for each in messages]
