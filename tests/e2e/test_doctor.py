"""The doctor on applied examples: what works is not called broken, what is broken is found."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aspect_wfm.command import main
from aspect_wfm.outcome import Status
from aspect_wfm.synthetic_agent import MARK
from tests.e2e.conftest import AP, CONNECT_BUCKET, RTA, Deployment, Facts
from tests.local_cloud.cloud import ACCOUNT_ID, REGION, AccessKey, LocalCloud, access_key
from tests.local_cloud.connect_service import ConnectService, Instance, connect_service
from tests.local_cloud.terraform_cli import REPOSITORY

pytestmark = pytest.mark.xdist_group("local-cloud")

INSTANCE = "11111111-2222-3333-4444-555555555555"

# Runs the doctor with these arguments: its exit status, and what it printed as JSON, if anything.
Doctor = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def connect(deployments: dict[str, Deployment]) -> Iterator[ConnectService]:
    instance = Instance(INSTANCE)
    instance.stream_agent_events_to(deployments["both-new"].outputs["agent_event_stream_arn"])
    with connect_service(instance) as service:
        yield service


@pytest.fixture
def doctor(
    facts: Facts,
    cloud: LocalCloud,
    deployments: dict[str, Deployment],
    connect: ConnectService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Doctor:
    """After the day, so that nothing that it does is counted among the day's events."""
    assert facts.days

    def run(name: str, *arguments: str, key: AccessKey | None = None) -> tuple[int, dict[str, Any]]:
        environment = cloud.environment() | {"AWS_ENDPOINT_URL_CONNECT": connect.endpoint}
        if key:
            environment["AWS_ACCESS_KEY_ID"] = key.access_key_id
            environment["AWS_SECRET_ACCESS_KEY"] = key.secret_access_key
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
        outputs = {
            output: {"sensitive": False, "value": value}
            for output, value in deployments[name].outputs.items()
        }
        source = tmp_path / "outputs.json"
        source.write_text(json.dumps(outputs))
        capsys.readouterr()
        status = main(["doctor", str(source), "--json", *arguments])
        return status, json.loads(capsys.readouterr().out or "{}")

    return run


def found(report: dict[str, Any], level: str) -> dict[str, str]:
    """The texts of the findings of a level by the name of the check."""
    return {
        each["check"]: each["text"]
        for section in report["sections"]
        for each in section["findings"]
        if each["level"] == level
    }


def beat(cloud: LocalCloud, deployment: Deployment) -> None:
    """The metric of a heartbeat: the local AWS makes none of what the function logs."""
    cloud.client("cloudwatch").put_metric_data(
        Namespace="AspectWFM",
        MetricData=[
            {
                "MetricName": "Heartbeats",
                "Dimensions": [
                    {
                        "Name": "FunctionName",
                        "Value": deployment.outputs["heartbeat_lambda_function_name"],
                    }
                ],
                "Value": 1,
            }
        ],
    )


@pytest.mark.parametrize("name", ["both-new", "ap-existing", "rta-table", "rta-filtered"])
def test_a_deployment_that_works_has_no_failure(
    doctor: Doctor, cloud: LocalCloud, deployments: dict[str, Deployment], name: str
) -> None:
    if name in AP:
        beat(cloud, deployments[name])
    status, report = doctor(name)
    assert (status, found(report, "failure")) == (Status.ALL_WELL, {})
    functions = {each["name"] for each in report["sections"] if each["kind"] != "stream"}
    assert len(functions) == len(deployments[name].functions())
    assert MARK not in json.dumps(report), "it has sent nothing"


def test_no_agent_is_in_what_it_prints(doctor: Doctor) -> None:
    _, report = doctor("both-new")
    assert not re.search("okafor|mchen|Okafor|/agent/", json.dumps(report))


def test_names_that_the_wfm_adapter_must_be_told_are_warned_of(doctor: Doctor) -> None:
    _, report = doctor("both-new")
    assert "Both-New-kda-to-s3" in found(report, "warning")["adapter.mapping"]
    _, report = doctor("ap-existing")
    assert "wfm/reports/" in found(report, "warning")["adapter.root_path"]
    assert "adapter.mapping" in found(report, "ok")


def test_an_instance_is_compared_with_the_deployment(
    doctor: Doctor, connect: ConnectService
) -> None:
    connect.instances[INSTANCE].agent_statuses["Lunch"] = "CUSTOM"
    _, report = doctor("both-new", "--connect-instance", connect.instances[INSTANCE].arn)
    assert INSTANCE in found(report, "ok")["stream.instance"]
    assert (
        "Lunch (CUSTOM) counts as 1, signed in"
        in (found(report, "warning")["reference_table.unnamed"])
    )
    assert "project" in found(report, "warning")["reference_table.unknown"]
    status, report = doctor("rta-new", "--connect-instance", INSTANCE)
    assert status == Status.SOMETHING_TO_DO
    assert "stream/both-new" in found(report, "failure")["stream.instance"]


def test_what_is_broken_is_found(
    doctor: Doctor, cloud: LocalCloud, deployments: dict[str, Deployment]
) -> None:
    outputs = deployments["both-new"].outputs
    mapping = outputs["classifier_event_source_mapping_uuid"]
    functions, s3 = cloud.client("lambda"), cloud.client("s3")
    table = {"Bucket": outputs["ap_s3_bucket_name"], "Key": "ASPECT_AGENT_STATUS_INFO.csv"}
    content = s3.get_object(**table)["Body"].read()
    failed = outputs["ap_failed_records_bucket_name"]
    batch = {"Bucket": failed, "Key": "aws/lambda/f/s/2026/03/02/1"}
    single = {"Bucket": failed, "Key": "undeliverable/f/s/1.json"}
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    s3.put_object(**table, Body=b"StateName,StateType\nAvailable,yes\n")
    for each in (batch, single):
        s3.put_object(**each, Body=b"{}")
    try:
        status, report = doctor("both-new")
    finally:
        for each in (batch, single):
            s3.delete_object(**each)
        s3.put_object(**table, Body=content)
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    assert status == Status.SOMETHING_TO_DO
    failures = found(report, "failure")
    assert mapping in failures["mapping.state"]
    assert "row 2" in failures["reference_table.content"]
    assert "1 object" in failures["failed_records.kept"]
    assert "1 object" in found(report, "warning")["failed_records.put_aside"]


def test_a_flag_that_is_no_boolean_is_found(
    doctor: Doctor, cloud: LocalCloud, deployments: dict[str, Deployment]
) -> None:
    table = deployments["rta-table"].outputs["config_table_name"]
    dynamodb = cloud.client("dynamodb")
    flag = {"Setting": {"S": "WriteEventsToQueue"}}
    dynamodb.put_item(TableName=table, Item={**flag, "Value": {"S": "maybe"}})
    try:
        status, report = doctor("rta-table")
    finally:
        dynamodb.put_item(TableName=table, Item={**flag, "Value": {"S": "true"}})
    assert status == Status.SOMETHING_TO_DO
    assert "'maybe'" in found(report, "failure")["flag.value"]


def test_a_test_event_arrives_and_leaves_nothing_behind(
    doctor: Doctor, cloud: LocalCloud, deployments: dict[str, Deployment]
) -> None:
    deployment = deployments["both-new"]
    before = deployment.wfm.lines()
    with disconnected(deployment):
        beat(cloud, deployment)
        status, report = doctor("both-new", "--send-test-event")
    assert (status, found(report, "failure")) == (Status.ALL_WELL, {})
    arrived = found(report, "ok")
    assert {"test_event.arrived", "test_event.left", "test_event.lines"} <= set(arrived)
    assert deployment.wfm.lines() == before
    assert b"" not in {each.data for each in deployment.wfm.objects()}
    assert traces(cloud, deployments) == []


def test_a_test_event_cleans_up_behind_everyone_who_reads_the_stream(
    doctor: Doctor, cloud: LocalCloud, deployments: dict[str, Deployment]
) -> None:
    before = {name: deployments[name].wfm.lines() for name in AP}
    status, report = doctor("rta-filtered", "--send-test-event", "--even-while-connected")
    assert (status, found(report, "failure")) == (Status.ALL_WELL, {})
    for name in ("both-existing", "rta-table", "rta-filtered"):
        received = [each.event["AgentARN"] for each in deployments[name].rta.poll()]
        assert len([arn for arn in received if MARK in arn]) == 2, "no message was taken"
    assert {name: deployments[name].wfm.lines() for name in AP} == before
    assert traces(cloud, deployments) == []


def test_no_test_event_is_sent_while_an_rta_server_would_see_it(
    doctor: Doctor, cloud: LocalCloud, deployments: dict[str, Deployment]
) -> None:
    status, report = doctor("ap-existing", "--send-test-event")
    assert status == Status.SOMETHING_TO_DO
    refused = found(report, "failure")["test_event.sent"]
    assert "both-existing-relay" in refused
    assert "rta-filtered" not in refused, "its server would not see an agent of no group"
    assert traces(cloud, deployments) == []


def test_the_documented_policies_are_enough_and_no_more(
    doctor: Doctor, cloud: LocalCloud, deployments: dict[str, Deployment]
) -> None:
    reading, sending = documented_policies()
    both = deployments["both-new"]
    with identity(cloud, reading) as key, disconnected(both):
        beat(cloud, both)
        _, report = doctor("both-new", "--connect-instance", INSTANCE, key=key)
        notes = found(report, "note").values()
        assert [each for each in notes if "these credentials" in each] == []
        status, report = doctor("both-new", "--send-test-event", key=key)
        assert status == Status.SOMETHING_TO_DO
        assert "kinesis:ListStreamConsumers" in found(report, "failure")["test_event.sent"]
    with identity(cloud, reading, sending) as key, disconnected(both):
        status, report = doctor("both-new", "--send-test-event", key=key)
        assert (status, found(report, "failure")) == (Status.ALL_WELL, {})


def test_what_it_may_not_look_at_is_a_note_that_names_the_action(
    doctor: Doctor, cloud: LocalCloud
) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "kinesis:DescribeStreamSummary", "Resource": "*"}
        ],
    }
    with identity(cloud, json.dumps(policy)) as key:
        status, report = doctor("both-new", key=key)
    assert status == Status.ALL_WELL
    assert "stream.status" in found(report, "ok")
    notes = found(report, "note")
    assert "lambda:GetFunctionConfiguration" in notes["function.state"]
    assert "cloudwatch:GetMetricData" in notes["stream.arrivals"]


def test_credentials_that_aws_does_not_know_cannot_look(doctor: Doctor) -> None:
    assert doctor("both-new", key=AccessKey("AKIAUNKNOWNUNKNOWN00", "secret")) == (
        Status.NOTHING_SAID,
        {},
    )


@contextmanager
def disconnected(deployment: Deployment) -> Iterator[None]:
    deployment.rta.set_flag(False)
    try:
        yield
    finally:
        deployment.rta.set_flag(True)


@contextmanager
def identity(cloud: LocalCloud, *policies: str) -> Iterator[AccessKey]:
    """A user with exactly these policies."""
    iam = cloud.client("iam")
    iam.create_user(UserName="operator")
    for number, policy in enumerate(policies):
        iam.put_user_policy(
            UserName="operator", PolicyName=f"policy-{number}", PolicyDocument=policy
        )
    key = access_key(cloud, "operator")
    try:
        yield key
    finally:
        iam.delete_access_key(UserName="operator", AccessKeyId=key.access_key_id)
        for number in range(len(policies)):
            iam.delete_user_policy(UserName="operator", PolicyName=f"policy-{number}")
        iam.delete_user(UserName="operator")


def documented_policies() -> tuple[str, str]:
    """The policies that docs/doctor.md names, for the deployment both-new."""
    policies = REPOSITORY / "docs" / "policies"
    reading, sending = (
        (policies / f"{name}.json").read_text() for name in ("doctor", "test-event")
    )
    for default, name in {
        "111122223333": ACCOUNT_ID,
        "eu-central-1": REGION,
        "INSTANCE": INSTANCE,
        "CONNECT-BUCKET": CONNECT_BUCKET,
        "aspect-wfm-agent-events": "both-new",
        "aspect-wfm-rta": "both-new",
        "s3:::aspect-wfm-ap": "s3:::both-new",
        "aspect-wfm-ap": "Both-New",
        ":rule/": ":rule/default/",  # how the local AWS writes the ARN of a rule
    }.items():
        reading, sending = (each.replace(default, name) for each in (reading, sending))
    assert "aspect-wfm" not in reading + sending
    return reading, sending


def traces(cloud: LocalCloud, deployments: dict[str, Deployment]) -> list[str]:
    """Where a synthetic agent still is."""
    dynamodb = cloud.client("dynamodb")
    left = []
    for name in RTA:
        states = deployments[name].outputs["dynamodb_table_name"]
        for table in (states, states.replace("-agent-states", "-signed-out-agents")):
            items = json.dumps(dynamodb.scan(TableName=table)["Items"])
            if MARK in items:
                left.append(table)
    return left
