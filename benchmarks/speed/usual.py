"""The way it is usually done: each event by itself, one call after another.

This is the plain algorithm of integrations of this kind, for the benchmark only. It is granted what
costs it nothing: clients that are kept, compact messages, and a table that it leaves alone for
heartbeats, as the contract asks; many do not even do that. What it does not have: anything against
an older event that comes late from another invocation (it reads and writes without a condition),
any notice of a failed call but to stop, and any order but that of the stream.
"""

import base64
import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3

import tests.relay_environment
from function_runtime.aws_calls import AWS_CALLS
from tests.chaos.expectations import GROUP_ID, queue_index

PlainHandler = Callable[[Any, Any], None]


def usual_relay(environment: Mapping[str, str]) -> PlainHandler:
    """Real-Time Adherence: a GetItem and a PutItem or DeleteItem for each event that is no
    heartbeat, and, while the flag is on, a SendMessage for each event."""
    dynamodb = boto3.client("dynamodb", config=AWS_CALLS)
    sqs = boto3.client("sqs", config=AWS_CALLS)
    table = environment["DynamoDbTableName"]
    queue_urls = tests.relay_environment.queue_urls(environment)
    flag = environment["WriteEventsToQueue"] == "True"

    def handler(invocation: Any, _context: Any) -> None:
        for record in invocation["Records"]:
            event = json.loads(base64.b64decode(record["kinesis"]["data"]))
            body = message_body(event)
            if event["EventType"] != "HEART_BEAT":
                key = {"AgentARN": {"S": event["AgentARN"]}}
                known = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
                if known is None or known["LastEventTimeStamp"]["S"] <= event["EventTimestamp"]:
                    if _is_signed_out(event):
                        dynamodb.delete_item(TableName=table, Key=key)
                    else:
                        dynamodb.put_item(TableName=table, Item=state_item(event))
            if flag:
                sqs.send_message(
                    QueueUrl=queue_urls[queue_index(event["AgentARN"], len(queue_urls))],
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
            line = _line(event)
            if line is not None:
                firehose.put_record(DeliveryStreamName=stream, Record={"Data": line})

    return handler


def state_item(event: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The state table's item of a signed-in agent (wire contract, section 3.1)."""
    snapshot = event["CurrentAgentSnapshot"] or {}
    status = snapshot.get("AgentStatus") or {}
    values = {
        "AgentARN": event["AgentARN"],
        "AgentUsername": (snapshot.get("Configuration") or {}).get("Username"),
        "LastEventType": event["EventType"],
        "LastEventTimeStamp": event["EventTimestamp"],
        "LastStateChangeTimeStamp": status.get("StartTimestamp"),
        "CurrentState": status.get("Name"),
        "RawAgentEventJSon": message_body(event),
    }
    return {name: {"S": value} for name, value in values.items() if value is not None}


def message_body(event: Mapping[str, Any]) -> str:
    """The minimised event (wire contract, section 3.4)."""
    kept = dict(event)
    del kept["PreviousAgentSnapshot"]
    if kept["CurrentAgentSnapshot"]:
        kept["CurrentAgentSnapshot"] = copy.copy(kept["CurrentAgentSnapshot"])
        configuration = dict(kept["CurrentAgentSnapshot"]["Configuration"])
        del configuration["RoutingProfile"]
        kept["CurrentAgentSnapshot"]["Configuration"] = configuration
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _is_signed_out(event: Mapping[str, Any]) -> bool:
    status = (event["CurrentAgentSnapshot"] or {}).get("AgentStatus") or {}
    return event["EventType"] == "LOGOUT" or status.get("Type") == "OFFLINE"


def _line(event: Mapping[str, Any]) -> bytes | None:
    """The report line (wire contract, section 2.1); None for an event without a username."""
    snapshot = event["CurrentAgentSnapshot"] or {}
    configuration = snapshot.get("Configuration") or {}
    if configuration.get("Username") is None:
        return None
    groups = configuration.get("AgentHierarchyGroups") or {}
    levels = [(groups.get(f"Level{number}") or {}).get("Name") for number in range(1, 6)]
    contacts = snapshot.get("Contacts") or [{}]
    status = snapshot["AgentStatus"]
    values = [
        event["AWSAccountId"],
        configuration["Username"],
        *levels,
        event["EventTimestamp"].removesuffix("Z").replace("T", " "),
        status["Name"],
        contacts[0].get("State"),
        {"ROUTABLE": "A", "OFFLINE": "0"}.get(status.get("Type"), "1"),
        (configuration.get("RoutingProfile") or {}).get("Name"),
    ]
    return (",".join(map(_quoted, values)) + "\n").encode()


def _quoted(value: str | None) -> str:
    if not value:
        return "null"
    if "," in value or '"' in value:
        return '"' + value.replace('"', '""') + '"'
    return value
