"""The whole handler, from invocation to response, against moto."""

import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from agent_classifier.classifier import classifier_handler
from agent_classifier.status_table import StatusTableError
from agent_events.kinesis_batch import BatchResponse
from function_runtime.environment import ConfigurationError
from function_runtime.version import VERSION
from tests.local_cloud.agent_stream import SAMPLE_DAY, as_record, sample_events
from tests.unit.aws import Client, create_bucket, create_stream
from tests.unit.events import FakeContext, arn, event, invocation

STREAM = "aspect-wfm-ap-kda-to-s3"
ENVIRONMENT = {
    "FAILED_RECORDS_BUCKET": "failed",
    "FIREHOSE_STREAM": STREAM,
    "INCLUDE_AGENT_STATUS_TYPE": "False",
    "STATUS_TABLE_BUCKET": "reports",
}
NOTHING_FAILED: BatchResponse = {"batchItemFailures": []}


@dataclass
class Aws:
    """The resources of a deployment."""

    s3: Any
    seconds: float = 0

    def classifier(self, **environment: str) -> Callable[..., BatchResponse]:
        handler = classifier_handler(ENVIRONMENT | environment, lambda: self.seconds)
        return lambda event, context=None: handler(
            event, context or FakeContext(function_name="aspect-wfm-ap-classifier")
        )

    def upload(self, table: str) -> None:
        self.s3.put_object(
            Bucket="reports", Key="ASPECT_AGENT_STATUS_INFO.csv", Body=table.encode("utf-8")
        )

    def report(self) -> bytes:
        """What Firehose delivered, which is removed."""
        content = b"".join(self.objects("reports", "OUTPUT/").values())
        for key in self.objects("reports", "OUTPUT/"):
            self.s3.delete_object(Bucket="reports", Key=key)
        return content

    def objects(self, bucket: str, prefix: str = "") -> dict[str, bytes]:
        return {
            item["Key"]: self.s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
            for item in self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        }


@pytest.fixture
def aws(client: Client) -> Aws:
    s3 = client("s3")
    for bucket in ("reports", "failed"):
        create_bucket(s3, bucket)
    create_stream(client("firehose"), STREAM, "reports")
    return Aws(s3)


def large(letter: str, size: int) -> dict[str, Any]:
    """An event whose line holds a username of `size` letters."""
    return event(letter * size, AgentARN=arn(letter))


def last_log(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return log


def test_the_sample_day_comes_out_byte_for_byte(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aws.classifier()(invocation(map(as_record, sample_events()))) == NOTHING_FAILED
    assert aws.report() == (SAMPLE_DAY.parent / "report-no-table.csv").read_bytes()
    log = last_log(capsys)
    log.pop("_aws")
    assert log == {
        "level": "INFO",
        "message": "batch classified",
        "FunctionName": "none",
        "version": VERSION,
        "EventsIn": 14,
        "EventsSkipped": 0,
        "EventsPutAside": 0,
        "LinesWritten": 12,
        "withoutUsername": 2,
        "firehoseRecords": 1,
        "skippedRecords": [],
        "failed": 0,
    }


def test_the_sample_day_with_a_table_comes_out_byte_for_byte(aws: Aws) -> None:
    aws.upload("StateName,StateType\r\nAvailable,A\r\nOffline,O\r\nProject,0\r\n")
    assert aws.classifier()(invocation(map(as_record, sample_events()))) == NOTHING_FAILED
    assert aws.report() == (SAMPLE_DAY.parent / "report-project-signed-out.csv").read_bytes()


def test_a_changed_table_takes_effect_within_a_minute(aws: Aws) -> None:
    classifier = aws.classifier()
    batch = invocation([event(status="Project")])
    classifier(batch)
    assert b",Project,null,1," in aws.report()
    aws.upload("StateName,StateType\nproject,o\n")
    aws.seconds += 60
    classifier(batch)
    assert b",Project,null,0," in aws.report()


def test_a_table_that_is_not_understood_stops_every_line_and_is_named_without_content(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    classifier = aws.classifier()
    aws.upload("StateName,StateType\nAvailable,A\nSecret,B\n")
    with pytest.raises(StatusTableError) as told:
        classifier(invocation([event()]))
    assert "row 3: StateType is 'B'" in str(told.value)
    assert "Secret" not in str(told.value) + capsys.readouterr().out
    assert aws.report() == b""
    aws.upload("StateName,StateType\nAvailable,A\n")
    assert classifier(invocation([event()])) == NOTHING_FAILED, "fixed at once"


def test_the_agent_status_type_is_written_when_asked_for(aws: Aws) -> None:
    aws.classifier(INCLUDE_AGENT_STATUS_TYPE="True")(invocation([event()]))
    assert aws.report().endswith(b",A,Basic,ROUTABLE\n")


def test_bad_records_are_counted_and_named_without_content_and_block_nobody(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [b"secret-bytes \xff", b"[]"]
    assert aws.classifier()(invocation([bad[0], event(), bad[1]])) == NOTHING_FAILED
    assert aws.report().count(b"\n") == 1
    output = capsys.readouterr().out
    assert "secret" not in output
    log = json.loads(output)
    assert log["level"] == "WARNING"
    assert (log["EventsIn"], log["EventsSkipped"], log["LinesWritten"]) == (3, 2, 1)
    assert log["skippedRecords"] == [
        {"sequenceNumber": "1", "reason": "not UTF-8"},
        {"sequenceNumber": "3", "reason": "not an object"},
    ]


def test_no_log_holds_anything_of_an_event(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    huge = large("x", 1_100_000)
    aws.classifier()(invocation([*map(as_record, sample_events()), as_record(huge)]))
    aws.classifier(FIREHOSE_STREAM="gone")(invocation(map(as_record, sample_events())))
    output = capsys.readouterr().out
    for each in sample_events():
        assert each["AgentARN"] not in output
        assert each["EventId"] not in output
    for name in ("mchen", "müller", "m\\u00fcller", "okafor", "Lunch", "EMEA", "xxx"):
        assert name not in output


def test_a_batch_without_usernames_puts_nothing(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    login = event(event_type="LOGIN", CurrentAgentSnapshot=None)
    assert aws.classifier(FIREHOSE_STREAM="gone")(invocation([login])) == NOTHING_FAILED
    log = last_log(capsys)
    assert (log["LinesWritten"], log["withoutUsername"], log["firehoseRecords"]) == (0, 1, 0)


def test_a_line_too_large_for_a_record_is_kept_and_its_neighbours_go_on(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = invocation([event("ann"), large("x", 1_100_000), event("bob")])
    for _ in range(2):
        assert aws.classifier()(batch) == NOTHING_FAILED
    assert aws.report().count(b"\n") == 4
    ((key, content),) = aws.objects("failed").items()
    assert key == "undeliverable/aspect-wfm-ap-classifier/shardId-000000000000/2.json"
    document = json.loads(content)
    assert json.loads(document["payload"]) == {"Records": [batch["Records"][1]]}
    assert document["requestContext"]["condition"] == "ReportLineTooLarge"
    error, summary = list(map(json.loads, capsys.readouterr().out.splitlines()))[-2:]
    assert (error["level"], error["sequenceNumber"], error["key"]) == ("ERROR", "2", key)
    assert error["largestRecordBytes"] == 1_024_000
    assert (summary["LinesWritten"], summary["EventsPutAside"], summary["failed"]) == (2, 1, 0)


def test_nothing_is_put_behind_a_record_that_could_not_be_kept(aws: Aws) -> None:
    """Else, with every retry, its line would be in the report once more."""
    classifier = aws.classifier(FAILED_RECORDS_BUCKET="gone")
    response = classifier(invocation([event("ann"), large("x", 1_100_000), event("bob")]))
    assert response == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    (line,) = aws.report().splitlines()
    assert b"ann" in line


def test_lines_that_cannot_be_put_are_retried_from_the_first(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    login = event(event_type="LOGIN", CurrentAgentSnapshot=None)
    classifier = aws.classifier(FIREHOSE_STREAM="gone")
    response = classifier(invocation([login, event("ann"), event("bob")]))
    assert response == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    log = last_log(capsys)
    assert (log["level"], log["LinesWritten"], log["failed"]) == ("WARNING", 0, 2)


def test_when_time_runs_out_what_is_left_is_reported(aws: Aws) -> None:
    response = aws.classifier()(invocation([event("ann"), event("bob")]), FakeContext([1_000]))
    assert response == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_a_batch_larger_than_a_record_arrives_whole(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = invocation(large(letter, 600_000) for letter in "abcde")
    assert aws.classifier()(batch) == NOTHING_FAILED
    assert last_log(capsys)["firehoseRecords"] == 5
    report = aws.report()
    assert all(report.count(letter * 600_000) == 1 for letter in (b"a", b"b", b"c", b"d", b"e"))


@pytest.mark.parametrize("wrong", [{}, {"Records": [{"body": "from SQS"}]}, None, []])
def test_a_wrong_trigger_is_told_what_is_wrong(aws: Aws, wrong: Any) -> None:
    with pytest.raises(ValueError, match="invoked by a Kinesis event source mapping"):
        aws.classifier()(wrong)


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_the_function_stops_at_start_when_a_variable_is_missing(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each, value in ENVIRONMENT.items():
        monkeypatch.setenv(each, value)
    monkeypatch.delenv(name)
    sys.modules.pop("agent_classifier.handler", None)
    with pytest.raises(ConfigurationError, match=f"{name} is missing: set it to "):
        importlib.import_module("agent_classifier.handler")


def test_a_wish_for_the_status_type_that_is_no_boolean_is_named() -> None:
    with pytest.raises(ConfigurationError, match="INCLUDE_AGENT_STATUS_TYPE is 'yes': set it to "):
        classifier_handler(ENVIRONMENT | {"INCLUDE_AGENT_STATUS_TYPE": "yes"})
