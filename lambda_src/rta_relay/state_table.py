"""Writing to the agent state table so that an older event never wins, in any order of arrival.

A signed-out agent has no item in the state table, so nothing there could tell a late event that it
is late. A second table therefore keeps, for each agent who left, when that was. While an agent has
an item, they cannot have left later than it says: a sign-out deletes it in the same transaction
that remembers when. So a newer event of an agent who has an item is written by one statement on the
state table. What that refuses, and every sign-out, is a transaction over both tables.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from function_runtime.aws_calls import FAILED_CALL
from function_runtime.structured_log import described, log
from rta_relay.agent_state import StateChange, deciding, item_size
from rta_relay.concurrent_calls import call_side_by_side

# DynamoDB takes 25 statements a call, or 100 actions and 4 MB a transaction; a change is two
# actions.
_STATEMENTS_A_CALL = 25
_CHANGES_A_TRANSACTION = 50
_BYTES_A_CALL = 3_500_000

# Calls that may fail in a row. What is throttled is tried again as long as time is left.
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

# Of an action of a transaction: DynamoDB rejects the item for what it contains, and always will.
_REJECTED = {"ItemCollectionSizeLimitExceeded", "ValidationError"}

# Of a call: one of its items is rejected, or it is not a call that DynamoDB takes.
_INVALID = "ValidationException"

# How the codes begin of an answer after which only transactions can tell.
_NO_STATEMENTS = ("AccessDenied", _INVALID)

# What a statement writes; an item that lacks one of these is written by a transaction.
_WRITTEN = (
    "AgentUsername",
    "LastEventType",
    "LastEventTimeStamp",
    "LastStateChangeTimeStamp",
    "CurrentState",
    "RawAgentEventJSon",
)

# Only an older event is refused: of two at the same instant, the one that arrives later wins.
_NOT_NEWER = "attribute_not_exists(AgentARN) OR LastEventTimeStamp <= :timestamp"


class Tables(NamedTuple):
    """The names of the two tables."""

    agent_states: str
    signed_out_agents: str


class TableOutcome(NamedTuple):
    """How many changes were written or lost to a newer event, and the records, by sequence number,
    that `failed` and may be tried again, or whose item DynamoDB `rejected` for what it contains.
    With a change that failed come all others of its agent."""

    written: int
    outdated: int
    failed: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()


class _Call(NamedTuple):
    """What became of one call's changes: those in no list are written, or `outdated`.

    `refused` is for a transaction to decide; `rejected` can never be written. `left` is to be tried
    again, at once or `later`, together or in `halves`; `failed`: not because it was refused for the
    moment.
    """

    outdated: int = 0
    refused: Sequence[StateChange] = ()
    rejected: Sequence[StateChange] = ()
    left: Sequence[StateChange] = ()
    later: bool = False
    halves: bool = False
    failed: bool = False


def write_changes(
    dynamodb: Any,
    tables: Tables,
    changes: Sequence[StateChange],
    may_go_on: Callable[[], bool],
    pause: Callable[[int], None],
    executor: Executor,
) -> TableOutcome:
    """Write the change of each agent that decides among `changes`, which are in stream order.

    Where DynamoDB rejects it for what it contains, the one that decides among the others is written
    instead. `may_go_on` says whether there is time for another call; `pause` waits after a try in
    which something was refused for the moment, counted from the last that settled something. A
    failure is in the outcome, never raised, so that the rest of the batch goes on.
    """
    outcome = TableOutcome(0, 0)
    pending = deciding(changes)
    while pending:
        done = _write(dynamodb, tables, pending, may_go_on, pause, executor)
        outcome = TableOutcome(
            outcome.written + done.written,
            outcome.outdated + done.outdated,
            outcome.failed | done.failed,
            outcome.rejected | done.rejected,
        )
        agents = {each.agent_arn for each in pending if each.sequence_number in done.rejected}
        pending = deciding(
            each
            for each in changes
            if each.agent_arn in agents and each.sequence_number not in outcome.rejected
        )
    # With a change that failed, Lambda retries the agent's earlier ones, which it replaced: on the
    # next try it may be rejected, and then one of them counts.
    agents = {each.agent_arn for each in changes if each.sequence_number in outcome.failed}
    failed = frozenset(each.sequence_number for each in changes if each.agent_arn in agents)
    return outcome._replace(failed=failed - outcome.rejected)


def _write(
    dynamodb: Any,
    tables: Tables,
    changes: Sequence[StateChange],
    may_go_on: Callable[[], bool],
    pause: Callable[[int], None],
    executor: Executor,
) -> TableOutcome:
    """Write at most one change for each agent."""
    # Looked up here: threads that are the first to do so would each get a class of their own.
    cancelled = dynamodb.exceptions.TransactionCanceledException

    def settle(
        call: Callable[[Sequence[StateChange]], _Call], chunk: Sequence[StateChange]
    ) -> _Call:
        outdated, refused, rejected = 0, list[StateChange](), list[StateChange]()
        groups = [chunk]
        failures = waits = 0
        while groups and failures < _TRIES and may_go_on():
            group = groups.pop()
            done = call(group)
            failures = failures + 1 if done.failed else 0
            waits = waits + 1 if len(done.left) == len(group) else 1
            outdated += done.outdated
            refused += done.refused
            rejected += done.rejected
            if done.halves:
                middle = len(done.left) // 2
                groups += [done.left[middle:], done.left[:middle]]
            elif done.left:
                groups.append(done.left)
            if done.left and done.later:
                pause(waits)
        return _Call(outdated, refused, rejected, [each for group in groups for each in group])

    stated = call_side_by_side(
        executor,
        partial(settle, partial(_state, dynamodb, tables.agent_states)),
        _chunks([each for each in changes if _has_all(each.item)], _STATEMENTS_A_CALL),
    )
    decided = call_side_by_side(
        executor,
        partial(settle, partial(_transact, dynamodb, cancelled, tables)),
        _chunks(
            [each for each in changes if not _has_all(each.item)]
            + [each for call in stated for each in call.refused],
            _CHANGES_A_TRANSACTION,
        ),
    )
    outdated = sum(call.outdated for call in decided)
    failed = frozenset(each.sequence_number for call in stated + decided for each in call.left)
    rejected = frozenset(each.sequence_number for call in decided for each in call.rejected)
    written = len(changes) - outdated - len(failed) - len(rejected)
    return TableOutcome(written, outdated, failed, rejected)


def _has_all(item: Mapping[str, str] | None) -> bool:
    return item is not None and len(item) == 1 + len(_WRITTEN)


def _state(dynamodb: Any, table: str, changes: Sequence[StateChange]) -> _Call:
    """Write each change whose agent has an item that is not newer."""
    statement = (
        f'UPDATE "{table}" '
        + " ".join(f'SET "{name}"=?' for name in _WRITTEN)
        + ' WHERE "AgentARN"=? AND "LastEventTimeStamp"<=?'
    )
    statements = [
        {
            "Statement": statement,
            "Parameters": [
                {"S": value}
                for value in (
                    *(each.item[name] for name in _WRITTEN),
                    each.agent_arn,
                    each.timestamp,
                )
            ],
        }
        for each in changes
        if each.item
    ]
    try:
        answers = dynamodb.batch_execute_statement(Statements=statements).get("Responses", [])
        errors = [
            answer["Error"].get("Code", "") if "Error" in answer else None for answer in answers
        ]
    except FAILED_CALL as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        if code.startswith(_NO_STATEMENTS):
            _leave_to_transactions({code}, described(error))
            return _Call(refused=changes)
        log("ERROR", "writing agent states failed", error=described(error), changes=len(changes))
        return _Call(left=changes, later=True, failed=True)
    if len(errors) != len(changes):
        return _incomplete(changes)
    refused: list[StateChange] = []
    left: list[StateChange] = []
    codes: set[str] = set()
    for each, code in zip(changes, errors, strict=True):
        if code is not None:
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


def _incomplete(changes: Sequence[StateChange]) -> _Call:
    log("ERROR", "DynamoDB's answer does not cover every agent state", changes=len(changes))
    return _Call(left=changes, later=True, failed=True)


def _transact(
    dynamodb: Any, cancelled: type[Any], tables: Tables, changes: Sequence[StateChange]
) -> _Call:
    """Write all of the changes if none of them is outdated or rejected."""
    actions = [action for each in changes for action in _actions(tables, each)]
    try:
        dynamodb.transact_write_items(TransactItems=actions)
    except cancelled as cancellation:
        reasons = _reasons(cancellation.response)
        if len(reasons) != len(actions) or set(reasons) == {"None"}:
            return _incomplete(changes)
        outdated, rejected, left = 0, list[StateChange](), list[StateChange]()
        for each, *codes in zip(changes, reasons[::2], reasons[1::2], strict=True):
            if "ConditionalCheckFailed" in codes:
                outdated += 1
            elif _REJECTED.intersection(codes):
                rejected.append(each)
            else:
                left.append(each)
        unknown = set(reasons) - _PASSING - _REJECTED - {"None", "ConditionalCheckFailed"}
        if unknown:
            log("ERROR", "DynamoDB refused a state change", reasons=sorted(unknown))
        waiting = len(left) == len(changes)
        return _Call(outdated, (), rejected, left, waiting, failed=bool(unknown))
    except FAILED_CALL as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] == _INVALID:
            # It names no item, so the one that is rejected has to be searched for.
            alone = len(changes) == 1
            return _Call(rejected=changes) if alone else _Call(left=changes, halves=True)
        log("ERROR", "writing agent states failed", error=described(error), changes=len(changes))
        return _Call(left=changes, later=True, failed=True)
    return _Call()


def _reasons(response: Mapping[str, Any]) -> list[str]:
    """The code of each reason for a cancellation; none where they cannot be read."""
    try:
        return [reason.get("Code", "None") for reason in response["CancellationReasons"]]
    except FAILED_CALL:
        return []


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
                    "ConditionExpression": _NOT_NEWER,
                    "ExpressionAttributeValues": values,
                }
            },
            {
                "ConditionCheck": {
                    "TableName": tables.signed_out_agents,
                    "Key": key,
                    "ConditionExpression": _NOT_NEWER,
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
