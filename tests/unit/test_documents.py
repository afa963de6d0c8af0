"""What the documents point to exists: files, headings, commands."""

import argparse
import importlib.util
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from aspect_wfm.command import subcommands
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.markdown import anchors, code, documents, links, prose

DOCUMENTS = documents()

# Of silent reading, of a text that is not fiction (Brysbaert 2019: 238).
_WORDS_A_MINUTE = 238

# At the beginning of a command, behind what may stand before it: variables, `time` and the like.
_MAKE = r"(?:^|[;&$]) *(?:\w+=\S+ |time |nice )*make ([a-z][a-z-]*)"

by_name = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY))
)


def test_the_documents_are_found() -> None:
    named = {str(path.relative_to(REPOSITORY)) for path in DOCUMENTS}
    assert named >= {"README.md", "CONTRIBUTING.md", "docs/security.md", "modules/rta/README.md"}
    assert not [name for name in named if name.startswith((".venv", "build"))]


@by_name
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    assert [target for target in links(document.read_text()) if _is_broken(document, target)] == []


@by_name
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    assert _named(document, _MAKE) - targets == set()


@by_name
def test_every_python_module_that_is_named_can_be_run(document: Path) -> None:
    named = _named(document, r"python3? -m ([\w.]+)")
    assert {name for name in named if not _can_be_run(name)} == set()


def test_every_policy_is_a_file_that_a_document_links_to() -> None:
    policies = sorted((REPOSITORY / "docs" / "policies").glob("*.json"))
    linked = {
        (document.parent / target).resolve()
        for document in DOCUMENTS
        for target in links(document.read_text())
    }
    assert policies
    assert [each.name for each in policies if each not in linked] == []
    printed = [
        each
        for each in DOCUMENTS
        if any('"2012-10-17"' in block for block in code(each.read_text()))
    ]
    assert printed == [], "make security checks what is in docs/policies"


@by_name
def test_every_command_of_the_operators_package_exists(document: Path) -> None:
    helps = _helps()
    lines = (line for each in code(document.read_text()) for line in each.splitlines())
    for line in lines:
        for name, arguments in re.findall(r"\baspect-wfm (?!-)(\S+)([^|;#]*)", line):
            assert name in helps, line
            for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", arguments):
                assert re.search(rf"(?<!\S){option}\b", helps[name]), line


def test_the_commands_of_the_next_steps_can_be_given_as_they_are() -> None:
    programs = dict(subcommands())
    given = set()
    for file in REPOSITORY.glob("*/*/next_steps.tf"):
        for command in re.findall(r': [^"]*\baspect-wfm ([^"]*)"', file.read_text()):
            name, *arguments = shlex.split(command)
            parser = argparse.ArgumentParser()
            programs[name].add_arguments(parser)
            parser.parse_args(arguments)
            given.add(command)
    assert given == {
        "doctor .",
        "keys create . --product rta",
        "keys create . --product wfm-adapter",
    }


def test_the_readme_is_read_in_five_minutes() -> None:
    words = prose((REPOSITORY / "README.md").read_text()).split()
    assert len(words) <= 5 * _WORDS_A_MINUTE


def test_the_page_on_engines_has_at_most_200_lines() -> None:
    page = (REPOSITORY / "docs" / "engines.md").read_text(encoding="utf-8")
    assert len(page.splitlines()) <= 200


@cache
def _helps() -> dict[str, str]:
    """What `aspect-wfm NAME --help` prints, and the help of its actions, by name."""
    found = {}
    for name, module in subcommands():
        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        found[name] = "\n".join(each.format_help() for each in _with_nested(parser))
    return found


def _with_nested(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from _with_nested(each)


def _named(document: Path, pattern: str) -> set[str]:
    """What `pattern` finds in the code of a document."""
    found = (re.findall(pattern, each, re.MULTILINE) for each in code(document.read_text()))
    return {name for names in found for name in names}


def _is_broken(document: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return False
    path, _, anchor = unquote(target).partition("#")
    found = (document.parent / path).resolve() if path else document
    if not found.exists() or not found.is_relative_to(REPOSITORY):
        return True
    if found.is_dir():
        found = found / "README.md"
    return bool(anchor) and anchor not in anchors(found.read_text())


def _can_be_run(module: str) -> bool:
    try:
        found = importlib.util.find_spec(module)
        if found is not None and found.submodule_search_locations is not None:
            found = importlib.util.find_spec(f"{module}.__main__")
    except ModuleNotFoundError:
        return False
    return found is not None
