"""The example of a larger configuration, applied as its README says, and used by assumed roles.

Terraform applies it as a role, too. The principal that assumes the roles is in the same account
here, because the local AWS starts with one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aspect_wfm.command import main
from aspect_wfm.outcome import Status
from tests.local_cloud.agent_stream import as_record, await_batches, put_events
from tests.local_cloud.cloud import (
    ACCOUNT_ID,
    REGION,
    AccessKey,
    LocalCloud,
    local_cloud,
)
from tests.local_cloud.roles import deployment_role
from tests.local_cloud.rta_client import RtaClient
from tests.local_cloud.wfm_adapter import WfmAdapter
from tests.local_cloud.workspace import (
    STATE_BUCKET,
    Workspace,
    copy_configuration,
    initialised,
    keep_state_in_s3,
)
from tests.plan.planned import plan
from tests.unit.events import arn, event

pytestmark = pytest.mark.xdist_group("existing-estate")

DEPLOYMENT_ROLE = "deployment"
CONNECT_BUCKET, CONNECT_PREFIX = "amazon-connect-0123456789ab", "connect/acme/Reports/Aspect/"
SERVERS: dict[str, dict[str, Any]] = {
    "emea": {"external_id": "rta-emea", "hierarchy_groups": ["EMEA"]},
    "apac": {"external_id": "rta-apac", "hierarchy_groups": ["APAC", "Oceania"]},
    "sales": {
        "external_id": "rta-sales",
        "hierarchy_groups": ["Sales"],
        "hierarchy_level": 2,
        "num_sqs_queues": 2,
    },
}

# Agents by name, with their hierarchy groups at levels 1 and 2, and the servers that see them.
AGENTS = {
    "ann": ("EMEA", "Service", {"emea"}),
    "bo": ("apac", None, {"apac"}),
    "cy": ("Oceania", "Sales", {"apac", "sales"}),
    "di": ("Americas", "Service", set()),
    "ed": (None, None, set()),
}


@dataclass(frozen=True, slots=True)
class Estate:
    cloud: LocalCloud
    outputs: dict[str, Any]

    def server(self, name: str) -> RtaClient:
        """An RTA server that works as the role of its deployment."""
        made = self.outputs["rta"][name]
        key = assumed(self.cloud, made["rta_role_arn"], SERVERS[name]["external_id"])
        return RtaClient(self.cloud, key, made)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with local_cloud(tmp_path_factory.mktemp("estate-cloud")) as cloud:
        folder = copy_configuration("examples/existing-estate", tmp_path_factory.mktemp("estate"))
        keep_state_in_s3(folder, cloud)
        made = initialised(folder, cloud)
        variables = _what_is_there(cloud)
        policy = plan(made, variables)["planned_values"]["outputs"]["key_policy"]["value"]
        cloud.client("kms").put_key_policy(KeyId=variables["kms_key_arn"], Policy=policy)
        made.run("apply", "-no-color", "tfplan")
        outputs = made.outputs()
        yield Estate(cloud, outputs)
        _remove(cloud, made, outputs)


def test_each_rta_server_gets_the_agents_of_its_groups_and_no_others(estate: Estate) -> None:
    servers = {name: estate.server(name) for name in SERVERS}
    for server in servers.values():
        server.set_flag(True)
    _put(estate, [_event(agent) for agent in AGENTS])
    for name, server in servers.items():
        expected = {arn(agent) for agent, (*_, seen_by) in AGENTS.items() if name in seen_by}
        assert {each.event["AgentARN"] for each in server.poll()} == expected, name
        assert set(server.read_states()) == expected, name


def test_the_wfm_adapter_reads_every_agents_lines(estate: Estate) -> None:
    """Runs on the events of the test before."""
    made = estate.outputs["agent_productivity"]
    key = assumed(estate.cloud, made["wfm_adapter_role_arn"], "wfm-adapter")
    await_batches(estate.cloud, made["classifier_lambda_function_name"], len(AGENTS))
    lines = WfmAdapter(estate.cloud, key, made).lines()
    assert {line.split(b",")[1].decode() for line in lines} == set(AGENTS)


def test_what_is_kept_is_encrypted_with_the_estates_key(estate: Estate) -> None:
    """Runs on the report files of the tests before."""
    bucket = estate.outputs["agent_productivity"]["ap_s3_bucket_name"]
    s3 = estate.cloud.client("s3")
    key = estate.cloud.client("kms").list_keys()["Keys"][0]["KeyArn"]
    kept = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert {name.partition("/")[0] for name in kept} == {"ASPECT_AGENT_STATUS_INFO.csv", "OUTPUT"}
    for name in kept:
        assert s3.head_object(Bucket=bucket, Key=name).get("SSEKMSKeyId") == key, name


@pytest.mark.parametrize("external_id", ["rta-apac", None])
def test_a_role_wants_its_own_external_id(estate: Estate, external_id: str | None) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        assumed(estate.cloud, estate.outputs["rta"]["emea"]["rta_role_arn"], external_id)


def test_the_doctor_looks_at_every_deployment_as_a_role_of_its_account(
    estate: Estate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = assumed(estate.cloud, f"arn:aws:iam::{ACCOUNT_ID}:role/{DEPLOYMENT_ROLE}", None)
    for name, value in (estate.cloud.environment() | _as_environment(key)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    outputs = {name: {"value": value} for name, value in estate.outputs.items()}
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    assert main(["doctor", str(tmp_path / "outputs.json"), "--json"]) != Status.NOTHING_SAID
    trusts = {
        section["name"]: each["level"]
        for section in json.loads(capsys.readouterr().out)["sections"]
        for each in section["findings"]
        if each["check"] == "identity.trust"
    }
    assert trusts == {
        "acme-prod-wfm-ap": "ok",
        **{f"acme-prod-wfm-rta-{name}": "ok" for name in SERVERS},
    }


def assumed(cloud: LocalCloud, role_arn: str, external_id: str | None) -> AccessKey:
    """Credentials of a role, as a product in its account gets them."""
    named = {} if external_id is None else {"ExternalId": external_id}
    given = cloud.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="product", **named)[
        "Credentials"
    ]
    return AccessKey(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def _as_environment(key: AccessKey) -> dict[str, str]:
    assert key.session_token
    return {
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
        "AWS_SESSION_TOKEN": key.session_token,
    }


def _what_is_there(cloud: LocalCloud) -> dict[str, Any]:
    """Make what an estate has before, and name it as the example's variables."""
    kinesis, s3 = cloud.client("kinesis"), cloud.client("s3")
    kinesis.create_stream(StreamName="agents", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="agents", WaiterConfig={"Delay": 1})
    stream = kinesis.describe_stream_summary(StreamName="agents")["StreamDescriptionSummary"]
    s3.create_bucket(
        Bucket=CONNECT_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    boundary = cloud.client("iam").create_policy(
        PolicyName="boundary",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )["Policy"]
    return {
        "agent_event_stream_arn": stream["StreamARN"],
        "agent_statuses": {"Available": "A"},
        "connect_s3_bucket": CONNECT_BUCKET,
        "connect_s3_prefix": CONNECT_PREFIX,
        "deployment_role_arn": deployment_role(cloud, DEPLOYMENT_ROLE),
        "kms_key_arn": cloud.client("kms").create_key()["KeyMetadata"]["Arn"],
        "permissions_boundary_arn": boundary["Arn"],
        "region": REGION,
        "rta_servers": SERVERS,
        "wfm_adapter_external_id": "wfm-adapter",
    }


def _event(agent: str) -> dict[str, Any]:
    *groups, _ = AGENTS[agent]
    made = event(agent)
    made["CurrentAgentSnapshot"]["Configuration"]["AgentHierarchyGroups"] = {
        f"Level{level}": name and {"ARN": "g", "Name": name}
        for level, name in enumerate(groups, start=1)
    }
    return made


def _put(estate: Estate, events: list[dict[str, Any]]) -> None:
    """Put events on the stream and wait until every relay has had them."""
    stream = estate.cloud.client("kinesis").list_streams()["StreamSummaries"][0]["StreamARN"]
    put_events(estate.cloud, stream, map(as_record, events))
    for made in estate.outputs["rta"].values():
        await_batches(estate.cloud, made["rta_lambda_function_name"], len(events))


def _remove(cloud: LocalCloud, made: Workspace, outputs: dict[str, Any]) -> None:
    productivity = outputs["agent_productivity"]
    made.empty_and_destroy(
        productivity["ap_s3_bucket_name"], productivity["failed_records_bucket_name"]
    )
    left = {each["Name"] for each in cloud.client("s3").list_buckets()["Buckets"]}
    assert left == {CONNECT_BUCKET, STATE_BUCKET}
