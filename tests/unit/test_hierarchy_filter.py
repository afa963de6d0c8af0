from typing import Any

import pytest

from rta_relay.hierarchy_filter import HierarchyFilter
from tests.unit.events import snapshot


def test_level_0_lets_everything_pass() -> None:
    everything = HierarchyFilter.of(0, [])
    assert everything.passes(None)
    assert everything.passes(snapshot("ann", "Available", "t"))


@pytest.mark.parametrize("group", ["EMEA", "emea", "Emea"])
def test_a_group_passes_without_regard_to_case(group: str) -> None:
    assert HierarchyFilter.of(1, ["eMEA"]).passes(snapshot("ann", "Available", "t", group))


def test_names_are_compared_as_people_read_them() -> None:
    cologne = HierarchyFilter.of(1, [" KÖLN\u00a0 STRAẞE"])
    assert cologne.passes(snapshot("ann", "Available", "t", "Ko\u0308ln Straße\t"))
    assert not cologne.passes(snapshot("ann", "Available", "t", "Köln Strasse"))


def test_a_value_without_a_name_lets_nobody_pass() -> None:
    assert HierarchyFilter.of(1, ["EMEA", " ", ""]) == HierarchyFilter.of(1, ["EMEA"])


@pytest.mark.parametrize(
    "groups",
    [
        None,
        "EMEA",
        {},
        {"Level1": None},
        {"Level1": "EMEA"},
        {"Level1": {"Name": None}},
        {"Level1": {"Name": "EMEA North"}},
        {"Level2": {"Name": "EMEA"}},
    ],
)
def test_what_is_not_in_the_group_at_the_level_does_not_pass(groups: Any) -> None:
    emea = HierarchyFilter.of(1, ["EMEA"])
    assert not emea.passes({"Configuration": {"AgentHierarchyGroups": groups}})
    assert not emea.passes({"Configuration": None})
    assert not emea.passes(None)
