"""The Flink engine on the local AWS, which has the service's API and runs nothing behind it; and
the change back to Lambda, with which no event goes missing."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aspect_wfm.command import main
from tests.e2e.test_doctor import identity
from tests.local_cloud.agent_stream import as_record, await_batches, put_events, sample_events
from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud, local_cloud
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.workspace import Workspace, workspace

pytestmark = pytest.mark.xdist_group("flink")

CODE_BUCKET, CODE_KEY, NAME = "code-of-flink", "report-line-job.zip", "on-flink"
APPLICATION = "module.agent_productivity.aws_kinesisanalyticsv2_application.classifier[0]"
CONSUMER = "module.agent_productivity.aws_kinesis_stream_consumer.classifier[0]"

# What docs/changes.md has about an application, beside its stream.
SETTINGS = {
    "classifier_function": {"batch_size": 500, "memory_size": 512},
    "flink_application": {
        "code_bucket": CODE_BUCKET,
        "code_key": "report-line-job-2.zip",
        "parallelism": 4,
        "parallelism_per_kpu": 2,
        "window_records": 19_000,
        "window_seconds": 9,
    },
    "include_agent_status_type": True,
    "log_level": "DEBUG",
    "starting_position": "LATEST",
}
ROLE_AND_READER = {
    "enhanced_fan_out": True,
    "iam_path": "/wfm/",
    "starting_timestamp": "2026-03-02T09:00:00Z",
}
BUCKETS = {
    "ap_failed_records_bucket_name": "another-for-events",
    "report_bucket_name": "another-for-reports",
}


@dataclass(frozen=True, slots=True)
class OnFlink:
    """A deployment on Flink whose application runs."""

    cloud: LocalCloud
    workspace: Workspace
    variables: dict[str, Any]
    outputs: dict[str, Any]

    def status(self) -> str:
        flink = self.cloud.client("kinesisanalyticsv2")
        detail = flink.describe_application(ApplicationName=NAME)["ApplicationDetail"]
        status: str = detail["ApplicationStatus"]
        return status

    def start(self) -> None:
        self.cloud.client("kinesisanalyticsv2").start_application(ApplicationName=NAME)
        while self.status() != "RUNNING":
            time.sleep(0.2)

    def changes(self, variables: Mapping[str, Any]) -> dict[str, list[str]]:
        """What an apply with other values for `variables` would do, by address."""
        return self.workspace.changes(self.variables | dict(variables))

    def planned_configuration(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The application's configuration before and after the last plan, block by block."""
        plan = json.loads(self.workspace.run("show", "-json", "again.tfplan"))
        change = next(
            each["change"] for each in plan["resource_changes"] if each["address"] == APPLICATION
        )
        before, after = (
            change[side]["application_configuration"][0] for side in ("before", "after")
        )
        return before, after

    def heartbeat(self) -> dict[str, Any]:
        answer = self.cloud.client("lambda").invoke(
            FunctionName=self.outputs["heartbeat_lambda_function_name"]
        )
        outcome: dict[str, Any] = json.load(answer["Payload"])
        return outcome


@pytest.fixture(scope="module")
def on_flink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnFlink]:
    with local_cloud(tmp_path_factory.mktemp("flink-cloud")) as cloud:
        folder = tmp_path_factory.mktemp("on-flink")
        made = workspace("examples/agent-productivity-existing-stream", folder, cloud)
        with made.on_one_provider() as served:
            yield _deployed(cloud, served)


def _deployed(cloud: LocalCloud, made: Workspace) -> OnFlink:
    kinesis, s3 = cloud.client("kinesis"), cloud.client("s3")
    kinesis.create_stream(StreamName=NAME, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=NAME, WaiterConfig={"Delay": 1})
    stream = kinesis.describe_stream_summary(StreamName=NAME)["StreamDescriptionSummary"]
    s3.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=CODE_BUCKET, Key=CODE_KEY, Body=Path(__file__).read_bytes())
    variables = {
        "agent_event_stream_arn": stream["StreamARN"],
        "connect_s3_bucket": "amazon-connect-0123456789ab",
        "connect_s3_prefix": "connect/acme/Reports/Aspect/",
        "engine": "flink",
        "flink_application": {"code_bucket": CODE_BUCKET},
        "kda_application_name": NAME,
    }
    outputs = made.apply(variables)
    # By hand, as the guide says: the local AWS has no DescribeApplicationOperation, by which the
    # provider waits for what it has started.
    deployed = OnFlink(cloud, made, variables, outputs)
    deployed.start()
    return deployed


def test_the_application_runs_with_what_the_job_reads(on_flink: OnFlink) -> None:
    assert on_flink.status() == "RUNNING"
    assert on_flink.outputs.get("classifier_lambda_function_name") is None
    assert on_flink.outputs["flink_application_arn"].endswith(f":application/{NAME}")
    assert on_flink.workspace.changes(on_flink.variables) == {}


def test_the_heartbeat_is_put_only_while_the_application_runs(on_flink: OnFlink) -> None:
    assert on_flink.heartbeat() == {"heartbeat": True, "applicationStatus": "RUNNING"}
    flink = on_flink.cloud.client("kinesisanalyticsv2")
    flink.stop_application(ApplicationName=NAME, Force=True)
    assert on_flink.heartbeat()["heartbeat"] is False
    on_flink.start()
    assert on_flink.heartbeat()["heartbeat"] is True


def test_the_doctor_looks_at_the_application_with_no_more_than_its_documented_rights(
    on_flink: OnFlink,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy = (REPOSITORY / "docs" / "policies" / "doctor.json").read_text()
    for default, name in {
        "111122223333": ACCOUNT_ID,
        "eu-central-1": REGION,
        "aspect-wfm-agent-events": NAME,
        "aspect-wfm-ap": NAME,
        "CONNECT-BUCKET": "amazon-connect-0123456789ab",
        ":rule/": ":rule/default/",  # how the local AWS writes the ARN of a rule
    }.items():
        policy = policy.replace(default, name)
    source = tmp_path / "outputs.json"
    outputs = {name: {"value": value} for name, value in on_flink.outputs.items()}
    source.write_text(json.dumps(outputs))
    with identity(on_flink.cloud, policy) as key:
        for variable, value in on_flink.cloud.environment().items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key.access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key.secret_access_key)
        monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
        main(["doctor", str(source), "--json"])
    stream, application = json.loads(capsys.readouterr().out)["sections"]
    assert (stream["name"], application["name"]) == (
        on_flink.variables["agent_event_stream_arn"],
        NAME,
    )
    found = {each["check"]: each["level"] for each in application["findings"]}
    assert found["application.state"] == found["application.configuration"] == "ok"
    assert found["firehose.naming"] == "ok"
    assert not [
        each["text"]
        for each in application["findings"]
        if "Not checked: these credentials" in each["text"]
    ]


def test_settings_update_the_application_and_destroy_nothing(on_flink: OnFlink) -> None:
    """docs/changes.md, "With engine = flink". Planned only, as all changes of what runs: the local
    AWS lacks the call by which the provider waits for an update, too."""
    stream = {"agent_event_stream_arn": on_flink.variables["agent_event_stream_arn"] + "-2"}
    other = stream["agent_event_stream_arn"].rpartition("/")[2]
    on_flink.cloud.client("kinesis").create_stream(StreamName=other, ShardCount=1)
    changes = on_flink.changes(SETTINGS | stream)
    assert changes[APPLICATION] == ["update"]
    assert set(map(tuple, changes.values())) == {("update",)}
    before, after = on_flink.planned_configuration()
    assert _differing(before, after) == {
        "application_code_configuration",
        "environment_properties",
        "flink_application_configuration",
    }
    assert _differing(_properties(before), _properties(after)) == {
        "AGENT_EVENT_STREAM_ARN",
        "BATCH_SIZE",
        "INCLUDE_AGENT_STATUS_TYPE",
        "LOG_LEVEL",
        "STARTING_POSITION",
        "WINDOW_RECORDS",
        "WINDOW_SECONDS",
    }


def test_under_the_application_is_destroyed_just_what_the_page_says(on_flink: OnFlink) -> None:
    """docs/changes.md, "Stop it first"; a consumer that is made comes with an update."""
    changes = on_flink.changes(ROLE_AND_READER)
    assert changes[APPLICATION] == ["update"]
    assert changes[CONSUMER] == ["create"]
    assert _destroyed(changes) == {
        f"{kind}.{name}"
        for kind in ("aws_iam_role", "aws_iam_role_policy")
        for name in ("application[0]", "firehose", "heartbeat")
    }
    changes = on_flink.changes(BUCKETS)
    assert changes[APPLICATION] == ["update"]
    destroyed = _destroyed(changes)
    assert {"aws_s3_bucket.failed_records", "aws_s3_bucket.reports"} < destroyed
    assert all(address.startswith("aws_s3_") for address in destroyed)


def test_the_page_names_just_the_variables_that_update_the_application() -> None:
    page = (REPOSITORY / "docs" / "changes.md").read_text()
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| ([^|]+) \|", page, re.MULTILINE)
    beside = page.partition("these update it:")[2].partition("\n\n")[0]
    assert {name for name, effect in rows if "pdates" in effect} | {
        name for name in re.findall(r"`([a-z_]+)`", beside) if name in dict(rows)
    } == {
        "agent_event_stream_arn",
        "agent_event_stream_name",
        *SETTINGS,
        *ROLE_AND_READER,
        *BUCKETS,
    }


def test_what_came_before_the_change_to_lambda_is_classified_after_it(on_flink: OnFlink) -> None:
    """Runs last: it changes the engine. Nothing has read these events from the stream yet."""
    events = list(map(as_record, sample_events()))
    put_events(on_flink.cloud, on_flink.variables["agent_event_stream_arn"], events)
    variables = on_flink.variables | {"engine": "lambda"}
    changes = on_flink.workspace.changes(variables)
    kept = [address for address, actions in changes.items() if "delete" not in actions]
    gone = {address.split(".")[2] for address, actions in changes.items() if actions == ["delete"]}
    assert gone == {
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_stream",
        "aws_cloudwatch_metric_alarm",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_kinesisanalyticsv2_application",
    }
    assert not any("s3_bucket" in each or "firehose" in each for each in kept)

    outputs = on_flink.workspace.apply(variables)
    await_batches(on_flink.cloud, outputs["classifier_lambda_function_name"], len(events))
    assert outputs.get("flink_application_arn") is None
    assert on_flink.workspace.changes(variables) == {}


def _destroyed(changes: Mapping[str, list[str]]) -> set[str]:
    """What a plan destroys or replaces, without the module's address."""
    return {
        address.removeprefix("module.agent_productivity.")
        for address, actions in changes.items()
        if "delete" in actions
    }


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _properties(configuration: Mapping[str, Any]) -> dict[str, str]:
    groups = configuration["environment_properties"][0]["property_group"]
    properties: dict[str, str] = next(
        each["property_map"] for each in groups if each["property_group_id"] == "environment"
    )
    return properties
