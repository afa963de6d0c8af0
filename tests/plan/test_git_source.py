"""A module used straight from a Git URL needs nothing but Terraform: the zip is part of it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY, init_lock
from tests.local_cloud.workspace import Workspace

pytestmark = pytest.mark.xdist_group("plan")

ROOT_MODULE = """
module "rta" {
  source                 = "git::file://%s//modules/rta"
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:000000000000:stream/agents"
}
"""


def test_a_module_from_a_git_url_plans_with_the_zip_it_carries(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    repository, consumer = tmp_path / "repository", tmp_path / "consumer"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "modules"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, repository / name)
    for command in (
        ["init", "--quiet"],
        ["add", "--all", "--force"],
        ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "x"],
    ):
        subprocess.run(["git", *command], cwd=repository, check=True)
    consumer.mkdir()
    (consumer / "main.tf").write_text(ROOT_MODULE % repository)
    made = Workspace(consumer, cloud)
    with init_lock():
        made.run("init", "-no-color")
    assert made.changes({})["module.rta.aws_lambda_function.relay"] == ["create"]
