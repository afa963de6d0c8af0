"""The way it is usually done: each event by itself, one call after another.

This is the plain algorithm of integrations of this kind, for the benchmark only. It is granted what
costs it nothing: clients that are kept, compact messages, and a table that it leaves alone for
heartbeats, as the contract asks; many do not even do that. What it does not have: anything against
an older event that comes late from another invocation (it reads and writes without a condition),
any notice of a failed call but to stop, and any order but that of the stream.
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3

from function_runtime.aws_calls import AWS_CALLS
from tests.chaos.expectations import (
    GROUP_ID,
    compact,
    minimised,
    queue_index,
    report_line,
    state_item,
)
from tests.relay_environment import queue_urls

PlainHandler = Callable[[Any, Any], None]


def usual_relay(environment: Mapping[str, str]) -> PlainHandler:
    """Real-Time Adherence: a GetItem and a PutItem or DeleteItem for each event that is no
    heartbeat, and, while the flag is on, a SendMessage for each event."""
    dynamodb = boto3.client("dynamodb", config=AWS_CALLS)
    sqs = boto3.client("sqs", config=AWS_CALLS)
    table = environment["DynamoDbTableName"]
    urls = queue_urls(environment)
    flag = environment["WriteEventsToQueue"] == "True"

    def handler(invocation: Any, _context: Any) -> None:
        for record in invocation["Records"]:
            event = json.loads(base64.b64decode(record["kinesis"]["data"]))
            body = compact(minimised(event))
            if event["EventType"] != "HEART_BEAT":
                key = {"AgentARN": {"S": event["AgentARN"]}}
                known = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
                if known is None or known["LastEventTimeStamp"]["S"] <= event["EventTimestamp"]:
                    if _is_signed_out(event):
                        dynamodb.delete_item(TableName=table, Key=key)
                    else:
                        dynamodb.put_item(TableName=table, Item=table_item(event))
            if flag:
                sqs.send_message(
                    QueueUrl=urls[queue_index(event["AgentARN"], len(urls))],
                    MessageBody=body,
                    MessageGroupId=GROUP_ID,
                )

    return handler


def usual_classifier(environment: Mapping[str, str]) -> PlainHandler:
    """Agent Productivity: a PutRecord for each event, without a reference table."""
    firehose = boto3.client("firehose", config=AWS_CALLS)
    stream = environment["FIREHOSE_STREAM"]

    def handler(invocation: Any, _context: Any) -> None:
        for record in invocation["Records"]:
            event = json.loads(base64.b64decode(record["kinesis"]["data"]))
            line = report_line(event, with_type=False, named={})
            if line is not None:
                firehose.put_record(DeliveryStreamName=stream, Record={"Data": line})

    return handler


def table_item(event: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The item of a signed-in agent, as DynamoDB takes it."""
    item = state_item(event, compact(minimised(event)))
    return {name: {"S": value} for name, value in item.items()}


def _is_signed_out(event: Mapping[str, Any]) -> bool:
    status = (event["CurrentAgentSnapshot"] or {}).get("AgentStatus") or {}
    return event["EventType"] == "LOGOUT" or status.get("Type") == "OFFLINE"
