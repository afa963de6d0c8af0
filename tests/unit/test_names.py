"""Names and sizes that Terraform's own checks cannot see."""

import itertools
import json
import re

from tests.local_cloud.terraform_cli import REPOSITORY


def test_two_deployments_with_different_names_never_ask_for_the_same_name() -> None:
    source = (REPOSITORY / "modules" / "rta" / "names.tf").read_text()
    suffixes = re.findall(r'"\$\{var\.name\}(-[^"]*)"', source)
    assert len(suffixes) >= 8
    spelled_out: set[str] = set()
    for suffix in suffixes:
        numbers = range(1, 11) if "${index + 1}" in suffix else [0]
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
        "AGENT_STATE_TABLE": f"{name}-agent-states",
        "AHG_FILTER_LEVEL": "5",
        "AHG_FILTER_SEPARATOR": ",",
        "AHG_FILTER_VALUES": '"' * 1024,  # 2,048 bytes as JSON, as the validation measures
        "CONFIGURATION_TABLE": f"{name}-configuration",
        "FAILED_RECORDS_BUCKET": f"{name}-failed-records-111122223333",
        "FLAG_LOCATION": "table",
        "LOG_LEVEL": "WARNING",
        "MESSAGE_GROUPS": "shared",
        "QUEUE_URLS": json.dumps([f"{sqs}/{name}-events-{n}.fifo" for n in range(1, 11)]),
        "SIGNED_OUT_AGENTS_TABLE": f"{name}-signed-out-agents",
        "WriteEventsToQueue": "False",
    }
    source = (REPOSITORY / "modules" / "rta" / "relay_function.tf").read_text()
    assert set(environment) == set(
        re.findall(r"^ +([A-Za-z_]+) += ", _environment(source), re.MULTILINE)
    )
    assert len(json.dumps(environment, separators=(",", ":"))) <= 4096


def _environment(source: str) -> str:
    return source[source.index("environment {") : source.index("logging_config {")].replace(
        "    variables =", ""
    )
