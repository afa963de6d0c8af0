"""The functions' own metrics, by function, as docs/operations.md lists them."""

import re
from collections import defaultdict

from tests.local_cloud.terraform_cli import REPOSITORY


def _listed() -> dict[str, set[str]]:
    text = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.split("\n| function | metric | counts |\n| --- | --- | --- |\n")[1]
    found = defaultdict(set)
    functions: list[str] = []
    for named, metric in re.findall(r"^\| ([a-z, ]*)\| `(\w+)` \|", table, re.MULTILINE):
        functions = named.strip().split(", ") if named.strip() else functions
        for function in functions:
            found[function].add(metric)
    return dict(found)


METRICS = _listed()
