"""No deployment adopts what another one of its name has made.

Some create calls of AWS answer for a resource that exists as for a new one. A second deployment
under the same names would then hold the resource in its state, and destroy it. So a create that
rejects an existing name has to come before; tests/changes/test_second_apply.py tries it.
"""

import re
from collections import defaultdict

import pytest

from tests.examples import OPTIONS
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.together import Configuration, root_module
from tests.terraform_files import blocks

pytestmark = pytest.mark.xdist_group("plan")

# AWS rejects these where the name is taken, and a mapping and an association where there is one,
# with the error that its API reference has for the create.
REJECTS_AN_EXISTING_NAME = {
    "aws_cloudwatch_log_group",  # ResourceAlreadyExistsException
    "aws_cloudwatch_log_stream",  # ResourceAlreadyExistsException
    "aws_connect_instance_storage_config",  # ResourceConflictException
    "aws_dynamodb_table",  # ResourceInUseException
    "aws_iam_role",  # EntityAlreadyExists
    "aws_iam_user",  # EntityAlreadyExists
    "aws_kinesis_firehose_delivery_stream",  # ResourceInUseException
    "aws_kinesis_stream",  # ResourceInUseException
    "aws_kinesis_stream_consumer",  # ResourceInUseException
    "aws_kinesisanalyticsv2_application",  # ResourceInUseException
    "aws_lambda_event_source_mapping",  # ResourceConflictException
    "aws_lambda_function",  # ResourceConflictException
}

# Rejected by name in the region of the deployment: what waits for one of these cannot be another's.
_OF_THE_REGION = {
    "aws_cloudwatch_log_group",
    "aws_dynamodb_table",
    "aws_iam_role",
    "aws_kinesis_stream",
    "aws_lambda_function",
}

# Each upsert, and what it may wait for: a part of a resource for that resource, a name of the
# region for another name there, a name of the account or of all accounts for a role.
WAITS_FOR = {
    "aws_cloudwatch_dashboard": {"aws_iam_role"},
    "aws_cloudwatch_event_rule": _OF_THE_REGION,
    "aws_cloudwatch_event_target": {"aws_lambda_function"},
    "aws_cloudwatch_metric_alarm": _OF_THE_REGION,
    "aws_iam_role_policy": {"aws_iam_role"},
    "aws_iam_user_policy": {"aws_iam_user"},
    "aws_lambda_permission": {"aws_lambda_function"},
    "aws_s3_bucket": {"aws_iam_role"},  # rejected, but not by us-east-1
    "aws_s3_bucket_lifecycle_configuration": {"aws_s3_bucket"},
    "aws_s3_bucket_policy": {"aws_s3_bucket"},
    "aws_s3_bucket_public_access_block": {"aws_s3_bucket"},
    "aws_s3_bucket_server_side_encryption_configuration": {"aws_s3_bucket"},
    "aws_s3_object": {"aws_s3_bucket"},
    "aws_sqs_queue": _OF_THE_REGION,
}

MODULES = sorted(path.name for path in (REPOSITORY / "modules").iterdir())


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> str:
    modules = {
        module: Configuration(
            f"modules/{module}",
            {
                name: None
                for name, body in blocks(REPOSITORY / "modules" / module, "variable").items()
                if "default" not in body
            },
        )
        for module in MODULES
    }
    return root_module(modules, None, tmp_path_factory.mktemp("graph")).run("graph")


@pytest.mark.parametrize("module", MODULES)
def test_what_aws_would_overwrite_waits_for_what_it_rejects(module: str, graph: str) -> None:
    resources = blocks(REPOSITORY / "modules" / module, "resource")
    before = _waits_for(graph.replace(f"module.{module}.", ""))
    for address, body in resources.items():
        kind = address.partition(".")[0]
        if kind in REJECTS_AN_EXISTING_NAME or not kind.startswith("aws_"):
            continue
        if kind == "aws_kms_grant":
            assert "name" not in body, "KMS answers with the first grant of a name"
            continue
        assert kind in WAITS_FOR, f"{kind}: does its create reject an existing name?"
        # A resource with other instances, or none, is no guard; but what waits for it waits for all
        # that it waits for.
        assert [
            other
            for other in _all_before(address, before)
            if other.partition(".")[0] in WAITS_FOR[kind]
            and resources[other].get("count") in (None, body.get("count"))
        ], f"{address} would adopt what another deployment of this name has made"


@pytest.mark.parametrize("option", OPTIONS)
def test_the_topic_of_an_option_is_named_by_what_aws_rejects(option: str) -> None:
    """SNS answers a second CreateTopic of a name like the first one."""
    topic = blocks(REPOSITORY / "examples" / option, "resource")["aws_sns_topic.alarms"]
    module, output = re.findall(r"module\.(\w+)\.(\w+)", topic["name"])[0]
    value = blocks(REPOSITORY / "modules" / module, "output")[output]["value"]
    kind, _, attribute = value.removeprefix("${").removesuffix("}").split(".")
    assert attribute == "name"
    assert kind in REJECTS_AN_EXISTING_NAME - {"aws_iam_role", "aws_iam_user"}, "of the region"


def _waits_for(graph: str) -> dict[str, set[str]]:
    """What each resource directly waits for, as Terraform has found it in the references."""
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in re.findall(r'^  "([^"]+)" -> "([^"]+)";$', graph, re.MULTILINE):
        found[one].add(other)
    return found


def _all_before(address: str, before: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    further = [address]
    while further:
        new = before[further.pop()] - found
        found |= new
        further += new
    return {each for each in found if not each.startswith("data.")}
