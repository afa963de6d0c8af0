"""Modules used straight from Git need nothing but Terraform: their zips are part of them.

From this repository, and each from a repository of its own, as a registry wants it.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.workspace import initialised
from tests.markdown import blocks

pytestmark = pytest.mark.xdist_group("plan")

MODULES = sorted(path.name for path in (REPOSITORY / "modules").iterdir() if path.is_dir())
TAG = "v1.0.0"

FROM_A_SUBFOLDER = """
module "from_a_subfolder" {
  source                 = "git::file://%s//modules/rta"
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:000000000000:stream/agents"
}
"""


def test_modules_from_git_plan_with_the_zips_they_carry(cloud: LocalCloud, tmp_path: Path) -> None:
    """Each module alone in a repository with a tag, as its README says; one in a subfolder."""
    consumer = tmp_path / "consumer"
    consumer.mkdir()
    for module in MODULES:
        _publish(f"modules/{module}", tmp_path / module)
        usage = _usage(module).replace(
            f"../../modules/{module}", f"git::file://{tmp_path / module}?ref={TAG}"
        )
        assert "git::" in usage, f"the README of {module} takes it from elsewhere"
        (consumer / f"{module}.tf").write_text(usage)
    _publish(".", tmp_path / "all", "modules")
    (consumer / "from_a_subfolder.tf").write_text(FROM_A_SUBFOLDER % (tmp_path / "all"))

    planned = initialised(consumer, cloud).changes({})
    assert planned["module.from_a_subfolder.aws_lambda_function.relay"] == ["create"]
    assert planned["module.rta.aws_lambda_function.relay"] == ["create"]
    assert {address.split(".")[1] for address in planned} == {*MODULES, "from_a_subfolder"}


def _usage(module: str) -> str:
    """The first HCL block of a module's README: how it is used."""
    readme = (REPOSITORY / "modules" / module / "README.md").read_text()
    usage = next(block.text for block in blocks(readme) if block.language == "hcl")
    assert re.search(rf'^module "{module}" ', usage, re.MULTILINE)
    return usage


def _publish(folder: str, repository: Path, *paths: str) -> None:
    """Make a repository with a tag of what Git knows, or would take, of `folder`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *paths],
        cwd=REPOSITORY / folder,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / folder / name, repository / name)
    for command in (
        ["init", "--quiet"],
        ["add", "--all", "--force"],
        ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "x"],
        ["tag", TAG],
    ):
        subprocess.run(["git", *command], cwd=repository, check=True)
