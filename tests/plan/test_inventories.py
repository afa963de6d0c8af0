"""What each configuration plans, against a short inventory in `inventories/`.

An inventory names a configuration and its variables, how many resources of each type it has (all of
them), some of their values, and policies in full: every statement, by its sid.
"""

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import tftest

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.terraform_cli import cli_environment, init_lock
from tests.local_cloud.workspace import copy_configuration
from tests.plan.planned import resources

pytestmark = pytest.mark.xdist_group("plan")

INVENTORIES = sorted((Path(__file__).parent / "inventories").glob("*.toml"))


@pytest.mark.parametrize("path", INVENTORIES, ids=lambda path: path.stem)
def test_the_plan_is_what_the_inventory_says(path: Path, cloud: LocalCloud, tmp_path: Path) -> None:
    inventory = tomllib.loads(path.read_text(encoding="utf-8"))
    plan = _plan(inventory["configuration"], inventory.get("variables", {}), cloud, tmp_path)
    planned = {each["address"]: each for each in resources(plan["root_module"])}

    counts = Counter(each["type"] for each in planned.values() if each["mode"] == "managed")
    assert counts == inventory["counts"]
    assert set(plan["outputs"]) == set(inventory["outputs"])
    for address, expected in inventory.get("values", {}).items():
        _assert_values(planned[address]["values"], expected, address)
    for address, expected in inventory.get("policies", {}).items():
        assert _statements(planned[address]["values"]["policy"]) == expected, address


def _assert_values(planned: dict[str, Any], expected: dict[str, Any], address: str) -> None:
    """`first` in an inventory stands for the first block of each of the names below it."""
    for name, block in expected.pop("first", {}).items():
        _assert_values(planned[name][0], block, f"{address}.{name}")
    assert {name: planned.get(name) for name in expected} == expected, address


def _plan(
    configuration: str, variables: dict[str, Any], cloud: LocalCloud, scratch: Path
) -> dict[str, Any]:
    folder = copy_configuration(configuration, scratch)
    terraform = tftest.TerraformTest(str(folder), env=cli_environment() | cloud.environment())
    with init_lock():
        terraform.init()
    (folder / "terraform.tfvars.json").write_text(json.dumps(variables))
    planned: dict[str, Any] = terraform.plan(output=True)["planned_values"]
    return planned


def _statements(policy: str) -> dict[str, dict[str, Any]]:
    """A policy's statements by sid, lists sorted, without what every statement has."""
    statements = {}
    for statement in json.loads(policy)["Statement"]:
        sid = statement.pop("Sid")
        assert statement.pop("Effect") == "Allow"
        for part in ("Action", "Resource"):
            value = statement[part]
            statement[part] = sorted([value] if isinstance(value, str) else value)
        statements[sid] = statement
    return statements
