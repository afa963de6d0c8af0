"""Everything of a run is removed, nothing else is, and what is left is listed."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.acceptance import removal
from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Kind, Step
from tests.acceptance.leftovers import KINDS, leftovers
from tests.acceptance.naming import Names
from tests.acceptance.steps.apply import make_connect_bucket
from tests.unit.acceptance.conftest import RUN, FakeTerraform, MotoAccount, failed
from tests.unit.aws import (
    ACCOUNT_ID,
    Client,
    create_bucket,
    create_function,
    create_function_role,
    create_stream,
    create_table,
)

PREFIX = f"aspect-acc-{RUN}"
REPORTS = f"{PREFIX}-reports-{ACCOUNT_ID}"
USERS = (f"{PREFIX}-server", f"WFMAdapter-{PREFIX}")
PARTS = ("delete_keys", "destroy", "switch_off", "delete_rest", "schedule_kms_keys")


def removed(deployment: Deployment) -> tuple[Step, list[str]]:
    step = Step(removal.TITLE)
    return step, removal.remove(deployment, step, lambda _seconds: None)


def failures(step: Step) -> list[str]:
    return [str(each) for each in step.findings if each.kind is Kind.FAILED]


class Destroying(FakeTerraform):
    """A destroy that removes what the tests have made instead of an apply."""

    def destroy(self) -> None:
        super().destroy()
        s3, iam = self.outputs["s3"], self.outputs["iam"]
        if REPORTS in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
            s3.delete_bucket(Bucket=REPORTS)
        for user in USERS:
            iam.delete_user(UserName=user)


@pytest.fixture
def applied(deployment: Deployment, client: Client, tmp_path: Path) -> Deployment:
    """A deployment with report files, their older versions, access keys and a KMS key."""
    s3, iam = client("s3"), client("iam")
    make_connect_bucket(deployment)
    create_bucket(s3, REPORTS)
    s3.put_bucket_versioning(Bucket=REPORTS, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"old", b"new"):
        s3.put_object(Bucket=REPORTS, Key="OUTPUT/file", Body=body)
    s3.delete_object(Bucket=REPORTS, Key="OUTPUT/file")
    s3.create_multipart_upload(Bucket=REPORTS, Key="OUTPUT/unfinished")
    for user in USERS:
        iam.create_user(UserName=user)
        iam.create_access_key(UserName=user)
    deployment.terraform = Destroying(tmp_path, outputs={"s3": s3, "iam": iam})
    deployment.apply({})
    deployment.make_kms_key()
    return deployment


def test_buckets_keys_users_and_kms_keys_go(applied: Deployment, client: Client) -> None:
    (key,) = applied.kms_keys()
    step, commands = removed(applied)
    assert failures(step) == []
    assert commands == []
    assert client("s3").list_buckets()["Buckets"] == []
    assert client("iam").list_users()["Users"] == []
    found = client("kms").describe_key(KeyId=key)["KeyMetadata"]
    assert found["KeyState"] == "PendingDeletion"
    assert "2 keys" in str(step.findings[0])


def test_a_key_that_will_stay_is_left_over(
    applied: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "_GONE_WITHIN_SECONDS", 0)
    monkeypatch.setattr(removal, "schedule_kms_keys", lambda _: "")
    (key,) = applied.kms_keys()
    _, commands = removed(applied)
    assert commands == [f"aws kms schedule-key-deletion --key-id {key} --pending-window-in-days 7"]


def test_a_second_removal_finds_nothing_to_do(applied: Deployment) -> None:
    removed(applied)
    applied.terraform = FakeTerraform(applied.folder)
    step, commands = removed(applied)
    assert (failures(step), commands) == ([], [])


def test_nothing_of_anybody_else_is_touched(applied: Deployment, client: Client) -> None:
    others = ["aspect-acc-99999999-reports", "reports", f"x-{REPORTS}"]
    for bucket in others:
        create_bucket(client("s3"), bucket)
        client("s3").put_object(Bucket=bucket, Key="a", Body=b"a")
    client("iam").create_user(UserName="somebody")
    client("iam").create_access_key(UserName="somebody")
    create_table(client("dynamodb"), "theirs", "id")
    _, commands = removed(applied)
    assert commands == []
    for bucket in others:
        assert client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    assert len(client("iam").list_access_keys(UserName="somebody")["AccessKeyMetadata"]) == 1
    assert client("dynamodb").list_tables()["TableNames"] == ["theirs"]


def test_a_destroy_that_fails_is_tried_again_with_emptied_buckets(
    applied: Deployment, client: Client
) -> None:
    s3 = client("s3")

    class Refilled(Destroying):
        def destroy(self) -> None:
            if len(self.asked) < 4:
                self.asked.append("destroy")
                s3.put_object(Bucket=REPORTS, Key="OUTPUT/heartbeat", Body=b"\n")
                raise failed("BucketNotEmpty")
            super().destroy()

    before = applied.terraform
    assert isinstance(before, FakeTerraform)
    applied.terraform = Refilled(before.scratch, before.outputs, before.asked)
    step, commands = removed(applied)
    assert (failures(step), commands) == ([], [])


def test_what_a_destroy_leaves_is_deleted_by_its_name(
    applied: Deployment, client: Client, terraform: FakeTerraform
) -> None:
    terraform.asked.append("apply")
    terraform.errors.extend([failed()] * 9)
    applied.terraform = terraform
    create_table(client("dynamodb"), f"{PREFIX}-agent-states", "AgentARN")
    step, commands = removed(applied)
    assert terraform.asked.count("destroy") == 5
    assert len(failures(step)) == 1
    assert "terraform destroy" in failures(step)[0]
    assert commands == []
    assert client("s3").list_buckets()["Buckets"] == []
    assert client("iam").list_users()["Users"] == []
    assert client("dynamodb").list_tables()["TableNames"] == []


def test_what_cannot_be_deleted_is_listed_with_commands(
    applied: Deployment,
    account: MotoAccount,
    client: Client,
    terraform: FakeTerraform,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(removal, "_GONE_WITHIN_SECONDS", 10)

    class Refusing:
        """A service that lists what it is asked for, and deletes nothing."""

        def __init__(self, service: str) -> None:
            self._client = client(service)

        def __getattr__(self, name: str) -> Any:
            if name.startswith("delete_"):
                raise ClientError({"Error": {"Code": "AccessDenied"}}, name)
            return getattr(self._client, name)

    applied.terraform = terraform
    create_table(client("dynamodb"), f"{PREFIX}-agent-states", "AgentARN")
    for service in ("dynamodb", "iam", "s3"):
        account.canned[service] = Refusing(service)
    step, commands = removed(applied)
    assert len(failures(step)) == 3, "the keys, the rest, and what is left"
    assert "AccessDenied" in failures(step)[1]
    assert f"aws s3 rb --force s3://{REPORTS}" in commands
    assert f"aws dynamodb delete-table --table-name {PREFIX}-agent-states" in commands
    for name in USERS:
        assert [each for each in commands if each.endswith(f"delete-user --user-name {name}")]


@pytest.mark.parametrize("part", PARTS)
def test_no_failure_of_one_part_keeps_another_from_being_removed(
    applied: Deployment, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    called: list[str] = []

    def note(name: str) -> Any:
        def call(*_arguments: Any) -> str:
            called.append(name)
            if name == part:
                raise ClientError({"Error": {"Code": "InternalError"}}, "Call")
            return ""

        return call

    monkeypatch.setattr(removal, "leftovers", lambda *_: [])
    for each in PARTS:
        monkeypatch.setattr(removal, each, note(each))
    step, _ = removed(applied)
    assert called == list(PARTS)
    assert len(failures(step)) == 1


def test_what_cannot_be_listed_is_said_to_be(account: MotoAccount, deployment: Deployment) -> None:
    class Denied:
        def __getattr__(self, _name: str) -> Any:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "ListQueues")

    account.canned["sqs"] = Denied()
    (left,) = leftovers(account, deployment.names, [])
    assert left.kind == "queue"
    assert "AccessDenied" in left.name


def make_everything(client: Client, owner: str) -> None:
    """One of each kind of resource that moto knows, named after `owner`."""
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    role = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = client("iam")
    iam.create_role(RoleName=f"{owner}-relay", AssumeRolePolicyDocument=role)
    iam.put_role_policy(RoleName=f"{owner}-relay", PolicyName="rights", PolicyDocument=role)
    iam.create_user(UserName=f"WFMAdapter-{owner}")
    iam.put_user_policy(UserName=f"WFMAdapter-{owner}", PolicyName="rights", PolicyDocument=role)
    create_bucket(client("s3"), f"{owner}-reports")
    client("s3").put_object(Bucket=f"{owner}-reports", Key="OUTPUT/file", Body=b"line")
    client("kinesis").create_stream(StreamName=f"{owner}-events", ShardCount=1)
    create_stream(client("firehose"), f"{owner}-kda-to-s3", f"{owner}-reports")
    create_table(client("dynamodb"), f"{owner}-agent-states", "AgentARN")
    client("sqs").create_queue(QueueName=f"{owner}-events-1.fifo", Attributes={"FifoQueue": "true"})
    arn = create_function(client, f"{owner}-relay", {})
    events = client("events")
    events.put_rule(Name=f"{owner}-heartbeat", ScheduleExpression="rate(5 minutes)")
    events.put_targets(Rule=f"{owner}-heartbeat", Targets=[{"Id": "heartbeat", "Arn": arn}])
    for service in ("lambda", "kinesisfirehose"):
        client("logs").create_log_group(logGroupName=f"/aws/{service}/{owner}-relay")
    client("cloudwatch").put_metric_alarm(
        AlarmName=f"{owner}-probe-fill",
        ComparisonOperator="LessThanThreshold",
        EvaluationPeriods=1,
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
        Threshold=1,
    )
    client("cloudwatch").put_dashboard(
        DashboardName=f"{owner}-adherence", DashboardBody=json.dumps({"widgets": []})
    )


def test_what_an_interrupted_apply_has_not_noted_down_is_found_and_deleted(
    deployment: Deployment, client: Client
) -> None:
    other = "aspect-acc-99999999"
    create_function_role(client)
    for owner in (PREFIX, other):
        make_everything(client, owner)
    found = {each.kind for each in leftovers(deployment.account, deployment.names)}
    assert found == set(KINDS) - {"event source mapping", "Flink application"}, "moto lacks these"
    step, commands = removed(deployment)
    assert (failures(step), commands) == ([], [])
    theirs = leftovers(deployment.account, Names("99999999", ACCOUNT_ID))
    assert {each.kind for each in theirs} == found, "another run's are as they were"


def test_a_flink_application_and_a_mapping_are_deleted(deployment: Deployment) -> None:
    asked: list[Any] = []

    class Service:
        def describe_application(self, **_: str) -> dict[str, Any]:
            return {"ApplicationDetail": {"CreateTimestamp": "then"}}

        def __getattr__(self, name: str) -> Any:
            return lambda **arguments: asked.append((name, arguments))

    account = deployment.account
    assert isinstance(account, MotoAccount)
    account.canned.update({"kinesisanalyticsv2": Service(), "lambda": Service()})
    KINDS["Flink application"].delete(account, PREFIX)
    KINDS["event source mapping"].delete(account, "a-uuid")
    assert asked == [
        ("delete_application", {"ApplicationName": PREFIX, "CreateTimestamp": "then"}),
        ("delete_event_source_mapping", {"UUID": "a-uuid"}),
    ]
