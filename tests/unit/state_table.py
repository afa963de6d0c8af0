"""Writing the state table of an in-process DynamoDB, and a DynamoDB that answers otherwise."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from agent_events.agent_event import decode_agent_event
from rta_relay.agent_state import StateChange, state_change
from rta_relay.hierarchy_filter import HierarchyFilter
from rta_relay.state_table import TableOutcome, Tables, write_changes
from tests.unit.events import event

TABLES = Tables("states", "signed-out")

EXECUTOR = ThreadPoolExecutor(4)

Answers = Callable[[str, dict[str, Any]], Any]


def change(sequence_number: str = "1", agent: str = "ann", **of: Any) -> StateChange:
    """What an event of `agent` changes; `of` as in `tests.unit.events.event`."""
    decoded = decode_agent_event(json.dumps(event(agent, **of)).encode())
    found = state_change(sequence_number, decoded, HierarchyFilter.of(0, []), "{}")
    assert found
    return found


def time_for(calls: int) -> Callable[[], bool]:
    """`may_go_on`, for a limited number of calls."""
    times = iter(range(calls))
    return lambda: next(times, None) is not None


def write(
    dynamodb: Any,
    *changes: StateChange,
    calls: int = 300,
    pause: Callable[[int], None] = lambda _attempt: None,
) -> TableOutcome:
    """Write `changes` with time for `calls`: what is tried forever fails its test."""
    return write_changes(dynamodb, TABLES, changes, time_for(calls), pause, EXECUTOR)


def states(dynamodb: Any) -> dict[str, str]:
    """The states in the table by the agent's ARN."""
    return {
        item["AgentARN"]["S"]: item["CurrentState"]["S"]
        for item in dynamodb.scan(TableName="states")["Items"]
    }


def hour(number: int) -> str:
    """A time of day."""
    return f"2026-03-02T{number:02}:00:00.000Z"


@dataclass
class Recording:
    """A DynamoDB that notes the calls; `answers` may answer in its place, or raise."""

    real: Any
    answers: Answers = lambda _operation, _request: None
    calls: list[tuple[str, int]] = field(default_factory=list)

    @property
    def exceptions(self) -> Any:
        return self.real.exceptions

    def batch_execute_statement(self, **request: Any) -> Any:
        return self._call("batch_execute_statement", request, request["Statements"])

    def transact_write_items(self, **request: Any) -> Any:
        return self._call("transact_write_items", request, request["TransactItems"])

    def _call(self, operation: str, request: dict[str, Any], entries: list[Any]) -> Any:
        self.calls.append((operation, len(entries)))
        return self.answers(operation, request) or getattr(self.real, operation)(**request)


def refused(request: dict[str, Any], code: str) -> dict[str, Any]:
    """The answer that refuses each statement of `request` with `code`."""
    return {"Responses": [{"Error": {"Code": code}}] * len(request["Statements"])}


def cancelled(dynamodb: Any, *codes: str) -> Exception:
    """A transaction that is cancelled, with a code for each action."""
    error: Exception = dynamodb.exceptions.TransactionCanceledException(
        {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [{"Code": code} for code in codes],
        },
        "TransactWriteItems",
    )
    return error


def service_error(code: str) -> ClientError:
    """A call that fails as a whole."""
    return ClientError({"Error": {"Code": code, "Message": "x"}}, "Any")


def failing(operation: str, error: Exception, times: int) -> Answers:
    """Answers that raise `error` the first `times` times that `operation` is called."""
    left = [times]

    def answer(asked: str, _request: dict[str, Any]) -> None:
        if asked == operation:
            left[0] -= 1
            if left[0] >= 0:
                raise error

    return answer
