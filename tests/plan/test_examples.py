"""The six options offer all that their modules do, with the same types and defaults."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.examples import OPTIONS, OTHERS
from tests.local_cloud.terraform_cli import REPOSITORY

EXAMPLES = REPOSITORY / "examples"


class Variable(NamedTuple):
    """A variable's type and default as they are written; without a default it is required."""

    type: str
    default: str | None


def test_every_example_is_an_option_or_known_as_another() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert folders == {*OPTIONS, *OTHERS}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_passes_every_variable_of_its_modules_on(option: str) -> None:
    own = _variables(EXAMPLES / option)
    passed = set[str]()
    for module, arguments in _module_calls(EXAMPLES / option).items():
        theirs = _variables(REPOSITORY / "modules" / module)
        assert arguments.keys() == theirs.keys(), module
        for name, value in arguments.items():
            if value.startswith("module."):
                assert value == f"module.agent_stream.{name}"
                continue
            mine = value.removeprefix("var.")
            assert own[mine] == theirs[name], f"{module}: {name}"
            passed.add(mine)
    assert passed == own.keys()


def _variables(folder: Path) -> dict[str, Variable]:
    found = {}
    for name, body in _blocks((folder / "variables.tf").read_text(), "variable"):
        attributes = dict(re.findall(r"^  (type|default) += (.+)$", body, re.MULTILINE))
        found[name] = Variable(attributes["type"], attributes.get("default"))
    return found


def _module_calls(example: Path) -> dict[str, dict[str, str]]:
    """The arguments of each module that the example calls, by its folder, without the source."""
    found = {}
    for _, body in _blocks((example / "main.tf").read_text(), "module"):
        arguments = dict(re.findall(r"^  (\w+) += (.+)$", body, re.MULTILINE))
        source = arguments.pop("source").strip('"')
        found[source.removeprefix("../../modules/")] = arguments
    return found


def _blocks(source: str, kind: str) -> list[tuple[str, str]]:
    """The name and the text of each block of a kind."""
    return re.findall(rf'^{kind} "([^"]+)" \{{\n(.*?)^\}}', source, re.MULTILINE | re.DOTALL)
