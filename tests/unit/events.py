"""Agent events and invocations to test with, in the shape of the wire contract, section 1."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "111122223333"
STREAM_ARN = f"arn:aws:kinesis:eu-central-1:{ACCOUNT}:stream/agent-events"
_INSTANCE = "arn:aws:connect:eu-central-1:111122223333:instance/i"


def arn(agent: str) -> str:
    return f"{_INSTANCE}/agent/{agent}"


def snapshot(
    agent: str,
    status: str,
    since: str,
    group: str | None = None,
    status_type: str | None = "CUSTOM",
) -> dict[str, Any]:
    """A snapshot of an agent who is in hierarchy group `group` at level 1."""
    return {
        "AgentStatus": {
            "ARN": f"{_INSTANCE}/agent-state/{status}",
            "Name": status,
            "StartTimestamp": since,
            **({"Type": status_type} if status_type else {}),
        },
        "Configuration": {
            "Username": agent,
            "RoutingProfile": {"ARN": f"{_INSTANCE}/routing-profile/r", "Name": "Basic"},
            "AgentHierarchyGroups": group and {"Level1": {"ARN": "g", "Name": group}},
        },
        "Contacts": [],
        "NextAgentStatus": None,
    }


def event(
    agent: str = "ann",
    at: str = "2026-03-02T09:00:00.000Z",
    status: str = "Available",
    event_type: str = "STATE_CHANGE",
    group: str | None = None,
    previous_group: str | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """A state change; `fields` replace whole fields of the event."""
    status_type = {"Available": "ROUTABLE", "Offline": "OFFLINE"}.get(status, "CUSTOM")
    return {
        "AWSAccountId": "111122223333",
        "AgentARN": arn(agent),
        "CurrentAgentSnapshot": snapshot(agent, status, at, group, status_type),
        "EventId": f"{agent}-{at}",
        "EventTimestamp": at,
        "EventType": event_type,
        "InstanceARN": _INSTANCE,
        "PreviousAgentSnapshot": previous_group
        and snapshot(agent, "Available", at, previous_group, "ROUTABLE"),
        "Version": "2017-10-01",
        **fields,
    }


def record(data: bytes, sequence_number: str) -> dict[str, Any]:
    """A Kinesis record as an event source mapping hands it over."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "p",
            "sequenceNumber": sequence_number,
            "data": base64.b64encode(data).decode("ascii"),
            "approximateArrivalTimestamp": 1772442000.0,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000000:{sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::111122223333:role/relay",
        "awsRegion": "eu-central-1",
        "eventSourceARN": STREAM_ARN,
    }


def invocation(data: Iterable[dict[str, Any] | bytes], first: int = 1) -> dict[str, Any]:
    """A batch of records numbered from `first`; dicts are written as JSON."""
    return {
        "Records": [
            record(each if isinstance(each, bytes) else json.dumps(each).encode(), str(number))
            for number, each in enumerate(data, first)
        ]
    }


@dataclass(slots=True)
class FakeContext:
    """A function's context; `milliseconds` is what is left at each look, the last one forever."""

    milliseconds: list[int] = field(default_factory=lambda: [60_000])
    aws_request_id: str = "request-1"
    function_name: str = "aspect-wfm-rta-relay"
    invoked_function_arn: str = f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:relay"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds.pop(0) if len(self.milliseconds) > 1 else self.milliseconds[0]
