import io
import json
from pathlib import Path
from typing import Any

import pytest

from aspect_wfm.deployment import DeploymentError, deployments, output_values, read_outputs

RELAY = {"rta_lambda_function_name": "rta-relay"}


def as_output(value: Any) -> dict[str, Any]:
    return {"sensitive": False, "type": "string", "value": value}


def test_what_terraform_output_prints_becomes_values_by_name() -> None:
    text = json.dumps({"a": as_output("x"), "b": as_output(None), "c": as_output({"d": 1})})
    assert output_values(text, "here") == {"a": "x", "b": None, "c": {"d": 1}}


def test_a_state_has_its_outputs_in_the_same_shape() -> None:
    state = {
        "version": 4,
        "terraform_version": "1.11.0",
        "serial": 3,
        "resources": [],
        "outputs": {"a": {"value": "x", "type": "string"}},
    }
    assert output_values(json.dumps(state), "terraform.tfstate") == {"a": "x"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a JSON object"),
        ("{", "is not a JSON object"),
        ("[]", "is not a JSON object"),
        ("[" * 100_000, "is not a JSON object"),
        ('{"version": 3, "terraform_version": "0.11.0", "modules": []}', "state of version 3"),
    ],
)
def test_what_is_neither_is_refused_with_what_to_give(text: str, said: str) -> None:
    with pytest.raises(DeploymentError, match=f"here.*{said}.*terraform output -json"):
        output_values(text, "here")


def test_outputs_come_from_a_file_and_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps({"a": as_output("x")})
    (tmp_path / "outputs.json").write_text(text)
    assert read_outputs(str(tmp_path / "outputs.json")) == {"a": "x"}
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert read_outputs("-") == {"a": "x"}


def test_in_a_folder_terraform_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terraform = tmp_path / "bin" / "terraform"
    terraform.parent.mkdir()
    terraform.write_text('#!/bin/sh\ntest "$*" = "output -json -no-color" && cat outputs.json\n')
    terraform.chmod(0o755)
    monkeypatch.setenv("PATH", f"{terraform.parent}:/usr/bin:/bin")
    (tmp_path / "outputs.json").write_text(json.dumps({"a": as_output("x")}))
    assert read_outputs(str(tmp_path)) == {"a": "x"}
    terraform.write_text("#!/bin/sh\necho 'no state' >&2\nexit 1\n")
    with pytest.raises(DeploymentError, match="failed:\nno state"):
        read_outputs(str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeploymentError, match="terraform is not on the PATH"):
        read_outputs(str(tmp_path))


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file or directory"), (b"\xff", "it is not UTF-8")]
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "outputs.json"
    if content:
        path.write_bytes(content)
    with pytest.raises(DeploymentError, match=f"Cannot read .*outputs.json: {said}."):
        read_outputs(str(path))


def test_deployments_are_found_at_any_depth_each_function_once() -> None:
    found = deployments(
        {
            "rta": {"berlin": RELAY, "tokyo": {"rta_lambda_function_name": "tokyo-relay"}},
            "list": [{"classifier_lambda_function_name": "ap-classifier"}],
            "again": {"deeper": {"still": RELAY}},
            "others": {"rta_lambda_function_name": None, "x": 1},
        },
        "here",
    )
    assert [each.path for each in found] == ["rta.berlin", "rta.tokyo", "list[0]"]
    assert found[1].get("rta_lambda_function_name") == "tokyo-relay"
    assert found[0].get("missing") is None


def test_a_deployment_has_what_stands_around_it_where_it_says_nothing_itself() -> None:
    (found,) = deployments(
        {
            "connect_instance_id": "outer",
            "agent_event_stream_arn": "arn",
            "rta": {**RELAY, "connect_instance_id": "inner"},
        },
        "here",
    )
    assert found.get("connect_instance_id") == "inner"
    assert found.get("agent_event_stream_arn") == "arn"


def test_a_flink_application_makes_a_deployment_with_and_without_what_terraform_leaves_out() -> (
    None
):
    arn = "arn:aws:kinesisanalytics:r:1:application/wfm"
    for outputs in (
        {"flink_application_arn": arn},
        {"flink_application_arn": arn, "classifier_lambda_function_name": None},
    ):
        (found,) = deployments({"ap": outputs}, "here")
        assert (found.path, found.classifier) == ("ap", arn)
    function = {"flink_application_arn": None, "classifier_lambda_function_name": "f"}
    (found,) = deployments(function, "here")
    assert found.classifier == "f"


def test_urls_are_a_list_of_strings_or_none() -> None:
    (found,) = deployments({**RELAY, "urls": ["a", 1], "url": "a"}, "here")
    assert (found.urls("urls"), found.urls("url"), found.urls("none")) == (["a"], [], [])


def test_outputs_nested_too_deeply_are_refused() -> None:
    deep = '{"a":' * 3_000 + '{"rta_lambda_function_name":"f"}' + "}" * 3_000
    with pytest.raises(DeploymentError, match=r"nested too deeply|no JSON object"):
        deployments(output_values(deep, "outputs.json"), "outputs.json")


def test_standard_input_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff{"), encoding="utf-8"))
    with pytest.raises(DeploymentError, match="Cannot read -: it is not UTF-8"):
        read_outputs("-")


def test_outputs_without_a_deployment_are_refused_with_what_to_put_out() -> None:
    with pytest.raises(
        DeploymentError, match=r"no deployment in here.*rta_lambda_function_name"
    ) as no:
        deployments({"vpc_id": "vpc-1"}, "here")
    assert 'output "rta" { value = module.rta }' in str(no.value)
