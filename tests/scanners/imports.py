"""What the functions import: they have no dependency that the runtime does not bring."""

import ast
import sys
from collections.abc import Collection, Iterator

# Lambda's Python runtime has these beside the standard library.
OF_THE_RUNTIME = frozenset({"boto3", "botocore"})


def foreign_imports(source: str, own: Collection[str]) -> list[str]:
    """The top-level modules that `source` imports and that are neither the standard library's nor
    the runtime's nor one of its `own`, sorted."""
    allowed = {*sys.stdlib_module_names, *OF_THE_RUNTIME, *own}
    return sorted(set(_imported(source)) - allowed)


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
