"""Writing to the agent state table so that an older event never wins, whatever order they come in.

A signed-out agent has no item in the state table, so nothing there could tell a late event that it
is late. A second table therefore keeps, for each agent who left, when that was. While an agent has
an item, they cannot have left later than it says: a sign-out deletes it in the same transaction
that remembers when. So a newer event of an agent who has an item is written by one statement on the
state table. What that refuses, and every sign-out, is a transaction over both tables.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from agent_events.structured_log import described, log
from rta_relay.agent_state import StateChange, item_size
from rta_relay.concurrent_calls import for_each

# DynamoDB takes 25 statements a call, or 100 actions and 4 MB a transaction; a change is two
# actions.
_STATEMENTS_A_CALL = 25
_CHANGES_A_TRANSACTION = 50
_BYTES_A_CALL = 3_500_000

# So many calls that fail in a row. What is refused for the moment is tried while there is time.
_TRIES = 4

# Kinesis keeps a record for at most 365 days; after that no event can come late any more.
_SIGN_OUT_REMEMBERED = timedelta(days=366)

# Of a statement or of an action of a transaction: it may be tried again as it is.
_PASSING = {
    "InternalServerError",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "ThrottlingError",
    "TransactionConflict",
}

# How the codes begin of an answer after which only transactions can tell.
_NO_STATEMENTS = ("AccessDenied", "ValidationException")

# What a statement writes; an item that lacks one of these is written by a transaction.
_WRITTEN = (
    "AgentUsername",
    "LastEventType",
    "LastEventTimeStamp",
    "LastStateChangeTimeStamp",
    "CurrentState",
    "RawAgentEventJSon",
)

_NOT_NEWER = "attribute_not_exists(AgentARN) OR LastEventTimeStamp <= :timestamp"
_OLDER = "attribute_not_exists(AgentARN) OR LastEventTimeStamp < :timestamp"

# At the same instant the status that began later wins over any other, and any over none.
_LOWER_RANK = (
    f"{_OLDER} OR (LastEventTimeStamp = :timestamp AND "
    "(attribute_not_exists(LastStateChangeTimeStamp) OR LastStateChangeTimeStamp <= :since))"
)

# In PartiQL, where OR may hide which item is meant: less than _LOWER_RANK allows, but
# nearly every newer event meets it, and an event that comes again.
_BOTH_NOT_NEWER = '"LastEventTimeStamp"<=? AND "LastStateChangeTimeStamp"<=?'


class Tables(NamedTuple):
    """The names of the two tables."""

    agent_states: str
    signed_out_agents: str


class TableOutcome(NamedTuple):
    """How many changes were written or lost to a newer event, and which records failed."""

    written: int
    outdated: int
    failed: set[str]


class _Call(NamedTuple):
    """What became of one call's changes: those in neither list are written, or `outdated`.

    `refused` is for a transaction to decide. `left` is to be tried again, at once or `later`;
    `failed`: not because it was refused for the moment.
    """

    outdated: int = 0
    refused: Sequence[StateChange] = ()
    left: Sequence[StateChange] = ()
    later: bool = False
    failed: bool = False


def write_changes(
    dynamodb: Any,
    tables: Tables,
    changes: Iterable[StateChange],
    may_go_on: Callable[[], bool],
    pause: Callable[[int], None],
    executor: Executor,
) -> TableOutcome:
    """Write at most one change for each agent.

    `may_go_on` says whether there is time for another call; `pause` waits after a try in which
    something was refused for the moment, counted from the last that settled something. A failure is
    in the outcome, never raised, so that the rest of the batch goes on.
    """
    changes = list(changes)
    # Looked up here: threads that are the first to do so would each get a class of their own.
    cancelled = dynamodb.exceptions.TransactionCanceledException

    def settle(
        call: Callable[[Sequence[StateChange]], _Call], chunk: Sequence[StateChange]
    ) -> _Call:
        outdated, refused, left = 0, list[StateChange](), chunk
        failures = waits = 0
        while left and failures < _TRIES and may_go_on():
            done = call(left)
            failures = failures + 1 if done.failed else 0
            waits = waits + 1 if len(done.left) == len(left) else 1
            outdated, left = outdated + done.outdated, done.left
            refused += done.refused
            if left and done.later:
                pause(waits)
        return _Call(outdated, refused, left)

    stated = for_each(
        executor,
        partial(settle, partial(_state, dynamodb, tables.agent_states)),
        _chunks([each for each in changes if _has_all(each.item)], _STATEMENTS_A_CALL),
    )
    decided = for_each(
        executor,
        partial(settle, partial(_transact, dynamodb, cancelled, tables)),
        _chunks(
            [each for each in changes if not _has_all(each.item)]
            + [each for call in stated for each in call.refused],
            _CHANGES_A_TRANSACTION,
        ),
    )
    outdated = sum(call.outdated for call in decided)
    failed = {each.sequence_number for call in stated + decided for each in call.left}
    return TableOutcome(len(changes) - outdated - len(failed), outdated, failed)


def _has_all(item: Mapping[str, str] | None) -> bool:
    return item is not None and len(item) == 1 + len(_WRITTEN)


def _state(dynamodb: Any, table: str, changes: Sequence[StateChange]) -> _Call:
    """Write each change whose agent has an item that is not newer."""
    statement = (
        f'UPDATE "{table}" '
        + " ".join(f'SET "{name}"=?' for name in _WRITTEN)
        + f' WHERE "AgentARN"=? AND {_BOTH_NOT_NEWER}'
    )
    statements = [
        {
            "Statement": statement,
            "Parameters": [
                {"S": value}
                for value in (
                    *(each.item[name] for name in _WRITTEN),
                    each.agent_arn,
                    *(each.timestamp, each.since),
                )
            ],
        }
        for each in changes
        if each.item
    ]
    try:
        answers = dynamodb.batch_execute_statement(Statements=statements)["Responses"]
    except (ClientError, BotoCoreError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        if code.startswith(_NO_STATEMENTS):
            _leave_to_transactions({code}, described(error))
            return _Call(refused=changes)
        log("ERROR", "writing agent states failed", error=described(error), changes=len(changes))
        return _Call(left=changes, later=True, failed=True)
    refused: list[StateChange] = []
    left: list[StateChange] = []
    codes: set[str] = set()
    for each, answer in zip(changes, answers, strict=True):
        if "Error" in answer:
            code = answer["Error"].get("Code", "")
            (left if code in _PASSING else refused).append(each)
            codes.add(code)
    unexpected = codes - _PASSING - {"ConditionalCheckFailed"}
    if unexpected:
        _leave_to_transactions(unexpected, None)
    return _Call(refused=refused, left=left, later=True)


def _leave_to_transactions(codes: set[str], error: str | None) -> None:
    log(
        "WARNING",
        "agent states are written by transactions, which cost three times as much, because "
        "DynamoDB refused statements; where it denied access, allow the function "
        "dynamodb:PartiQLUpdate on the agent state table",
        codes=sorted(codes),
        **({"error": error} if error else {}),
    )


def _transact(
    dynamodb: Any, cancelled: type[Any], tables: Tables, changes: Sequence[StateChange]
) -> _Call:
    """Write all of the changes if none of them is outdated."""
    actions = [action for each in changes for action in _actions(tables, each)]
    try:
        dynamodb.transact_write_items(TransactItems=actions)
    except cancelled as cancellation:
        reasons = [
            reason.get("Code", "None") for reason in cancellation.response["CancellationReasons"]
        ]
        by_change = list(zip(changes, reasons[::2], reasons[1::2], strict=True))
        left = [each for each, *codes in by_change if "ConditionalCheckFailed" not in codes]
        unknown = set(reasons) - _PASSING - {"None", "ConditionalCheckFailed"}
        if unknown:
            log("ERROR", "DynamoDB refused a state change", reasons=sorted(unknown))
        waiting = len(left) == len(changes)
        return _Call(len(changes) - len(left), (), left, waiting, failed=bool(unknown))
    except (ClientError, BotoCoreError) as error:
        log("ERROR", "writing agent states failed", error=described(error), changes=len(changes))
        return _Call(left=changes, later=True, failed=True)
    return _Call()


def _actions(tables: Tables, each: StateChange) -> list[dict[str, Any]]:
    key = {"AgentARN": {"S": each.agent_arn}}
    timestamp = each.timestamp
    values = {":timestamp": {"S": timestamp}}
    if each.item is not None:
        return [
            {
                "Put": {
                    "TableName": tables.agent_states,
                    "Item": _attributes(each.item),
                    "ConditionExpression": _LOWER_RANK,
                    "ExpressionAttributeValues": {**values, ":since": {"S": each.since}},
                }
            },
            {
                "ConditionCheck": {
                    "TableName": tables.signed_out_agents,
                    "Key": key,
                    "ConditionExpression": _OLDER,
                    "ExpressionAttributeValues": values,
                }
            },
        ]
    return [
        {
            "Delete": {
                "TableName": tables.agent_states,
                "Key": key,
                "ConditionExpression": _NOT_NEWER,
                "ExpressionAttributeValues": values,
            }
        },
        {
            "Put": {
                "TableName": tables.signed_out_agents,
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


def _chunks(changes: list[StateChange], most: int) -> Iterator[list[StateChange]]:
    chunk: list[StateChange] = []
    size = 0
    for each in changes:
        own = item_size(each.item) if each.item else 0
        if len(chunk) == most or (chunk and size + own > _BYTES_A_CALL):
            yield chunk
            chunk, size = [], 0
        chunk.append(each)
        size += own
    if chunk:
        yield chunk
