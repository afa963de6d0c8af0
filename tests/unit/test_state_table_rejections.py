"""What DynamoDB rejects, and answers that say nothing: the other items are written."""

from typing import Any

import pytest

from rta_relay.state_table import TableOutcome
from tests.unit.events import arn
from tests.unit.state_table import (
    Answers,
    Recording,
    cancelled,
    change,
    failing,
    hour,
    service_error,
    states,
    write,
)

FIFTY = [(str(number), f"agent-{number}") for number in range(50)]

# DynamoDB rejects what holds it.
POISON = "poison"


def rejected_by_reason(dynamodb: Any, code: str) -> Answers:
    """Answers that name the statement or the action that is rejected, with `code`."""

    def answer(operation: str, request: dict[str, Any]) -> Any:
        entries = request.get("Statements") or request["TransactItems"]
        bad = [POISON in repr(each) for each in entries]
        if not any(bad):
            return None
        if operation == "transact_write_items":
            raise cancelled(dynamodb, *(code if each else "None" for each in bad))
        good = [each for each, is_bad in zip(entries, bad, strict=True) if not is_bad]
        real = iter(good and dynamodb.batch_execute_statement(Statements=good)["Responses"])
        return {"Responses": [{"Error": {"Code": code}} if each else next(real) for each in bad]}

    return answer


def rejected_as_a_whole(_dynamodb: Any, code: str) -> Answers:
    """Answers that do not say which item it is."""

    def answer(_operation: str, request: dict[str, Any]) -> None:
        if POISON in repr(request):
            raise service_error(code)

    return answer


REJECTIONS = [
    (rejected_by_reason, "ValidationError"),
    (rejected_by_reason, "ItemCollectionSizeLimitExceeded"),
    (rejected_as_a_whole, "ValidationException"),
]


@pytest.mark.parametrize(("service", "code"), REJECTIONS)
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("status", ["Lunch", "Offline"])
def test_one_of_fifty_items_that_dynamodb_rejects_takes_no_other_with_it(
    dynamodb: Any, service: Any, code: str, known: bool, status: str
) -> None:
    if known:
        write(dynamodb, *(change(number, agent, at=hour(8)) for number, agent in FIFTY))
    changes = [change(number, agent, at=hour(9), status=status) for number, agent in FIFTY[:49]]
    bad = change("bad", POISON, at=hour(9), status=status)
    outcome = write(Recording(dynamodb, service(dynamodb, code)), *changes[:20], bad, *changes[20:])
    assert outcome == TableOutcome(49, 0, rejected=frozenset({"bad"}))
    for each in changes:
        shown = states(dynamodb).get(each.agent_arn)
        assert shown == (None if status == "Offline" else status)


@pytest.mark.parametrize(("service", "code"), REJECTIONS)
@pytest.mark.parametrize("known", [True, False])
def test_the_change_before_a_rejected_one_of_the_same_agent_is_written(
    dynamodb: Any, service: Any, code: str, known: bool
) -> None:
    if known:
        write(dynamodb, change(at=hour(8)))
    outcome = write(
        Recording(dynamodb, service(dynamodb, code)),
        change("1", at=hour(9), status="Lunch"),
        change("2", "bob", at=hour(9)),
        change("3", at=hour(10), status=POISON),
        change("4", at=hour(11), status=POISON),
    )
    assert outcome == TableOutcome(2, 0, rejected=frozenset({"3", "4"}))
    assert states(dynamodb) == {arn("ann"): "Lunch", arn("bob"): "Available"}


@pytest.mark.parametrize(("service", "code"), REJECTIONS)
@pytest.mark.parametrize("known", [True, False])
def test_the_change_before_one_that_fails_comes_again_with_it_and_is_written_if_it_is_rejected(
    dynamodb: Any, service: Any, code: str, known: bool
) -> None:
    if known:
        write(dynamodb, change(at=hour(8)))
    changes = [
        change("1", at=hour(9), status="Lunch"),
        change("2", "bob", at=hour(9)),
        change("3", at=hour(10), status=POISON),
    ]

    def out_of_order(_operation: str, request: dict[str, Any]) -> None:
        if POISON in repr(request):
            raise service_error("InternalServerError")

    alone = write(Recording(dynamodb, out_of_order), changes[0], changes[2])
    assert alone == TableOutcome(0, 0, failed=frozenset({"1", "3"}))
    outcome = write(Recording(dynamodb, service(dynamodb, code)), *changes)
    assert outcome == TableOutcome(2, 0, rejected=frozenset({"3"}))
    assert states(dynamodb) == {arn("ann"): "Lunch", arn("bob"): "Available"}


@pytest.mark.parametrize(("service", "code"), REJECTIONS)
def test_an_agent_all_of_whose_changes_are_rejected_keeps_the_state_from_before(
    dynamodb: Any, service: Any, code: str
) -> None:
    write(dynamodb, change(at=hour(8)))
    bad = [change(str(n), at=hour(9 + n), status=f"{POISON} {n}") for n in range(3)]
    outcome = write(Recording(dynamodb, service(dynamodb, code)), *bad)
    assert outcome == TableOutcome(0, 0, rejected=frozenset({"0", "1", "2"}))
    assert states(dynamodb) == {arn("ann"): "Available"}


def test_a_rejected_item_in_a_call_is_found_in_as_few_calls_as_halving_takes(dynamodb: Any) -> None:
    recording = Recording(dynamodb, rejected_as_a_whole(dynamodb, "ValidationException"))
    entries = [*FIFTY[:49], ("bad", POISON)]
    write(recording, *(change(number, agent, event_type="LOGOUT") for number, agent in entries))
    assert len(recording.calls) <= 2 * 6 + 1


def test_without_time_to_find_the_rejected_item_nothing_counts_as_rejected(dynamodb: Any) -> None:
    recording = Recording(dynamodb, rejected_as_a_whole(dynamodb, "ValidationException"))
    outs = [change("1", event_type="LOGOUT"), change("2", POISON, event_type="LOGOUT")]
    outcome = write(recording, *outs, calls=2)
    assert outcome == TableOutcome(1, 0, failed=frozenset({"2"}))


@pytest.mark.parametrize(
    "code", ["AccessDenied", "ResourceNotFound", "ThrottlingError", "NeverHeardOf"]
)
def test_a_refusal_that_is_not_for_what_an_item_contains_rejects_none(
    dynamodb: Any, code: str
) -> None:
    refusing = Recording(dynamodb, rejected_by_reason(dynamodb, code))
    outcome = write(refusing, change("1", "bob"), change("2", POISON), calls=30)
    assert outcome.rejected == frozenset()
    assert "2" in outcome.failed


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ResourceNotFoundException", "ThrottlingException"]
)
def test_a_call_that_fails_for_another_reason_rejects_nothing(dynamodb: Any, code: str) -> None:
    failing_calls = Recording(dynamodb, rejected_as_a_whole(dynamodb, code))
    outcome = write(failing_calls, change("1", "bob"), change("2", POISON))
    assert outcome == TableOutcome(0, 0, failed=frozenset({"1", "2"}))


@pytest.mark.parametrize(
    "answer",
    [
        {"x": 1},
        {"Responses": []},
        {"Responses": [{}, {}]},
        {"Responses": [None]},
        {"Responses": [1]},
        {"Responses": [{"Error": None}]},
        {"Responses": 7},
    ],
)
def test_an_answer_that_does_not_cover_every_statement_is_a_failed_call(
    dynamodb: Any, answer: dict[str, Any]
) -> None:
    recording = Recording(dynamodb, lambda _operation, _request: answer)
    assert write(recording, change("7")) == TableOutcome(0, 0, failed=frozenset({"7"}))
    assert recording.calls == [("batch_execute_statement", 1)] * 4


@pytest.mark.parametrize(
    "reasons",
    [
        [],
        [{"Code": "ConditionalCheckFailed"}],
        [{"Code": "None"}, {"Code": "None"}],
        [None, None],
        ["None", "None"],
        7,
        None,
    ],
)
def test_a_cancellation_without_a_reason_for_each_action_is_a_failed_call(
    dynamodb: Any, reasons: Any
) -> None:
    cancellation: Any = cancelled(dynamodb)
    cancellation.response["CancellationReasons"] = reasons
    if reasons is None:
        del cancellation.response["CancellationReasons"]
    recording = Recording(dynamodb, failing("transact_write_items", cancellation, 99))
    out = change("7", event_type="LOGOUT")
    assert write(recording, out) == TableOutcome(0, 0, failed=frozenset({"7"}))
    assert recording.calls == [("transact_write_items", 2)] * 4
