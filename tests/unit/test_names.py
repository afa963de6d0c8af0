"""Names and sizes that Terraform's own checks cannot see."""

import itertools
import json
import re

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.relay_environment import MESSAGE_GROUP, queue_variables
from tests.terraform_files import blocks, local_values

RTA = REPOSITORY / "modules" / "rta"
MAX_QUEUES = local_values(RTA)["max_sqs_queues"]


def test_a_reader_is_told_how_many_queues_there_may_be() -> None:
    description = blocks(RTA, "variable")["num_sqs_queues"]["description"]
    assert f"(1 to {MAX_QUEUES})" in description


def test_two_deployments_with_different_names_never_ask_for_the_same_name() -> None:
    names = " ".join(f'"{name}"' for name in local_values(RTA)["names"].values())
    suffixes = re.findall(r'"\$\{(?:var|local)\.name\}(-[^"]*)"', names)
    assert len(suffixes) >= 8
    spelled_out: set[str] = set()
    for suffix in suffixes:
        numbers = range(1, MAX_QUEUES + 1) if "${index + 1}" in suffix else [0]
        for number in numbers:
            spelled_out.add(
                suffix.replace("${index + 1}", str(number)).replace(
                    "${local.account_id}", "111122223333"
                )
            )
    for one, other in itertools.permutations(spelled_out, 2):
        assert not one.endswith(other), f"a name ending in {one} may also be one ending in {other}"


def test_the_longest_configuration_fits_the_functions_environment() -> None:
    name, region = "n" * 32, "cn-northwest-1"
    sqs = f"https://sqs.{region}.amazonaws.com.cn/111122223333"
    environment = {
        "AhgFilterLevel": "5",
        "AhgFilterSeparator": ",",
        "AhgFilterValues": '"' * 1024,  # 2,048 bytes as JSON, as the validation measures
        "ConfigTableName": f"{name}-configuration",
        "DynamoDbTableName": f"{name}-agent-states",
        "FAILED_RECORDS_BUCKET": f"{name}-failed-records-111122223333",
        "LogLevel": "WARNING",
        "MESSAGE_GROUPS": "shared",
        "SIGNED_OUT_AGENTS_TABLE": f"{name}-signed-out-agents",
        "SqsQueueMessageGroupId": MESSAGE_GROUP,
        "WriteEventsToQueue": "False",
        **queue_variables([f"{sqs}/{name}-events-{n}.fifo" for n in range(1, MAX_QUEUES + 1)]),
    }
    (deployed,) = blocks(RTA, "resource")["aws_lambda_function.relay"]["environment"]
    spelled_out = re.findall(r"\b([A-Za-z_]+) = ", deployed["variables"])
    numbered = {f"SqsQueueUrl{n}" for n in range(1, MAX_QUEUES + 1)}
    assert set(environment) == set(spelled_out) | numbered
    assert len(json.dumps(environment, separators=(",", ":"))) <= 4096
