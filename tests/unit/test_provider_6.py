"""The modules and examples against provider 6, as far as its schema tells without running it.

The schema is the extract that `python -m tests.provider.extract` makes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.provider.extract import EXTRACT, FOLDERS, used_types
from tests.terraform_files import blocks, read

SCHEMA: dict[str, Any] = json.loads(EXTRACT.read_text(encoding="utf-8"))
TYPES: dict[str, dict[str, Any]] = SCHEMA["types"]

# What Terraform itself takes in any block.
_META = {"count", "depends_on", "for_each", "lifecycle", "provider"}

# What provider 6 deprecates and the modules use all the same, and why.
KNOWN = {("data.aws_region", "id"): "5.100 has no `region`; it is read where that is missing"}

_REFERENCE = re.compile(
    r"\b(data\.)?(aws_[a-z0-9_]+)\.[a-z0-9_]+(?:\[[^\]]*\])?(?:\.|, \")([a-z_]+)\b(?!\()"
)

by_folder = pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda path: path.relative_to(REPOSITORY).as_posix()
)


def test_the_extract_has_every_type_that_is_used() -> None:
    assert sorted(TYPES) == used_types()


def test_the_documents_name_what_was_compared() -> None:
    readme, changes = (
        (REPOSITORY / name).read_text(encoding="utf-8") for name in ("README.md", "docs/changes.md")
    )
    assert f"| {SCHEMA['provider']} | compared" in readme
    for page in (readme, changes):
        assert "| 6.22.0 to 6.39.x |" in page
    name, _, version = SCHEMA["bindings"].partition(" ")
    assert f"schema of {SCHEMA['provider']} (`{name}` {version})" in changes
    name, _, version = SCHEMA["deprecations"].rpartition("-")
    assert f"`{name.replace('_', '-')}` {version}" in changes


@by_folder
def test_every_argument_exists_and_every_required_one_is_given(folder: Any) -> None:
    for kind, prefix in (("resource", ""), ("data", "data.")):
        for address, body in blocks(folder, kind).items():
            if not address.startswith("aws_"):
                continue
            type_ = prefix + address.partition(".")[0]
            assert list(_unfit(body, TYPES[type_]["arguments"], address)) == []


@by_folder
def test_every_attribute_exists(folder: Any) -> None:
    for type_, attribute in _attributes(folder):
        known = {*TYPES[type_]["attributes"], *TYPES[type_]["arguments"]}
        assert attribute in known, f"{type_}.{attribute}"


@by_folder
def test_nothing_deprecated_is_used_that_is_not_known(folder: Any) -> None:
    used = {
        (prefix + address.partition(".")[0], argument)
        for kind, prefix in (("resource", ""), ("data", "data."))
        for address, body in blocks(folder, kind).items()
        for argument in body
    } | set(_attributes(folder))
    assert used & _deprecated() <= KNOWN.keys()


def test_what_is_deprecated_is_found_by_terraforms_name_and_in_a_lookup() -> None:
    assert ("aws_s3_bucket", "lifecycle_rule") in _deprecated()
    assert KNOWN.keys() <= _deprecated()
    assert KNOWN.keys() <= set(_attributes(REPOSITORY / "modules" / "rta"))


def test_what_does_not_fit_is_found() -> None:
    queue = TYPES["aws_sqs_queue"]["arguments"]
    assert list(_unfit({"name": "a", "colour": "red"}, queue, "q")) == ["q.colour does not exist"]
    alarm = TYPES["aws_cloudwatch_metric_alarm"]["arguments"]
    given = {"alarm_name": "a", "comparison_operator": "b", "evaluation_periods": 1}
    queries = [{"for_each": "${[]}", "content": [{"metric": [{"stat": "Sum"}]}]}]
    assert list(_unfit(given | {"dynamic": [{"metric_query": queries[0]}]}, alarm, "a")) == [
        "a.metric_query.metric has no metric_name",
        "a.metric_query.metric has no period",
        "a.metric_query has no id",
    ]


def _unfit(body: Mapping[str, Any], arguments: Mapping[str, Any], where: str) -> Iterator[str]:
    """What a block has that does not exist, and what it lacks of what is required."""
    given = {name: value for name, value in body.items() if name not in _META | {"dynamic"}}
    for dynamic in body.get("dynamic", []):
        for name, block in dynamic.items():
            given[name] = block["content"]
    for name, value in given.items():
        if name not in arguments:
            yield f"{where}.{name} does not exist"
        elif isinstance(arguments[name], dict):
            ((_, inner),) = arguments[name].items()
            for each in value if isinstance(value, list) else []:
                if isinstance(each, dict):
                    yield from _unfit(each, inner, f"{where}.{name}")
    for name, what in arguments.items():
        if (what == "required" or "required" in what) and name not in given:
            yield f"{where} has no {name}"


def _deprecated() -> set[tuple[str, str]]:
    """By type and name. Python's names of blocks are plural."""
    return {
        (type_, spelt)
        for type_, each in TYPES.items()
        for name in each["deprecated"]
        for spelt in (name, name.removesuffix("s"))
    }


def _attributes(folder: Any) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.tf")):
        for data, type_, attribute in _REFERENCE.findall(str(read(path))):
            yield f"{data}{type_}", attribute
