"""With `kms_key_arn`, nothing that keeps data is left to another key."""

from pathlib import Path

import pytest

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.workspace import TerraformError, workspace
from tests.plan.configurations import KEY, WITH_A_KEY
from tests.plan.encryption import left_to_other_keys
from tests.plan.planned import Planned, plan

pytestmark = pytest.mark.xdist_group("plan")

KEEP_DATA = {
    "aws_cloudwatch_log_group",
    "aws_dynamodb_table",
    "aws_kinesis_firehose_delivery_stream",
    "aws_kinesis_stream",
    "aws_lambda_function",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_object",
    "aws_sqs_queue",
}


def test_everything_that_keeps_data_is_encrypted_with_the_key(plans: dict[str, Planned]) -> None:
    planned = plans["key"].managed
    assert left_to_other_keys(KEY, planned) == []
    assert {each["type"] for each in planned} >= KEEP_DATA, "or there was nothing to look at"


def test_rights_of_a_user_that_iam_would_not_take_are_refused(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 2,048 characters of inline policies for a user."""
    made = workspace("examples/both-new-stream", tmp_path, cloud)
    longest = {
        "connect_s3_prefix": f"connect/{'x' * 800}/Reports/",
        "aspect_ap_data_s3_prefix": f"{'x' * 800}/",
        "lambda_config_location": "env",
        "name": "x" * 32,
        "num_sqs_queues": 10,
    }
    with pytest.raises(TerraformError) as refused:
        plan(made, WITH_A_KEY | longest)
    told = " ".join(str(refused.value).replace("│", " ").split())
    assert "longer than the 2,048 characters that IAM allows for a user: use fewer queues" in told
    assert "characters that IAM allows for a user: use shorter prefixes" in told
