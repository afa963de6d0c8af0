"""Each variable of a running deployment at another value (docs/changes.md)."""

import json
import re
from typing import Any

import pytest

from tests.changes.conftest import BEFORE, OTHER_BUCKET, Running
from tests.examples import OPTIONS
from tests.local_cloud.agent_stream import as_record, await_batches, batch_logs, put_events
from tests.local_cloud.cloud import delete_access_keys
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks
from tests.unit.events import event

pytestmark = pytest.mark.xdist_group("changes")

# Another value for each variable that an apply changes in place; keys and the boundary are made.
IN_PLACE: dict[str, Any] = {
    "agent_event_stream_retention_hours": 48,
    "agent_statuses": {"Available": "A", "Project": "0"},
    "ahg_filter_level": 1,
    "ahg_filter_separator": ";",
    "ahg_filter_values": ["EMEA", "Sales, Retail"],
    "alarms": {"queue_age_minutes": 2},
    "aspect_ap_data_s3_prefix": "wfm/reports/",
    "classifier_function": {"batch_size": 5000, "batch_window_seconds": 2, "memory_size": 512},
    "connect_s3_bucket": OTHER_BUCKET,
    "connect_s3_prefix": "connect/acme/Reports/Wfm/",
    "include_agent_status_type": True,
    "lambda_config_location": "table",
    "log_level": "DEBUG",
    "log_retention_days": 30,
    "message_groups": "agent",
    "num_sqs_queues": 3,
    "qss3_bucket_name": OTHER_BUCKET,
    "qss3_key_prefix": "zips/",
    "relay_function": {"memory_size": 512, "parallelization_factor": 4},
    "report_retention_days": 400,
    "runbook_url": "https://wiki.example.com/wfm",
    "shard_count": 2,
    "starting_position": "LATEST",
    "tags": {"cost-centre": "4711"},
}

ROLE = {
    "authorization_mode": "role",
    "source_aws_account_id": "999988887777",
    "external_id": "wfm-adapter-4711",
}

# What else is in the table of changes, and where it is tried.
NOT_IN_PLACE = {
    "alarm_emails",  # test_second_apply
    "agent_event_stream_arn",  # another stream is another event source mapping, as with a new name
    "agent_event_stream_name",
    "ap_failed_records_bucket_name",
    "authorization_mode",
    "connect_instance_id",  # tests/e2e/test_agent_event_streaming.py
    "dashboard",
    "engine",  # tests/e2e/test_flink_engine.py
    "enhanced_fan_out",
    "external_id",  # with authorization_mode
    "flink_application",  # tests/e2e/test_flink_engine.py
    "grant_connect_the_key",  # tests/e2e/test_agent_event_streaming.py has the grant
    "iam_path",
    "kda_application_name",
    "name",
    "name_suffix",  # as name
    "num_retired_sqs_queues",  # test_queue_count
    "report_bucket_name",
    "rta_failed_records_bucket_name",
    "rta_user_name",  # renames a user in place; the local AWS renames no user
    "source_aws_account_id",  # with authorization_mode
    "starting_timestamp",  # with engine
    "wfm_adapter_user_name",  # as rta_user_name
}
PLANNED_IN_PLACE = {"encrypted", "stream_mode"}


def test_what_changes_in_place_takes_nothing_away(running: Running) -> None:
    after = BEFORE | IN_PLACE | _keys_and_boundary(running)
    _send_some_events(running)
    held = _held(running)
    assert held["agents"]
    assert held["reports"]
    assert held["waiting"] > 0
    assert running.rta.flag() == "True"
    assert _destroyed(running, after) == set()

    outputs = running.workspace.apply(after)
    assert _held(running) == held
    environment = running.cloud.client("lambda").get_function_configuration(
        FunctionName=outputs["rta_lambda_function_name"]
    )["Environment"]["Variables"]
    assert environment["WriteEventsToQueue"] == "True", "also where it is no longer read"
    assert outputs["sqs_queue_urls"][0] == running.outputs["sqs_queue_urls"][0]
    assert running.workspace.changes(after) == {}


def test_taking_the_key_away_leaves_the_tables_with_it(running: Running) -> None:
    """Runs on the deployment that the test before has changed. "Remove the KMS key"."""
    changes = running.workspace.changes(BEFORE | IN_PLACE)
    assert {actions for (actions,) in changes.values()} == {"update"}
    kinds = {re.sub(r"^module\.\w+\.(\w+)\..*", r"\1", address) for address in changes}
    assert "aws_dynamodb_table" not in kinds
    assert kinds >= {
        "aws_cloudwatch_log_group",
        "aws_kinesis_firehose_delivery_stream",
        "aws_lambda_function",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_sqs_queue",
    }


def test_what_is_not_in_place_takes_just_what_the_table_says(running: Running) -> None:
    """Runs on the deployment that the test before has changed."""
    now = BEFORE | IN_PLACE
    assert _destroyed(
        running,
        now
        | {"lambda_config_location": "env", "encrypted": False, "stream_mode": "ON_DEMAND"}
        | ROLE,
    ) == {
        "agent_productivity.aws_iam_user.wfm_adapter",
        "agent_productivity.aws_iam_user_policy.wfm_adapter",
        "rta.aws_dynamodb_table.configuration",
        "rta.aws_iam_user.rta",
        "rta.aws_iam_user_policy.rta",
    }
    assert _destroyed(running, now | {"iam_path": "/wfm/"}) == {
        f"{module}.{kind}.{name}"
        for module, names in {
            "agent_productivity": ("classifier", "firehose", "heartbeat"),
            "rta": ("relay",),
        }.items()
        for name in names
        for kind in ("aws_iam_role", "aws_iam_role_policy")
    }
    assert _destroyed(running, now | {"agent_event_stream_name": "another"}) == {
        "agent_productivity.aws_lambda_event_source_mapping.classifier",
        "agent_stream.aws_cloudwatch_metric_alarm.writes_are_refused",
        "agent_stream.aws_kinesis_stream.agent_events",
        "rta.aws_lambda_event_source_mapping.relay",
    }
    assert _destroyed(running, now | {"dashboard": False}) == {
        "agent_productivity.aws_cloudwatch_dashboard.agent_productivity",
        "rta.aws_cloudwatch_dashboard.rta",
    }
    assert _destroyed(running, now | {"enhanced_fan_out": True}) == {
        "agent_productivity.aws_lambda_event_source_mapping.classifier",
        "rta.aws_lambda_event_source_mapping.relay",
    }
    assert now["starting_position"] != "TRIM_HORIZON"
    assert _new_starting_positions(running) == {now["starting_position"]}, "as it is now, not first"
    renamed = _destroyed(running, now | {"kda_application_name": "another", "name": "another"})
    assert {
        "agent_productivity.aws_s3_bucket.reports",
        "agent_productivity.aws_kinesis_firehose_delivery_stream.reports",
        "rta.aws_dynamodb_table.agent_states",
        "rta.aws_sqs_queue.agent_events",
    } < renamed
    assert not any(address.startswith("agent_stream.") for address in renamed)


def test_another_name_for_a_user_or_a_bucket_takes_just_that(running: Running) -> None:
    """Runs on the deployment that the tests before have changed."""
    now = BEFORE | IN_PLACE
    users = {"rta_user_name": "another-server", "wfm_adapter_user_name": "another-adapter"}
    assert _destroyed(running, now | users) == {
        "agent_productivity.aws_iam_user_policy.wfm_adapter",
        "rta.aws_iam_user_policy.rta",
    }
    buckets = {
        "ap_failed_records_bucket_name": "another-for-events",
        "rta_failed_records_bucket_name": "another-for-records",
        "report_bucket_name": "another-for-reports",
    }
    destroyed = _destroyed(running, now | buckets)
    assert {
        "agent_productivity.aws_s3_bucket.failed_records",
        "agent_productivity.aws_s3_bucket.reports",
        "rta.aws_s3_bucket.failed_records",
    } < destroyed
    assert all(address.partition(".")[2].startswith("aws_s3_") for address in destroyed)


def test_a_role_in_the_users_place_changes_whom_it_trusts_in_place(running: Running) -> None:
    """Runs last: the users are gone after it."""
    for user in ("rta_user_name", "wfm_adapter_user_name"):
        delete_access_keys(running.cloud, running.outputs[user])
    outputs = running.workspace.apply(BEFORE | IN_PLACE | ROLE)
    assert not outputs.keys() & {"rta_user_name", "wfm_adapter_user_name"}
    roles = {outputs["rta_role_arn"], outputs["wfm_adapter_role_arn"]}
    assert {arn.rpartition("/")[2] for arn in roles} == {
        running.outputs["rta_user_name"],
        running.outputs["wfm_adapter_user_name"],
    }
    another = {"source_aws_account_id": "444455556666", "external_id": "another"}
    changes = running.workspace.changes(BEFORE | IN_PLACE | ROLE | another)
    assert set(map(tuple, changes.values())) == {("update",)}
    assert len(changes) == 2


def test_the_table_of_changes_has_every_variable() -> None:
    table = dict(
        re.findall(
            r"^\| `([a-z0-9_]+)` \| ([^|]+) \|",
            (REPOSITORY / "docs" / "changes.md").read_text(),
            re.MULTILINE,
        )
    )
    variables = {
        name for option in OPTIONS for name in blocks(REPOSITORY / "examples" / option, "variable")
    }
    made = {
        "agent_event_stream_kms_arn",
        "connect_s3_kms_arn",
        "kms_key_arn",
        "permissions_boundary_arn",
    }
    tried = IN_PLACE.keys() | made | PLANNED_IN_PLACE
    assert table.keys() == variables == tried | NOT_IN_PLACE
    in_place = {name for name, effect in table.items() if effect.startswith("in place")}
    assert in_place == tried | {"external_id", "source_aws_account_id"}


def _destroyed(running: Running, variables: dict[str, Any]) -> set[str]:
    """What an apply would destroy or replace in AWS: addresses without `module.` and index."""
    return {
        re.sub(r"\[.*\]$", "", address.removeprefix("module."))
        for address, actions in running.workspace.changes(variables).items()
        if "delete" in actions and ".terraform_data." not in address
    }


def _new_starting_positions(running: Running) -> set[str]:
    """Where the event source mappings of the plan before would begin to read."""
    plan = json.loads(running.workspace.run("show", "-json", "again.tfplan"))
    return {
        change["change"]["after"]["starting_position"]
        for change in plan["resource_changes"]
        if change["type"] == "aws_lambda_event_source_mapping"
    }


def _send_some_events(running: Running) -> None:
    relay = running.outputs["rta_lambda_function_name"]
    seen = sum(log["EventsIn"] for log in batch_logs(running.cloud, relay))
    events = [event(agent, at="2026-03-04T09:00:00Z") for agent in ("dan", "eve", "fay")]
    stream = running.outputs["agent_event_stream_arn"]
    put_events(running.cloud, stream, map(as_record, events))
    await_batches(running.cloud, relay, seen + len(events))


def _held(running: Running) -> dict[str, Any]:
    """The agents in the table, the report files, and how much waits on the queue, as root.

    Without the heartbeats (a line feed each): one can come at any time, on a schedule.
    """
    objects = running.cloud.client("s3").list_objects_v2(
        Bucket=running.outputs["ap_s3_bucket_name"], Prefix="OUTPUT/"
    )
    waiting = running.cloud.client("sqs").get_queue_attributes(
        QueueUrl=running.outputs["sqs_queue_urls"][0],
        AttributeNames=["ApproximateNumberOfMessages"],
    )
    return {
        "agents": dict(running.rta.read_states()),
        "reports": {
            each["Key"]: each["ETag"] for each in objects.get("Contents", []) if each["Size"] > 1
        },
        "waiting": int(waiting["Attributes"]["ApproximateNumberOfMessages"]),
    }


def _keys_and_boundary(running: Running) -> dict[str, str]:
    key = running.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    boundary = running.cloud.client("iam").create_policy(
        PolicyName="boundary",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )["Policy"]["Arn"]
    return {
        "agent_event_stream_kms_arn": key,
        "connect_s3_kms_arn": key,
        "kms_key_arn": key,
        "permissions_boundary_arn": boundary,
    }
