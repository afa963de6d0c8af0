"""Agent events to put on the stream, and what the wire contract says must come of them."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from tests.local_cloud.terraform_cli import REPOSITORY

Event = dict[str, Any]
# What RTA shows of an agent: user name and state, None where an event has neither.
States = dict[str, tuple[str | None, str | None]]

_DATA = REPOSITORY / "tests" / "data"
_DAY = date(2026, 3, 2)

# The RTA server connects then: what came before is in the table, what comes after in the queue.
_NOON = "T12:30"


def sample_day(number: int) -> tuple[list[Event], list[Event], tuple[bytes, ...]]:
    """Morning, afternoon and report lines of the sample day, moved by `number` days.

    The events have ids of their own, so that SQS takes no message for one of another day.
    """
    there = (_DAY + timedelta(days=number)).isoformat()
    text = (_DATA / "agent-events.ndjson").read_text(encoding="utf-8").replace(str(_DAY), there)
    events = [json.loads(line) | {"EventId": str(uuid.uuid4())} for line in text.splitlines()]
    lines = (_DATA / "report-project-signed-out.csv").read_bytes()
    return (
        [each for each in events if each["EventTimestamp"] < there + _NOON],
        [each for each in events if each["EventTimestamp"] >= there + _NOON],
        tuple(lines.replace(str(_DAY).encode(), there.encode()).splitlines()),
    )


def state_change(agent: str, at: datetime, status: str = "Available") -> Event:
    """A state change of an invented agent, in an instance that does not exist."""
    instance = "arn:aws:connect:eu-central-1:111122223333:instance/00000000-0000-0000-0000-00000000"
    timestamp = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
    return {
        "AWSAccountId": "111122223333",
        "AgentARN": f"{instance}acce/agent/{agent}",
        "CurrentAgentSnapshot": {
            "AgentStatus": {
                "ARN": f"{instance}acce/agent-state/{status}",
                "Name": status,
                "StartTimestamp": timestamp,
                "Type": "ROUTABLE",
            },
            "Configuration": {"AgentHierarchyGroups": None, "Username": agent},
            "Contacts": [],
            "NextAgentStatus": None,
        },
        "EventId": str(uuid.uuid4()),
        "EventTimestamp": timestamp,
        "EventType": "STATE_CHANGE",
        "InstanceARN": f"{instance}acce",
        "PreviousAgentSnapshot": None,
        "Version": "2017-10-01",
    }


def put(kinesis: Any, stream_arn: str, event: Mapping[str, Any]) -> float:
    """Put an event as Amazon Connect does, by agent; when AWS took it, in seconds since 1970."""
    answer = kinesis.put_record(
        StreamARN=stream_arn,
        Data=json.dumps(event, ensure_ascii=False).encode(),
        PartitionKey=event["AgentARN"],
    )
    told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    now = parsedate_to_datetime(told) if told else datetime.now(UTC)
    return now.timestamp()


def folded(events: Iterable[Event], states: Mapping[str, Any] | None = None) -> States:
    """What the state table holds after `events`, from `states` on (wire contract, 3.1)."""
    result: States = dict(states or {})
    for event in events:
        snapshot = event.get("CurrentAgentSnapshot") or {}
        status = snapshot.get("AgentStatus") or {}
        agent = event["AgentARN"]
        kind = status.get("Type") or {"offline": "OFFLINE"}.get(str(status.get("Name")).lower())
        if event["EventType"] == "LOGOUT" or kind == "OFFLINE":
            result.pop(agent, None)
        elif event["EventType"] != "HEART_BEAT":
            username = (snapshot.get("Configuration") or {}).get("Username")
            result[agent] = (username, status.get("Name"))
    return result


def message(event: Event) -> Event:
    """An event as the queue carries it (wire contract, 3.4)."""
    result: Event = json.loads(json.dumps(event))
    del result["PreviousAgentSnapshot"]
    ((result.get("CurrentAgentSnapshot") or {}).get("Configuration") or {}).pop(
        "RoutingProfile", None
    )
    return result


def by_agent(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Each agent's events in their order."""
    result = defaultdict(list)
    for each in events:
        result[each["AgentARN"]].append(each)
    return dict(result)


def first_of_each(events: Iterable[Event]) -> list[Event]:
    """Without repetitions: Kinesis delivers at least once, and SQS remembers for five minutes."""
    return list({each["EventId"]: each for each in reversed(list(events))}.values())[::-1]
