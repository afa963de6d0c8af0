"""The whole handler, from invocation to response, against an in-process AWS."""

import json
from collections import defaultdict
from typing import Any

import pytest

from function_runtime.environment import ConfigurationError
from tests.local_cloud.agent_stream import sample_events
from tests.unit.events import arn, event, invocation
from tests.unit.relay.deployment import NOTHING_FAILED, Aws, last_log


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


def test_the_same_batch_again_sends_no_message_twice_within_sqs_memory(aws: Aws) -> None:
    relay = aws.relay()
    for _ in range(2):
        relay(invocation(sample_events()))
    assert sum(map(len, aws.received())) == 14


def test_an_event_nested_as_deeply_as_json_reads_fails_nobody(aws: Aws) -> None:
    nested = b'{"AgentARN":"a","EventTimestamp":"2026-03-02T09:00:00Z","x":%s%s}'
    deep = [nested % (b"[" * depth, b"]" * depth) for depth in (500, 900, 990, 2_000, 100_000)]
    assert aws.relay()(invocation([*deep, event("ann")])) == NOTHING_FAILED
    assert arn("ann") in aws.states()
