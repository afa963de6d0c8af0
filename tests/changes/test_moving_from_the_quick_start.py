"""A stack of the Quick Start is moved as docs/migrating-from-the-quick-start.md says: the variables
and the import blocks are taken from that page."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.changes.quick_start import KDA_APPLICATION_NAME, QuickStart, quick_start
from tests.local_cloud.agent_stream import as_record, await_batches, put_events
from tests.local_cloud.cloud import (
    ACCOUNT_ID,
    REGION,
    AccessKey,
    LocalCloud,
    access_key,
    delete_access_keys,
    local_cloud,
)
from tests.local_cloud.rta_client import RtaClient
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.wfm_adapter import WfmAdapter
from tests.local_cloud.workspace import Workspace, workspace
from tests.unit.events import arn, event

pytestmark = pytest.mark.xdist_group("quick-start")

PAGE = (REPOSITORY / "docs" / "migrating-from-the-quick-start.md").read_text()

CONNECT_BUCKET, CONNECT_PREFIX = (
    "amazon-connect-0123456789ab",
    "connect/my-instance/Reports/Aspect/",
)
FIREHOSE_STREAM = f"{KDA_APPLICATION_NAME}-kda-to-s3"

# A report file that the old stack wrote: its name, and the one line in it.
OLD_FILE = f"OUTPUT/2026/01/26/09/{FIREHOSE_STREAM}-1-2026-01-26-09-05-00-1a2b3c4d"
OLD_LINE = (
    b"111122223333,ann,null,null,null,null,null,2026-01-26 09:00:00.000,Available,null,A,Basic\n"
)

STATUS_TABLE = b"StateName,StateType\nAvailable,A\nOffline,0\nLunch,0\n"


@dataclass(frozen=True, slots=True)
class Old:
    """The old stack, in use: who works with it has a key, and there are reports."""

    stack: QuickStart
    adapter_key: AccessKey
    server_key: AccessKey

    @property
    def cloud(self) -> LocalCloud:
        return self.stack.cloud

    @property
    def bucket(self) -> str:
        return self.stack.outputs["APS3BucketName"]

    def stream(self) -> dict[str, Any]:
        """The Kinesis stream as it is."""
        described: dict[str, Any] = self.cloud.client("kinesis").describe_stream_summary(
            StreamARN=self.stack.outputs["AgentEventStreamArn"]
        )["StreamDescriptionSummary"]
        return described

    def held(self) -> dict[str, Any]:
        """What must not be touched: objects, users and their keys, the streams."""
        objects = self.cloud.client("s3").list_objects_v2(Bucket=self.bucket)
        iam, firehose = self.cloud.client("iam"), self.cloud.client("firehose")
        users = [self.stack.outputs[name] for name in ("WFMAdapterUserName", "RTAUserName")]
        return {
            "objects": {each["Key"]: each["ETag"] for each in objects["Contents"]},
            "keys": {
                user: iam.list_access_keys(UserName=user)["AccessKeyMetadata"] for user in users
            },
            "policies": {
                user: iam.list_user_policies(UserName=user)["PolicyNames"] for user in users
            },
            "firehose": firehose.describe_delivery_stream(DeliveryStreamName=FIREHOSE_STREAM)[
                "DeliveryStreamDescription"
            ]["Destinations"],
            "stream": self.stream(),
        }


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("local-cloud")) as running:
        yield running


@pytest.fixture(scope="module")
def old(cloud: LocalCloud) -> Old:
    s3 = cloud.client("s3")
    s3.create_bucket(
        Bucket=CONNECT_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    s3.put_object(Bucket=CONNECT_BUCKET, Key=f"{CONNECT_PREFIX}report.csv", Body=b"exported")
    stack = quick_start(cloud, "Aspect-WFM", CONNECT_BUCKET, CONNECT_PREFIX)
    bucket = stack.outputs["APS3BucketName"]
    s3.put_object(Bucket=bucket, Key=OLD_FILE, Body=OLD_LINE)
    s3.put_object(Bucket=bucket, Key="ASPECT_AGENT_STATUS_INFO.csv", Body=STATUS_TABLE)
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "made by hand",
                    "Status": "Enabled",
                    "Filter": {"Prefix": "OUTPUT/"},
                    "Expiration": {"Days": 400},
                }
            ]
        },
    )
    cloud.client("kinesis").increase_stream_retention_period(
        StreamARN=stack.outputs["AgentEventStreamArn"], RetentionPeriodHours=168
    )
    return Old(
        stack,
        access_key(cloud, stack.outputs["WFMAdapterUserName"]),
        access_key(cloud, stack.outputs["RTAUserName"]),
    )


def test_side_by_side_nothing_of_the_old_stack_is_touched_and_there_is_a_way_back(
    old: Old, tmp_path: Path
) -> None:
    stream_arn = old.stack.outputs["AgentEventStreamArn"]
    put_events(old.cloud, stream_arn, [as_record(event("ann", at="2026-03-02T08:00:00.000Z"))])
    before = old.held()
    made = workspace("examples/agent-productivity-existing-stream", tmp_path, old.cloud)
    outputs = made.apply(
        {
            "agent_event_stream_arn": stream_arn,
            "agent_event_stream_retention_hours": 168,
            "connect_s3_bucket": CONNECT_BUCKET,
            "connect_s3_prefix": CONNECT_PREFIX,
            "kda_application_name": "aspect-wfm-ap-2",
        }
    )
    await_batches(old.cloud, outputs["classifier_lambda_function_name"], 1)
    key = access_key(old.cloud, outputs["wfm_adapter_user_name"])
    (line,) = WfmAdapter(old.cloud, key, outputs).lines()
    assert b",ann," in line
    assert old.held() == before

    delete_access_keys(old.cloud, outputs["wfm_adapter_user_name"])
    made.empty_and_destroy(outputs["ap_s3_bucket_name"], outputs["ap_failed_records_bucket_name"])
    assert old.held() == before


def test_what_is_imported_as_the_page_says_keeps_its_name_its_keys_and_its_files(
    old: Old, tmp_path: Path
) -> None:
    """Runs on the stack that the test before has left as it was; the stack is gone after it."""
    stream_arn = old.stack.outputs["AgentEventStreamArn"]
    put_events(old.cloud, stream_arn, [as_record(event("bob", at="2026-03-02T09:00:00.000Z"))])
    before = old.held()
    old.stack.retain("ApStack", ["OutputKinesisFirehose", "WFMAdapterUser"])
    old.stack.retain("RtaStack", ["RtaUser"])
    old.stack.retain("CreateStreamStack", ["KinesisStream"])
    assert old.held() == before

    made = workspace("examples/both-new-stream", tmp_path, old.cloud)
    imported = _import_blocks()
    (made.folder / "import.tf").write_text(imported)
    variables = _variables(old)
    assert made.changes(variables)
    plan = json.loads(made.run("show", "-json", "again.tfplan"))["resource_changes"]
    assert not [each["address"] for each in plan if "delete" in each["change"]["actions"]]
    actions = {
        each["address"]: each["change"]["actions"] for each in plan if "importing" in each["change"]
    }
    reports = "module.agent_productivity.aws_s3_bucket"
    assert actions == {
        "module.agent_productivity.aws_iam_user.wfm_adapter[0]": ["no-op"],
        "module.agent_productivity.aws_kinesis_firehose_delivery_stream.reports": ["update"],
        f"{reports}.reports": ["no-op"],
        f"{reports}_lifecycle_configuration.reports": ["update"],
        "module.agent_stream.aws_kinesis_stream.agent_events": ["no-op"],
        "module.rta.aws_iam_user.rta[0]": ["no-op"],
    }
    assert f"*{len(actions)} to import*" in PAGE

    outputs = made.apply(variables)
    server = RtaClient(old.cloud, old.server_key, outputs)
    adapter = WfmAdapter(old.cloud, old.adapter_key, outputs)
    assert outputs["ap_s3_bucket_name"] == old.bucket
    assert outputs["firehose_stream_name"] == FIREHOSE_STREAM
    assert {outputs[name] for name in ("rta_user_name", "wfm_adapter_user_name")} == set(
        before["keys"]
    )
    _await_events(old, outputs, 2)  # bob's, and ann's of the test before
    put_events(old.cloud, stream_arn, [as_record(event("eve", at="2026-03-02T10:00:00.000Z"))])
    _await_events(old, outputs, 3)
    assert OLD_LINE in adapter.lines()

    old.stack.delete()
    gone = old.stack.outputs
    assert gone["DynamoDbTableName"] not in old.cloud.client("dynamodb").list_tables()["TableNames"]
    held = old.held()
    assert held["keys"] == before["keys"]
    assert held["stream"] == before["stream"]
    assert before["objects"].items() <= held["objects"].items()
    assert held["policies"] == {
        outputs["rta_user_name"]: ["real-time-adherence"],
        outputs["wfm_adapter_user_name"]: ["read-reports"],
    }, "the old policies went with the stack"

    put_events(old.cloud, stream_arn, [as_record(event("zoe", at="2026-03-02T11:00:00.000Z"))])
    _await_events(old, outputs, 4)
    lines = adapter.lines()
    assert OLD_LINE in lines
    assert [line.split(b",")[1] for line in lines] == [b"ann", b"ann", b"bob", b"eve", b"zoe"]
    assert server.read_states().keys() == {arn(name) for name in ("ann", "bob", "eve", "zoe")}
    exported = old.cloud.client("s3", old.adapter_key).get_object(
        Bucket=CONNECT_BUCKET, Key=f"{CONNECT_PREFIX}report.csv"
    )
    assert exported["Body"].read() == b"exported"
    assert made.changes(variables) == {}
    (made.folder / "import.tf").unlink()
    assert made.changes(variables) == {}

    _let_go(made, imported, outputs)
    assert old.held()["keys"] == before["keys"]
    assert before["objects"].items() <= old.held()["objects"].items()


def test_roles_are_imported_instead_of_users(cloud: LocalCloud, tmp_path: Path) -> None:
    """A stack in role mode: its roles keep their names and whom they trust."""
    variables = _written(_block("authorization_mode"))
    account, external_id = variables["source_aws_account_id"], variables["external_id"]
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    for name in ("wfm_adapter_user_name", "rta_user_name"):
        cloud.client("iam").create_role(
            RoleName=variables[name],
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
    made = workspace("examples/both-new-stream", tmp_path, cloud)
    (made.folder / "import.tf").write_text(_block("aws_iam_role"))
    connect = {"connect_s3_bucket": CONNECT_BUCKET, "connect_s3_prefix": CONNECT_PREFIX}
    assert made.changes(variables | connect)
    plan = json.loads(made.run("show", "-json", "again.tfplan"))["resource_changes"]
    changes = {each["address"]: each["change"] for each in plan if "importing" in each["change"]}
    assert changes.keys() == {
        "module.agent_productivity.aws_iam_role.wfm_adapter[0]",
        "module.rta.aws_iam_role.rta[0]",
    }
    for change in changes.values():
        before, after = change["before"], change["after"]
        assert change["actions"] == ["update"]
        changed = {name for name in after if before.get(name) != after[name]}
        assert changed - {"tags", "tags_all"} == {"assume_role_policy", "description"}
        (statement,) = json.loads(after["assume_role_policy"])["Statement"]
        assert statement.keys() - trust.keys() == {"Sid"}
        assert trust.items() <= statement.items()


def test_cloudformation_does_not_delete_a_user_who_has_a_key(cloud: LocalCloud) -> None:
    """Why the page has the keys deleted first."""
    cloudformation = cloud.client("cloudformation")
    user = {"Type": "AWS::IAM::User", "Properties": {"UserName": "with-a-key"}}
    cloudformation.create_stack(
        StackName="user",
        TemplateBody=json.dumps({"Resources": {"WFMAdapterUser": user}}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName="user", WaiterConfig={"Delay": 1})
    access_key(cloud, "with-a-key")
    cloudformation.delete_stack(StackName="user")
    waiter = cloudformation.get_waiter("stack_delete_complete")
    with pytest.raises(WaiterError, match="DELETE_FAILED"):
        waiter.wait(StackName="user", WaiterConfig={"Delay": 1})


def _blocks() -> list[str]:
    """The HCL blocks of the page, without their indentation."""
    return [
        re.sub(f"^{indent}", "", text, flags=re.MULTILINE)
        for indent, text in re.findall(r"^( *)```hcl\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    ]


def _block(containing: str) -> str:
    """The one HCL block of the page that contains a text."""
    (text,) = [each for each in _blocks() if containing in each]
    return text


def _written(text: str) -> dict[str, Any]:
    """The variables that a block of the page sets."""
    return {
        name: json.loads(value)
        for name, value in re.findall(r"^(\w+) += (.+)$", text, re.MULTILINE)
    }


def _import_blocks() -> str:
    """The import blocks of the page for a stack with users, for this account."""
    text = _block("aws_iam_user")
    assert text.count("111122223333") == 1
    return text.replace("111122223333", ACCOUNT_ID)


def _variables(old: Old) -> dict[str, Any]:
    """The variables of the page, with the names that the stack has instead of made-up ones."""
    written = _written(_block("report_retention_days"))
    names = {
        "agent_event_stream_name": old.stack.resource("CreateStreamStack", "KinesisStream"),
        "report_bucket_name": old.bucket,
        "rta_user_name": old.stack.outputs["RTAUserName"],
    }
    assert written.keys() > names.keys()
    assert written["kda_application_name"] == KDA_APPLICATION_NAME
    return written | names


def _await_events(old: Old, outputs: dict[str, Any], records: int) -> None:
    for function in ("classifier_lambda_function_name", "rta_lambda_function_name"):
        await_batches(old.cloud, outputs[function], records)


def _let_go(made: Workspace, imported: str, outputs: dict[str, Any]) -> None:
    """What the page says for going back: what was imported leaves the state, the rest goes."""
    (command,) = re.findall(r"^ *terraform state rm (.*?[^\\])$", PAGE, re.MULTILINE | re.DOTALL)
    addresses = command.replace("\\\n", " ").replace("'", "").split()
    assert sorted(addresses) == sorted(re.findall(r"^  to = (\S+)$", imported, re.MULTILINE))
    made.run("state", "rm", *addresses)
    made.empty_and_destroy(outputs["ap_failed_records_bucket_name"])
