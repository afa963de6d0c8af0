"""A deployment that is two days old, broken in one way at a time: each gives the right exit status
and one finding that names the culprit."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aspect_wfm.command import main
from aspect_wfm.outcome import Status
from tests.unit.aws import Client
from tests.unit.doctor.aws import CannedAws
from tests.unit.doctor.conftest import CLASSIFIER, HEARTBEAT, RELAY, Estate

TWO_DAYS = timedelta(days=2)
NOW = datetime.now(UTC) + TWO_DAYS


@dataclass(frozen=True, slots=True)
class Fault:
    """`break_it` breaks the deployment; the finding of `check` then has a text with `culprit`."""

    name: str
    check: str
    culprit: str
    break_it: Callable[[Estate, Client], object]
    status: Status = Status.SOMETHING_TO_DO


def disabled_mapping(estate: Estate, client: Client) -> None:
    listed = client("lambda").list_event_source_mappings(FunctionName=CLASSIFIER)
    (mapping,) = listed["EventSourceMappings"]
    given = estate.aws.answers["lambda", "list_event_source_mappings"]

    def mappings(asked: dict[str, Any]) -> Any:
        """moto knows no mapping that is not enabled."""
        found = given(asked)
        for each in found["EventSourceMappings"]:
            if each["UUID"] == mapping["UUID"]:
                each["State"] = "Disabled"
        return found

    estate.aws.answers["lambda", "list_event_source_mappings"] = mappings


def deleted_mapping(_: Estate, client: Client) -> None:
    listed = client("lambda").list_event_source_mappings(FunctionName=RELAY)
    (mapping,) = listed["EventSourceMappings"]
    client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])


def alarm_that_is_on(_: Estate, client: Client) -> None:
    client("cloudwatch").put_metric_alarm(
        AlarmName="wfm-relay-fails",
        AlarmActions=["arn:aws:sns:eu-central-1:123456789012:topic"],
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    client("cloudwatch").set_alarm_state(
        AlarmName="wfm-relay-fails", StateValue="ALARM", StateReason="test"
    )


def metric(namespace: str, name: str, dimension: str, value: str, amount: float) -> Any:
    def put(_: Estate, client: Client) -> None:
        client("cloudwatch").put_metric_data(
            Namespace=namespace,
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": dimension, "Value": value}],
                    "Timestamp": NOW - timedelta(minutes=2),
                    "Value": amount,
                }
            ],
        )

    return put


def inactive_key(_: Estate, client: Client) -> None:
    (key,) = client("iam").list_access_keys(UserName="rta")["AccessKeyMetadata"]
    client("iam").update_access_key(
        UserName="rta", AccessKeyId=key["AccessKeyId"], Status="Inactive"
    )


def deleted_key(_: Estate, client: Client) -> None:
    (key,) = client("iam").list_access_keys(UserName="rta")["AccessKeyMetadata"]
    client("iam").delete_access_key(UserName="rta", AccessKeyId=key["AccessKeyId"])


def deleted_user(estate: Estate, client: Client) -> None:
    deleted_key(estate, client)
    client("iam").delete_user(UserName="rta")


def deleted_adapter(_: Estate, client: Client) -> None:
    (key,) = client("iam").list_access_keys(UserName="adapter")["AccessKeyMetadata"]
    client("iam").delete_access_key(UserName="adapter", AccessKeyId=key["AccessKeyId"])
    client("iam").delete_user_policy(UserName="adapter", PolicyName="read-reports")
    client("iam").delete_user(UserName="adapter")


def put(bucket: str, key: str, body: bytes) -> Any:
    return lambda _, client: client("s3").put_object(Bucket=bucket, Key=key, Body=body)


def impossible_timestamp(_: Estate, client: Client) -> None:
    item = {"AgentARN": {"S": "agent"}, "LastEventTimeStamp": {"S": "yesterday"}}
    client("dynamodb").put_item(TableName="states", Item=item)


def deleted_bucket(_: Estate, client: Client) -> None:
    client("s3").delete_bucket(Bucket="connect")


FAULTS = [
    Fault(
        "relay deleted",
        "function.state",
        f"Function {RELAY} does not exist",
        lambda _, client: client("lambda").delete_function(FunctionName=RELAY),
    ),
    Fault(
        "classifier deleted",
        "function.state",
        f"Function {CLASSIFIER} does not exist",
        lambda _, client: client("lambda").delete_function(FunctionName=CLASSIFIER),
    ),
    Fault(
        "heartbeat deleted",
        "function.state",
        f"Function {HEARTBEAT} does not exist",
        lambda _, client: client("lambda").delete_function(FunctionName=HEARTBEAT),
    ),
    Fault(
        "stream deleted",
        "stream.status",
        "Stream events does not exist",
        lambda _, client: client("kinesis").delete_stream(StreamName="events"),
    ),
    Fault(
        "queue deleted",
        "queue.messages",
        "Queue events-1.fifo does not exist",
        lambda estate, client: client("sqs").delete_queue(QueueUrl=estate.queue_url),
    ),
    Fault(
        "state table deleted",
        "table.status",
        "Table states does not exist",
        lambda _, client: client("dynamodb").delete_table(TableName="states"),
    ),
    Fault(
        "Firehose stream deleted",
        "firehose.status",
        "wfm-kda-to-s3 does not exist",
        lambda _, client: client("firehose").delete_delivery_stream(
            DeliveryStreamName="wfm-kda-to-s3"
        ),
    ),
    Fault(
        "RTA user deleted",
        "identity.present",
        "User rta does not exist",
        deleted_user,
    ),
    Fault(
        "WFM Adapter's user deleted",
        "identity.present",
        "User adapter does not exist",
        deleted_adapter,
    ),
    Fault("RTA user's key deleted", "identity.keys", "User rta has no access key", deleted_key),
    Fault(
        "RTA user's key inactive",
        "identity.keys",
        "User rta has no active access key",
        inactive_key,
    ),
    Fault(
        "mapping deleted",
        "mapping.present",
        f"No event source mapping feeds {RELAY}",
        deleted_mapping,
    ),
    Fault("mapping disabled", "mapping.state", "is Disabled", disabled_mapping),
    Fault("alarm on", "alarms.state", "wfm-relay-fails", alarm_that_is_on),
    Fault(
        "events read 15 minutes late",
        "mapping.lag",
        "read 15 minutes after",
        metric("AWS/Lambda", "IteratorAge", "FunctionName", RELAY, 900_000),
    ),
    Fault(
        "records given up",
        "failed_records.kept",
        "1 object with failed batches",
        put("failed", "aws/lambda/m/s/2026/03/02/1", b"{}"),
    ),
    Fault(
        "flag that is no boolean",
        "flag.value",
        "'maybe'",
        lambda estate, _: estate.configure(RELAY, WriteEventsToQueue="maybe"),
    ),
    Fault(
        "variable missing",
        "function.configuration",
        "FIREHOSE_STREAM",
        lambda estate, _: estate.configure(CLASSIFIER, FIREHOSE_STREAM=None),
    ),
    Fault(
        "reference table malformed",
        "reference_table.content",
        "row 2",
        put("reports", "ASPECT_AGENT_STATUS_INFO.csv", b"StateName,StateType\nLunch;0\n"),
    ),
    Fault(
        "rule disabled",
        "heartbeat.rule",
        "every-five is DISABLED",
        lambda _, client: client("events").disable_rule(Name="every-five"),
    ),
    Fault("timestamp impossible", "table.timestamps", "1 item has", impossible_timestamp),
    Fault(
        "records refused by the stream",
        "stream.shards",
        "1 open shard is too few",
        metric("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "StreamName", "events", 3),
    ),
    Fault(
        "bucket of Amazon Connect missing",
        "adapter.connect_bucket",
        "Bucket connect does not exist",
        deleted_bucket,
    ),
]


@pytest.fixture
def settled(estate: Estate, client: Client) -> Estate:
    """The estate two days later, still at work: events came, the heartbeat beat, reports were
    written, and nothing is left to warn of but the names that the adapter is told."""
    metric("AWS/Kinesis", "IncomingRecords", "StreamName", "events", 100)(estate, client)
    metric("AspectWFM", "Heartbeats", "FunctionName", HEARTBEAT, 1)(estate, client)
    for name in (RELAY, CLASSIFIER):
        metric("AWS/Lambda", "Invocations", "FunctionName", name, 10)(estate, client)
    put("reports", "ASPECT_AGENT_STATUS_INFO.csv", b"StateName,StateType\nLunch,0\n")(
        estate, client
    )
    put("reports", f"OUTPUT/{NOW:%Y/%m/%d/%H}/newest", b"\n")(estate, client)
    listed = client("s3").list_objects_v2

    def written_now(asked: dict[str, Any]) -> Any:
        """moto writes objects at the time of the test."""
        found = listed(**asked)
        for each in found.get("Contents", []):
            each["LastModified"] += TWO_DAYS
        return found

    estate.aws.answers["s3", "list_objects_v2"] = written_now
    return estate


@pytest.fixture
def doctor(settled: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    source = tmp_path / "outputs.json"
    outputs = {**settled.deployment.outputs, "agent_event_stream_arn": settled.stream_arn}
    source.write_text(json.dumps({name: {"value": each} for name, each in outputs.items()}))
    monkeypatch.setattr("aspect_wfm.commands.doctor.Aws", lambda: CannedAws(settled.aws.answers))
    monkeypatch.setattr("aspect_wfm.commands.doctor._now", lambda: NOW)
    return lambda *arguments: main(["doctor", str(source), "--json", *arguments])


def test_the_deployment_is_well_before(
    doctor: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor("--strict", "--accept", "adapter.mapping") == Status.ALL_WELL
    assert problems(capsys.readouterr().out) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_one_failure_that_names_the_culprit(
    fault: Fault,
    settled: Estate,
    client: Client,
    doctor: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    fault.break_it(settled, client)
    assert doctor() == fault.status
    found = problems(capsys.readouterr().out)
    assert [each["check"] for each in found] == [fault.check]
    assert fault.culprit in found[0]["text"]
    assert found[0]["advice"]
    assert doctor("--accept", fault.check) == Status.ALL_WELL


@pytest.mark.usefixtures("settled")
def test_what_depends_on_a_deleted_relay_says_why_it_was_not_checked(
    client: Client, doctor: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    client("lambda").delete_function(FunctionName=RELAY)
    doctor()
    found = findings(capsys.readouterr().out)
    reason = f"Not checked, because Function {RELAY} does not exist."
    assert {each["check"] for each in found if each["text"] == reason} == {
        "failed_records.kept",
        "flag.value",
        "function.configuration",
        "function.errors",
        "mapping.lag",
        "mapping.retention",
        "mapping.state",
        "queue.messages",
        "table.states",
        "table.status",
    }


@pytest.mark.usefixtures("settled")
def test_what_is_normal_in_the_first_hour_is_no_failure_then(
    client: Client,
    estate: Estate,
    doctor: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deleted_key(estate, client)
    alarm_that_is_on(estate, client)
    assert doctor() == Status.SOMETHING_TO_DO
    monkeypatch.setattr("aspect_wfm.commands.doctor._now", lambda: NOW - TWO_DAYS)
    capsys.readouterr()
    assert doctor() == Status.ALL_WELL
    notes = {each["check"] for each in findings(capsys.readouterr().out) if each["level"] == "note"}
    assert notes >= {"alarms.state", "identity.keys"}


def findings(printed: str) -> list[dict[str, Any]]:
    return [each for section in json.loads(printed)["sections"] for each in section["findings"]]


def problems(printed: str) -> list[dict[str, Any]]:
    """The findings that ask for something, but for the name that the adapter is told."""
    return [
        each
        for each in findings(printed)
        if each["level"] in ("warning", "failure") and each["check"] != "adapter.mapping"
    ]
