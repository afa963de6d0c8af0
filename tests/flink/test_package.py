"""The package: what is in it, and that Maven takes no connector that is not the published one."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from package import BUILD, PACKAGE, PackageError, assemble
from tests.local_cloud.terraform_cli import REPOSITORY

APPLICATION = REPOSITORY / "modules" / "agent_productivity" / "flink_application.tf"

# The newest version with the connector of flink_src/pom.xml that every repository has.
VERSION = "4.0.0-1.16"
PUBLISHED = f"org/apache/flink/flink-sql-connector-kinesis/{VERSION}"


def make_package(*options: str) -> "subprocess.CompletedProcess[str]":
    command = " ".join(["mvn --batch-mode --quiet", f"-Dconnector.version={VERSION}", *options])
    return subprocess.run(
        ["make", "flink-package", f"MVN={command}"],
        cwd=REPOSITORY,
        check=False,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"},
    )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A local repository of Maven's, filled by one run of the command."""
    folder = tmp_path_factory.mktemp("maven") / "repository"
    made = make_package(f"-Dmaven.repo.local={folder}")
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.mark.usefixtures("repository")
def test_one_command_makes_what_the_module_names() -> None:
    entries = zipfile.ZipFile(PACKAGE).infolist()
    names = {each.filename for each in entries}
    assert {each.external_attr >> 16 for each in entries} == {0o100644}, "not for all to read"
    run_options = dict(re.findall(r"(jarfile|pyFiles|python) += \"(.+)\"", APPLICATION.read_text()))
    assert {run_options["jarfile"], run_options["python"]} < names
    assert [name for name in names if name.endswith(".jar")] == [run_options["jarfile"]]
    python = run_options["pyFiles"]
    for each in ("report_line_job/job.py", "agent_classifier/classifier.py", "boto3/session.py"):
        assert python + each in names
    assert not any("__pycache__" in name or "/bin/" in name for name in names)


def test_a_connector_that_is_not_the_published_one_ends_the_command(
    repository: Path, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    shutil.copytree(repository, mirror, ignore=shutil.ignore_patterns("_remote.repositories"))
    settings = tmp_path / "settings.xml"
    settings.write_text(
        "<settings><mirrors><mirror><id>estate</id><mirrorOf>*</mirrorOf>"
        f"<url>{mirror.as_uri()}</url></mirror></mirrors></settings>"
    )
    (jar,) = (mirror / PUBLISHED).glob("*.jar")
    with jar.open("ab") as file:
        file.write(b"more")
    options = [f"--settings={settings}", f"-Dmaven.repo.local={tmp_path / 'repository'}"]
    refused = make_package(*options)
    assert refused.returncode != 0
    assert "Checksum validation failed" in refused.stdout + refused.stderr
    assert not PACKAGE.exists(), "an earlier package is left, as if it were this one"


def test_a_mirror_without_a_network_is_enough(repository: Path) -> None:
    made = make_package("--offline", f"-Dmaven.repo.local={repository}")
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_same_files_make_the_same_package(tmp_path: Path) -> None:
    (tmp_path / "libraries").mkdir()
    (tmp_path / "a.jar").write_bytes(b"a jar")
    for name in ("one.zip", "two.zip"):
        assemble(tmp_path, tmp_path / "libraries", tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_there_is_no_package_without_a_connector(tmp_path: Path) -> None:
    (tmp_path / "libraries").mkdir()
    with pytest.raises(PackageError, match=r"no connector in .*: run make flink-package"):
        assemble(tmp_path, tmp_path / "libraries", tmp_path / "job.zip")


def test_the_package_is_made_where_maven_puts_the_connector() -> None:
    pom = (REPOSITORY / "flink_src" / "pom.xml").read_text()
    assert f"/../{BUILD.relative_to(REPOSITORY).as_posix()}/lib</outputDirectory>" in pom
