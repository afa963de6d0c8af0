import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import sleep
from typing import Any

import pytest
from botocore.exceptions import ClientError

from agent_events.agent_event import decode_agent_event
from rta_relay.agent_state import StateChange, state_change
from rta_relay.hierarchy_filter import HierarchyFilter
from rta_relay.state_table import TableOutcome, Tables, write_changes
from tests.unit.events import arn, event

TABLES = Tables("states", "signed-out")

EXECUTOR = ThreadPoolExecutor(4)


def change(sequence_number: str = "1", agent: str = "ann", **of: Any) -> StateChange:
    decoded = decode_agent_event(json.dumps(event(agent, **of)).encode())
    found = state_change(sequence_number, decoded, HierarchyFilter.of(0, []), "{}")
    assert found
    return found


def time_for(calls: int) -> Callable[[], bool]:
    """`may_go_on`, for a limited number of calls: what is tried for ever fails its test."""
    times = iter(range(calls))
    return lambda: next(times, None) is not None


def write(dynamodb: Any, *changes: StateChange, time: bool = True) -> TableOutcome:
    may_go_on = time_for(300 if time else 0)
    return write_changes(dynamodb, TABLES, changes, may_go_on, lambda _attempt: None, EXECUTOR)


def states(dynamodb: Any) -> dict[str, str]:
    return {
        item["AgentARN"]["S"]: item["CurrentState"]["S"]
        for item in dynamodb.scan(TableName="states")["Items"]
    }


def at(hour: int) -> str:
    return f"2026-03-02T{hour:02}:00:00.000Z"


def test_a_signed_in_agent_is_in_the_table_and_a_signed_out_one_is_not(dynamodb: Any) -> None:
    assert write(dynamodb, change(at=at(9))).written == 1
    assert states(dynamodb) == {arn("ann"): "Available"}
    assert write(dynamodb, change(at=at(17), status="Offline")).written == 1
    assert states(dynamodb) == {}


DAY = [
    {"at": at(9), "status": "Available"},
    {"at": at(10), "status": "Lunch"},
    {"at": at(11), "status": "Offline"},
    {"at": at(12), "status": "Project"},
]


@pytest.mark.parametrize("length", [2, 3, 4])
def test_whatever_the_order_of_delivery_the_newest_event_wins(dynamodb: Any, length: int) -> None:
    expected = DAY[length - 1]["status"]
    for number, order in enumerate(itertools.permutations(DAY[:length])):
        agent = f"agent-{number}"
        for each in order:
            assert write(dynamodb, change(agent=agent, **each)).failed == set()
        assert states(dynamodb).get(arn(agent)) == (None if expected == "Offline" else expected)


def test_an_event_that_comes_late_does_not_bring_a_signed_out_agent_back(dynamodb: Any) -> None:
    write(dynamodb, change(at=at(9)), change("2", "bob", at=at(9)))
    write(dynamodb, change(at=at(17), status="Offline"))
    late = write(dynamodb, change(at=at(16)))
    assert late == TableOutcome(0, 1)
    assert states(dynamodb) == {arn("bob"): "Available"}


@pytest.mark.parametrize(("first", "then"), [("Offline", "Lunch"), ("Lunch", "Offline")])
@pytest.mark.parametrize("known", [True, False])
def test_at_the_same_instant_the_change_that_arrives_later_wins(
    dynamodb: Any, first: str, then: str, known: bool
) -> None:
    if known:
        write(dynamodb, change(at=at(9)))
    for status in (first, then):
        assert write(dynamodb, change(at=at(17), status=status)) == TableOutcome(1, 0)
    assert states(dynamodb) == ({} if then == "Offline" else {arn("ann"): then})


def test_at_the_same_instant_an_event_without_a_status_replaces_one(dynamodb: Any) -> None:
    login = {"at": at(9), "event_type": "LOGIN", "CurrentAgentSnapshot": None}
    for each in ({"at": at(9)}, login):
        assert write(dynamodb, change(**each)) == TableOutcome(1, 0)
    (item,) = dynamodb.scan(TableName="states")["Items"]
    assert "CurrentState" not in item


def test_a_late_event_does_not_hold_back_the_others_of_its_transaction(dynamodb: Any) -> None:
    write(dynamodb, change(at=at(12)))
    outcome = write(
        dynamodb,
        change("1", "ann", at=at(11), status="Lunch"),
        change("2", "bob", at=at(11)),
    )
    assert outcome == TableOutcome(1, 1)
    assert states(dynamodb) == {arn("ann"): "Available", arn("bob"): "Available"}


def test_the_same_event_again_changes_nothing_and_fails_nothing(dynamodb: Any) -> None:
    for each in (DAY[0], DAY[2]):
        first = write(dynamodb, change(**each))
        before = states(dynamodb)
        again = write(dynamodb, change(**each))
        assert first.failed == again.failed == set()
        assert states(dynamodb) == before


def test_a_sign_out_is_remembered_longer_than_kinesis_keeps_a_record(dynamodb: Any) -> None:
    write(dynamodb, change(at="2026-03-02T17:00:00.000Z", status="Offline"))
    (item,) = dynamodb.scan(TableName="signed-out")["Items"]
    assert item == {
        "AgentARN": {"S": arn("ann")},
        "LastEventTimeStamp": {"S": "2026-03-02T17:00:00.000Z"},
        "ExpiresAt": {"N": str(1772470800 + 366 * 86_400)},
    }
    write(dynamodb, change(agent="zoe", at="9999-12-31T23:59:59Z", status="Offline"))


@dataclass
class Recording:
    """A DynamoDB that notes the calls; `answers` may answer in its place, or raise."""

    real: Any
    answers: Callable[[str, dict[str, Any]], Any] = lambda _operation, _request: None
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


def test_who_is_in_the_table_is_written_by_statements_and_only_others_by_transactions(
    dynamodb: Any,
) -> None:
    signed_in = [change(str(n), f"agent-{n}", at=at(9)) for n in range(60)]
    write(dynamodb, *signed_in)
    recording = Recording(dynamodb)
    later = [change(str(n), f"agent-{n}", at=at(10), status="Lunch") for n in range(60)]
    new = [change(f"new-{n}", f"new-{n}", at=at(10)) for n in range(3)]
    out = change("out", "agent-59", at=at(10), status="Offline")
    assert write(recording, *later[:59], out, *new) == TableOutcome(63, 0)
    statements = [number for name, number in recording.calls if name == "batch_execute_statement"]
    transactions = [number for name, number in recording.calls if name == "transact_write_items"]
    assert sorted(statements) == [12, 25, 25]
    assert transactions == [2 * 4]
    assert list(states(dynamodb).values()).count("Lunch") == 59
    assert arn("agent-59") not in states(dynamodb)


def test_a_statement_leaves_the_item_that_a_transaction_would(dynamodb: Any) -> None:
    def item() -> Any:
        return dynamodb.get_item(TableName="states", Key={"AgentARN": {"S": arn("ann")}})["Item"]

    write(dynamodb, change(at=at(9)))
    write(Recording(dynamodb), change(at=at(10), status="Lunch"))
    assert item() == {
        "AgentARN": {"S": arn("ann")},
        "AgentUsername": {"S": "ann"},
        "LastEventType": {"S": "STATE_CHANGE"},
        "LastEventTimeStamp": {"S": at(10)},
        "LastStateChangeTimeStamp": {"S": at(10)},
        "CurrentState": {"S": "Lunch"},
        "RawAgentEventJSon": {"S": "{}"},
    }
    login = change(at=at(11), event_type="LOGIN", CurrentAgentSnapshot=None)
    write(dynamodb, login)
    assert set(item()) == {"AgentARN", "LastEventType", "LastEventTimeStamp", "RawAgentEventJSon"}


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
        failed = {"Error": {"Code": "ConditionalCheckFailed"}}
        return {"Responses": [failed for _ in request["Statements"]]}

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


def cancelled(dynamodb: Any, *codes: str) -> Exception:
    error: Exception = dynamodb.exceptions.TransactionCanceledException(
        {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [{"Code": code} for code in codes],
        },
        "TransactWriteItems",
    )
    return error


def service_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "x"}}, "Any")


def failing(operation: str, error: Exception, times: int) -> Callable[[str, Any], Any]:
    """Answers that raise `error` the first `times` times that `operation` is called."""
    left = [times]

    def answer(asked: str, _request: dict[str, Any]) -> None:
        if asked == operation:
            left[0] -= 1
            if left[0] >= 0:
                raise error

    return answer


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
    write(dynamodb, change(at=at(9)), change("2", "bob", at=at(9)))
    refusals = [code]

    def refusing_the_first(_operation: str, request: dict[str, Any]) -> Any:
        if not refusals:
            return None
        dynamodb.batch_execute_statement(Statements=request["Statements"][1:])
        return {"Responses": [{"Error": {"Code": refusals.pop()}}, {}]}

    recording = Recording(dynamodb, refusing_the_first)
    later = [change("3", at=at(10), status="Lunch"), change("4", "bob", at=at(10), status="Lunch")]
    assert write(recording, *later) == TableOutcome(2, 0)
    assert recording.calls == [("batch_execute_statement", 2), ("batch_execute_statement", 1)]
    assert set(states(dynamodb).values()) == {"Lunch"}


def test_what_is_throttled_goes_on_while_some_of_it_is_written(dynamodb: Any) -> None:
    agents = [f"agent-{n}" for n in range(20)]
    write(dynamodb, *(change(agent, agent, at=at(9)) for agent in agents))

    def one_at_a_time(_operation: str, request: dict[str, Any]) -> Any:
        first, *rest = request["Statements"]
        dynamodb.batch_execute_statement(Statements=[first])
        return {"Responses": [{}, *({"Error": {"Code": "ThrottlingError"}} for _ in rest)]}

    recording = Recording(dynamodb, one_at_a_time)
    later = [change(agent, agent, at=at(10), status="Lunch") for agent in agents]
    assert write(recording, *later) == TableOutcome(20, 0)
    assert set(states(dynamodb).values()) == {"Lunch"}


def test_pauses_are_counted_from_the_last_call_that_settled_something(dynamodb: Any) -> None:
    agents = ["ann", "bob", "cid"]
    write(dynamodb, *(change(agent, agent, at=at(9)) for agent in agents))
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

    later = [change(agent, agent, at=at(10), status="Lunch") for agent in agents]
    recording = Recording(dynamodb, some)
    outcome = write_changes(recording, TABLES, later, time_for(300), pauses.append, EXECUTOR)
    assert outcome == TableOutcome(3, 0)
    assert pauses == [1, 2, 1, 2, 1]


def test_calls_are_given_up_after_four_failures_in_a_row_and_not_in_all(dynamodb: Any) -> None:
    write(dynamodb, change(at=at(9)), change("2", "bob", at=at(9)))
    answers = iter(["fails", "fails", "fails", "throttles", "fails", "fails", "fails", "works"])

    def answer(_operation: str, request: dict[str, Any]) -> Any:
        kind = next(answers)
        if kind == "fails":
            raise service_error("InternalServerError")
        if kind == "works":
            return None
        return {"Responses": [{"Error": {"Code": "ThrottlingError"}}] * len(request["Statements"])}

    later = [change("3", at=at(10), status="Lunch"), change("4", "bob", at=at(10), status="Lunch")]
    assert write(Recording(dynamodb, answer), *later) == TableOutcome(2, 0)
    assert next(answers, None) is None
    assert set(states(dynamodb).values()) == {"Lunch"}


def test_changes_that_come_again_are_written_again_without_a_transaction(dynamodb: Any) -> None:
    write(dynamodb, change(at=at(9)))
    recording = Recording(dynamodb)
    for _ in range(2):
        assert write(recording, change("2", at=at(10), status="Lunch")).written == 1
    assert recording.calls == [("batch_execute_statement", 1)] * 2


def test_what_stays_throttled_is_tried_while_there_is_time_and_not_made_transactions(
    dynamodb: Any,
) -> None:
    def throttling(_operation: str, request: dict[str, Any]) -> Any:
        return {"Responses": [{"Error": {"Code": "ThrottlingError"}}] * len(request["Statements"])}

    recording = Recording(dynamodb, throttling)
    time = iter([True] * 20 + [False] * 9)
    outcome = write_changes(
        recording, TABLES, [change("7")], lambda: next(time), lambda _attempt: None, EXECUTOR
    )
    assert outcome.failed == {"7"}
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
        return {"Responses": [{"Error": {"Code": code}}] * len(request["Statements"])}

    assert write(Recording(dynamodb, refusing), change(), change("2", "bob")).written == 2
    warnings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["level"], each["codes"]) for each in warnings] == [("WARNING", [code])]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
def test_where_statements_are_refused_transactions_do_it_and_the_log_says_what_to_allow(
    dynamodb: Any, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(dynamodb, change(at=at(9)))
    denied = failing("batch_execute_statement", service_error(code), 99)
    recording = Recording(dynamodb, denied)
    later = (change("2", at=at(10), status="Lunch"), change("3", "bob", at=at(10)))
    assert write(recording, *later) == TableOutcome(2, 0)
    assert states(dynamodb) == {arn("ann"): "Lunch", arn("bob"): "Available"}
    assert write(recording, change("4", at=at(9))).outdated == 1
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
    assert write(dynamodb, change("7"), time=False).failed == {"7"}
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


FIFTY = [(str(number), f"agent-{number}") for number in range(50)]

# DynamoDB rejects what holds it.
POISON = "poison"

Answers = Callable[[str, dict[str, Any]], Any]


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
        write(dynamodb, *(change(number, agent, at=at(8)) for number, agent in FIFTY))
    changes = [change(number, agent, at=at(9), status=status) for number, agent in FIFTY[:49]]
    bad = change("bad", POISON, at=at(9), status=status)
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
        write(dynamodb, change(at=at(8)))
    outcome = write(
        Recording(dynamodb, service(dynamodb, code)),
        change("1", at=at(9), status="Lunch"),
        change("2", "bob", at=at(9)),
        change("3", at=at(10), status=POISON),
        change("4", at=at(11), status=POISON),
    )
    assert outcome == TableOutcome(2, 0, rejected=frozenset({"3", "4"}))
    assert states(dynamodb) == {arn("ann"): "Lunch", arn("bob"): "Available"}


@pytest.mark.parametrize(("service", "code"), REJECTIONS)
def test_an_agent_all_of_whose_changes_are_rejected_keeps_the_state_from_before(
    dynamodb: Any, service: Any, code: str
) -> None:
    write(dynamodb, change(at=at(8)))
    bad = [change(str(n), at=at(9 + n), status=f"{POISON} {n}") for n in range(3)]
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
    time = iter([True, True, False, False])
    outs = [change("1", event_type="LOGOUT"), change("2", POISON, event_type="LOGOUT")]
    outcome = write_changes(
        recording, TABLES, outs, lambda: next(time), lambda _attempt: None, EXECUTOR
    )
    assert outcome == TableOutcome(1, 0, failed=frozenset({"2"}))


@pytest.mark.parametrize(
    "code", ["AccessDenied", "ResourceNotFound", "ThrottlingError", "NeverHeardOf"]
)
def test_a_refusal_that_is_not_for_what_an_item_contains_rejects_none(
    dynamodb: Any, code: str
) -> None:
    refusing = Recording(dynamodb, rejected_by_reason(dynamodb, code))
    time = iter([True] * 30 + [False] * 9)
    changes = [change("1", "bob"), change("2", POISON)]
    outcome = write_changes(
        refusing, TABLES, changes, lambda: next(time), lambda _attempt: None, EXECUTOR
    )
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


def test_transactions_that_are_cancelled_at_once_in_a_new_client_are_told_apart(
    dynamodb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    write(dynamodb, *(change(f"{n}", f"agent-{n}", at=at(12)) for n in range(200)))
    new = type("NewClient", (), {"exceptions": FirstComeExceptions(dynamodb.exceptions)})()
    new.batch_execute_statement = dynamodb.batch_execute_statement
    new.transact_write_items = dynamodb.transact_write_items
    late = [change(f"{n}", f"agent-{n}", at=at(11)) for n in range(200)]
    assert write(new, *late) == TableOutcome(0, 200)
    assert "ERROR" not in capsys.readouterr().out


class FirstComeExceptions:
    """What a client has before its exceptions are made: the first who asks gets the real class."""

    def __init__(self, real: Any) -> None:
        self._classes = iter([real.TransactionCanceledException])

    @property
    def TransactionCanceledException(self) -> Any:  # noqa: N802 - as in boto3
        return next(self._classes, KeyError)
