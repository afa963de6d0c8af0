"""Writing to the agent state table so that an older event never wins, whatever order they come in.

A signed-out agent has no item in the state table, so nothing there could tell a late event that it
is late. A second table therefore keeps, for each agent who left, when that was; each change is one
transaction over both.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from agent_events.structured_log import described, log
from rta_relay.agent_state import StateChange

# DynamoDB takes 100 actions and 4 MB a transaction, and a change is two actions.
_CHANGES_A_TRANSACTION = 50
_BYTES_A_TRANSACTION = 3_500_000

_TRIES = 4

# Kinesis keeps a record for at most 365 days; after that no event can come late any more.
_SIGN_OUT_REMEMBERED = timedelta(days=366)

_RETRIED_REASONS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}

_NOT_NEWER = "attribute_not_exists(AgentARN) OR LastEventTimeStamp <= :timestamp"
_OLDER = "attribute_not_exists(AgentARN) OR LastEventTimeStamp < :timestamp"

# At the same instant the status that began later wins over any other, and any over none.
_LOWER_RANK = (
    f"{_OLDER} OR (LastEventTimeStamp = :timestamp AND "
    "(attribute_not_exists(LastStateChangeTimeStamp) OR LastStateChangeTimeStamp <= :since))"
)


@dataclass(frozen=True, slots=True)
class TableChange:
    """A state change with the item it writes, or None where the agent has to be gone.

    `size` is the item's, in bytes.
    """

    change: StateChange
    item: dict[str, str] | None
    size: int


@dataclass(slots=True)
class TableOutcome:
    """How many changes were written or lost to a newer event, and which records failed."""

    written: int = 0
    outdated: int = 0
    failed: set[str] = field(default_factory=set)


def write_changes(
    dynamodb: Any,
    state_table: str,
    signed_out_table: str,
    changes: Iterable[TableChange],
    may_go_on: Callable[[], bool],
    pause: Callable[[int], None],
) -> TableOutcome:
    """Write at most one change for each agent.

    `may_go_on` says whether there is time for another call; `pause` waits after a try in which
    nothing was settled, counted from 1. A failure is in the outcome, never raised, so that the rest
    of the batch goes on.
    """
    outcome = TableOutcome()
    for chunk in _transactions(changes):
        left = chunk
        for attempt in range(_TRIES):
            if not left or not may_go_on():
                break
            tried = left
            left = _write_once(dynamodb, state_table, signed_out_table, tried, outcome)
            if len(left) == len(tried):
                pause(attempt + 1)
        outcome.failed.update(each.change.sequence_number for each in left)
    return outcome


def _write_once(
    dynamodb: Any,
    state_table: str,
    signed_out_table: str,
    changes: list[TableChange],
    outcome: TableOutcome,
) -> list[TableChange]:
    """Try one transaction; what has to be tried again comes back."""
    actions = [
        action for each in changes for action in _actions(state_table, signed_out_table, each)
    ]
    try:
        dynamodb.transact_write_items(TransactItems=actions)
    except dynamodb.exceptions.TransactionCanceledException as cancelled:
        reasons = [
            reason.get("Code", "None") for reason in cancelled.response["CancellationReasons"]
        ]
        by_change = list(zip(changes, reasons[::2], reasons[1::2], strict=True))
        left = [each for each, *codes in by_change if "ConditionalCheckFailed" not in codes]
        outcome.outdated += len(changes) - len(left)
        unknown = set(reasons) - _RETRIED_REASONS - {"None", "ConditionalCheckFailed"}
        if unknown:
            log("ERROR", "DynamoDB refused a state change", reasons=sorted(unknown))
        return left
    except (ClientError, BotoCoreError) as error:
        log("ERROR", "writing agent states failed", error=described(error), changes=len(changes))
        return changes
    outcome.written += len(changes)
    return []


def _actions(state_table: str, signed_out_table: str, each: TableChange) -> list[dict[str, Any]]:
    key = {"AgentARN": {"S": each.change.event.agent_arn}}
    timestamp = each.change.event.timestamp
    values = {":timestamp": {"S": timestamp}}
    if each.item is not None:
        return [
            {
                "Put": {
                    "TableName": state_table,
                    "Item": _attributes(each.item),
                    "ConditionExpression": _LOWER_RANK,
                    "ExpressionAttributeValues": {**values, ":since": {"S": each.change.since}},
                }
            },
            {
                "ConditionCheck": {
                    "TableName": signed_out_table,
                    "Key": key,
                    "ConditionExpression": _OLDER,
                    "ExpressionAttributeValues": values,
                }
            },
        ]
    return [
        {
            "Delete": {
                "TableName": state_table,
                "Key": key,
                "ConditionExpression": _NOT_NEWER,
                "ExpressionAttributeValues": values,
            }
        },
        {
            "Put": {
                "TableName": signed_out_table,
                "Item": {
                    **key,
                    "LastEventTimeStamp": {"S": timestamp},
                    "ExpiresAt": {"N": str(_expiry(timestamp))},
                },
                "ConditionExpression": _NOT_NEWER,
                "ExpressionAttributeValues": values,
            }
        },
    ]


def _expiry(timestamp: str) -> int:
    """When the memory of a sign-out at `timestamp` may go, in seconds since 1970."""
    try:
        return int((datetime.fromisoformat(timestamp) + _SIGN_OUT_REMEMBERED).timestamp())
    except OverflowError:  # an event in the year 9999
        return int(datetime.fromisoformat(timestamp).timestamp())


def _attributes(item: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"S": value} for name, value in item.items()}


def _transactions(changes: Iterable[TableChange]) -> Iterator[list[TableChange]]:
    chunk: list[TableChange] = []
    size = 0
    for each in changes:
        if len(chunk) == _CHANGES_A_TRANSACTION or (
            chunk and size + each.size > _BYTES_A_TRANSACTION
        ):
            yield chunk
            chunk, size = [], 0
        chunk.append(each)
        size += each.size
    if chunk:
        yield chunk
