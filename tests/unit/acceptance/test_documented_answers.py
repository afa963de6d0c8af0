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
from tests.acceptance.steps import apply, connect_streaming, empty_series, stream_changes
from tests.unit.acceptance.conftest import FakeTerraform, MotoAccount, failed
from tests.unit.aws import ACCOUNT_ID, REGION, Client

INSTANCE_ID = "12345678-90ab-cdef-1234-567890abcdef"
INSTANCE = f"arn:aws:connect:{REGION}:{ACCOUNT_ID}:instance/{INSTANCE_ID}"
STREAM = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/events"


def stubbed(account: MotoAccount, service: str) -> Stubber:
    """A client for the account that gives the stubber's answers, in order, to just these calls."""
    client: Any = boto3.session.Session().client(
        service, region_name=REGION, config=Config(signature_version=UNSIGNED)
    )
    account.canned[service] = client
    stubber = Stubber(client)
    stubber.activate()
    return stubber


def found(step: Step, kind: Kind) -> dict[str, str]:
    return {each.subject: each.detail for each in step.findings if each.kind is kind}


def test_each_thing_that_is_skipped_is_tried_here() -> None:
    text = Path(__file__).read_text()
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


# "stream_mode to ON_DEMAND", "stream_mode back to PROVISIONED", "enhanced_fan_out" and
# "events after a reshard": applies, DescribeStreamSummary, and what flows in the meantime.


class _Kinesis:
    """A stream that takes records while it is changed, as the developer guide says; `delivered` is
    what the relay has made of them, for the queue."""

    def __init__(self, delivered: list[dict[str, Any]]) -> None:
        self.delivered = delivered
        self.summary = {
            "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
            "OpenShardCount": 4,
            "ConsumerCount": 2,
            "RecordDistributionStrategy": "USER_PARTITION_KEY",
        }

    def put_record(self, Data: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803 - AWS's name
        event = json.loads(Data)
        del event["PreviousAgentSnapshot"]
        self.delivered.append(event)
        return {"ResponseMetadata": {"HTTPHeaders": {"date": "Mon, 02 Mar 2026 09:00:00 GMT"}}}

    def describe_stream_summary(self, **_: Any) -> dict[str, Any]:
        return {"StreamDescriptionSummary": self.summary}


class _Server:
    """An RTA server to whom everything is delivered, in an order that a test chooses."""

    def __init__(self, delivered: list[dict[str, Any]], order: int = 1, again: int = 1) -> None:
        self.delivered, self.order, self.again = delivered, order, again

    def set_flag(self, on: bool) -> None:
        assert on

    def receive(self, *_: Any) -> list[dict[str, Any]]:
        taken = [each for each in self.delivered for _ in range(self.again)][:: self.order]
        self.delivered.clear()
        return taken


@pytest.fixture
def changing(
    account: MotoAccount,
    deployment: Deployment,
    terraform: FakeTerraform,
    monkeypatch: pytest.MonkeyPatch,
) -> list[dict[str, Any]]:
    """What is delivered by the stream of a deployment that can be changed."""
    delivered: list[dict[str, Any]] = []
    account.canned["kinesis"] = _Kinesis(delivered)
    terraform.outputs["agent_event_stream_arn"] = STREAM
    deployment.outputs = dict(terraform.outputs)

    class Lasting(FakeTerraform):
        """An apply lasts until each agent has had two events."""

        def apply(self, variables: Mapping[str, Any]) -> dict[str, Any]:
            outputs = super().apply(variables)
            while len(delivered) < 2 * stream_changes.AGENTS:
                pass
            return outputs

    deployment.terraform = Lasting(
        terraform.scratch, terraform.outputs, terraform.asked, terraform.applied, terraform.errors
    )
    monkeypatch.setattr(stream_changes, "warm_up", lambda *_: None)
    monkeypatch.setattr(stream_changes, "_ROUND_SECONDS", 0.001)
    return delivered


CHANGES = ("stream_mode to ON_DEMAND", "stream_mode back to PROVISIONED", "enhanced_fan_out")


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_one_apply_through_which_events_are_followed(
    deployment: Deployment, terraform: FakeTerraform, changing: list[dict[str, Any]], name: str
) -> None:
    assert deployment.lacks.get(name) is deployment.lacks.get("events after a reshard") is None
    step = Step("")
    variables = stream_changes.CHANGES[name]
    stream_changes.change(deployment, step, _Server(changing, again=2), name, variables)  # type: ignore[arg-type]  # it stands for an RtaServer
    assert terraform.applied == [dict(variables)]
    assert not step.failed
    passed = found(step, Kind.PASSED)
    assert "messages came again" in passed[f"{name}: every event arrives, each agent's in order"]
    answer = found(step, Kind.ANSWER)[name]
    assert "ON_DEMAND, 4 open shards, 2 consumers, USER_PARTITION_KEY" in answer


@pytest.mark.parametrize("fault", ["order", "loss"])
def test_events_that_are_lost_or_out_of_order_fail(
    deployment: Deployment, changing: list[dict[str, Any]], fault: str
) -> None:
    server = _Server(changing, order=-1) if fault == "order" else _Server([])
    step = Step("")
    stream_changes.change(deployment, step, server, "a change", {})  # type: ignore[arg-type]  # it stands for an RtaServer
    assert "a change: every event arrives, each agent's in order" in found(step, Kind.FAILED)


def test_a_change_that_aws_refuses_is_answered_and_the_next_is_made(
    deployment: Deployment,
    terraform: FakeTerraform,
    changing: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream_changes, "RtaServer", lambda *_: _Server(changing))
    monkeypatch.setattr(Deployment, "user_key", lambda *_: None)
    told = (
        "╷\n│ Error: updating Kinesis Stream (events) stream mode: operation error Kinesis: "
        "UpdateStreamMode, LimitExceededException: two mode changes in 24 hours\n╵"
    )
    terraform.errors.extend([failed("Error: refused"), failed(told), None, None])
    step = Step("")
    stream_changes.stream_changes(deployment, step)
    assert len(terraform.applied) == 4
    assert "LimitExceededException" in found(step, Kind.ANSWER)["stream_mode to ON_DEMAND"]
    assert list(found(step, Kind.FAILED)) == [
        "shard_count from 1 to 2 is one apply",
        "stream_mode to ON_DEMAND is one apply",
    ]
    assert terraform.applied == [
        {"shard_count": 2},
        {"stream_mode": "ON_DEMAND"},
        {"stream_mode": "PROVISIONED"},
        {"stream_mode": "PROVISIONED", "enhanced_fan_out": True},
    ], "what was refused is not asked for again"


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


def test_the_stubs_are_compared_with_aws_models(account: MotoAccount) -> None:
    """A response that AWS cannot give is refused by the stubber."""
    with pytest.raises(Exception, match="Unknown parameter"):
        stubbed(account, "connect").add_response(
            "list_instance_storage_configs", {"Streams": []}, {"InstanceId": ANY}
        )
