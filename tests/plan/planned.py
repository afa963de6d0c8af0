"""Plans as `terraform show -json` has them: of one configuration, or of many in one process."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.together import Configuration, root_module
from tests.local_cloud.workspace import Workspace


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
            {name: outputs[f"{label}__{name}"].get("value") for name in configuration.output_names},
        )
        for label, configuration in configurations.items()
    }


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
