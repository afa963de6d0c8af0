"""The operators' package: what it needs, how its parts depend on each other, what prints."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.local_cloud.terraform_cli import REPOSITORY

PACKAGE = REPOSITORY / "aspect_wfm"
SUBPACKAGES = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


@cache
def nodes(folder: Path) -> list[tuple[Path, ast.AST]]:
    """Every node of the syntax of every file in `folder`."""
    return [
        (path, node)
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]


def imported(folder: Path) -> Iterator[tuple[Path, str]]:
    """The modules that the files in `folder` import."""
    for path, node in nodes(folder):
        if isinstance(node, ast.Import):
            yield from ((path, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            yield from ((path, f"{node.module}.{each.name}") for each in node.names)


def test_python_boto3_and_rich_are_all_that_operators_and_functions_need() -> None:
    folders = [PACKAGE, *REPOSITORY.glob("lambda_src/*/")]
    known = {*sys.stdlib_module_names, "boto3", "botocore", *(each.name for each in folders)}
    for folder in folders:
        for path, module in imported(folder):
            package = module.partition(".")[0]
            assert package in known or (package, path.name) == ("rich", "output.py"), path


def test_a_subpackage_imports_nothing_of_another_one() -> None:
    for path, module in imported(PACKAGE):
        own = path.relative_to(PACKAGE).parts[0]
        if path.parent != PACKAGE and own != "commands":
            others = tuple(f"aspect_wfm.{each}" for each in SUBPACKAGES if each != own)
            assert not module.startswith(others), path


def test_only_the_module_for_output_prints() -> None:
    for path, node in nodes(PACKAGE):
        if isinstance(node, ast.Name) and node.id == "print":
            assert path.name == "output.py", path
        if isinstance(node, ast.Attribute) and node.attr == "write":
            assert ast.unparse(node.value) not in ("sys.stdout", "sys.stderr"), path


def test_nothing_depends_on_the_benchmarks() -> None:
    for folder in ("aspect_wfm", "lambda_src", "flink_src", "tests"):
        for path, module in imported(REPOSITORY / folder):
            assert module.partition(".")[0] != "benchmarks", path
        for path, node in nodes(REPOSITORY / folder):
            if isinstance(node, ast.Constant):
                assert not re.search(r"\bbenchmarks\.", str(node.value)), path
