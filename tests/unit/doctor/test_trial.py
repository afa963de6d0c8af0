"""A test event through the functions' own handlers, and what becomes of it when something fails."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aspect_wfm.deployment import environment
from aspect_wfm.doctor.findings import Level
from aspect_wfm.doctor.removal import ReportFiles
from aspect_wfm.doctor.stream_readers import stream_readers
from aspect_wfm.doctor.trial import remove_test_event
from aspect_wfm.synthetic_agent import MARK, run_name
from tests.unit.aws import Client, create_function
from tests.unit.doctor.aws import refused
from tests.unit.doctor.conftest import APPLICATION, CLASSIFIER, RELAY, Estate
from tests.unit.doctor.pipeline import BOTH, Clock, Pipeline, left, reports, sent
from tests.unit.events import event

pytestmark = pytest.mark.usefixtures("for_the_relay")


@pytest.fixture
def pipeline(estate: Estate) -> Pipeline:
    made = Pipeline(estate)
    estate.aws.answers["kinesis", "put_record"] = made.put
    return made


def test_a_test_event_passes_and_leaves_nothing(pipeline: Pipeline, client: Client) -> None:
    pipeline.take([event()])
    before = reports(client)
    found = sent(pipeline, Clock())
    assert list(found) == [
        "test_event.sent",
        "test_event.arrived",
        "test_event.left",
        "test_event.lines",
    ]
    assert {each.level for each in found.values()} == {Level.OK}
    assert left(client) == []
    after = reports(client)
    assert {key: after[key] for key in before} == before
    assert {content for key, content in after.items() if key not in before} == {b"\n"}
    assert client("dynamodb").scan(TableName="states")["Count"] == 1, "the agent who was there"


def test_one_agent_for_each_filter_that_is_tried(pipeline: Pipeline, client: Client) -> None:
    pipeline.estate.configure(
        RELAY, AhgFilterLevel="1", AhgFilterSeparator=",", AhgFilterValues="EMEA,APAC"
    )
    found = sent(pipeline, Clock())
    assert {each.level for each in found.values()} == {Level.OK}
    configuration = pipeline.events[0]["CurrentAgentSnapshot"]["Configuration"]
    assert configuration["AgentHierarchyGroups"]["Level1"]["Name"] == "apac"
    assert left(client) == []


def test_other_readers_are_cleaned_too_but_not_watched(pipeline: Pipeline, client: Client) -> None:
    found = sent(pipeline, Clock(), examined={CLASSIFIER})
    assert "test_event.arrived" not in found
    assert {each.level for each in found.values()} == {Level.OK}
    assert left(client) == []


def test_while_a_server_is_connected_nothing_is_sent_unless_told(
    pipeline: Pipeline, client: Client
) -> None:
    pipeline.estate.configure(RELAY, WriteEventsToQueue="True")
    found = sent(pipeline, Clock())
    assert list(found) == ["test_event.sent"]
    assert found["test_event.sent"].level is Level.FAILURE
    assert RELAY in found["test_event.sent"].text
    assert pipeline.events == []
    found = sent(pipeline, Clock(), even=True)
    assert {each.level for each in found.values()} == {Level.OK}
    queue = client("sqs").receive_message(QueueUrl=pipeline.estate.queue_url)["Messages"]
    assert MARK in queue[0]["Body"], "what was sent to the server is left to the server"


def test_a_server_whose_filter_the_agent_does_not_pass_does_not_hold_it_up(
    pipeline: Pipeline,
) -> None:
    pipeline.estate.configure(
        RELAY,
        AhgFilterLevel="1",
        AhgFilterSeparator=",",
        AhgFilterValues="EMEA",
        WriteEventsToQueue="True",
    )
    found = sent(pipeline, Clock(), examined={CLASSIFIER})
    assert {each.level for each in found.values()} == {Level.OK}


def test_who_reads_the_stream_is_told_apart(pipeline: Pipeline, client: Client) -> None:
    estate = pipeline.estate
    environments = {
        "quick-start-on": {"WriteEventsToQueue": "True"},
        "quick-start-off": {"WriteEventsToQueue": "False"},
        "somebody-elses": {},
        "broken-relay": {"SIGNED_OUT_AGENTS_TABLE": "signed-out"},
    }
    arns = [create_function(client, name, each) for name, each in environments.items()]
    registered = client("kinesis").register_stream_consumer(
        StreamARN=estate.stream_arn, ConsumerName="c"
    )
    consumer = registered["Consumer"]["ConsumerARN"]
    mappings = estate.aws.answers["lambda", "list_event_source_mappings"]

    def and_of_the_consumer(asked: dict[str, Any]) -> Any:
        """moto has mappings of streams only."""
        if asked.get("EventSourceArn") != consumer:
            return mappings(asked)
        found = [{"EventSourceArn": consumer, "FunctionArn": arn} for arn in arns]
        return {"EventSourceMappings": found}

    estate.aws.answers["lambda", "list_event_source_mappings"] = and_of_the_consumer
    readers = stream_readers(estate.aws, estate.stream_arn, ())
    assert [each.function for each in readers.relays] == [RELAY]
    assert [each.name for each in readers.classifiers] == [CLASSIFIER]
    assert readers.others == ["quick-start-off", "somebody-elses"]
    assert readers.connected_others == ["quick-start-on"]
    (unknown,) = readers.unknown
    assert unknown.startswith("broken-relay (Environment variable")
    assert readers.seeing([]) == ["quick-start-on", unknown]
    found = sent(pipeline, Clock(), even=True)
    others = found["test_event.others"]
    assert others.level is Level.WARNING
    assert "somebody-elses" in others.text


@pytest.mark.parametrize(
    ("question", "operation", "action"),
    [
        (
            ("kinesis", "list_stream_consumers"),
            "ListStreamConsumers",
            "kinesis:ListStreamConsumers",
        ),
        (("lambda", "list_event_source_mappings"), "ListEventSourceMappings", "lambda:List"),
        (("dynamodb", "get_item"), "GetItem", "dynamodb:GetItem"),
        (("dynamodb", "delete_item"), "DeleteItem", "dynamodb:DeleteItem"),
        (("s3", "list_objects_v2"), "ListObjectsV2", "s3:ListBucket"),
        (("s3", "head_object"), "HeadObject", "s3:GetObject"),
        (("s3", "put_object"), "PutObject", "s3:PutObject"),
    ],
)
def test_nothing_is_sent_that_could_not_be_removed(
    pipeline: Pipeline, question: tuple[str, str], operation: str, action: str
) -> None:
    pipeline.estate.aws.answers[question] = refused("AccessDenied", operation)
    found = sent(pipeline, Clock())
    assert found["test_event.sent"].level is Level.FAILURE
    assert action in found["test_event.sent"].text
    assert pipeline.events == []


def test_asking_for_the_rights_leaves_nothing(pipeline: Pipeline, client: Client) -> None:
    pipeline.estate.aws.answers["kinesis", "put_record"] = refused("AccessDenied", "PutRecord")
    before = reports(client)
    found = sent(pipeline, Clock())
    assert "kinesis:PutRecord" in found["test_event.sent"].text
    assert reports(client) == before


def test_a_relay_that_is_not_at_work_is_found_and_the_agent_signed_out_for_later(
    pipeline: Pipeline, client: Client
) -> None:
    pipeline.working = {CLASSIFIER}
    clock = Clock()
    found = sent(pipeline, clock)
    levels = {check: each.level for check, each in found.items()}
    assert levels["test_event.arrived"] is Level.FAILURE
    assert levels["test_event.left"] is Level.FAILURE
    assert levels["test_event.lines"] is Level.OK
    run = pipeline.events[0]["AgentARN"].rpartition(f"{MARK}-")[2].removesuffix("-1")
    assert f"--remove-test-event {run}" in str(found["test_event.left"].advice)
    assert any("30 seconds of at most 60 seconds" in each for each in clock.told)
    statuses = [each["CurrentAgentSnapshot"]["AgentStatus"]["Type"] for each in pipeline.events]
    assert statuses == ["CUSTOM", "OFFLINE"]

    pipeline.working = {RELAY}
    pipeline.take(pipeline.events)
    assert left(client) == ["signed-out"], "what came when the relay went on"
    findings = list(
        remove_test_event(
            pipeline.estate.aws, pipeline.estate.stream_arn, BOTH, run, clock.waiting()
        )
    )
    assert {each.level for each in findings} == {Level.OK}
    assert left(client) == []


def test_a_relay_that_stops_behind_the_sign_in_leaves_nobody_in_its_table(
    pipeline: Pipeline, client: Client
) -> None:
    def and_stop(asked: dict[str, Any]) -> dict[str, Any]:
        answer = pipeline.put(asked)
        pipeline.working.discard(RELAY)
        return answer

    pipeline.estate.aws.answers["kinesis", "put_record"] = and_stop
    found = sent(pipeline, Clock())
    assert found["test_event.arrived"].level is Level.OK
    assert found["test_event.left"].level is Level.FAILURE
    assert left(client) == []


def test_a_classifier_that_is_not_at_work_is_found_and_its_lines_removed_later(
    pipeline: Pipeline, client: Client
) -> None:
    pipeline.working = {RELAY}
    clock = Clock()
    found = sent(pipeline, clock)
    assert found["test_event.lines"].level is Level.FAILURE
    assert "0 of 2 lines" in found["test_event.lines"].text
    pipeline.working = {CLASSIFIER}
    pipeline.take(pipeline.events)
    (key,) = left(client)
    assert key.startswith("OUTPUT/")
    run = str(found["test_event.lines"].advice).rpartition(" ")[2].rstrip(".")
    list(
        remove_test_event(
            pipeline.estate.aws, pipeline.estate.stream_arn, BOTH, run, clock.waiting()
        )
    )
    assert left(client) == []


def test_who_is_cut_short_while_waiting_signs_the_agent_out_and_removes_it_later(
    pipeline: Pipeline, client: Client
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    pipeline.working = set()
    clock = Clock(at=interrupt)
    run = run_name(clock.now, "0a1b2c")
    with pytest.raises(KeyboardInterrupt):
        sent(pipeline, clock)
    pipeline.working = set(BOTH)
    pipeline.take(pipeline.events[:1])
    assert "states" in left(client)
    clock.at = lambda _: None
    findings = list(
        remove_test_event(
            pipeline.estate.aws, pipeline.estate.stream_arn, BOTH, run, clock.waiting()
        )
    )
    assert {each.level for each in findings} == {Level.OK}
    assert not {"states", "signed-out"} & set(left(client))
    assert len(pipeline.events) == 3, "signed out again, since the table still had them"


def test_a_broken_off_test_says_how_to_remove_what_is_left(pipeline: Pipeline) -> None:
    answers = pipeline.estate.aws.answers

    def first_only(asked: dict[str, Any]) -> dict[str, Any]:
        answers["kinesis", "put_record"] = refused("AccessDenied", "PutRecord")
        return pipeline.put(asked)

    answers["kinesis", "put_record"] = first_only
    clock = Clock()
    run = run_name(clock.now, "0a1b2c")
    found = sent(pipeline, clock)["test_event.sent"]
    assert found.level is Level.FAILURE
    assert f"--remove-test-event {run}" in str(found.advice)


def test_a_test_event_passes_a_flink_application_and_leaves_nothing(
    on_flink: Estate, client: Client
) -> None:
    answer = on_flink.aws.answers["kinesisanalyticsv2", "describe_application"]
    # What the application does is what the function does.
    create_function(client, CLASSIFIER, environment(answer["ApplicationDetail"]))
    pipeline = Pipeline(on_flink)
    on_flink.aws.answers["kinesis", "put_record"] = pipeline.put
    found = sent(pipeline, Clock(), {RELAY, APPLICATION})
    assert {each.level for each in found.values()} == {Level.OK}
    assert found["test_event.lines"].text.startswith(APPLICATION)
    assert left(client) == []


def test_an_application_that_reads_another_stream_is_none_of_its_readers(
    on_flink: Estate, client: Client
) -> None:
    read = stream_readers(on_flink.aws, on_flink.stream_arn, {APPLICATION, RELAY})
    assert [each.name for each in read.classifiers] == [APPLICATION]
    client("kinesis").create_stream(StreamName="events-2", ShardCount=1)
    other = f"{on_flink.stream_arn}-2"
    assert stream_readers(on_flink.aws, other, {APPLICATION, RELAY}).classifiers == []
    on_flink.aws.answers["kinesisanalyticsv2", "describe_application"] = refused(
        "AccessDeniedException", "DescribeApplication"
    )
    fresh = type(on_flink.aws)(on_flink.aws.answers)
    (unknown,) = stream_readers(fresh, on_flink.stream_arn, {APPLICATION}).unknown
    assert "kinesisanalytics:DescribeApplication" in unknown


def test_a_file_that_changes_in_between_loses_nothing(estate: Estate, client: Client) -> None:
    (classifier,) = stream_readers(estate.aws, estate.stream_arn, ()).classifiers
    at = datetime.now(UTC)
    where = {"Bucket": "reports", "Key": f"OUTPUT/{at:%Y/%m/%d/%H}/file"}
    s3 = client("s3")
    s3.put_object(**where, Body=b"1,us,x\n1,ann,x\n")
    put = s3.put_object

    def somebody_first(asked: dict[str, Any]) -> Any:
        estate.aws.answers["s3", "put_object"] = lambda again: put(**again)
        put(**where, Body=b"1,us,x\n1,ann,x\n1,bob,x\n")
        return put(**asked)

    estate.aws.answers["s3", "put_object"] = somebody_first
    files = ReportFiles(estate.aws, classifier.reports, ["us"], at)
    files.clean(at)
    assert s3.get_object(**where)["Body"].read() == b"1,ann,x\n1,bob,x\n"
    assert files.removed == {"us": 1}


def test_files_from_before_the_run_are_not_even_read(estate: Estate, client: Client) -> None:
    (classifier,) = stream_readers(estate.aws, estate.stream_arn, ()).classifiers
    written = datetime.now(UTC)
    key = f"OUTPUT/{written:%Y/%m/%d/%H}/file"
    client("s3").put_object(Bucket="reports", Key=key, Body=b"1,us,x\n")
    estate.aws.answers["s3", "get_object"] = AssertionError("read")
    start = written + timedelta(minutes=20)
    ReportFiles(estate.aws, classifier.reports, ["us"], start).clean(start)


def test_of_a_run_long_ago_so_many_hours_are_listed_as_its_lines_could_come(
    estate: Estate,
) -> None:
    (classifier,) = stream_readers(estate.aws, estate.stream_arn, ()).classifiers
    listed: list[str] = []

    def nothing(asked: dict[str, Any]) -> dict[str, Any]:
        listed.append(asked["Prefix"])
        return {}

    estate.aws.answers["s3", "list_objects_v2"] = nothing
    start = datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
    files = ReportFiles(estate.aws, classifier.reports, ["us"], start)
    files.clean(start + timedelta(hours=1, minutes=40))
    assert listed == [f"OUTPUT/2026/03/02/{hour}/" for hour in ("08", "09", "10", "11")]
    listed.clear()
    files.clean(start + timedelta(days=300))
    assert (len(listed), listed[-1]) == (8 * 24 + 1, "OUTPUT/2026/03/10/08/")
