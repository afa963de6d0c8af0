import json
import platform
import sys
from pathlib import Path

import pytest

from tests.local_cloud import terraform_cli
from tests.local_cloud.terraform_cli import cli_environment, find_mirror

MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on it: no CLI configuration, no mirror."""
    monkeypatch.setattr(terraform_cli, "_BUILD", tmp_path / "build")
    monkeypatch.setattr(terraform_cli, "find_mirror", lambda _root: None)
    return tmp_path


def mirror(root: Path, version: str, target: str = f"{sys.platform}_{MACHINE}") -> Path:
    provider = root / "example.org" / "hashicorp" / "aws" / version / target
    provider.mkdir(parents=True)
    return root


def test_a_cli_configuration_that_exists_is_honoured(bare: Path) -> None:
    own = bare / "own.rc"
    own.touch()
    environment = cli_environment({"TF_CLI_CONFIG_FILE": str(own), "HOME": str(bare)})
    assert environment["TF_CLI_CONFIG_FILE"] == str(own)
    assert "TF_PLUGIN_CACHE_DIR" not in environment


def test_the_users_terraformrc_is_honoured(bare: Path) -> None:
    (bare / ".terraformrc").touch()
    environment = cli_environment({"HOME": str(bare)})
    assert "TF_CLI_CONFIG_FILE" not in environment
    assert "TF_PLUGIN_CACHE_DIR" not in environment


def test_without_configuration_a_mirror_is_used(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = mirror(bare / "mirror", "5.100.0")
    monkeypatch.setattr(terraform_cli, "find_mirror", lambda _root: found)
    environment = cli_environment({"TF_CLI_CONFIG_FILE": "/gone.rc", "HOME": str(bare)})
    assert json.dumps(str(found)) in Path(environment["TF_CLI_CONFIG_FILE"]).read_text()


def test_without_configuration_and_mirror_terraform_downloads_once(bare: Path) -> None:
    environment = cli_environment({"TF_CLI_CONFIG_FILE": "/gone.rc", "HOME": str(bare)})
    assert "TF_CLI_CONFIG_FILE" not in environment
    assert Path(environment["TF_PLUGIN_CACHE_DIR"]).is_dir()


def test_a_mirror_is_found_wherever_it_lies(tmp_path: Path) -> None:
    assert find_mirror(tmp_path) is None
    assert find_mirror(mirror(tmp_path / "opt" / "terraform", "5.100.0").parent.parent) == (
        tmp_path / "opt" / "terraform"
    )


@pytest.mark.parametrize("version", ["5.99.0", "7.0.0"])
def test_a_mirror_without_a_fitting_version_is_none(tmp_path: Path, version: str) -> None:
    assert find_mirror(mirror(tmp_path / "m", version).parent) is None


def test_a_mirror_for_another_machine_is_none(tmp_path: Path) -> None:
    assert find_mirror(mirror(tmp_path / "m", "5.100.0", "plan9_mips").parent) is None
