"""Which Python the Makefile makes `.venv` of."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks

MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")

# What a version manager has on the PATH for a version that is not active.
SHIM = "#!/bin/sh\necho command not found >&2\nexit 127\n"

# Takes itself for another version, and makes an environment without anything in it.
INTERPRETER = """#!/bin/sh
case "$1" in
--version) echo "Python {version}" ;;
-c) exec {python} -ISc 'import sys; sys.version_info = {parts}; exec(sys.argv[1])' "$2" ;;
-m) mkdir -p .venv/bin; echo {version} > .venv/version; cp "$0" .venv/bin/pip ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A checkout with the real Makefile, and what is installed: `bin` and `local` on the PATH."""

    folder: Path

    def install(self, place: str, name: str, version: str) -> None:
        parts = tuple(map(int, version.split(".")))
        script = INTERPRETER.format(
            version=version, parts=parts, python=shlex.quote(sys.executable)
        )
        self.write(f"{place}/{name}", script)

    def write(self, path: str, script: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script)
        file.chmod(0o755)

    def setup(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """`make setup`; no other program of this machine is found than those that it needs."""
        make = shutil.which("make")
        assert make
        path = os.pathsep.join(str(self.folder / name) for name in ("bin", "local", "programs"))
        return subprocess.run(
            [make, "setup"],
            cwd=self.folder,
            env={"HOME": str(self.folder / "home"), "PATH": path, **variables},
            capture_output=True,
            text=True,
        )

    def version(self) -> str | None:
        """Of the interpreter that made .venv."""
        made = self.folder / ".venv" / "version"
        return made.read_text().strip() if made.exists() else None


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "requirements-dev.txt").touch()
    (tmp_path / "programs").mkdir()
    for name in ("awk", "cp", "date", "grep", "mkdir", "touch"):
        found = shutil.which(name)
        assert found
        (tmp_path / "programs" / name).symlink_to(found)
    return Machine(tmp_path)


def test_the_functions_runtime_is_preferred(machine: Machine) -> None:
    for name, version in (("3.11", "3.11.7"), ("3.12", "3.12.1"), ("3.13", "3.13.0")):
        machine.install("bin", f"python{name}", version)
    done = machine.setup(CI="true")
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.version() == "3.13.0"


@pytest.mark.parametrize("where", ["PATH", "home", "root"])
def test_a_shim_that_fails_is_passed_over_for_an_interpreter_that_starts(
    machine: Machine, where: str
) -> None:
    machine.write("bin/python3.13", SHIM)
    machine.install("bin", "python3.11", "3.11.7")
    root = {"PATH": None, "home": "home/.pyenv", "root": "pyenv"}[where]
    machine.install(f"{root}/versions/3.13.5/bin" if root else "local", "python3.13", "3.13.5")
    variables = {"PYENV_ROOT": str(machine.folder / "pyenv")} if where == "root" else {}
    done = machine.setup(**variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.version() == "3.13.5"


@pytest.mark.parametrize(
    ("name", "version"),
    [("python3.12", "3.12.1"), ("python3.11", "3.11.7"), ("python3", "3.14.0")],
)
def test_without_it_another_version_is_taken_with_a_notice_but_not_on_ci(
    machine: Machine, name: str, version: str
) -> None:
    machine.write("bin/python3.13", SHIM)
    machine.install("bin", name, version)
    on_ci = machine.setup(CI="true")
    assert on_ci.returncode != 0
    assert "CI needs Python 3.13" in on_ci.stderr
    assert machine.version() is None
    done = machine.setup()
    assert done.returncode == 0
    (notice,) = done.stderr.splitlines()
    assert notice.endswith(f"Python 3.13, but on Python {version}.")
    assert machine.version() == version


def test_of_older_versions_the_newest_is_taken(machine: Machine) -> None:
    machine.install("bin", "python3.11", "3.11.7")
    machine.install("local", "python3.12", "3.12.1")
    assert machine.setup().returncode == 0
    assert machine.version() == "3.12.1"


def test_a_version_that_is_too_old_is_refused(machine: Machine) -> None:
    machine.install("bin", "python3", "3.10.13")
    done = machine.setup()
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stderr
    assert machine.version() is None


def test_the_version_is_the_one_that_the_modules_deploy() -> None:
    (runtime,) = re.findall(r"^RUNTIME := (.+)$", MAKEFILE, re.MULTILINE)
    deployed = {
        body["runtime"]
        for module in REPOSITORY.glob("modules/*")
        for address, body in blocks(module, "resource").items()
        if address.startswith("aws_lambda_function.")
    }
    assert deployed == {f"python{runtime}"}
    if os.environ.get("CI") == "true":
        assert sys.version_info[:2] == tuple(map(int, runtime.split(".")))
