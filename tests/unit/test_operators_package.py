"""The programs for operators run where there is no make: Python and boto3 are enough."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.local_cloud.terraform_cli import REPOSITORY

PACKAGES = [*REPOSITORY.glob("aspect_wfm"), *REPOSITORY.glob("lambda_src/*/")]


def imported(path: Path) -> Iterator[str]:
    """The packages that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            yield str(node.module).partition(".")[0]


def test_the_tools_need_python_and_boto3_alone() -> None:
    own = {folder.name for folder in PACKAGES}
    for folder in PACKAGES:
        for path in folder.rglob("*.py"):
            needed = set(imported(path)) - set(sys.stdlib_module_names) - own
            assert needed <= {"boto3", "botocore"}, path
