"""The calls that write the state table: how many, again, and until when."""

import json
from time import sleep
from typing import Any

import pytest

from rta_relay.state_table import TableOutcome
from tests.unit.events import arn
from tests.unit.state_table import (
    Recording,
    cancelled,
    change,
    failing,
    hour,
    refused,
    service_error,
    states,
    write,
)


def test_who_is_in_the_table_is_written_by_statements_and_only_others_by_transactions(
    dynamodb: Any,
) -> None:
    signed_in = [change(str(n), f"agent-{n}", at=hour(9)) for n in range(60)]
    write(dynamodb, *signed_in)
    recording = Recording(dynamodb)
    later = [change(str(n), f"agent-{n}", at=hour(10), status="Lunch") for n in range(60)]
    new = [change(f"new-{n}", f"new-{n}", at=hour(10)) for n in range(3)]
    out = change("out", "agent-59", at=hour(10), status="Offline")
    assert write(recording, *later[:59], out, *new) == TableOutcome(63, 0)
    statements = [number for name, number in recording.calls if name == "batch_execute_statement"]
    transactions = [number for name, number in recording.calls if name == "transact_write_items"]
    assert sorted(statements) == [12, 25, 25]
    assert transactions == [2 * 4]
    assert list(states(dynamodb).values()).count("Lunch") == 59
    assert arn("agent-59") not in states(dynamodb)


def test_many_agents_are_written_fifty_to_a_transaction(dynamodb: Any) -> None:
    recording = Recording(dynamodb)
    changes = [change(str(number), f"agent-{number}") for number in range(120)]
    assert write(recording, *changes).written == 120
    transactions = [number for name, number in recording.calls if name == "transact_write_items"]
    assert sorted(transactions) == [40, 100, 100]
    assert len(states(dynamodb)) == 120


def test_large_items_are_spread_over_calls_that_dynamodb_takes(dynamodb: Any) -> None:
    def refusing_statements(operation: str, request: dict[str, Any]) -> Any:
        if operation == "transact_write_items":
            return True
        return refused(request, "ConditionalCheckFailed")

    large = [
        each._replace(item=(each.item or {}) | {"RawAgentEventJSon": "x" * 400_000})
        for each in (change(str(n), f"agent-{n}") for n in range(20))
    ]
    recording = Recording(dynamodb, refusing_statements)
    assert write(recording, *large).written == 20
    assert sorted(recording.calls) == [
        ("batch_execute_statement", 4),
        ("batch_execute_statement", 8),
        ("batch_execute_statement", 8),
        ("transact_write_items", 8),
        ("transact_write_items", 16),
        ("transact_write_items", 16),
    ]


def test_a_transaction_that_meets_another_is_tried_again(dynamodb: Any) -> None:
    conflict = cancelled(dynamodb, "TransactionConflict", "None")
    meeting = Recording(dynamodb, failing("transact_write_items", conflict, 3))
    assert write(meeting, change()) == TableOutcome(1, 0)


@pytest.mark.parametrize(
    "code",
    [
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "InternalServerError",
    ],
)
def test_a_statement_that_is_refused_for_a_moment_is_tried_again(dynamodb: Any, code: str) -> None:
    write(dynamodb, change(at=hour(9)), change("2", "bob", at=hour(9)))
    refusals = [code]

    def refusing_the_first(_operation: str, request: dict[str, Any]) -> Any:
        if not refusals:
            return None
        dynamodb.batch_execute_statement(Statements=request["Statements"][1:])
        return {"Responses": [{"Error": {"Code": refusals.pop()}}, {}]}

    recording = Recording(dynamodb, refusing_the_first)
    later = [
        change("3", at=hour(10), status="Lunch"),
        change("4", "bob", at=hour(10), status="Lunch"),
    ]
    assert write(recording, *later) == TableOutcome(2, 0)
    assert recording.calls == [("batch_execute_statement", 2), ("batch_execute_statement", 1)]
    assert set(states(dynamodb).values()) == {"Lunch"}


def test_what_is_throttled_goes_on_while_some_of_it_is_written(dynamodb: Any) -> None:
    agents = [f"agent-{n}" for n in range(20)]
    write(dynamodb, *(change(agent, agent, at=hour(9)) for agent in agents))

    def one_at_a_time(_operation: str, request: dict[str, Any]) -> Any:
        first, *rest = request["Statements"]
        dynamodb.batch_execute_statement(Statements=[first])
        return {"Responses": [{}, *({"Error": {"Code": "ThrottlingError"}} for _ in rest)]}

    recording = Recording(dynamodb, one_at_a_time)
    later = [change(agent, agent, at=hour(10), status="Lunch") for agent in agents]
    assert write(recording, *later) == TableOutcome(20, 0)
    assert set(states(dynamodb).values()) == {"Lunch"}


def test_pauses_are_counted_from_the_last_call_that_settled_something(dynamodb: Any) -> None:
    agents = ["ann", "bob", "cid"]
    write(dynamodb, *(change(agent, agent, at=hour(9)) for agent in agents))
    settled = iter([0, 0, 1, 0, 1])
    pauses: list[int] = []

    def some(_operation: str, request: dict[str, Any]) -> Any:
        done = next(settled, None)
        if done is None:
            return None
        taken, left = request["Statements"][:done], request["Statements"][done:]
        if taken:
            dynamodb.batch_execute_statement(Statements=taken)
        throttled = {"Error": {"Code": "ThrottlingError"}}
        return {"Responses": [{} for _ in taken] + [throttled for _ in left]}

    later = [change(agent, agent, at=hour(10), status="Lunch") for agent in agents]
    recording = Recording(dynamodb, some)
    assert write(recording, *later, pause=pauses.append) == TableOutcome(3, 0)
    assert pauses == [1, 2, 1, 2, 1]


def test_calls_are_given_up_after_four_failures_in_a_row_and_not_in_all(dynamodb: Any) -> None:
    write(dynamodb, change(at=hour(9)), change("2", "bob", at=hour(9)))
    answers = iter(["fails", "fails", "fails", "throttles", "fails", "fails", "fails", "works"])

    def answer(_operation: str, request: dict[str, Any]) -> Any:
        kind = next(answers)
        if kind == "fails":
            raise service_error("InternalServerError")
        if kind == "works":
            return None
        return refused(request, "ThrottlingError")

    later = [
        change("3", at=hour(10), status="Lunch"),
        change("4", "bob", at=hour(10), status="Lunch"),
    ]
    assert write(Recording(dynamodb, answer), *later) == TableOutcome(2, 0)
    assert next(answers, None) is None
    assert set(states(dynamodb).values()) == {"Lunch"}


def test_changes_that_come_again_are_written_again_without_a_transaction(dynamodb: Any) -> None:
    write(dynamodb, change(at=hour(9)))
    recording = Recording(dynamodb)
    for _ in range(2):
        assert write(recording, change("2", at=hour(10), status="Lunch")).written == 1
    assert recording.calls == [("batch_execute_statement", 1)] * 2


def test_what_stays_throttled_is_tried_while_there_is_time_and_not_made_transactions(
    dynamodb: Any,
) -> None:
    def throttling(_operation: str, request: dict[str, Any]) -> Any:
        return refused(request, "ThrottlingError")

    recording = Recording(dynamodb, throttling)
    assert write(recording, change("7"), calls=20).failed == {"7"}
    assert recording.calls == [("batch_execute_statement", 1)] * 20


@pytest.mark.parametrize(
    "code", ["AccessDenied", "ResourceNotFound", "ValidationError", "NeverHeardOf"]
)
def test_a_statement_that_is_refused_for_good_becomes_a_transaction_and_is_told(
    dynamodb: Any, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def refusing(operation: str, request: dict[str, Any]) -> Any:
        if operation == "transact_write_items":
            return None
        return refused(request, code)

    assert write(Recording(dynamodb, refusing), change(), change("2", "bob")).written == 2
    warnings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["level"], each["codes"]) for each in warnings] == [("WARNING", [code])]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
def test_where_statements_are_refused_transactions_do_it_and_the_log_says_what_to_allow(
    dynamodb: Any, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(dynamodb, change(at=hour(9)))
    denied = failing("batch_execute_statement", service_error(code), 99)
    recording = Recording(dynamodb, denied)
    later = (change("2", at=hour(10), status="Lunch"), change("3", "bob", at=hour(10)))
    assert write(recording, *later) == TableOutcome(2, 0)
    assert states(dynamodb) == {arn("ann"): "Lunch", arn("bob"): "Available"}
    assert write(recording, change("4", at=hour(9))).outdated == 1
    assert "dynamodb:PartiQLUpdate" in capsys.readouterr().out


def test_what_cannot_be_written_is_reported_and_the_others_go_on(dynamodb: Any) -> None:
    refusing: list[str] = []

    def answer(operation: str, request: dict[str, Any]) -> None:
        key = repr(request)
        if operation == "transact_write_items" and "agent-7'" in key.replace('"', "'"):
            refusing.append(operation)
            raise service_error("InternalServerError")

    changes = [change(str(number), f"agent-{number}") for number in range(60)]
    outcome = write(Recording(dynamodb, answer), *changes)
    assert outcome.failed == {str(number) for number in range(50)}
    assert len(refusing) == 4
    assert outcome.written == len(states(dynamodb)) == 10


def test_statements_that_fail_as_a_whole_are_tried_again_and_then_reported(dynamodb: Any) -> None:
    failing_once = failing("batch_execute_statement", service_error("InternalServerError"), 1)
    assert write(Recording(dynamodb, failing_once), change()).written == 1
    down = failing("batch_execute_statement", service_error("InternalServerError"), 99)
    assert write(Recording(dynamodb, down), change("9", "bob")).failed == {"9"}


def test_nothing_is_begun_without_time_for_it(dynamodb: Any) -> None:
    assert write(dynamodb, change("7"), calls=0).failed == {"7"}
    assert states(dynamodb) == {}


def test_no_call_is_under_way_any_more_when_one_has_raised(dynamodb: Any) -> None:
    ended: list[str] = []

    def answer(operation: str, request: dict[str, Any]) -> Any:
        if "agent-0'" in repr(request).replace('"', "'"):
            raise RuntimeError(operation)
        sleep(0.05)
        ended.append(operation)
        return {"Responses": [{}] * len(request["Statements"])}

    changes = [change(str(number), f"agent-{number}") for number in range(75)]
    with pytest.raises(RuntimeError):
        write(Recording(dynamodb, answer), *changes)
    assert len(ended) == 2


def test_transactions_that_are_cancelled_at_once_in_a_new_client_are_told_apart(
    dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    write(dynamodb, *(change(f"{n}", f"agent-{n}", at=hour(12)) for n in range(200)))
    new = type("NewClient", (), {"exceptions": FirstComeExceptions(dynamodb.exceptions)})()
    new.batch_execute_statement = dynamodb.batch_execute_statement
    new.transact_write_items = dynamodb.transact_write_items
    late = [change(f"{n}", f"agent-{n}", at=hour(11)) for n in range(200)]
    assert write(new, *late) == TableOutcome(0, 200)
    assert "ERROR" not in capsys.readouterr().out


class FirstComeExceptions:
    """What a client has before its exceptions are made: the first who asks gets the real class."""

    def __init__(self, real: Any) -> None:
        self._classes = iter([real.TransactionCanceledException])

    @property
    def TransactionCanceledException(self) -> Any:  # noqa: N802 - as in boto3
        return next(self._classes, KeyError)
