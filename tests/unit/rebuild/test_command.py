"""`aspect-wfm rebuild`: what it finds out, writes and refuses."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from aspect_wfm.rebuild.files import Naming
from aspect_wfm.rebuild.source import Named, Source, SourceNotUsable, source
from aspect_wfm.report_files import read_bucket
from tests.unit.aws import (
    Client,
    create_application,
    create_bucket,
    create_stream,
)
from tests.unit.events import STREAM_ARN
from tests.unit.rebuild.kinesis import (
    A_DAY_BEFORE,
    CLASSIFIER,
    FIREHOSE,
    NAMING,
    NOW,
    Kinesis,
    put,
    rebuild_command,
    report,
    stream,
)


@dataclass
class CloudWatch:
    """IteratorAge of the classifier: milliseconds, by minutes before `NOW`, which is longer ago
    than CloudWatch takes values for."""

    ages: dict[int, float] = field(default_factory=dict)
    refusal: Exception | None = None

    def get_metric_data(
        self,
        StartTime: datetime,  # noqa: N803
        EndTime: datetime,  # noqa: N803
        MetricDataQueries: Any,  # noqa: N803
    ) -> Any:
        if self.refusal:
            raise self.refusal
        (query,) = MetricDataQueries
        metric = query["MetricStat"]["Metric"]
        assert (metric["Namespace"], metric["MetricName"]) == ("AWS/Lambda", "IteratorAge")
        assert metric["Dimensions"] == [{"Name": "FunctionName", "Value": CLASSIFIER}]
        assert query["MetricStat"]["Stat"] == "Maximum"
        found = {NOW - timedelta(minutes=before): age for before, age in self.ages.items()}
        found = {at: age for at, age in found.items() if StartTime <= at < EndTime}
        result = {"Id": query["Id"], "Timestamps": list(found), "Values": list(found.values())}
        return {"MetricDataResults": [result]}


@dataclass
class Lambda:
    """The classifier's configuration and what reads the stream for it; in moto, that is a stream of
    moto's own."""

    arn: str = STREAM_ARN
    environment: dict[str, str] = field(
        default_factory=lambda: {
            "FAILED_RECORDS_BUCKET": "failed",
            "FIREHOSE_STREAM": FIREHOSE,
            "INCLUDE_AGENT_STATUS_TYPE": "True",
            "STATUS_TABLE_BUCKET": "reports",
        }
    )

    def get_function_configuration(self, FunctionName: str) -> Any:  # noqa: N803
        return {"FunctionName": FunctionName, "Environment": {"Variables": self.environment}}

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_event_source_mappings"
        return self

    def paginate(self, FunctionName: str) -> Any:  # noqa: N803
        assert FunctionName == CLASSIFIER
        return [{"EventSourceMappings": [{"EventSourceArn": self.arn}]}]


NOTHING_NAMED = Named(None, None, None, None, False)


def test_the_deployment_says_what_the_command_line_leaves_out(client: Client) -> None:
    create_bucket(client("s3"), "reports")
    create_stream(client("firehose"), FIREHOSE, "reports")
    consumer = Lambda(f"{STREAM_ARN}/consumer/classifier:1700000000")
    for lambda_ in (Lambda(), consumer):
        found = source(lambda_, None, client("firehose"), CLASSIFIER, NOTHING_NAMED)
        assert found == Source(STREAM_ARN, "reports", NAMING, True, "failed", CLASSIFIER)
    named = Named("arn", "other", FIREHOSE, "wfm/", False)
    found = source(None, None, client("firehose"), None, named)
    assert found == Source("arn", "other", Naming(FIREHOSE, "1", "wfm/"), False)


def test_a_flink_application_says_it_as_well(client: Client) -> None:
    create_bucket(client("s3"), "reports")
    create_stream(client("firehose"), FIREHOSE, "reports")
    flink = client("kinesisanalyticsv2")
    properties = Lambda().environment | {"AGENT_EVENT_STREAM_ARN": STREAM_ARN}
    application = create_application(flink, "aspect-wfm-ap", properties)
    found = source(None, flink, client("firehose"), application, NOTHING_NAMED)
    assert found == Source(STREAM_ARN, "reports", NAMING, True, "failed", None)
    lacking = create_application(flink, "lacking", Lambda().environment)
    with pytest.raises(SourceNotUsable, match="AGENT_EVENT_STREAM_ARN"):
        source(None, flink, client("firehose"), lacking, NOTHING_NAMED)


def test_what_cannot_be_found_is_said(client: Client) -> None:
    firehose = client("firehose")
    with pytest.raises(SourceNotUsable, match="--function"):
        source(None, None, firehose, None, NOTHING_NAMED)
    with pytest.raises(SourceNotUsable, match="is not a classifier"):
        source(Lambda(environment={}), None, firehose, CLASSIFIER, NOTHING_NAMED)


@pytest.fixture
def cloudwatch() -> CloudWatch:
    return CloudWatch({3: 400.0, 9: 1_000.0, 30: 86_400_000.0})


@pytest.fixture
def command_line(
    s3: Any, client: Client, cloudwatch: CloudWatch, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """`main` works with two events at nine; the bucket."""
    create_stream(client("firehose"), FIREHOSE, "reports")
    create_bucket(s3, "failed")
    real = boto3.client
    fakes: dict[str, Any] = {
        "cloudwatch": cloudwatch,
        "kinesis": stream(put(1), put(2)),
        "lambda": Lambda(),
    }
    monkeypatch.setattr(
        "boto3.client", lambda service, **of: fakes.get(service) or real(service, **of)
    )
    monkeypatch.setattr("aspect_wfm.commands.rebuild._now", lambda: NOW)
    return s3


HOUR = ["--function", CLASSIFIER, "--from", "2026-03-02T09:00", "--to", "2026-03-02T11:00+01:00"]


def test_the_command_writes_only_when_told_to(
    command_line: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rebuild_command(HOUR) == 0
    dry = capsys.readouterr().out
    assert "2 records on the stream, 0 of them without a report line" in dry
    assert re.search(r"2026-03-02 09:00 +2 +2\n", dry)
    assert "2 lines missing, for 1 file. Nothing was written" in dry
    assert rebuild_command([*HOUR, "--output", str(tmp_path)]) == 0
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert not report(command_line)
    assert rebuild_command([*HOUR, "--write"]) == 0
    assert "2 lines written to s3://reports in 1 file." in capsys.readouterr().out
    (written,) = read_bucket(command_line, "reports", "OUTPUT/")
    assert (written.key, written.data) == (
        file.relative_to(tmp_path).as_posix(),
        file.read_bytes(),
    )
    assert rebuild_command([*HOUR, "--write"]) == 0
    assert "Nothing is missing." in (last := capsys.readouterr().out)
    assert "ann" not in dry + last


def test_the_same_is_printed_as_json(command_line: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert rebuild_command([*HOUR, "--json"]) == 0
    dry = json.loads(capsys.readouterr().out)
    assert (dry["lines"], dry["missing"], dry["writtenTo"]) == (2, 2, None)
    assert not report(command_line)
    assert rebuild_command([*HOUR, "--write", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written["writtenTo"] == "s3://reports"
    assert [each.key for each in read_bucket(command_line, "reports", "OUTPUT/")] == dry["files"]


def refused(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": "x"}}, operation)


@pytest.mark.parametrize(
    ("cloudwatch", "said"),
    [
        (CloudWatch({3: 400.0, 9: 14_400_000.0}), "4:00:00 behind"),
        (CloudWatch({30: 400.0}), "no value"),
        (CloudWatch(refusal=refused("GetMetricData")), "cloudwatch:GetMetricData"),
    ],
)
def test_nothing_is_written_that_the_classifier_may_still_write(
    command_line: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rebuild_command([*HOUR, "--write"]) == 2
    assert said in (error := capsys.readouterr().err)
    assert "--although-late" in error
    assert not report(command_line)
    assert rebuild_command(HOUR) == 0, "to look at it is no harm"
    assert rebuild_command([*HOUR, "--write", "--although-late"]) == 0
    assert sum(report(command_line).values()) == 2


def test_without_the_classifiers_name_nothing_says_how_late_it_is(
    command_line: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--stream-arn", STREAM_ARN, "--firehose-stream-name", FIREHOSE, *HOUR[2:]]
    assert rebuild_command([*named, "--write"]) == 2
    assert "--although-late" in capsys.readouterr().err
    assert rebuild_command([*named, "--write", "--although-late"]) == 0
    assert sum(report(command_line).values()) == 2


def test_given_up_batches_that_wait_are_said(
    command_line: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command_line.put_object(Bucket="failed", Key="undeliverable/x/1.json", Body=b"{}")
    assert rebuild_command(HOUR) == 0
    assert "aws/lambda/" not in capsys.readouterr().out
    for key in ("a", "b"):
        command_line.put_object(Bucket="failed", Key=f"aws/lambda/m/s/{key}", Body=b"{}")
    assert rebuild_command([*HOUR, "--write"]) == 0
    assert "2 documents wait in s3://failed/aws/lambda/" in capsys.readouterr().out
    real = command_line.get_paginator

    class Refusing:
        def __init__(self, operation: str) -> None:
            self.real = real(operation)

        def paginate(self, **of: Any) -> Any:
            if of["Bucket"] == "failed":
                raise refused("ListObjectsV2")
            return self.real.paginate(**of)

    monkeypatch.setattr(command_line, "get_paginator", Refusing)
    assert rebuild_command(HOUR) == 0
    assert "Cannot see whether" in capsys.readouterr().out


def test_a_period_of_which_the_stream_may_have_dropped_some_is_not_called_complete(
    command_line: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kinesis = stream(put(A_DAY_BEFORE - 20), retention_hours=168)
    patched = boto3.client
    monkeypatch.setattr(
        "boto3.client",
        lambda service, **of: kinesis if service == "kinesis" else patched(service, **of),
    )
    period = ["--from", "2026-03-01T13:00", "--to", "2026-03-01T14:00"]
    assert rebuild_command([*HOUR[:2], *period, "--write"]) == 1
    assert "1 line written" in capsys.readouterr().out
    assert rebuild_command([*HOUR[:2], *period]) == 1
    out = capsys.readouterr().out
    assert "The stream has nothing before 2026-03-01 13:40:00 UTC" in out
    assert "Nothing that the stream still has is missing." in out
    assert report(command_line)


def test_the_reference_table_is_the_buckets_or_one_that_is_given(
    command_line: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, then = b"StateName,StateType\nAvailable,1\n", tmp_path / "then.csv"
    then.write_bytes(b"StateName,StateType\nAvailable,0\n")
    command_line.put_object(Bucket="reports", Key="ASPECT_AGENT_STATUS_INFO.csv", Body=table)
    for arguments, state_type in (([], b",1,Basic"), (["--status-table", str(then)], b",0,Basic")):
        folder = tmp_path / str(len(arguments))
        assert rebuild_command([*HOUR, "--output", str(folder), *arguments]) == 0
        (file,) = (path for path in folder.rglob("*") if path.is_file())
        assert file.read_bytes().count(state_type) == 2
    command_line.put_object(Bucket="reports", Key="ASPECT_AGENT_STATUS_INFO.csv", Body=b"x")
    assert rebuild_command(HOUR) == 2
    assert "ASPECT_AGENT_STATUS_INFO.csv, row 1" in capsys.readouterr().err


@pytest.mark.usefixtures("command_line")
def test_errors_are_sentences(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rebuild_command(["--from", "2026-03-02T09:00", "--to", "2026-03-02T10:00"]) == 2
    assert rebuild_command([*HOUR[:2], "--from", "2026-01-01", "--to", "2026-01-02"]) == 2
    assert rebuild_command([*HOUR, "--bucket", "no-such-bucket"]) == 2
    refused = ClientError(
        {"Error": {"Code": "AccessDeniedException", "Message": "x"}}, "GetRecords"
    )

    def refuse(*_: Any, **__: Any) -> None:
        raise refused

    monkeypatch.setattr(Kinesis, "get_records", refuse)
    assert rebuild_command(HOUR) == 2
    errors = capsys.readouterr().err.splitlines()
    for error, said in zip(
        errors,
        ["--function", "has data from", "no-such-bucket does not", "may not do GetRecords"],
        strict=True,
    ):
        assert said in error
