"""The relay and the classifier read the stream alike: a rule of one module is in the other."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks

# Agent Productivity may run on Flink instead.
ON_LAMBDA = ("count", "${local.on_lambda ? 1 : 0}")

# The modules' own names, and what takes their place.
NAMES = {
    "rta": {
        "[0]": "",
        "rta_relay": "reader",
        "relay_trust": "trust",
        "names.function": "names.reader",
        "local.role_name": "local.names.reader",
        "relay": "reader",
    },
    "agent_productivity": {
        "[0]": "",
        "agent_classifier": "reader",
        "lambda_trust": "trust",
        "role_names.classifier": "names.reader",
        "classifier": "reader",
        "var.kda_application_name": "var.name",
    },
}

ALIKE = {
    "aws_cloudwatch_log_group.reader",
    "aws_iam_role.reader",
    "aws_kinesis_stream_consumer.reader",
    "aws_lambda_event_source_mapping.reader",
    "aws_lambda_function.reader",
    "aws_s3_bucket.failed_records",
    "aws_s3_bucket_lifecycle_configuration.failed_records",
    "aws_s3_bucket_policy.failed_records",
    "aws_s3_bucket_public_access_block.failed_records",
    "aws_s3_bucket_server_side_encryption_configuration.failed_records",
    "terraform_data.reader_zip",
}

DIFFERENT = {
    # Only Agent Productivity can start at a time.
    "aws_lambda_event_source_mapping.reader": {
        "lifecycle.ignore_changes.starting_position_timestamp",
        "starting_position",
        "starting_position_timestamp",
    },
    # The RTA server writes the flag, and no queue is destroyed while it holds messages.
    "aws_lambda_function.reader": {
        "depends_on.aws_iam_role_policy.reader",
        "description",
        "environment.variables",
        'lifecycle.ignore_changes.environment.variables["WriteEventsToQueue"]',
        "lifecycle.precondition.condition",
        "lifecycle.precondition.error_message",
    },
    # Each module has its own first role.
    "aws_s3_bucket.failed_records": {
        "depends_on.aws_iam_role.firehose",
        "depends_on.aws_iam_role.reader",
    },
    # The zip is kept last, after what the function needs.
    "terraform_data.reader_zip": {
        "depends_on.aws_dynamodb_table.agent_states",
        "depends_on.aws_dynamodb_table.signed_out_agents",
        "depends_on.aws_kinesis_firehose_delivery_stream.reports",
        "depends_on.aws_s3_bucket.failed_records",
        "depends_on.aws_sqs_queue.agent_events",
    },
}

# What each module has for its own product.
OWN_LOCALS = {"alarms", "arns", "functions", "graphs", "mapping", "names", "next_steps", "via"}

# What a validation is about that only one module has: thresholds, other buckets, Firehose's limit.
OWN_VALIDATIONS = {
    "alarms": {"queue_age_minutes", "report_age_minutes"},
    "failed_records_bucket_name": {"connect_s3_bucket"},
    "iam_path": {"Firehose"},
}


@cache
def of_both(kind: str) -> list[dict[str, dict[str, Any]]]:
    """The blocks of a kind in each module, under common names."""
    found = []
    for module, names in NAMES.items():
        text = json.dumps(blocks(REPOSITORY / "modules" / module, kind))
        for own, common in names.items():
            text = text.replace(own, common)
        found.append(json.loads(text))
    return found


def settings(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each setting of a block by its path. A text in a list is part of the path."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from settings(each, f"{path}.{name}")
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, str):
                yield f"{path}.{each.removeprefix('${').removesuffix('}')}".removeprefix("."), None
            else:
                yield from settings(each, path)
    else:
        yield path.removeprefix("."), value


@pytest.mark.parametrize("address", sorted(ALIKE))
def test_both_modules_have_it_with_the_same_settings(address: str) -> None:
    rta, productivity = (set(settings(each[address])) for each in of_both("resource"))
    different = {path for path, _ in (rta ^ productivity) - {ON_LAMBDA}}
    assert different == DIFFERENT.get(address, set())


def test_no_resource_of_the_failed_records_is_in_one_module_alone() -> None:
    for module in of_both("resource"):
        found = {address for address in module if address.endswith(".failed_records")}
        assert found == {address for address in ALIKE if address.endswith(".failed_records")}


def test_both_modules_have_the_same_locals() -> None:
    rta, productivity = (each[""] for each in of_both("locals"))
    different = {name for name in rta.keys() & productivity if rta[name] != productivity[name]}
    assert different == OWN_LOCALS
    assert {"region", "tags_with_version", "usual_alarm", "zips"} <= rta.keys() & productivity


def test_both_modules_check_their_variables_in_the_same_way() -> None:
    rta, productivity = of_both("variable")
    for name in sorted(rta.keys() & productivity):
        common = [
            [
                each
                for each in module[name].get("validation", [])
                if not any(word in str(each) for word in OWN_VALIDATIONS.get(name, ()))
            ]
            for module in (rta, productivity)
        ]
        assert common[0] == common[1], name
    assert OWN_VALIDATIONS.keys() | {"reader_function"} <= rta.keys() & productivity
