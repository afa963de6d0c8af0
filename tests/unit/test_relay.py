"""The whole handler, from invocation to response, against an in-process AWS."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from agent_events.kinesis_batch import BatchResponse
from function_runtime.aws_calls import aws_client
from function_runtime.environment import ConfigurationError
from rta_relay.relay import relay_handler
from tests.local_cloud.agent_stream import sample_events
from tests.relay_environment import queue_urls, queue_variables, relay_environment
from tests.unit.aws import REGION, Client, create_bucket, create_table
from tests.unit.events import FakeContext, arn, event, invocation

GONE = f"https://sqs.{REGION}.amazonaws.com/123456789012/gone.fifo"

NOTHING_FAILED: BatchResponse = {"batchItemFailures": []}


@dataclass
class Aws:
    """The resources of a deployment, and the environment of its relay."""

    environment: dict[str, str]
    dynamodb: Any
    sqs: Any
    s3: Any

    def relay(self, **environment: str) -> Callable[..., BatchResponse]:
        handler = relay_handler(self.environment | environment)
        return lambda event, context=None: handler(event, context or FakeContext())

    def states(self) -> dict[str, dict[str, str]]:
        return {
            item["AgentARN"]["S"]: {name: value["S"] for name, value in item.items()}
            for item in self.dynamodb.scan(TableName="states")["Items"]
        }

    def received(self) -> list[list[dict[str, Any]]]:
        """The messages' bodies by queue, taken off the queues."""
        by_queue: list[list[dict[str, Any]]] = []
        for url in queue_urls(self.environment):
            bodies: list[dict[str, Any]] = []
            while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
                "Messages"
            ):
                for message in messages:
                    bodies.append(json.loads(message["Body"]))
                    self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            by_queue.append(bodies)
        return by_queue

    def kept(self) -> dict[str, dict[str, Any]]:
        """The failed records' documents by key."""
        return {
            item["Key"]: json.load(self.s3.get_object(Bucket="failed", Key=item["Key"])["Body"])
            for item in self.s3.list_objects_v2(Bucket="failed").get("Contents", [])
        }


@pytest.fixture
def aws(client: Client, dynamodb: Any) -> Aws:
    sqs, s3 = client("sqs"), client("s3")
    create_table(dynamodb, "config", "Setting")
    urls = [
        sqs.create_queue(
            QueueName=f"events-{number}.fifo",
            Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
        )["QueueUrl"]
        for number in range(3)
    ]
    create_bucket(s3, "failed")
    return Aws(relay_environment(urls, WriteEventsToQueue="True"), dynamodb, sqs, s3)


def last_log(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return log


def test_the_sample_day_leaves_the_agents_still_signed_in(aws: Aws) -> None:
    relay = aws.relay()
    assert relay(invocation(sample_events())) == NOTHING_FAILED
    assert [state["AgentUsername"] for state in aws.states().values()] == ["okafor@example.com"]


def test_the_sample_day_one_record_at_a_time_comes_to_the_same(aws: Aws) -> None:
    relay = aws.relay()
    for number, each in enumerate(sample_events()):
        assert relay(invocation([each], number)) == NOTHING_FAILED
    assert [state["AgentUsername"] for state in aws.states().values()] == ["okafor@example.com"]
    assert sum(map(len, aws.received())) == 14


def test_every_event_goes_to_its_agents_queue_in_order_heartbeats_too(aws: Aws) -> None:
    aws.relay()(invocation(sample_events()))
    by_agent: dict[str, list[str]] = defaultdict(list)
    queues_of: dict[str, set[int]] = defaultdict(set)
    for index, bodies in enumerate(aws.received()):
        for body in bodies:
            by_agent[body["AgentARN"]].append(body["EventId"])
            queues_of[body["AgentARN"]].add(index)
    expected: dict[str, list[str]] = defaultdict(list)
    for each in sample_events():
        expected[each["AgentARN"]].append(each["EventId"])
    assert by_agent == expected
    assert all(len(queues) == 1 for queues in queues_of.values())


def test_with_the_flag_off_nothing_goes_to_a_queue(aws: Aws) -> None:
    aws.relay(WriteEventsToQueue="False")(invocation(sample_events()))
    assert aws.received() == [[], [], []]
    assert aws.states()


def test_the_flag_in_the_table_is_read_at_every_invocation(aws: Aws) -> None:
    relay = aws.relay(ConfigTableName="config")

    def flag(value: dict[str, Any]) -> None:
        aws.dynamodb.put_item(
            TableName="config", Item={"Setting": {"S": "WriteEventsToQueue"}, **value}
        )

    relay(invocation([event(at="2026-03-02T09:00:00Z")]))
    assert sum(map(len, aws.received())) == 0, "no item means false"
    flag({"Value": {"S": "TRUE"}})
    relay(invocation([event(at="2026-03-02T09:01:00Z")]))
    assert sum(map(len, aws.received())) == 1
    flag({"Value": {"S": "False"}})
    relay(invocation([event(at="2026-03-02T09:02:00Z")]))
    assert sum(map(len, aws.received())) == 0
    for value in ({}, {"Value": {"S": ""}}, {"Value": {"NULL": True}}, {"Value": {"BOOL": True}}):
        flag(value)
        assert relay(invocation([event(at="2026-03-02T09:03:00Z")])) == NOTHING_FAILED
        assert sum(map(len, aws.received())) == 0, "what is no string means false"
    flag({"Value": {"S": "on"}})
    with pytest.raises(ConfigurationError, match="WriteEventsToQueue of the table config"):
        relay(invocation([event(at="2026-03-02T09:04:00Z")]))


def test_while_the_flag_cannot_be_read_states_are_written_and_messages_wait(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = invocation([b"not an event", event("ann"), event("bob")])
    second = batch["Records"][1]["kinesis"]["sequenceNumber"]
    assert aws.relay(ConfigTableName="gone")(batch) == {
        "batchItemFailures": [{"itemIdentifier": second}]
    }
    assert set(aws.states()) == {arn("ann"), arn("bob")}
    assert aws.received() == [[], [], []]
    failure, line = map(json.loads, capsys.readouterr().out.splitlines()[-2:])
    assert failure["message"] == "reading the write-to-SQS flag failed"
    assert "ResourceNotFoundException" in failure["error"]
    assert line["failed"] == 2
    assert "WriteEventsToQueue" not in line, "it is neither on nor off"
    assert aws.relay()(batch) == NOTHING_FAILED
    assert sum(map(len, aws.received())) == 2


def test_bad_records_are_counted_and_named_without_content_and_block_nobody(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [b"secret-bytes \xff", b"secret-text", b"[]", b'{"EventId": "secret"}']
    assert aws.relay()(invocation([bad[0], event(), *bad[1:], event("bob")])) == NOTHING_FAILED
    assert set(aws.states()) == {arn("ann"), arn("bob")}
    output = capsys.readouterr().out
    assert "secret" not in output
    log = json.loads(output.splitlines()[-1])
    assert log["EventsSkipped"] == 4
    assert log["skippedRecords"] == [
        {"sequenceNumber": "1", "reason": "not UTF-8"},
        {"sequenceNumber": "3", "reason": "not JSON"},
        {"sequenceNumber": "4", "reason": "not an object"},
        {"sequenceNumber": "5", "reason": "no AgentARN"},
    ]
    assert (log["EventsIn"], log["StatesWritten"], log["MessagesSent"]) == (6, 2, 2)


def test_no_log_holds_anything_of_an_event(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.relay()(invocation([*sample_events(), event("huge", Unknown="x" * 300_000)]))
    output = capsys.readouterr().out
    for each in sample_events():
        assert each["AgentARN"] not in output
        assert each["EventId"] not in output
    for name in ("mchen", "müller", "m\\u00fcller", "okafor", "Lunch", "EMEA", "huge", "xxx"):
        assert name not in output


def test_only_monitored_agents_reach_table_and_queues(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    relay = aws.relay(AhgFilterLevel="1", AhgFilterSeparator=";", AhgFilterValues="EMEA;APAC")
    relay(invocation([event("ann", group="emea"), event("bob", group="US"), event("cid")]))
    assert set(aws.states()) == {arn("ann")}
    assert [body["AgentARN"] for bodies in aws.received() for body in bodies] == [arn("ann")]
    assert last_log(capsys)["EventsFiltered"] == 2


def test_an_agent_who_leaves_the_monitored_groups_leaves_the_table(aws: Aws) -> None:
    relay = aws.relay(AhgFilterLevel="1", AhgFilterSeparator=",", AhgFilterValues="EMEA")
    relay(invocation([event(at="2026-03-02T09:00:00Z", group="EMEA")]))
    relay(invocation([event(at="2026-03-02T10:00:00Z", group="US", previous_group="EMEA")]))
    assert aws.states() == {}
    relay(invocation([event(at="2026-03-02T09:30:00Z", group="EMEA")]))
    assert aws.states() == {}, "nor does a late event bring them back"
    assert sum(map(len, aws.received())) == 2, "the move itself is not for this server"


@pytest.mark.parametrize("filtered", [False, True])
def test_a_logout_that_says_nothing_else_ends_an_agents_day(aws: Aws, filtered: bool) -> None:
    emea = {"AhgFilterLevel": "1", "AhgFilterSeparator": ",", "AhgFilterValues": "EMEA"}
    relay = aws.relay(**(emea if filtered else {}))
    relay(invocation([event(at="2026-03-02T09:00:00Z", group="EMEA")]))
    logout = event(at="2026-03-02T10:00:00Z", event_type="LOGOUT", CurrentAgentSnapshot=None)
    relay(invocation([logout]))
    assert aws.states() == {}


def test_an_agent_whose_group_the_filter_no_longer_names_is_gone_when_they_sign_out(
    aws: Aws,
) -> None:
    emea = {"AhgFilterLevel": "1", "AhgFilterSeparator": ",", "AhgFilterValues": "EMEA"}
    aws.relay(**emea)(invocation([event(at="2026-03-02T09:00:00Z", group="EMEA")]))
    signed_out = event(at="2026-03-02T17:00:00Z", status="Offline", group="EMEA")
    aws.relay(**emea | {"AhgFilterValues": "US"})(invocation([signed_out]))
    assert aws.states() == {}
    assert sum(map(len, aws.received())) == 1, "the sign-out itself is not for this server"


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


def test_the_same_batch_again_sends_no_message_twice_within_sqs_memory(aws: Aws) -> None:
    relay = aws.relay()
    for _ in range(2):
        relay(invocation(sample_events()))
    assert sum(map(len, aws.received())) == 14


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
    response = aws.relay(DynamoDbTableName="gone")(invocation([event("ann"), event("ann")]))
    assert response == {"batchItemFailures": [{"itemIdentifier": "2"}]}, "the deciding record"
    assert sum(map(len, aws.received())) == 1, "what lies before it"


def test_when_time_runs_out_what_is_left_is_reported(aws: Aws) -> None:
    response = aws.relay()(
        invocation([event("ann"), event("bob")]), FakeContext([60_000, 60_000, 1_000])
    )
    assert response == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert set(aws.states()) == {arn("ann"), arn("bob")}


def test_an_event_nested_as_deeply_as_json_reads_fails_nobody(aws: Aws) -> None:
    nested = b'{"AgentARN":"a","EventTimestamp":"2026-03-02T09:00:00Z","x":%s%s}'
    deep = [nested % (b"[" * depth, b"]" * depth) for depth in (500, 900, 990, 2_000, 100_000)]
    assert aws.relay()(invocation([*deep, event("ann")])) == NOTHING_FAILED
    assert arn("ann") in aws.states()


def _body(document: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(document))
    del body["PreviousAgentSnapshot"]
    del body["CurrentAgentSnapshot"]["Configuration"]["RoutingProfile"]
    return body
