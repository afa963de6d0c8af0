"""The package: what is in it, whose jars, and what is said when one is missing."""

import hashlib
import re
import zipfile
from pathlib import Path

import pytest

import package
from package import Connector, PackageError, assemble, checked, jar_of, read_connectors, recorded
from tests.local_cloud.terraform_cli import REPOSITORY

JAR = b"a jar"
SHA256 = hashlib.sha256(JAR).hexdigest()
APPLICATION = REPOSITORY / "modules" / "agent_productivity" / "flink_application.tf"


def connector(sha256: str = SHA256) -> Connector:
    return Connector("org.example.it", "connector", "1.0", sha256)


def test_the_module_names_what_is_in_the_package(tmp_path: Path) -> None:
    (tmp_path / "libraries" / "bin").mkdir(parents=True)
    (tmp_path / "libraries" / "bin" / "jp.py").write_text("")
    (tmp_path / "libraries" / "boto3.py").write_text("")
    jars = {each.file_name: JAR for each in read_connectors()}
    assemble(jars, tmp_path / "libraries", tmp_path / "job.zip")
    entries = zipfile.ZipFile(tmp_path / "job.zip").infolist()
    names = {each.filename for each in entries}
    assert {each.external_attr >> 16 for each in entries} == {0o100644}, "not for all to read"
    run_options = dict(re.findall(r"(jarfile|pyFiles|python) += \"(.+)\"", APPLICATION.read_text()))
    assert {run_options["jarfile"], run_options["python"]} < names
    python = run_options["pyFiles"]
    for each in ("report_line_job/job", "agent_classifier/classifier", "agent_events/log", "boto3"):
        assert any(name.startswith(python + each.removesuffix("log")) for name in names), each
    assert not any("__pycache__" in name or "/bin/" in name for name in names)


def test_the_same_files_make_the_same_package(tmp_path: Path) -> None:
    (tmp_path / "libraries").mkdir()
    for name in ("one.zip", "two.zip"):
        assemble({"a.jar": JAR}, tmp_path / "libraries", tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_jar_comes_from_the_folder_that_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"connector-1\.0\.jar cannot be read .* it is at https"):
        jar_of(connector(), tmp_path)
    (tmp_path / "connector-1.0.jar").write_bytes(JAR)
    assert jar_of(connector(), tmp_path) == JAR


def test_maven_central_that_is_out_of_reach_is_said_with_the_way_around(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable(url: str) -> bytes:
        assert url == f"{package.MAVEN_CENTRAL}/org/example/it/connector/1.0/connector-1.0.jar"
        raise OSError("no route to host")

    monkeypatch.setattr(package, "_fetched", unreachable)
    with pytest.raises(PackageError, match=r"no route to host.*make flink-package CONNECTORS="):
        jar_of(connector(), None)


def test_only_the_jar_that_was_recorded_is_taken() -> None:
    assert checked(connector(), JAR) == JAR
    with pytest.raises(PackageError, match="is not the one that was recorded"):
        checked(connector(), b"another jar")
    with pytest.raises(PackageError, match=f"No SHA-256 .* RECORD=1 .*{SHA256}"):
        checked(connector(sha256=""), JAR)


def test_a_jar_is_recorded_once() -> None:
    text = package.CONNECTORS.read_text()
    (each,) = read_connectors()
    empty = text.replace(each.sha256, "") if each.sha256 else text
    unrecorded = Connector(each.group, each.artifact, each.version, "")
    assert f'sha256 = "{SHA256}"' in recorded(empty, unrecorded, JAR)
    assert recorded(text, connector(), JAR) == text


def test_a_jar_with_another_sha1_than_the_published_one_is_not_recorded(tmp_path: Path) -> None:
    published = tmp_path / "connector-1.0.jar.sha1"
    assert not package.compared_with_published(connector(), JAR, tmp_path)
    published.write_text(hashlib.sha1(JAR).hexdigest())  # noqa: S324 (as Maven Central does)
    assert package.compared_with_published(connector(), JAR, tmp_path)
    published.write_text("0" * 40)
    with pytest.raises(PackageError, match="SHA-1 published"):
        package.compared_with_published(connector(), JAR, tmp_path)
