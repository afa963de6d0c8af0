"""An example in a scratch copy, with its modules, and Terraform run in it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.local_cloud.cloud import REGION, LocalCloud, empty_bucket
from tests.local_cloud.provider_server import provider_server
from tests.local_cloud.terraform_cli import (
    REPOSITORY,
    cli_environment,
    init_lock,
    terraform_binary,
)

STATE_BUCKET = "terraform-state"

# Not to be carried into a copy: another run's state and provider.
_LEFT_OUT = shutil.ignore_patterns(".terraform*", "*.tfstate*", "terraform.tfvars")


class TerraformError(Exception):
    """A terraform command failed; the text is what it printed."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """An initialised scratch copy: its folder, and its cloud (None: plans only). `provider` is the
    address of a provider that goes on from command to command; None: each starts its own."""

    folder: Path
    cloud: LocalCloud | None
    provider: str | None = None

    @contextmanager
    def on_one_provider(self) -> Iterator["Workspace"]:
        """This workspace on a provider that starts once, for a configuration with one `provider`
        block, or with mocked ones. A provider that does not run on Linux does not take the local
        AWS's certificate from SSL_CERT_FILE: each command then starts its own, as always."""
        if self.cloud and sys.platform != "linux":
            yield self
            return
        with provider_server(self.folder, self._environment()) as address:
            yield replace(self, provider=address)

    def run(self, *arguments: str) -> str:
        """Run terraform with `arguments`; what it prints on standard output.

        Raises TerraformError when it fails.
        """
        return self._run(arguments).stdout

    def _run(
        self, arguments: Sequence[str], success: Container[int] = (0,)
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [terraform_binary(), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=self._environment(),
        )
        if done.returncode not in success:
            raise TerraformError(
                f"terraform {' '.join(arguments)} in {self.folder}:\n{done.stdout}\n{done.stderr}"
            )
        return done

    def _environment(self) -> dict[str, str]:
        served = {"TF_REATTACH_PROVIDERS": self.provider} if self.provider else {}
        return cli_environment() | (self.cloud.environment() if self.cloud else {}) | served

    def apply(self, variables: Mapping[str, Any], *options: str) -> dict[str, Any]:
        """Apply and return the outputs' values by name."""
        self._write(variables)
        self.run("apply", "-auto-approve", "-no-color", *options)
        return self.outputs()

    def outputs(self) -> dict[str, Any]:
        """The values of the outputs by name."""
        found = json.loads(self.run("output", "-json"))
        return {name: output["value"] for name, output in found.items()}

    def changes(self, variables: Mapping[str, Any], *options: str) -> dict[str, list[str]]:
        """What another apply would do: actions by resource address, no-ops left out."""
        self._write(variables)
        arguments = ["plan", "-no-color", "-detailed-exitcode", "-out=again.tfplan", *options]
        if self._run(arguments, success=(0, 2)).returncode == 0:
            return {}
        plan = json.loads(self.run("show", "-json", "again.tfplan"))
        return {
            change["address"]: change["change"]["actions"]
            for change in plan.get("resource_changes", [])
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }

    def destroy(self, *options: str) -> None:
        """Destroy everything that was applied."""
        self.run("destroy", "-auto-approve", "-no-color", *options)

    def empty_and_destroy(self, *buckets: str) -> None:
        """Destroy as an operator does who finds that a heartbeat came into an emptied bucket."""
        assert self.cloud is not None
        for attempts_left in (2, 1, 0):
            for bucket in buckets:
                empty_bucket(self.cloud, bucket)
            try:
                self.destroy("-refresh=false")  # an apply has just read what there is
                return
            except TerraformError as error:
                if "BucketNotEmpty" not in str(error) or not attempts_left:
                    raise

    def _write(self, variables: Mapping[str, Any]) -> None:
        (self.folder / "terraform.tfvars.json").write_text(json.dumps(dict(variables)))


def workspace(configuration: str, scratch: Path, cloud: LocalCloud | None = None) -> Workspace:
    """Copy `configuration` (a folder of the repository) into `scratch` and initialise it there."""
    return initialised(copy_configuration(configuration, scratch), cloud)


def keep_state_in_s3(folder: Path, cloud: LocalCloud) -> None:
    """Let the configuration in `folder`, which is not initialised yet, have its state in a bucket.

    A file with the state of many resources is written again for each one that is made or destroyed.
    """
    s3 = cloud.client("s3")
    if STATE_BUCKET not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        place = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=STATE_BUCKET, CreateBucketConfiguration=place)
    backend = {"bucket": STATE_BUCKET, "key": f"{folder}.tfstate".lstrip("/"), "region": REGION}
    (folder / "backend.tf.json").write_text(json.dumps({"terraform": {"backend": {"s3": backend}}}))


def initialised(folder: Path, cloud: LocalCloud | None) -> Workspace:
    """Initialise the configuration in `folder`. Raises TerraformError when that fails."""
    made = Workspace(folder, cloud)
    with init_lock():
        made.run("init", "-no-color")
    lock = folder / ".terraform.lock.hcl"
    # With hashes, every command reads all of the provider, to compare them.
    lock.write_text(re.sub(r" *hashes = \[[^]]*\]\n", "", lock.read_text()))
    return made


def copy_configuration(configuration: str, scratch: Path) -> Path:
    """Copy `configuration` and the modules into `scratch`, laid out as here; where it then is."""
    shutil.copytree(REPOSITORY / "modules", scratch / "modules", ignore=_LEFT_OUT)
    if not configuration.startswith("modules/"):
        shutil.copytree(REPOSITORY / configuration, scratch / configuration, ignore=_LEFT_OUT)
    return scratch / configuration
