"""What each configuration plans, against a short inventory in `inventories/`.

An inventory names a configuration and its variables, how many resources of each type it has (all of
them), some of their values, and policies in full: every statement, by its sid.
"""

import json
from collections import Counter
from typing import Any

import pytest

from tests.plan.configurations import INVENTORIES
from tests.plan.planned import Planned

pytestmark = pytest.mark.xdist_group("plan")


@pytest.mark.parametrize("name", INVENTORIES)
def test_the_plan_is_what_the_inventory_says(name: str, plans: dict[str, Planned]) -> None:
    inventory, plan = INVENTORIES[name], plans[name]
    planned = {each["address"]: each for each in plan.resources}

    assert Counter(each["type"] for each in plan.managed) == inventory["counts"]
    assert set(plan.outputs) == set(inventory["outputs"])
    for address, expected in inventory.get("values", {}).items():
        _assert_values(planned[address]["values"], dict(expected), address)
    for address, expected in inventory.get("policies", {}).items():
        assert _statements(planned[address]["values"]["policy"]) == expected, address


def _assert_values(planned: dict[str, Any], expected: dict[str, Any], address: str) -> None:
    """`first` in an inventory stands for the first block of each of the names below it."""
    for name, block in expected.pop("first", {}).items():
        _assert_values(planned[name][0], block, f"{address}.{name}")
    assert {name: planned.get(name) for name in expected} == expected, address


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
