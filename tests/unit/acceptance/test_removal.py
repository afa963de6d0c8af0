"""Everything of a run is removed, nothing else is, and what is left is listed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.acceptance import removal
from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Kind, Step
from tests.acceptance.leftovers import leftovers
from tests.acceptance.steps.apply import make_connect_bucket
from tests.unit.acceptance.conftest import RUN, FakeTerraform, MotoAccount, failed
from tests.unit.aws import ACCOUNT_ID, Client, create_bucket, create_table

PREFIX = f"aspect-acc-{RUN}"
REPORTS = f"{PREFIX}-reports-{ACCOUNT_ID}"
USERS = (f"{PREFIX}-server", f"WFMAdapter-{PREFIX}")


def removed(deployment: Deployment) -> tuple[Step, list[str]]:
    step = Step(removal.TITLE)
    return step, removal.remove(deployment, step, lambda _seconds: None)


def failures(step: Step) -> list[str]:
    return [str(each) for each in step.findings if each.kind is Kind.FAILED]


class Destroying(FakeTerraform):
    """A destroy that removes what the tests have made in the place of an apply."""

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


def test_a_destroy_that_never_succeeds_leaves_a_list_with_commands(
    applied: Deployment, client: Client, terraform: FakeTerraform
) -> None:
    terraform.asked.append("apply")
    terraform.errors.extend([failed()] * 9)
    applied.terraform = terraform
    create_table(client("dynamodb"), f"{PREFIX}-agent-states", "AgentARN")
    step, commands = removed(applied)
    assert terraform.asked.count("destroy") == 5
    assert any("terraform destroy" in each for each in failures(step))
    assert f"aws s3 rb --force s3://{REPORTS}" in commands
    assert f"aws dynamodb delete-table --table-name {PREFIX}-agent-states" in commands
    assert [each for each in commands if each.endswith(f"delete-user --user-name {USERS[0]}")]
    assert client("iam").list_access_keys(UserName=USERS[0])["AccessKeyMetadata"] == []
    left = {each["Name"] for each in client("s3").list_buckets()["Buckets"]}
    assert left == {REPORTS}, "the other parts were removed"


@pytest.mark.parametrize(
    "part",
    ["delete_access_keys", "delete_probes", "destroy", "delete_buckets", "schedule_kms_keys"],
)
def test_no_failure_of_one_part_keeps_another_from_being_removed(
    applied: Deployment, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    parts = [
        "delete_access_keys",
        "delete_probes",
        "destroy",
        "delete_buckets",
        "schedule_kms_keys",
    ]
    called: list[str] = []

    def note(name: str) -> Any:
        def call(*_arguments: Any) -> str:
            called.append(name)
            if name == part:
                raise ClientError({"Error": {"Code": "InternalError"}}, "Call")
            return ""

        return call

    for each in parts:
        monkeypatch.setattr(removal, each, note(each))
    step, _ = removed(applied)
    assert called == parts
    assert len(failures(step)) == 2, "that one, and what is left"


def test_what_cannot_be_listed_is_said_to_be(account: MotoAccount, deployment: Deployment) -> None:
    class Denied:
        def __getattr__(self, _name: str) -> Any:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "ListQueues")

    account.canned["sqs"] = Denied()
    (left,) = leftovers(account, deployment.names, [])
    assert left.kind == "queue"
    assert "AccessDenied" in left.name


@pytest.mark.parametrize("name", ["events", "logs", "cloudwatch", "lambda"])
def test_alarms_rules_log_groups_and_queues_are_found(
    deployment: Deployment, client: Client, name: str
) -> None:
    make: dict[str, Callable[[Any], object]] = {
        "events": lambda each: each.put_rule(
            Name=f"{PREFIX}-heartbeat", ScheduleExpression="rate(5 minutes)"
        ),
        "logs": lambda each: each.create_log_group(logGroupName=f"/aws/lambda/{PREFIX}-relay"),
        "cloudwatch": lambda each: each.put_dashboard(
            DashboardName=f"{PREFIX}-adherence", DashboardBody=json.dumps({"widgets": []})
        ),
        "lambda": lambda _: client("sqs").create_queue(QueueName=f"{PREFIX}-events-1"),
    }
    make[name](client(name))
    (left,) = leftovers(deployment.account, deployment.names, [])
    assert PREFIX in left.command
