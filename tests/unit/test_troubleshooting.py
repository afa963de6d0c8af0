"""docs/troubleshooting.md: short ways, to links and checks that exist."""

import re
from pathlib import Path

import pytest

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.markdown import prose

PAGE = (REPOSITORY / "docs" / "troubleshooting.md").read_text()
BODY, _, DEFINITIONS = prose(PAGE).partition("\n[bad applies]: ")
DEFINITIONS = f"[bad applies]: {DEFINITIONS}"

_INTRODUCTION = "Start with the doctor"
SYMPTOMS = {
    heading: text
    for heading, text in re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", BODY, re.MULTILINE)
    if heading != _INTRODUCTION
}


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_a_symptom_takes_three_steps_at_most_and_leads_on(symptom: str) -> None:
    steps = re.findall(r"^\d\. ", SYMPTOMS[symptom], re.MULTILINE)
    assert len(steps) <= 3
    assert re.search(r"\]\(|\]\[|\[[\w -]+\]", SYMPTOMS[symptom]), "a link"


def test_every_symptom_is_in_the_table_at_the_top() -> None:
    listed = re.findall(r"\[([^\]]+)\]\(#", BODY.partition("\n## ")[0])
    assert sorted(listed) == sorted(SYMPTOMS)


def test_every_check_that_is_named_is_one_of_the_doctors() -> None:
    groups = _groups(_checks())
    named = set(re.findall(r"`([a-z_]+)\.([a-z_]+|\*)`", PAGE))
    assert {f"{group}.{name}" for group, name in named if name != "*"} - _checks() == set()
    assert {group for group, _ in named} <= groups


def test_every_short_link_is_defined_and_used_once_at_least() -> None:
    defined = set(re.findall(r"^\[([^\]]+)\]: ", DEFINITIONS, re.MULTILINE))
    text = re.sub(r"`[^`]*`", "", " ".join(BODY.split()))
    used = set(re.findall(r"\]\[([^\]]+)\]|\[([^\]]+)\](?![\[(])", text))
    assert {long or short for long, short in used} == defined


def _checks() -> set[str]:
    """The names of the doctor's findings, as its sources have them."""
    sources = Path(REPOSITORY, "aspect_wfm", "doctor").glob("*.py")
    return {
        name for each in sources for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', each.read_text())
    }


def _groups(checks: set[str]) -> set[str]:
    return {each.partition(".")[0] for each in checks}
