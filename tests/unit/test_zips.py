import ast
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import build_zips
import publish_zips
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.unit.aws import Client, create_bucket

SOURCES = REPOSITORY / "lambda_src"

EVERY_ZIP = pytest.mark.parametrize("path", build_zips.ZIPS, ids=lambda path: path.stem)


@EVERY_ZIP
def test_the_committed_zip_is_what_the_sources_build_to(path: Path) -> None:
    built = build_zips.zip_of(build_zips.ZIPS[path])
    assert (REPOSITORY / path).read_bytes() == built, "run make build and commit the zip"


@EVERY_ZIP
def test_a_zip_holds_the_sources_as_they_stand(path: Path) -> None:
    sources = {
        source.relative_to(SOURCES).as_posix(): source.read_text("utf-8")
        for package in build_zips.ZIPS[path]
        for source in (SOURCES / package).rglob("*.py")
    }
    with zipfile.ZipFile(REPOSITORY / path) as archive:
        assert archive.testzip() is None
        held = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    assert held == sources


@EVERY_ZIP
def test_a_zip_is_stored_with_fixed_times_and_modes(path: Path) -> None:
    with zipfile.ZipFile(REPOSITORY / path) as archive:
        entries = archive.infolist()
    for entry in entries:
        assert entry.compress_type == zipfile.ZIP_STORED
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.external_attr >> 16 == 0o100644
        assert entry.create_system == 3


def test_another_checkout_builds_the_same_bytes(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(
        REPOSITORY / "lambda_src", copy / "lambda_src", ignore=shutil.ignore_patterns("*.pyc")
    )
    for source in sorted((copy / "lambda_src").rglob("*.py"), reverse=True):
        source.write_bytes(source.read_bytes().replace(b"\n", b"\r\n"))
        source.chmod(0o700)
        os.utime(source, (1, 1))
    (copy / "lambda_src" / "agent_events" / "__pycache__").mkdir(exist_ok=True)
    (copy / "lambda_src" / "agent_events" / "__pycache__" / "stray.cpython-313.pyc").touch()
    subprocess.run([sys.executable, copy / "lambda_src" / "build_zips.py"], check=True)
    for path in build_zips.ZIPS:
        assert (copy / path).read_bytes() == (REPOSITORY / path).read_bytes()


def test_a_zip_out_of_date_fails_the_check_and_says_what_to_do(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "lambda_src", tmp_path / "lambda_src")
    done = subprocess.run(
        [sys.executable, tmp_path / "lambda_src" / "build_zips.py", "--check"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "run make build" in done.stderr


@EVERY_ZIP
def test_a_zip_needs_nothing_but_the_standard_library_and_the_runtimes_boto3(path: Path) -> None:
    allowed = {*sys.stdlib_module_names, "boto3", "botocore", *build_zips.ZIPS[path]}
    with zipfile.ZipFile(REPOSITORY / path) as archive:
        for entry in archive.namelist():
            for node in ast.walk(ast.parse(archive.read(entry))):
                if isinstance(node, ast.Import):
                    used = {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    used = {(node.module or "").partition(".")[0]}
                else:
                    continue
                assert used <= allowed, f"{entry} imports {used - allowed}"


def test_publish_puts_every_zip_under_the_prefix(client: Client) -> None:
    s3 = client("s3")
    create_bucket(s3, "assets")
    assert publish_zips.publish("assets", "a/") == [f"a/{path.name}" for path in build_zips.ZIPS]
    for path in build_zips.ZIPS:
        published = s3.get_object(Bucket="assets", Key=f"a/{path.name}")["Body"].read()
        assert published == (REPOSITORY / path).read_bytes()


@pytest.mark.parametrize("prefix", ["assets", "/assets/", "as sets/"])
def test_publish_refuses_a_prefix_that_the_modules_would_refuse(
    prefix: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["publish_zips.py", "bucket", prefix])
    with pytest.raises(SystemExit):
        publish_zips.main()
    assert "ends in /" in capsys.readouterr().err
