"""Plans as `terraform show -json` has them: of one configuration, or of many in one process.

A process of Terraform with the AWS provider takes seconds before it plans anything. So the tests'
configurations are modules of one root module, and are planned together.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY, init_lock
from tests.local_cloud.workspace import Workspace, copy_configuration
from tests.terraform_files import blocks


@dataclass(frozen=True, slots=True)
class Configuration:
    """A folder of the repository, its variables, and what a file that overrides it holds."""

    folder: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    override: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned of a configuration, with addresses as in a plan of it alone.

    `resources` are planned, `read` are the data sources that the plan has read, and an output that
    is not known yet is None.
    """

    resources: list[dict[str, Any]]
    read: list[dict[str, Any]]
    outputs: dict[str, Any]

    @property
    def managed(self) -> list[dict[str, Any]]:
        return [each for each in self.resources if each["mode"] == "managed"]


def plan(made: Workspace, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The plan of an initialised configuration. Raises TerraformError when it is refused."""
    (made.folder / "terraform.tfvars.json").write_text(json.dumps(dict(variables)))
    made.run("plan", "-no-color", "-out=tfplan")
    planned: dict[str, Any] = json.loads(made.run("show", "-json", "tfplan"))
    return planned


def plan_together(
    configurations: Mapping[str, Configuration], cloud: LocalCloud, scratch: Path
) -> dict[str, Planned]:
    """The plans of configurations, by their labels. Raises TerraformError when one is refused."""
    made = root_module(configurations, cloud, scratch)
    planned = plan(made, {})
    outputs = planned["planned_values"]["outputs"]
    return {
        label: Planned(
            _within(label, planned["planned_values"]["root_module"]),
            _within(label, planned["prior_state"]["values"]["root_module"]),
            {
                name: outputs[f"{label}__{name}"].get("value")
                for name in blocks(REPOSITORY / configuration.folder, "output")
            },
        )
        for label, configuration in configurations.items()
    }


def root_module(
    configurations: Mapping[str, Configuration], cloud: LocalCloud | None, scratch: Path
) -> Workspace:
    """An initialised root module in `scratch` that calls each configuration by its label."""
    shutil.copytree(REPOSITORY / "examples", scratch / "examples")
    copy_configuration("modules/rta", scratch)
    calls, outputs = {}, {}
    for label, configuration in configurations.items():
        source = configuration.folder
        if configuration.override is not None:
            source = f"{configuration.folder}-{label}"
            shutil.copytree(scratch / configuration.folder, scratch / source)
            override = scratch / source / "plan_override.tf.json"
            override.write_text(json.dumps(configuration.override))
        calls[label] = {"source": f"../{source}", **configuration.variables}
        for name in blocks(REPOSITORY / configuration.folder, "output"):
            outputs[f"{label}__{name}"] = {"value": f"${{module.{label}.{name}}}"}
    root = scratch / "root"
    root.mkdir()
    (root / "main.tf.json").write_text(
        json.dumps({"provider": {"aws": {}}, "module": calls, "output": outputs})
    )
    made = Workspace(root, cloud)
    with init_lock():
        made.run("init", "-no-color")
    return made


def resources(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The resources of a module of a plan and of all modules in it."""
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from resources(child)


def _within(label: str, root: Mapping[str, Any]) -> list[dict[str, Any]]:
    prefix = f"module.{label}."
    return [
        each | {"address": each["address"].removeprefix(prefix)}
        for each in resources(root)
        if each["address"].startswith(prefix)
    ]
