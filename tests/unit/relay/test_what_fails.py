"""What the handler reports, keeps and sends where a service or a limit refuses something."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from function_runtime.aws_calls import aws_client
from tests.relay_environment import queue_variables
from tests.unit.aws import REGION
from tests.unit.events import FakeContext, arn, event, invocation
from tests.unit.relay.deployment import NOTHING_FAILED, Aws, last_log

GONE = f"https://sqs.{REGION}.amazonaws.com/123456789012/gone.fifo"


@pytest.mark.parametrize("together", [True, False])
def test_an_event_that_the_table_cannot_take_does_not_hide_the_one_before(
    aws: Aws, together: bool
) -> None:
    events = [
        event("ann", at="2026-03-02T09:00:00Z"),
        event("ann", at="2026-03-02T09:00:01Z", Unknown="x" * 420_000),
        event("bob", at="2026-03-02T09:00:00Z"),
        event("bob", at="2026-03-02T10:00:00Z", status="Offline"),
        event("bob", at="2026-03-02T11:00:00Z", Unknown="x" * 420_000),
    ]
    relay = aws.relay()
    for number, each in enumerate([events] if together else [[one] for one in events]):
        assert relay(invocation(each, first=10 * number)) == NOTHING_FAILED
    assert set(aws.states()) == {arn("ann")}
    assert len(aws.kept()) == 2


def rejecting(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Make DynamoDB reject every item that holds `text`, without saying which it is."""

    def client(service: str) -> Any:
        found = aws_client(service)
        if service != "dynamodb":
            return found

        def checked(operation: str) -> Callable[..., Any]:
            def call(**request: Any) -> Any:
                if text in repr(request):
                    raise ClientError({"Error": {"Code": "ValidationException"}}, operation)
                return getattr(found, operation)(**request)

            return call

        return SimpleNamespace(
            batch_execute_statement=checked("batch_execute_statement"),
            exceptions=found.exceptions,
            transact_write_items=checked("transact_write_items"),
        )

    monkeypatch.setattr("rta_relay.relay.aws_client", client)


def test_an_event_whose_state_dynamodb_rejects_is_set_aside_as_if_it_had_not_come(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rejecting(monkeypatch, "Poison")
    others = [event(f"agent-{number}") for number in range(49)]
    batch = invocation(
        [
            event("ann", at="2026-03-02T09:00:00Z"),
            *others,
            event("ann", at="2026-03-02T10:00:00Z", status="Poison"),
        ]
    )
    assert aws.relay()(batch) == NOTHING_FAILED
    states = {agent: state["CurrentState"] for agent, state in aws.states().items()}
    assert states == {each["AgentARN"]: "Available" for each in [event("ann"), *others]}
    assert sum(map(len, aws.received())) == 50, "nor is it sent"
    ((key, document),) = aws.kept().items()
    assert key.endswith("/51.json")
    assert json.loads(document["payload"]) == {"Records": [batch["Records"][50]]}
    assert document["requestContext"]["condition"] == "AgentStateRejected"
    log = last_log(capsys)
    assert (log["EventsPutAside"], log["StatesWritten"], log["MessagesSent"]) == (1, 50, 50)


def test_a_rejected_event_that_cannot_be_kept_is_retried_with_all_behind_it(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejecting(monkeypatch, "Poison")
    relay = aws.relay(FAILED_RECORDS_BUCKET="no-such-bucket")
    batch = invocation([event("ann"), event("bob", status="Poison"), event("cid")])
    assert relay(batch) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert sum(map(len, aws.received())) == 1


def test_what_lambda_will_bring_again_is_not_sent_ahead(aws: Aws) -> None:
    """Else, with every retry, an agent's older event would follow on a newer one."""
    relay = aws.relay(DynamoDbTableName="gone")
    for _ in range(2):
        response = relay(
            invocation([event("ann", event_type="HEART_BEAT"), event("bob"), event("ann")])
        )
        assert response == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert [len(bodies) for bodies in aws.received() if bodies] == [1], "the heartbeat before it"


def test_no_failure_logs_anything_of_an_event(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    batch = [
        event("secret-agent", Unknown="secret-text"),
        event("secret-giant", Unknown="secret-text" * 40_000),
        event("secret-leaver", status="Offline", Unknown="secret-text"),
    ]
    for broken in (
        queue_variables([GONE]),
        {"DynamoDbTableName": "gone"},
        {"SIGNED_OUT_AGENTS_TABLE": "gone"},
        {"FAILED_RECORDS_BUCKET": "no-such-bucket"},
    ):
        assert aws.relay(**broken)(invocation(batch)) != NOTHING_FAILED
    output = capsys.readouterr().out
    assert output.count('"level":"ERROR"') >= 4
    assert "secret" not in output


def test_an_event_too_large_for_a_message_is_kept_and_its_neighbours_go_on(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    huge = event("big", at="2026-03-02T09:00:00Z", Unknown="x" * 270_000)
    batch = invocation([event("ann"), huge, event("bob")])
    assert aws.relay()(batch) == NOTHING_FAILED
    assert sum(map(len, aws.received())) == 2
    assert arn("big") in aws.states(), "the table takes what the queue does not"
    ((key, document),) = aws.kept().items()
    assert key == "undeliverable/aspect-wfm-rta-relay/shardId-000000000000/2.json"
    assert json.loads(document["payload"]) == {"Records": [batch["Records"][1]]}
    assert document["requestContext"]["condition"] == "MessageTooLarge"
    assert document["KinesisBatchInfo"]["startSequenceNumber"] == "2"
    assert document["KinesisBatchInfo"]["streamArn"] == batch["Records"][1]["eventSourceARN"]
    error, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert (error["level"], error["sequenceNumber"], error["key"]) == ("ERROR", "2", key)
    assert summary["EventsPutAside"] == 1


def test_an_event_too_large_for_table_and_message_is_kept_once(aws: Aws) -> None:
    relay = aws.relay()
    for _ in range(2):
        assert relay(invocation([event("big", Unknown="x" * 420_000)])) == NOTHING_FAILED
    assert aws.states() == {}
    assert len(aws.kept()) == 1


def test_the_largest_message_is_still_sent(aws: Aws) -> None:
    room = 262_144 - len(json.dumps(_body(event(Unknown="")), separators=(",", ":")))
    aws.relay()(invocation([event("ann", Unknown="x" * room), event("ann", Unknown="y" * room)]))
    aws.relay()(
        invocation([event("ann", at="2026-03-02T09:00:01.000Z", Unknown="x" * (room + 1))], 10)
    )
    assert [len(body["Unknown"]) for bodies in aws.received() for body in bodies] == [room, room]
    assert [key.rpartition("/")[2] for key in aws.kept()] == ["10.json"]


def test_nothing_is_sent_behind_a_record_that_could_not_be_kept(aws: Aws) -> None:
    """Else, with every retry, an agent's older event would follow on a newer one."""
    relay = aws.relay(FAILED_RECORDS_BUCKET="no-such-bucket")
    for _ in range(2):
        response = relay(
            invocation([event("ann"), event("big", Unknown="x" * 270_000), event("bob")])
        )
        assert response == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert sum(map(len, aws.received())) == 1, "what lies before it"


def test_keeping_records_leaves_time_to_send_what_lies_before_them(aws: Aws) -> None:
    huge = [event("big", Unknown="x" * 270_000 + str(number)) for number in range(3)]
    # The table has its time, the first record is kept, and then it is late.
    context = FakeContext([60_000, 60_000, 60_000, 30_000])
    response = aws.relay()(invocation([event("ann"), *huge, event("bob")]), context)
    assert response == {"batchItemFailures": [{"itemIdentifier": "3"}]}
    assert sum(map(len, aws.received())) == 1
    assert len(aws.kept()) == 1


def test_a_failed_send_is_reported_as_the_record_to_retry_from(aws: Aws) -> None:
    relay = aws.relay(**queue_variables([GONE]))
    response = relay(invocation([b"not an event", event("ann"), event("bob")]))
    assert response == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert set(aws.states()) == {arn("ann"), arn("bob")}, "the table is written all the same"


def test_a_failed_table_write_is_reported_and_the_messages_before_it_go_out(aws: Aws) -> None:
    events = [event("bob", event_type="HEART_BEAT"), event("ann"), event("ann")]
    response = aws.relay(DynamoDbTableName="gone")(invocation(events))
    assert response == {"batchItemFailures": [{"itemIdentifier": "2"}]}, "the agent's first change"
    assert sum(map(len, aws.received())) == 1, "what lies before it"


def test_when_time_runs_out_what_is_left_is_reported(aws: Aws) -> None:
    response = aws.relay()(
        invocation([event("ann"), event("bob")]), FakeContext([60_000, 60_000, 1_000])
    )
    assert response == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert set(aws.states()) == {arn("ann"), arn("bob")}


def _body(document: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(document))
    del body["PreviousAgentSnapshot"]
    del body["CurrentAgentSnapshot"]["Configuration"]["RoutingProfile"]
    return body
