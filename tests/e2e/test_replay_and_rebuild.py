"""Replaying given-up records and rebuilding report files, with just the rights that are needed.

Runs when the day has been played: it adds an agent and takes it away again.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import aspect_wfm.commands.rebuild as rebuild_command
from aspect_wfm.command import main
from aspect_wfm.outcome import Status
from tests.e2e.conftest import Deployment, Facts
from tests.local_cloud.cloud import (
    ACCOUNT_ID,
    REGION,
    AccessKey,
    LocalCloud,
    access_key,
    delete_access_keys,
    empty_bucket,
)
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.unit.events import arn, event
from tests.unit.replay.deployment import given_up, on_stream

pytestmark = pytest.mark.xdist_group("local-cloud")

POLICIES = REPOSITORY / "docs" / "policies"


def policy(file: str, **names: str) -> str:
    """A documented policy, for other names and the local account."""
    text = (POLICIES / file).read_text(encoding="utf-8")
    text = text.replace("111122223333", ACCOUNT_ID).replace("eu-central-1", REGION)
    for name, value in names.items():
        text = text.replace(f"aspect-wfm-{name}", value)
    return text


@contextmanager
def operator(cloud: LocalCloud, document: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process works as a user who may do what the policy says, and nothing else."""
    iam = cloud.client("iam")
    iam.create_user(UserName="operator")
    iam.put_user_policy(UserName="operator", PolicyName="operate", PolicyDocument=document)
    key: AccessKey = access_key(cloud, "operator")
    environment = cloud.environment() | {
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
    }
    try:
        with monkeypatch.context() as patched:
            for name, value in environment.items():
                patched.setenv(name, value)
            patched.setattr("boto3.DEFAULT_SESSION", None)
            yield
    finally:
        delete_access_keys(cloud, "operator")
        iam.delete_user_policy(UserName="operator", PolicyName="operate")
        iam.delete_user(UserName="operator")


def outputs(deployment: Deployment, folder: Path) -> str:
    file = folder / "outputs.json"
    file.write_text(
        json.dumps({name: {"value": value} for name, value in deployment.outputs.items()})
    )
    return str(file)


def test_given_up_records_reach_the_rta_server_once_and_in_order(
    facts: Facts,
    deployments: dict[str, Deployment],
    cloud: LocalCloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert facts.days["rta-new"].evening_again
    deployment = deployments["rta-new"]
    name = deployment.outputs["rta_lambda_function_name"]
    bucket = deployment.outputs["rta_failed_records_bucket_name"]
    (known,) = facts.days["rta-new"].evening_again
    before = dict(deployment.rta.read_states())
    deployment.rta.set_flag(True)
    deployment.rta.poll()
    s3 = cloud.client("s3")

    def give_up(number: int, *events: dict[str, Any]) -> None:
        records = [on_stream(number + index, each) for index, each in enumerate(events)]
        key, body = given_up(records, name)
        s3.put_object(Bucket=bucket, Key=key, Body=body)

    # The agent of the sample day is known to have a newer state.
    give_up(1, event("okafor", "2026-03-02T06:00:00.000Z", AgentARN=known))
    give_up(
        5,
        event("late", "2026-03-02T09:10:00.000Z"),
        event("late", "2026-03-02T09:11:00.000Z", status="Lunch"),
        event("late", "2026-03-02T09:12:00.000Z", status="Lunch", event_type="HEART_BEAT"),
    )
    arguments = [outputs(deployment, tmp_path)]
    with operator(cloud, policy("replay.json"), monkeypatch):
        assert main(["replay", *arguments, "--dry-run"]) == Status.ALL_WELL
        assert "2  would be replayed" in capsys.readouterr().out
        assert deployment.rta.poll() == []
        assert main(["replay", *arguments]) == Status.ALL_WELL
        assert re.search(r"2  superseded.*\n +2  taken", capsys.readouterr().out)
        assert main(["replay", *arguments]) == Status.ALL_WELL
        assert "0  documents" in capsys.readouterr().out
    assert [message.event["EventId"] for message in deployment.rta.poll()] == [
        "late-2026-03-02T09:10:00.000Z",
        "late-2026-03-02T09:11:00.000Z",
    ]
    states = dict(deployment.rta.read_states())
    assert states.pop(arn("late")).state == "Lunch"
    assert states == before

    give_up(9, event("late", "2026-03-02T09:20:00.000Z", status="Offline"))
    give_up(10, event("late", "2026-03-02T09:21:00.000Z", Unknown="x" * 270_000, status="Offline"))
    with operator(cloud, policy("replay.json"), monkeypatch):
        assert main(["replay", "--function", name]) == Status.SOMETHING_TO_DO
        assert main(["replay", "--function", name]) == Status.SOMETHING_TO_DO
    output = capsys.readouterr().out
    assert "1  put aside again" in output
    assert f"undeliverable/{name}/shardId-000000000000/10.json: 1 record" in output
    assert "MessageTooLarge" in output
    assert dict(deployment.rta.read_states()) == before
    deployment.rta.poll()
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert [key.split("/")[0] for key in keys] == ["replayed"] * 4 + ["undeliverable"]
    empty_bucket(cloud, bucket)


def test_lost_report_files_come_back_from_the_stream(
    facts: Facts,
    deployments: dict[str, Deployment],
    cloud: LocalCloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert facts.reports["ap-new"].again
    deployment = deployments["ap-new"]
    written = deployment.wfm.lines()
    bucket = deployment.outputs["ap_s3_bucket_name"]
    s3 = cloud.client("s3")
    summary = cloud.client("kinesis").describe_stream_summary(
        StreamARN=deployment.outputs["agent_event_stream_arn"]
    )["StreamDescriptionSummary"]
    made: datetime = summary["StreamCreationTimestamp"].astimezone(UTC) + timedelta(seconds=1)
    # The command leaves alone what may still be on its way, here nothing.
    later = datetime.now(UTC) + timedelta(minutes=20)
    monkeypatch.setattr(rebuild_command, "_now", lambda: later)
    monkeypatch.setattr(rebuild_command, "_pause", lambda: None)
    arguments = [
        outputs(deployment, tmp_path),
        "--from",
        made.isoformat(),
        "--to",
        (later - timedelta(minutes=16)).isoformat(),
    ]
    document = policy("rebuild-reports.json", ap="ap-new", **{"agent-events": "ap-new"})
    cloud.client("cloudwatch").put_metric_data(
        Namespace="AWS/Lambda",
        MetricData=[
            {
                "MetricName": "IteratorAge",
                "Dimensions": [
                    {
                        "Name": "FunctionName",
                        "Value": deployment.outputs["classifier_lambda_function_name"],
                    }
                ],
                "Timestamp": later - timedelta(minutes=5),
                "Value": 0,
            }
        ],
    )
    for each in list(deployment.wfm.objects())[::2]:
        s3.delete_object(Bucket=bucket, Key=each.key)
    assert len(deployment.wfm.lines()) < len(written)
    with operator(cloud, document, monkeypatch):
        assert main(["rebuild", *arguments]) == Status.ALL_WELL
        assert "Nothing was written" in capsys.readouterr().out
        assert main(["rebuild", *arguments, "--write"]) == Status.ALL_WELL
        assert deployment.wfm.lines() == written
        assert main(["rebuild", *arguments, "--write"]) == Status.ALL_WELL
        assert "Nothing is missing." in capsys.readouterr().out
    for each in deployment.wfm.objects():
        assert re.fullmatch(r"OUTPUT/\d{4}/\d\d/\d\d/\d\d/ap-new-kda-to-s3-1-[0-9a-f-]+", each.key)
    assert json.loads(document)["Version"]
