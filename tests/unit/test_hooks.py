"""The hooks that look at commits work without a network and with what `make setup` installs."""

import re
import subprocess
import sys

from tests.local_cloud.terraform_cli import REPOSITORY

CONFIGURATION = REPOSITORY / ".pre-commit-config.yaml"


def _values(name: str) -> set[str]:
    return set(re.findall(rf"^ +(?:- )?{name}: (.+)$", CONFIGURATION.read_text(), re.MULTILINE))


def test_pre_commit_understands_the_configuration() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(CONFIGURATION)]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_no_hook_is_fetched_or_installed() -> None:
    assert _values("repo") == {"local"}
    assert _values("language") <= {"system", "pygrep"}
    assert "additional_dependencies" not in CONFIGURATION.read_text()


def test_hooks_start_programs_that_are_there() -> None:
    programs = {entry.split()[0] for entry in _values("entry") if entry[0] != "'"}
    assert {"terraform", ".venv/bin/python", ".venv/bin/mypy", ".venv/bin/ruff"} <= programs
    assert {name for name in programs if not name.startswith(".venv/bin/")} == {"terraform"}
