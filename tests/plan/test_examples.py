"""The six options offer all that their modules do, with the modules' types and defaults."""

import re

import pytest

from tests.example_files import (
    EXAMPLES,
    MODULES,
    OWN_VARIABLES,
    outputs_file,
    passed_on,
    sample_file,
    variables_file,
)
from tests.examples import OPTIONS, OTHERS
from tests.terraform_files import blocks, parse

FILES = {
    "outputs.tf": outputs_file,
    "terraform.tfvars.example": sample_file,
    "variables.tf": variables_file,
}


def test_every_example_is_an_option_or_known_as_another() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert folders == {*OPTIONS, *OTHERS}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_passes_every_variable_of_its_modules_on(option: str) -> None:
    for call in blocks(EXAMPLES / option, "module").values():
        module = call["source"].removeprefix("../../modules/")
        arguments = call.keys() - {"source"}
        assert arguments == blocks(MODULES / module, "variable").keys(), module
        assert [*call] == ["source", *sorted(arguments)], module
        for name in arguments:
            if call[name].startswith("${module."):
                assert call[name] == f"${{module.agent_stream.{name}}}"
    has = {*passed_on(EXAMPLES / option), *OWN_VARIABLES}
    assert has == blocks(EXAMPLES / option, "variable").keys()


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_has_its_variables_and_outputs_from_its_modules(option: str) -> None:
    written = {name: (EXAMPLES / option / name).read_text() for name in FILES}
    assert written == {name: made(option) for name, made in FILES.items()}, "run make build"


@pytest.mark.parametrize(
    "copies",
    [
        "*-stream/existing_stream.tf",
        "*-stream/provider.tf",
        "*/versions.tf",
        "agent-productivity-*-stream/alarm_topic.tf",
        "both-*-stream/alarm_topic.tf",
        "real-time-adherence-*-stream/alarm_topic.tf",
    ],
)
def test_options_have_the_same_file_where_they_do_the_same(copies: str) -> None:
    assert len({path.read_text() for path in EXAMPLES.glob(copies)}) == 1


@pytest.mark.parametrize("option", OPTIONS)
def test_modules_that_share_a_variable_have_the_same_default_for_it(option: str) -> None:
    for name, passed in passed_on(EXAMPLES / option).items():
        defaults = [each.body.get("default") for each in passed]
        assert all(each == defaults[0] for each in defaults), name


@pytest.mark.parametrize("example", OTHERS)
def test_another_example_repeats_no_default_and_shows_the_one_that_applies(example: str) -> None:
    folder = EXAMPLES / example
    own = {name: body.get("default") for name, body in blocks(folder, "variable").items()}
    modules = {name: each[0].body.get("default") for name, each in passed_on(folder).items()}
    repeated = {name for name in own.keys() & modules.keys() if own[name] == modules[name]}
    assert {name for name in repeated if own[name] is not None} == set()
    sample = (folder / "terraform.tfvars.example").read_text(encoding="utf-8")
    for name, shown in re.findall(r"^# (\w+) += (.+)$", sample, re.MULTILINE):
        default = modules.get(name) if own[name] is None else own[name]
        assert parse(f"value = {shown}\n")["value"] == default, name


def test_null_takes_a_modules_default_or_has_a_meaning_of_its_own() -> None:
    for module in MODULES.iterdir():
        nullable = {
            name
            for name, body in blocks(module, "variable").items()
            if body.get("default") is not None and body.get("nullable") is not False
        }
        assert nullable <= {"alarms"}, module.name
