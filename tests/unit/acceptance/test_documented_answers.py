"""What the local cloud lacks, tried on the answers that AWS documents: the first user's run on AWS
will be the first to get them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.stub import ANY, Stubber

from tests.acceptance import local
from tests.acceptance.deployment import Deployment, Options
from tests.acceptance.evidence import Kind, Step
from tests.acceptance.naming import CODE_KEY
from tests.acceptance.programs import ProgramError
from tests.acceptance.steps import apply, connect_streaming, empty_series, flink_application
from tests.unit.acceptance.conftest import STREAM, FakeTerraform, MotoAccount, failed, found
from tests.unit.aws import ACCOUNT_ID, REGION, Client

INSTANCE_ID = "12345678-90ab-cdef-1234-567890abcdef"
INSTANCE = f"arn:aws:connect:{REGION}:{ACCOUNT_ID}:instance/{INSTANCE_ID}"


def stubbed(account: MotoAccount, service: str) -> Stubber:
    """A client for the account that gives the stubber's answers, in order, to just these calls."""
    client: Any = boto3.session.Session().client(
        service, region_name=REGION, config=Config(signature_version=UNSIGNED)
    )
    account.canned[service] = client
    stubber = Stubber(client)
    stubber.activate()
    return stubber


def test_each_thing_that_is_skipped_is_tried_here() -> None:
    text = "".join(each.read_text() for each in Path(__file__).parent.glob("*.py"))
    assert [name for name in local.LACKS.reasons if f'"{name}"' not in text] == []


# "role check": CreateDeliveryStream and its InvalidArgumentException.


def test_a_role_that_firehose_cannot_assume_answers_the_question(
    deployment: Deployment, terraform: FakeTerraform
) -> None:
    assert deployment.lacks.get("role check") is None
    told = (
        "Error: creating Kinesis Firehose Delivery Stream: operation error Firehose: "
        "CreateDeliveryStream, InvalidArgumentException: Firehose is unable to assume role "
        "arn:aws:iam::123456789012:role/x. Please check the role provided."
    )
    terraform.errors.append(failed(told))
    step = Step("")
    with pytest.raises(ProgramError):
        apply.apply(deployment, step)
    assert found(step, Kind.ANSWER)[apply.ROLE_CHECK].startswith("no:")


def test_another_failure_of_the_apply_answers_nothing(
    deployment: Deployment, terraform: FakeTerraform
) -> None:
    terraform.errors.append(failed("Error: creating S3 Bucket: BucketAlreadyExists"))
    step = Step("")
    with pytest.raises(ProgramError):
        apply.apply(deployment, step)
    assert found(step, Kind.ANSWER) == {}


def test_an_apply_that_succeeds_answers_it_too(
    deployment: Deployment, terraform: FakeTerraform
) -> None:
    terraform.outputs["agent_event_stream_arn"] = STREAM
    step = Step("")
    apply.apply(deployment, step)
    assert found(step, Kind.ANSWER)[apply.ROLE_CHECK].startswith("yes:")
    assert not step.failed


# "metric math": GetMetricData, PutMetricAlarm, DescribeAlarmHistory, DescribeAlarms.


def test_alarms_on_series_without_data_are_made(
    account: MotoAccount, deployment: Deployment
) -> None:
    assert deployment.lacks.get("metric math") is None
    deployment.variables["agent_event_stream_name"] = "events"
    cloudwatch = stubbed(account, "cloudwatch")
    asked: list[Mapping[str, Any]] = []
    account.canned["cloudwatch"].meta.events.register(
        "provide-client-params.cloudwatch.PutMetricAlarm", lambda params, **_: asked.append(params)
    )
    for _ in range(3):
        cloudwatch.add_response("put_metric_alarm", {})
    step = Step("")
    empty_series.start(deployment, step)
    cloudwatch.assert_no_pending_responses()
    assert not step.failed
    assert {each["AlarmName"] for each in asked} == set(empty_series.alarm_names(deployment))
    for each in asked:
        assert each["AlarmName"].startswith(deployment.names.prefix)
        assert each["ActionsEnabled"] is False
        assert each["TreatMissingData"] == "notBreaching", "so that only a made-up point can alarm"
        assert [query["ReturnData"] for query in each["Metrics"]].count(True) == 1


@pytest.mark.parametrize(
    ("points", "history", "state", "says"),
    [
        pytest.param(
            [0.0] * 60,
            ["Alarm updated from OK to ALARM", "Alarm updated from INSUFFICIENT_DATA to OK"],
            "ALARM",
            "60 data points in GetMetricData; the alarm was on, and is ALARM",
            id="FILL makes points",
        ),
        pytest.param(
            [],
            ["Alarm updated from INSUFFICIENT_DATA to OK"],
            "OK",
            "0 data points in GetMetricData; the alarm never was on, and is OK",
            id="FILL makes none",
        ),
        pytest.param(
            [1.0],
            ["Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM"],
            "OK",
            "1 data points in GetMetricData; the alarm was on, and is OK",
            id="on for a while",
        ),
    ],
)
def test_what_became_of_them_is_told(
    account: MotoAccount,
    deployment: Deployment,
    points: list[float],
    history: list[str],
    state: str,
    says: str,
) -> None:
    deployment.variables["agent_event_stream_name"] = "events"
    cloudwatch = stubbed(account, "cloudwatch")
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for name in empty_series.alarm_names(deployment):
        result = {"Id": "result", "Values": points, "Timestamps": [now] * len(points)}
        cloudwatch.add_response("get_metric_data", {"MetricDataResults": [result]})
        cloudwatch.add_response(
            "describe_alarm_history",
            {"AlarmHistoryItems": [{"HistorySummary": each} for each in history]},
            {"AlarmName": name, "HistoryItemType": "StateUpdate"},
        )
        cloudwatch.add_response(
            "describe_alarms", {"MetricAlarms": [{"AlarmName": name, "StateValue": state}]}
        )
    step = Step("")
    empty_series.read(deployment, step)
    answers = found(step, Kind.ANSWER)
    assert len(answers) == 3
    assert set(answers.values()) == {says}
    assert "FILL(none, 0) (AWS/Lambda), with `none` a series without data" in answers


# "connect": ListInstanceStorageConfigs; GetRecords of what Amazon Connect has written.


@pytest.mark.parametrize(
    "config",
    [
        {"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": STREAM}},
        {"StorageType": "KINESIS_FIREHOSE", "KinesisFirehoseConfig": {"FirehoseArn": STREAM}},
    ],
)
def test_an_instance_that_streams_elsewhere_is_left_as_it_is(
    account: MotoAccount, deployment: Deployment, terraform: FakeTerraform, config: dict[str, Any]
) -> None:
    deployment.options = Options(connect_instance=INSTANCE)
    connect = stubbed(account, "connect")
    connect.add_response(
        "list_instance_storage_configs",
        {"StorageConfigs": [config]},
        {"InstanceId": INSTANCE_ID, "ResourceType": "AGENT_EVENTS"},
    )
    step = Step("")
    connect_streaming.connect_streaming(deployment, step)
    connect.assert_no_pending_responses()
    assert terraform.asked == []
    assert deployment.kms_keys() == []
    (reason,) = found(step, Kind.SKIPPED).values()
    assert STREAM in reason


@pytest.mark.parametrize("stream", ["aspect-acc-0a1b2c3d-events", "aspect-acc-0-events", "theirs"])
def test_agent_events_are_switched_off_only_if_they_go_to_the_runs_own_stream(
    account: MotoAccount, deployment: Deployment, stream: str
) -> None:
    deployment.options = Options(connect_instance=INSTANCE)
    connect = stubbed(account, "connect")
    arn = STREAM.replace("stream/events", f"stream/{stream}")
    config = {"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": arn}}
    of = {"InstanceId": INSTANCE_ID, "ResourceType": "AGENT_EVENTS"}
    connect.add_response(
        "list_instance_storage_configs",
        {"StorageConfigs": [config | {"AssociationId": "association"}]},
        of,
    )
    own = deployment.names.owns(stream)
    if own:
        connect.add_response(
            "disassociate_instance_storage_config", {}, of | {"AssociationId": "association"}
        )
    assert connect_streaming.switch_off(deployment) == f"{int(own)} associations were left"
    connect.assert_no_pending_responses()


def test_without_an_instance_the_question_is_skipped(deployment: Deployment) -> None:
    step = Step("")
    connect_streaming.connect_streaming(deployment, step)
    (reason,) = found(step, Kind.SKIPPED).values()
    assert "--connect-instance" in reason


@pytest.mark.parametrize("writes", [True, False])
def test_whether_connect_writes_under_the_key_is_answered(
    account: MotoAccount,
    deployment: Deployment,
    terraform: FakeTerraform,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    writes: bool,
) -> None:
    assert deployment.lacks.get("connect") is None
    monkeypatch.setattr(connect_streaming, "_EVENT_WITHIN_SECONDS", 0.5)
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="events", ShardCount=2)
    for instance in ("arn:aws:connect:r:1:instance/another", *([INSTANCE] if writes else [])):
        event = {"InstanceARN": instance, "AgentARN": "a"}
        for data in (b"no agent event", b"[]", json.dumps(event).encode()):
            kinesis.put_record(StreamName="events", Data=data, PartitionKey="a")
    deployment.options = Options(connect_instance=INSTANCE)
    terraform.outputs["agent_event_stream_arn"] = STREAM
    connect = stubbed(account, "connect")
    after = {"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": STREAM}}
    for configs in ([], [after]):
        connect.add_response("list_instance_storage_configs", {"StorageConfigs": configs})

    class Granting(FakeTerraform):
        def apply(self, variables: Mapping[str, Any]) -> dict[str, Any]:
            client("kms").create_grant(
                KeyId=variables["agent_event_stream_kms_arn"],
                GranteePrincipal=f"arn:aws:iam::{ACCOUNT_ID}:role/aws-service-role/connect",
                Operations=["GenerateDataKey"],
            )
            return super().apply(variables)

    deployment.terraform = Granting(terraform.scratch, terraform.outputs)
    step = Step("")
    connect_streaming.connect_streaming(deployment, step)
    assert not step.failed
    (answer,) = found(step, Kind.ANSWER).values()
    assert answer.startswith("yes: its first event came" if writes else "not answered")
    assert len(deployment.kms_keys()) == 1


# "flink": the package, its bucket and the variables of the application.


def test_with_flink_the_package_is_made_and_uploaded_before_the_apply(
    deployment: Deployment,
    terraform: FakeTerraform,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    package = tmp_path / "job.zip"
    package.write_bytes(b"PK")
    made: list[list[str]] = []
    monkeypatch.setattr(apply, "_PACKAGE", package)
    monkeypatch.setattr(apply, "run", lambda command, _folder: made.append(command))
    deployment.options = replace(deployment.options, engine="flink")
    terraform.outputs["agent_event_stream_arn"] = STREAM
    apply.apply(deployment, Step(""))
    assert made == [["make", "flink-package"]]
    bucket = deployment.names.code_bucket
    assert client("s3").get_object(Bucket=bucket, Key=CODE_KEY)["Body"].read() == b"PK"
    (variables,) = terraform.applied
    assert variables["engine"] == "flink"
    assert variables["flink_application"] == {"code_bucket": bucket, "start_application": True}


@pytest.mark.parametrize("is_there", [True, False])
def test_the_log_and_the_metrics_of_the_application_are_read(
    account: MotoAccount,
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    is_there: bool,
) -> None:
    monkeypatch.setattr(flink_application, "WITHIN_SECONDS", 0)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    deployment.options = replace(deployment.options, engine="flink")
    logs, cloudwatch = stubbed(account, "logs"), stubbed(account, "cloudwatch")
    prefix = deployment.names.prefix
    group = {"logGroupName": f"/aws/kinesis-analytics/{prefix}", "filterPattern": ANY}
    found_in_second = [{"message": "batch classified"}] if is_there else []
    logs.add_response("filter_log_events", {"events": [], "nextToken": "more"}, group)
    logs.add_response(
        "filter_log_events", {"events": found_in_second}, {**group, "nextToken": "more"}
    )
    names = ["EventsIn", "EventsPutAside", "EventsSkipped", "LinesWritten"]
    for name in names * 2:
        has_points = is_there or name != "LinesWritten"
        cloudwatch.add_response(
            "get_metric_statistics",
            {"Datapoints": [{"Maximum": 0.0}] if has_points else []},
            {
                "Namespace": "AWS/KinesisAnalytics",
                "MetricName": name,
                "Dimensions": [{"Name": "Application", "Value": prefix}],
                **dict.fromkeys(("StartTime", "EndTime", "Period", "Statistics"), ANY),
            },
        )
    step = Step("")
    flink_application.flink_application(deployment, step)
    assert [each.kind for each in step.findings] == [Kind.PASSED if is_there else Kind.FAILED] * 2
    assert step.findings[1].detail == ("" if is_there else "LinesWritten")


def test_the_stubs_are_compared_with_aws_models(account: MotoAccount) -> None:
    """A response that AWS cannot give is refused by the stubber."""
    with pytest.raises(Exception, match="Unknown parameter"):
        stubbed(account, "connect").add_response(
            "list_instance_storage_configs", {"Streams": []}, {"InstanceId": ANY}
        )
