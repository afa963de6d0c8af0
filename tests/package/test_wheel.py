"""The operators' package as people install it: a wheel, in an environment that has nothing else."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from aspect_wfm.command import subcommands
from function_runtime.version import VERSION
from tests.local_cloud.terraform_cli import REPOSITORY

# What an installation reads; all that is committed of it.
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "aspect_wfm", "lambda_src")

# Prints the help of every subcommand from one process: starting Python costs more than the help.
EVERY_HELP = """
import sys
from aspect_wfm.command import main
for name in sys.argv[1:]:
    try:
        main([name, "--help"])
    except SystemExit as ended:
        assert ended.code == 0, name
"""

# The wheel is built once, by one worker.
pytestmark = pytest.mark.xdist_group("wheel")

LINE = "111122223333,ann,null,null,null,null,null,2026-03-02 09:00:00.000,Available,null,A,Basic\n"


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and a folder that has nothing to do with it."""

    wheel: Path
    environment: Path
    elsewhere: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.environment / "bin" / program, *arguments],
            cwd=self.elsewhere,
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Built of what is committed or about to be, without a network, and without this environment's
    packages except those that the wheel asks for."""
    folder = tmp_path_factory.mktemp("package")
    source, environment = folder / "source", folder / "environment"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *SOURCES]
    for name in subprocess.check_output(listed, cwd=REPOSITORY, text=True).split("\0"):
        if name and (REPOSITORY / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, source / name)
    git = ["git", "-C", str(source), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "All"]):
        subprocess.run([*git, *arguments], check=True)
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), f"git+{source.as_uri()}")
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pip("--python", str(environment), "install", str(wheel))
    (packages,) = environment.glob("lib/python*/site-packages")
    for name in needed(metadata(wheel)):
        for top in {file.parts[0] for file in importlib.metadata.files(name) or ()} - {".."}:
            (packages / top).symlink_to(str(importlib.metadata.distribution(name).locate_file(top)))
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    return Installed(wheel, environment, elsewhere)


def pip(*arguments: str) -> None:
    options = ["--disable-pip-version-check", "--quiet"]
    at = next(index for index, each in enumerate(arguments) if each in ("wheel", "install")) + 1
    command = [*options, *arguments[:at], "--no-deps", "--no-index", *arguments[at:]]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *command], capture_output=True, text=True, cwd="/"
    )
    assert done.returncode == 0, done.stderr


def metadata(wheel: Path) -> importlib.metadata.Distribution:
    """The wheel's own metadata."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        text = archive.read(name).decode()

    class Found(importlib.metadata.Distribution):
        def read_text(self, filename: str) -> str | None:
            return text if filename == "METADATA" else None

        def locate_file(self, path: object) -> Path:
            return wheel / str(path)

    return Found()


def needed(distribution: importlib.metadata.Distribution) -> set[str]:
    """The names of all packages that one needs, and what these need."""
    found: set[str] = set()
    waiting = list(direct(distribution))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += direct(importlib.metadata.distribution(name))
    return found


def direct(distribution: importlib.metadata.Distribution) -> Iterator[str]:
    """The names of the packages that one asks for, without extras."""
    for requirement in distribution.requires or ():
        if "extra ==" not in requirement:
            name = re.match(r"[\w.-]+", requirement)
            assert name
            yield name[0]


def test_boto3_rich_and_time_zones_are_all_that_the_package_asks_for(installed: Installed) -> None:
    found = metadata(installed.wheel)
    assert list(direct(found)) == ["boto3", "rich", "tzdata"]
    assert found.metadata["Requires-Python"] == ">=3.11"
    assert found.version == VERSION


def test_the_wheel_has_every_module_and_takes_no_name_but_its_own(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    of_ours = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "aspect_wfm").rglob("*")
        if path.suffix in (".css", ".js", ".py", ".toml")
    }
    shared = {
        f"aspect_wfm/{path.relative_to(REPOSITORY).as_posix()}"
        for path in (REPOSITORY / "lambda_src").glob("*/**/*.py")
    }
    assert names == of_ours | shared


def test_every_subcommand_has_help_in_any_folder(installed: Installed) -> None:
    names = [name for name, _ in subcommands()]
    assert names == ["cost", "doctor", "keys", "rebuild", "replay", "reports"]
    shown = installed.run("python", "-c", EVERY_HELP, *names)
    assert shown.returncode == 0, shown.stderr
    for name in names:
        assert f"usage: aspect-wfm {name} " in shown.stdout


def test_the_command_works_in_any_folder(installed: Installed) -> None:
    (installed.elsewhere / "one").write_text(LINE)
    shown = installed.run("aspect-wfm", "reports", "--folder", str(installed.elsewhere))
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "1 agent, 1 line" in shown.stdout
    calculated = installed.run("aspect-wfm", "cost", "--agents", "500")
    assert (calculated.returncode, calculated.stderr) == (0, "")
    assert "Kinesis Data Streams" in calculated.stdout
