"""The version is the same wherever it is, and the changelog and the upgrade page have it."""

import re
from pathlib import Path

import pytest

from function_runtime.version import VERSION
from module_versions import MODULES, with_version
from tests.local_cloud.terraform_cli import REPOSITORY

CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text()
UPGRADING = (REPOSITORY / "docs" / "upgrading.md").read_text()

# The newest first, as both pages have them.
RELEASED = re.findall(r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", CHANGELOG, re.MULTILINE)
DESCRIBED = re.findall(r"^## (\d+\.\d+\.\d+)$", UPGRADING, re.MULTILINE)


def test_every_heading_of_the_changelog_is_a_version_with_its_date() -> None:
    headings = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert len([each for each in headings if each != "Unreleased"]) == len(RELEASED)


def test_the_upgrade_page_has_every_version_and_at_most_the_next() -> None:
    assert DESCRIBED[-len(RELEASED) :] == RELEASED if RELEASED else len(DESCRIBED) <= 1
    assert len(DESCRIBED) - len(RELEASED) in (0, 1)


def test_the_version_is_that_of_the_newest_release() -> None:
    assert RELEASED[0] == VERSION if RELEASED else VERSION.startswith("0.")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_each_module_has_the_version(module: Path) -> None:
    assert (module / "main.tf").read_text() == with_version(module), "run make build"
