"""A plan as `terraform show -json` has it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.local_cloud.workspace import Workspace


def plan(made: Workspace, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The plan of an initialised configuration. Raises TerraformError when it is refused."""
    (made.folder / "terraform.tfvars.json").write_text(json.dumps(dict(variables)))
    made.run("plan", "-no-color", "-out=tfplan")
    planned: dict[str, Any] = json.loads(made.run("show", "-json", "tfplan"))
    return planned


def resources(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The resources of a module of a plan and of all modules in it."""
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from resources(child)
