"""With `kms_key_arn`, nothing that keeps data is left to another key."""

import pytest

from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.workspace import TerraformError, Workspace, workspace
from tests.plan.encryption import left_to_other_keys
from tests.plan.planned import plan, resources

pytestmark = pytest.mark.xdist_group("plan")

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CONNECT = {
    "connect_s3_bucket": "amazon-connect-0123456789ab",
    "connect_s3_prefix": "connect/acme/Reports/Aspect/",
}
EVERYTHING = {
    **CONNECT,
    "agent_statuses": {"Available": "A"},
    "kms_key_arn": KEY,
    "lambda_config_location": "table",
    "num_sqs_queues": 2,
}

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


@pytest.fixture(scope="module")
def made(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspace("examples/both-new-stream", tmp_path_factory.mktemp("key"), cloud)


def test_everything_that_keeps_data_is_encrypted_with_the_key(made: Workspace) -> None:
    planned = list(resources(plan(made, EVERYTHING)["planned_values"]["root_module"]))
    assert left_to_other_keys(KEY, planned) == []
    kinds = {each["type"] for each in planned if each["mode"] == "managed"}
    assert kinds >= KEEP_DATA, "or there was nothing to look at"


def test_rights_of_a_user_that_iam_would_not_take_are_refused(made: Workspace) -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 2,048 characters of inline policies for a user."""
    longest = {"lambda_config_location": "env", "name": "x" * 32, "num_sqs_queues": 10}
    with pytest.raises(TerraformError) as refused:
        plan(made, EVERYTHING | longest)
    told = " ".join(str(refused.value).replace("│", " ").split())
    assert "more than the 2,048 characters that IAM gives a user: choose fewer queues" in told
