"""`aspect-wfm replay`: the function it finds, what it prints, and how it ends."""

import json
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from aspect_wfm.deployment import DeploymentError, chosen_function
from aspect_wfm.outcome import Status
from aspect_wfm.replay.function import failed_records_function
from tests.unit.events import event
from tests.unit.replay.deployment import (
    CLASSIFIER,
    RELAY,
    Deployment,
    Functions,
    failing_from,
    identity,
    malformed,
    minute,
    on_stream,
    replay_command,
)


def test_a_function_that_is_none_of_ours_is_refused(deployment: Deployment) -> None:
    with pytest.raises(DeploymentError, match="neither a relay nor a classifier"):
        failed_records_function("other", {})
    environment = deployment.functions.environments[RELAY] | {"SqsQueueUrl1": "x"}
    with pytest.raises(DeploymentError, match="SqsQueueUrl1"):
        failed_records_function(RELAY, environment)


def test_the_function_is_found_in_the_outputs(tmp_path: Any) -> None:
    file = tmp_path / "outputs.json"
    one = {"rta_lambda_function_name": {"value": RELAY}}
    file.write_text(json.dumps(one))
    names = ("rta_lambda_function_name", "classifier_lambda_function_name")
    assert chosen_function(str(file), None, None, names, identity) == RELAY
    file.write_text(json.dumps(one | {"classifier_lambda_function_name": {"value": CLASSIFIER}}))
    assert chosen_function(str(file), None, CLASSIFIER, names, identity) == CLASSIFIER
    with pytest.raises(DeploymentError, match=f"--function, {CLASSIFIER} or {RELAY}"):
        chosen_function(str(file), None, None, names, identity)
    with pytest.raises(DeploymentError, match="--function"):
        chosen_function(None, None, None, names, identity)
    file.write_text(json.dumps({"rta": {"value": {"berlin": {names[0]: RELAY}}}}))
    assert chosen_function(str(file), "rta.berlin", None, names, identity) == RELAY
    with pytest.raises(DeploymentError, match=r"Deployments are at: rta\.berlin"):
        chosen_function(str(file), "rta.rome", None, names, identity)
    with pytest.raises(DeploymentError, match="No output"):
        chosen_function(str(file), None, None, ("classifier_lambda_function_name",), identity)


APPLICATION = "arn:aws:kinesisanalytics:eu-central-1:123456789012:application/aspect-wfm-ap"


def test_a_flink_application_is_refused_with_what_to_do_instead(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({"flink_application_arn": {"value": APPLICATION}}))
    for arguments in ([str(file)], ["--function", APPLICATION]):
        assert replay_command(arguments) == 2
        assert "aspect-wfm rebuild" in capsys.readouterr().err
    both = {"flink_application_arn": APPLICATION, "rta_lambda_function_name": RELAY}
    file.write_text(json.dumps({name: {"value": value} for name, value in both.items()}))
    assert chosen_function(str(file), None, None, ("rta_lambda_function_name",), identity) == RELAY


def test_the_command_says_what_it_did_and_nothing_of_an_event(
    command_line: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    key = command_line.keep(
        on_stream(1, event("ann", minute(1))), on_stream(2, event("bob", minute(2)))
    )
    assert replay_command(["--function", RELAY, "--dry-run"]) == 0
    assert "2  would be replayed" in capsys.readouterr().out
    command_line.functions.refusals = [failing_from(2)]
    assert replay_command(["--function", RELAY]) == 1
    output = capsys.readouterr().out
    assert "1  taken" in output
    assert f"{key}: 1 record: the function could not deliver it" in output
    assert replay_command(["--function", RELAY, "--bucket", "failed-records"]) == 0
    output += capsys.readouterr().out
    assert replay_command(["--function", RELAY]) == 0
    assert "0  documents" in capsys.readouterr().out
    assert not any(name in output for name in ("ann", "bob", "agent/"))


def test_the_same_is_printed_as_json(
    command_line: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    key = command_line.keep(
        on_stream(1, event("ann", minute(1))), on_stream(2, event("bob", minute(2)))
    )
    command_line.functions.refusals = [failing_from(2)]
    assert replay_command(["--function", RELAY, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["taken"], report["documents"], report["dryRun"]) == (1, 1, False)
    (left,) = report["left"]
    assert (left["key"], left["records"]) == (key, 1)
    assert "could not deliver it" in left["reason"]


@pytest.mark.parametrize(
    "arguments", [["--prefix", "replayed/"], ["--after", "noon"], ["--function"]]
)
def test_a_wrong_argument_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        replay_command(arguments)
    assert refusal.value.code == 2


@pytest.mark.usefixtures("command_line")
def test_a_bucket_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert replay_command(["--function", RELAY, "--bucket", "none-such"]) == Status.NOTHING_SAID
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Bucket none-such does not exist (region " in printed.err


def test_a_function_that_is_not_there_is_said(
    command_line: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = ClientError(
        {"Error": {"Code": "ResourceNotFoundException", "Message": "Function not found: x"}},
        "GetFunctionConfiguration",
    )
    with mock.patch.object(Functions, "get_function_configuration", side_effect=missing):
        assert replay_command(["--function", "x"]) == 2
    assert "Function x does not exist (region " in capsys.readouterr().err
    command_line.functions.environments["heartbeat"] = {}
    assert replay_command(["--function", "heartbeat"]) == 2
    assert "neither" in capsys.readouterr().err


def test_what_a_document_names_drives_no_terminal(
    command_line: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "other\x1b[2J\x9b31m\u202eNothing is left."
    body = malformed(
        lambda document, _: document["requestContext"].update(
            functionArn=f"arn:aws:lambda:eu-central-1:111122223333:function:{hostile}"
        )
    )
    command_line.s3.put_object(Bucket="failed-records", Key="aws/lambda/\x1b[31m1", Body=body)
    assert replay_command(["--function", RELAY]) == Status.SOMETHING_TO_DO
    printed = capsys.readouterr().out
    assert "Nothing is left." in printed
    assert all(each.isprintable() for each in printed.replace("\n", ""))
