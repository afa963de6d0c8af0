"""Terraform in a copy of the example, under build/acceptance/<run>."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.naming import EXAMPLE
from tests.acceptance.programs import run
from tests.local_cloud.terraform_cli import cli_environment, init_lock, terraform_binary
from tests.local_cloud.workspace import copy_configuration

# Of a plan with -detailed-exitcode.
_EMPTY, _NOT_EMPTY = 0, 2


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan would do to a resource: its address, the actions, the attributes that differ."""

    address: str
    type: str
    actions: tuple[str, ...]
    attributes: frozenset[str]

    def __str__(self) -> str:
        differing = f" ({', '.join(sorted(self.attributes))})" if self.attributes else ""
        return f"{self.address}: {'/'.join(self.actions)}{differing}"


@dataclass(frozen=True, slots=True)
class Terraform:
    """The example's copy in `scratch`."""

    scratch: Path

    @property
    def folder(self) -> Path:
        return self.scratch / EXAMPLE

    def init(self) -> None:
        """Copy the example and initialise the copy."""
        copy_configuration(EXAMPLE, self.scratch)
        with init_lock():
            self._run("init", "-no-color")

    def apply(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Apply, and return the outputs' values by name. Raises ProgramError."""
        self._variables_file.write_text(json.dumps(dict(variables)))
        self._run("apply", "-auto-approve", "-no-color")
        found = json.loads(self._run("output", "-json").stdout)
        return {name: output["value"] for name, output in found.items()}

    def plan(self) -> tuple[int, list[Change]]:
        """Plan again: the exit status of `-detailed-exitcode`, and what would change."""
        done = self._run(
            "plan", "-no-color", "-detailed-exitcode", "-out=again.tfplan", success=(0, 2)
        )
        if done.status == _EMPTY:
            return _EMPTY, []
        plan = json.loads(self._run("show", "-json", "again.tfplan").stdout)
        return _NOT_EMPTY, changes(plan)

    def versions(self) -> str:
        """The versions of Terraform and of the AWS provider."""
        told = json.loads(self._run("version", "-json").stdout)
        provider = next(
            (
                version
                for name, version in told.get("provider_selections", {}).items()
                if name.endswith("hashicorp/aws")
            ),
            "unknown",
        )
        return f"Terraform {told['terraform_version']}, AWS provider {provider}"

    def has_state(self) -> bool:
        """Whether there is anything that a destroy could remove."""
        return (self.folder / "terraform.tfstate").is_file()

    def destroy(self) -> None:
        """Destroy everything that was applied. Raises ProgramError."""
        self._run("destroy", "-auto-approve", "-no-color")

    @property
    def _variables_file(self) -> Path:
        return self.folder / "terraform.tfvars.json"

    def _run(self, *arguments: str, success: tuple[int, ...] = (0,)) -> Any:
        return run([terraform_binary(), *arguments], self.folder, cli_environment(), success)


def changes(plan: Mapping[str, Any]) -> list[Change]:
    """The changes in a plan as `terraform show -json` prints it, outputs included."""
    found = [
        Change(each["address"], each["type"], tuple(each["change"]["actions"]), _differing(each))
        for each in plan.get("resource_changes", [])
        if each["change"]["actions"] not in (["no-op"], ["read"])
    ]
    found += [
        Change(f"output.{name}", "output", tuple(change["actions"]), frozenset())
        for name, change in plan.get("output_changes", {}).items()
        if change["actions"] != ["no-op"]
    ]
    return found


def _differing(change: Mapping[str, Any]) -> frozenset[str]:
    """The attributes whose values differ, those of blocks by their last name."""
    before, after = change["change"]["before"], change["change"]["after"]
    return frozenset(_names(before, after)) if before and after else frozenset()


def _names(before: Any, after: Any, name: str = "") -> set[str]:
    if before == after:
        return set()
    if isinstance(before, dict) and isinstance(after, dict):
        pairs = [(before.get(each), after.get(each), each) for each in before.keys() | after.keys()]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = [(*pair, name) for pair in zip(before, after, strict=True)]
    else:
        return {name}
    return {each for old, new, inner in pairs for each in _names(old, new, inner)}
