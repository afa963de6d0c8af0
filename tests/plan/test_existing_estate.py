"""The example of a larger configuration keeps an estate's rules: two plans of it."""

import json
import re
from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.local_cloud.cloud import ACCOUNT_ID, REGION
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.plan.configurations import BOUNDARY, KEY, TAGS
from tests.plan.encryption import left_to_other_keys
from tests.plan.planned import Planned

pytestmark = pytest.mark.xdist_group("plan")

# What is made three times for three RTA servers, and what once; alarms and dashboards aside.
COUNTS = {
    "aws_cloudwatch_event_rule": 1,
    "aws_cloudwatch_event_target": 1,
    "aws_cloudwatch_log_group": 6,
    "aws_cloudwatch_log_stream": 1,
    "aws_dynamodb_table": 9,
    "aws_iam_role": 10,
    "aws_iam_role_policy": 10,
    "aws_kinesis_firehose_delivery_stream": 1,
    "aws_lambda_event_source_mapping": 4,
    "aws_lambda_function": 5,
    "aws_lambda_permission": 1,
    "aws_s3_bucket": 5,
    "aws_s3_bucket_lifecycle_configuration": 5,
    "aws_s3_bucket_policy": 5,
    "aws_s3_bucket_public_access_block": 5,
    "aws_s3_bucket_server_side_encryption_configuration": 5,
    "aws_s3_object": 1,
    "aws_sqs_queue": 4,
    "terraform_data": 5,
}

# Inline policies of a role, log streams of a group.
NAMED_WITHIN_ANOTHER = {"aws_cloudwatch_log_stream", "aws_iam_role_policy"}


@pytest.fixture(scope="module")
def planned(plans: dict[str, Planned]) -> Planned:
    return plans["estate"]


@pytest.fixture(scope="module")
def managed(planned: Planned) -> list[dict[str, Any]]:
    return planned.managed


@pytest.fixture(scope="module")
def planned_by_a_role_on_flink(plans: dict[str, Planned]) -> Planned:
    """Deployed by a role that Terraform assumes, and with Flink for the classifier."""
    return plans["estate-on-flink"]


def test_each_rta_server_has_its_own_and_the_wfm_adapter_one(
    planned: Planned, managed: list[dict[str, Any]]
) -> None:
    counts = Counter(each["type"] for each in managed)
    seen = {"aws_cloudwatch_dashboard", "aws_cloudwatch_metric_alarm"}
    assert {kind: count for kind, count in counts.items() if kind not in seen} == COUNTS
    assert set(planned.outputs) == {"agent_productivity", "key_policy", "next_steps", "rta"}


def test_everything_is_encrypted_with_the_estates_key(managed: list[dict[str, Any]]) -> None:
    assert left_to_other_keys(KEY, managed) == []


def test_every_role_is_bounded_and_under_the_estates_path(managed: list[dict[str, Any]]) -> None:
    roles = [each["values"] for each in managed if each["type"] == "aws_iam_role"]
    assert {role["permissions_boundary"] for role in roles} == {BOUNDARY}
    assert {role["path"] for role in roles} == {"/integration/wfm/"}


def test_each_product_has_a_role_with_an_external_id_of_its_own(
    managed: list[dict[str, Any]],
) -> None:
    ids = {
        each["values"]["name"]: statement["Condition"]["StringEquals"]["sts:ExternalId"]
        for each in managed
        if each["type"] == "aws_iam_role" and each["name"] in ("rta", "wfm_adapter")
        for statement in json.loads(each["values"]["assume_role_policy"])["Statement"]
    }
    assert ids == {
        "acme-prod-wfm-ap-adapter": "wfm-adapter",
        "acme-prod-wfm-rta-apac-server": "rta-apac",
        "acme-prod-wfm-rta-emea-server": "rta-emea",
        "acme-prod-wfm-rta-sales-server": "rta-sales",
    }


def test_all_but_the_reference_table_has_the_estates_tags_and_the_modules_own(
    managed: list[dict[str, Any]],
) -> None:
    tagged = {
        each["address"]: each["values"].get("tags_all", {})
        for each in managed
        if "tags" in each["values"]
    }
    table = "module.agent_productivity.aws_s3_object.status_table[0]"
    assert tagged.pop(table) == {}
    assert {
        address: tags for address, tags in tagged.items() if not tags.items() >= TAGS.items()
    } == {}
    assert {tags["aspect-wfm-component"] for tags in tagged.values()} == {
        "agent-productivity",
        "real-time-adherence",
    }
    assert {tags.get("aspect-wfm-rta-server") for tags in tagged.values()} == {
        None,
        "apac",
        "emea",
        "sales",
    }


def test_every_name_follows_the_estates_rule(managed: list[dict[str, Any]]) -> None:
    names = {
        each["values"][attribute]
        for each in managed
        for attribute in ("name", "bucket", "function_name", "alarm_name", "dashboard_name")
        if isinstance(each["values"].get(attribute), str)
        if each["type"] not in NAMED_WITHIN_ANOTHER
    }
    prefixes = (
        "acme-prod-wfm-",
        "/aws/lambda/acme-prod-wfm-",
        "/aws/kinesisfirehose/acme-prod-wfm-",
    )
    assert {name for name in names if not name.startswith(prefixes)} == set()


def test_the_key_goes_by_the_policies_of_its_account(planned: Planned) -> None:
    statements = _key_policy(planned)
    assert statements.keys() == {
        "TheAccountsPoliciesDecideWhoUsesTheKey",
        "CloudWatchLogsEncryptsTheLogs",
    }
    account = statements["TheAccountsPoliciesDecideWhoUsesTheKey"]
    assert account["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    assert account["Action"] == "kms:*"


def test_cloudwatch_logs_may_use_the_key_for_every_log_group_and_no_others(
    planned: Planned, planned_by_a_role_on_flink: Planned
) -> None:
    groups = {
        f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{each['values']['name']}"
        for each in planned.managed + planned_by_a_role_on_flink.managed
        if each["type"] == "aws_cloudwatch_log_group"
    }
    for each in (planned, planned_by_a_role_on_flink):
        logs = _key_policy(each)["CloudWatchLogsEncryptsTheLogs"]
        assert logs["Principal"] == {"Service": f"logs.{REGION}.amazonaws.com"}
        patterns = logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
        covered = {
            pattern: {group for group in groups if fnmatchcase(group, pattern)}
            for pattern in patterns
        }
        assert set().union(*covered.values()) == groups
        assert all(covered.values()), "a pattern is of no log group"
        assert all(":log-group:/aws/" in pattern for pattern in patterns)
        assert all(pattern.endswith("/acme-prod-wfm-*") for pattern in patterns)


def test_whoever_deploys_may_have_four_services_use_the_key_and_nothing_else(
    planned_by_a_role_on_flink: Planned,
) -> None:
    statement = _key_policy(planned_by_a_role_on_flink)["WhoeverAppliesHasServicesUseTheKey"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:role/estate-deployment"}
    assert set(statement["Action"]) == {
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
    }
    services = ("dynamodb", "firehose", "lambda", "s3")
    assert statement["Condition"] == {
        "StringEquals": {"kms:ViaService": [f"{each}.{REGION}.amazonaws.com" for each in services]}
    }


def test_only_in_the_contact_centres_account_is_the_role_assumed(
    planned_by_a_role_on_flink: Planned,
) -> None:
    callers = {
        each["address"]: each["values"]["arn"]
        for each in planned_by_a_role_on_flink.read
        if each["type"] == "aws_caller_identity"
    }
    assert callers.pop("data.aws_caller_identity.products") == f"arn:aws:iam::{ACCOUNT_ID}:root"
    assert len(callers) == 5, "this configuration and its four deployments"
    assert set(callers.values()) == {
        f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/estate-deployment/aspect-wfm"
    }


def test_the_plan_with_the_external_ids_is_a_file_that_git_ignores() -> None:
    readme = (REPOSITORY / "examples" / "existing-estate" / "README.md").read_text()
    files = re.findall(r"-out=(\S+)", readme)
    assert files
    assert "*.tfplan" in (REPOSITORY / ".gitignore").read_text().splitlines()
    assert [name for name in files if not name.endswith(".tfplan")] == []


def _key_policy(planned: Planned) -> dict[str, dict[str, Any]]:
    """The statements of the key's policy by their identifiers."""
    policy = json.loads(planned.outputs["key_policy"])
    return {each["Sid"]: each for each in policy["Statement"]}
