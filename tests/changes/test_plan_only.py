"""docs/policies/plan.json is enough for a plan (docs/changes.md)."""

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from tests.changes.conftest import BEFORE, OTHER_BUCKET, Running
from tests.local_cloud.cloud import ACCOUNT_ID, access_key, delete_access_keys
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.workspace import TerraformError

pytestmark = pytest.mark.xdist_group("changes")

POLICY = REPOSITORY / "docs" / "policies" / "plan.json"
USER = "plan-only"

# What ministack 1.5 authorises on all resources, or on a rule's ARN with the name of its bus: AWS
# has the resources of the policy. It takes a look at one mapping for one at all of them.
MINISTACK = {
    "Effect": "Allow",
    "Action": [
        "cloudwatch:GetDashboard",
        "cloudwatch:ListTagsForResource",
        "dynamodb:ListTagsOfResource",
        "events:DescribeRule",
        "events:ListTagsForResource",
        "events:ListTargetsByRule",
        "lambda:ListEventSourceMappings",
    ],
    "Resource": "*",
}

# IAM User Guide, "IAM and AWS STS quotas": a managed policy, without blanks.
LONGEST = 6144


def test_the_documented_policy_is_enough_for_a_plan_and_changes_nothing(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = json.loads(POLICY.read_text(encoding="utf-8"))
    assert len(json.dumps(policy, separators=(",", ":"))) <= LONGEST
    actions = {action for each in policy["Statement"] for action in _as_list(each["Action"])}
    assert {*MINISTACK["Action"]} - actions == {"lambda:ListEventSourceMappings"}
    assert "lambda:GetEventSourceMapping" in actions
    policy["Statement"].append(MINISTACK)
    text = json.dumps(policy).replace("111122223333", ACCOUNT_ID)
    iam = running.cloud.client("iam")
    iam.create_user(UserName=USER)
    iam.put_user_policy(
        UserName=USER,
        PolicyName="plan",
        PolicyDocument=text.replace("your-copy-of-the-zips", OTHER_BUCKET),
    )
    key = access_key(running.cloud, USER)
    try:
        for name, value in running.cloud.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key.access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key.secret_access_key)
        # Without a cloud, Terraform has the credentials of the environment.
        planning = replace(running.workspace, cloud=None)
        planning.changes(BEFORE | {"shard_count": 2})
        planning.changes(BEFORE | {"qss3_bucket_name": OTHER_BUCKET, "qss3_key_prefix": "zips/"})

        with pytest.raises(ClientError, match="AccessDenied"):
            running.cloud.client("sqs", key).purge_queue(
                QueueUrl=running.outputs["sqs_queue_urls"][0]
            )
        iam.delete_user_policy(UserName=USER, PolicyName="plan")
        with pytest.raises(TerraformError, match="AccessDenied"):
            planning.changes(BEFORE)
    finally:
        delete_access_keys(running.cloud, USER)
        for name in iam.list_user_policies(UserName=USER)["PolicyNames"]:
            iam.delete_user_policy(UserName=USER, PolicyName=name)
        iam.delete_user(UserName=USER)


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
