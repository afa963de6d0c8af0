"""What the doctor says where the deployment is of another account or region than it looks in."""

import json
from pathlib import Path
from typing import Any

import pytest

from aspect_wfm.command import main
from aspect_wfm.outcome import Status
from tests.unit.doctor.aws import refused
from tests.unit.doctor.conftest import Estate


@pytest.mark.parametrize(
    "theirs",
    [
        {"agent_event_stream_arn": "arn:aws:kinesis:eu-west-1:123456789012:stream/events"},
        {"sqs_queue_urls": ["https://sqs.eu-central-1.amazonaws.com/999999999999/q.fifo"]},
        {"sqs_queue_urls": ["https://sqs.eu-west-1.amazonaws.com/123456789012/q.fifo"]},
        {"wfm_adapter_role_arn": "arn:aws:iam::999999999999:role/adapter"},
        {"flink_application_arn": "arn:aws:kinesisanalytics:eu-west-1:123456789012:application/a"},
    ],
)
def test_outputs_of_another_account_or_region_are_refused(
    estate: Estate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    theirs: dict[str, Any],
) -> None:
    assert _examined(estate, theirs, tmp_path, monkeypatch) == Status.NOTHING_SAID
    assert "--profile and --region" in capsys.readouterr().err


def test_outputs_without_a_region_of_which_nothing_is_here_are_one_sentence(
    estate: Estate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for function in ("wfm-relay", "wfm-classifier"):
        estate.aws.real_client("lambda").delete_function(FunctionName=function)
    assert _examined(estate, {}, tmp_path, monkeypatch) == Status.NOTHING_SAID
    assert capsys.readouterr() == (
        "",
        "Region eu-central-1 has none of the functions of this deployment (wfm-classifier, "
        "wfm-relay): set --region and --profile to where it was applied.\n",
    )


def test_functions_missing_from_the_region_that_the_outputs_name_are_failures(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for function in ("wfm-relay", "wfm-classifier"):
        estate.aws.real_client("lambda").delete_function(FunctionName=function)
    theirs = {"agent_event_stream_arn": estate.stream_arn}
    assert _examined(estate, theirs, tmp_path, monkeypatch) == Status.SOMETHING_TO_DO


def test_a_function_that_these_credentials_may_not_read_is_not_missing(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate.aws.real_client("lambda").delete_function(FunctionName="wfm-classifier")

    def configuration(asked: dict[str, Any]) -> Any:
        if asked["FunctionName"] == "wfm-relay":
            raise refused("AccessDenied", "GetFunctionConfiguration")
        return estate.aws.real_client("lambda").get_function_configuration(**asked)

    estate.aws.answers["lambda", "get_function_configuration"] = configuration
    assert _examined(estate, {}, tmp_path, monkeypatch) == Status.SOMETHING_TO_DO


def test_a_stream_may_be_of_another_account(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = {"agent_event_stream_arn": "arn:aws:kinesis:eu-central-1:999999999999:stream/events"}
    assert _examined(estate, theirs, tmp_path, monkeypatch) != Status.NOTHING_SAID


def _examined(
    estate: Estate, theirs: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> int:
    monkeypatch.setattr("aspect_wfm.commands.doctor.Aws", lambda: estate.aws)
    source = tmp_path / "outputs.json"
    outputs = {**estate.deployment.outputs, **theirs}
    source.write_text(json.dumps({name: {"value": each} for name, each in outputs.items()}))
    return main(["doctor", str(source)])
