"""Configurations that Terraform handles in one process: each is a module of one root module.

A process of Terraform with the AWS provider takes seconds of CPU before it plans anything.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.workspace import (
    Workspace,
    copy_configuration,
    initialised,
    keep_state_in_s3,
)
from tests.terraform_files import blocks


@dataclass(frozen=True, slots=True)
class Configuration:
    """A folder of the repository, its variables, and what a file that overrides it holds."""

    folder: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    override: Mapping[str, Any] | None = None

    @property
    def output_names(self) -> list[str]:
        return list(blocks(REPOSITORY / self.folder, "output"))


def root_module(
    configurations: Mapping[str, Configuration], cloud: LocalCloud | None, scratch: Path
) -> Workspace:
    """An initialised root module in `scratch` that calls each configuration by its label.

    An output of it is named by the label and the output of the configuration, as in `label__name`.
    """
    copy_configuration("examples", scratch)
    # The root module's provider is configured as theirs are: another process each, for nothing.
    for provider in (scratch / "examples").glob("*/provider.tf"):
        if provider.read_text(encoding="utf-8").endswith('\nprovider "aws" {}\n'):
            provider.unlink()
    for label, each in configurations.items():
        if each.override is not None:
            shutil.copytree(scratch / each.folder, scratch / _source(label, each))
            override = scratch / _source(label, each) / "plan_override.tf.json"
            override.write_text(json.dumps(each.override))
    root = scratch / "root"
    root.mkdir()
    write_calls(root, configurations)
    if cloud is not None:
        keep_state_in_s3(root, cloud)
    return initialised(root, cloud)


def write_calls(root: Path, configurations: Mapping[str, Configuration]) -> None:
    """Write the root module's calls, with the variables that the configurations have now."""
    calls = {
        label: {"source": f"../{_source(label, each)}", **each.variables}
        for label, each in configurations.items()
    }
    outputs = {
        f"{label}__{name}": {"value": f"${{module.{label}.{name}}}"}
        for label, each in configurations.items()
        for name in each.output_names
    }
    (root / "main.tf.json").write_text(
        json.dumps({"provider": {"aws": {}}, "module": calls, "output": outputs})
    )


def outputs_by_label(root: Workspace) -> dict[str, dict[str, Any]]:
    """The values of the configurations' outputs, by label and name, but for those that are null."""
    found: dict[str, dict[str, Any]] = {}
    for output, value in root.outputs().items():
        label, _, name = output.partition("__")
        found.setdefault(label, {})[name] = value
    return found


def _source(label: str, configuration: Configuration) -> str:
    if configuration.override is None:
        return configuration.folder
    return f"{configuration.folder}-{label}"
