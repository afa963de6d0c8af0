"""Where things are: the table of folders is correct, and no file is long without a reason."""

import os
import re
import subprocess
from pathlib import Path

from tests.local_cloud.terraform_cli import REPOSITORY

MOST_LINES = 400

_SUFFIXES = {".css", ".hcl", ".js", ".md", ".py", ".sh", ".tf"}
_NOT_SEARCHED = {"build", "node_modules"}

_ALL_VARIABLES = "the registry and its readers expect every variable of a module in this file"
_NO_TABLES = "every value that the module refuses: Terraform's tests have no table of cases"

# Longer files, and why they are not split.
REASONS = {
    "docs/migrating-from-the-quick-start.md": "one procedure, followed from top to bottom",
    "modules/agent_productivity/tests/validation.tftest.hcl": _NO_TABLES,
    "modules/agent_productivity/variables.tf": _ALL_VARIABLES,
    "modules/rta/tests/validation.tftest.hcl": _NO_TABLES,
    "modules/rta/variables.tf": _ALL_VARIABLES,
    "tests/security/needs.py": "the rights of every principal, which a review compares",
}


def test_a_file_of_more_than_400_lines_has_a_reason() -> None:
    found = set()
    for folder, below, names in os.walk(REPOSITORY):
        below[:] = [name for name in below if name[0] != "." and name not in _NOT_SEARCHED]
        for path in (Path(folder, name) for name in names):
            if path.suffix in _SUFFIXES:
                with path.open(encoding="utf-8") as lines:
                    if sum(1 for _ in lines) > MOST_LINES:
                        found.add(str(path.relative_to(REPOSITORY)))
    assert found == REASONS.keys(), "split the file, or say in REASONS why it is long"


def test_the_table_of_folders_is_that_of_the_repository() -> None:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("\n## Where things are\n")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `([\w/]+?)/?` \|", table, re.MULTILINE)
    assert [each for each in named if not (REPOSITORY / each).is_dir()] == []
    # Of what git knows: a checkout may hold more.
    tracked = subprocess.check_output(["git", "ls-files"], cwd=REPOSITORY, text=True)
    parents = [Path(each).parts[:-1] for each in tracked.splitlines()]
    folders = {"/".join(each[: 2 if each[0] == "tests" else 1]) for each in parents if each}
    folders = {each for each in folders if not each.startswith(".")}
    assert folders - {"tests"} <= set(named), "name it in CONTRIBUTING"
