"""What the modules decide and Python repeats has the same value in both."""

from datetime import timedelta
from pathlib import Path

import pytest

from aspect_wfm.rebuild import files
from rta_relay.message import LARGEST_MESSAGE
from tests.chaos import expectations
from tests.chaos.source_mapping import CLASSIFIER, RELAY, Settings
from tests.local_cloud import terraform_cli
from tests.local_cloud.runtime_client import FUNCTION_TIMEOUT_SECONDS
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks, defaults, read

RTA, PRODUCTIVITY = (REPOSITORY / "modules" / name for name in ("rta", "agent_productivity"))
VERSIONS = sorted(REPOSITORY.glob("*/*/versions.tf"))


@pytest.mark.parametrize(
    ("module", "name", "settings"),
    [(RTA, "relay", RELAY), (PRODUCTIVITY, "classifier", CLASSIFIER)],
)
def test_the_chaos_runs_have_the_modules_event_source_mappings(
    module: Path, name: str, settings: Settings
) -> None:
    mapping = blocks(module, "resource")[f"aws_lambda_event_source_mapping.{name}"]
    variables = blocks(module, "variable")
    age = "${min((var.agent_event_stream_retention_hours - 1) * 3600, 604800)}"
    assert mapping["maximum_record_age_in_seconds"] == age
    assert settings == Settings(
        defaults(variables[f"{name}_function"]["type"])["batch_size"],
        mapping["maximum_retry_attempts"],
        (variables["agent_event_stream_retention_hours"]["default"] - 1) * 3_600,
        mapping["bisect_batch_on_function_error"],
        mapping["function_response_types"] == ["ReportBatchItemFailures"],
    )


def test_the_runs_have_the_functions_timeout() -> None:
    timeouts = {
        body["timeout"]
        for module in (RTA, PRODUCTIVITY)
        for address, body in blocks(module, "resource").items()
        if address.startswith("aws_lambda_function.")
    }
    assert timeouts == {FUNCTION_TIMEOUT_SECONDS}


def test_rebuilt_files_are_those_that_firehose_writes() -> None:
    stream = blocks(PRODUCTIVITY, "resource")["aws_kinesis_firehose_delivery_stream.reports"]
    (delivery,) = stream["extended_s3_configuration"]
    assert timedelta(seconds=delivery["buffering_interval"]) == files.BUFFERED
    assert delivery["buffering_size"] * 1_024 * 1_024 == files.LARGEST_FILE


def test_the_relay_sends_what_the_queues_accept() -> None:
    largest = blocks(RTA, "resource")["aws_sqs_queue.agent_events"]["max_message_size"]
    assert largest == LARGEST_MESSAGE == expectations.LARGEST_MESSAGE


def test_every_configuration_requires_the_versions_that_a_mirror_is_searched_for() -> None:
    assert len({path.read_text("utf-8") for path in VERSIONS}) == 1
    (required,) = read(VERSIONS[0])["terraform"][0]["required_providers"]
    oldest, too_new = terraform_cli.OLDEST, terraform_cli.TOO_NEW
    expected = ">= {}.{}, < {}.{}".format(*oldest[:2], *too_new[:2])
    assert required["aws"]["version"] == expected
