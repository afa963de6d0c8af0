"""A plan and the functions agree when two names are the same (wire contract, section 6)."""

import base64
import json
import re
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

from agent_events.names import name_key
from tests.local_cloud.terraform_cli import REPOSITORY, cli_environment, terraform_binary
from tests.terraform_files import blocks

# What the modules' validations take names to.
KEY = r'lower(trim(replace(name, "/[\\p{Z}\\x09-\\x0d\\x1c-\\x1f\\x85]+/", " "), " "))'
BLANK_ALIKE = r'trim(replace(%s, "/[\\p{Z}\\x09-\\x0d\\x1c-\\x1f\\x85]+/", " "), " ") != ""'

# Letters with case that Unicode 16 and 17 added: Terraform and Python each learn of them in time.
_LATER = {
    *range(0x1C89, 0x1C8B),
    *range(0xA7CB, 0xA7DD),
    *range(0x10D50, 0x10D86),
    *range(0x16EA0, 0x16ED4),
}


def conditions(module: str, variable: str) -> str:
    """What the validations of a variable demand."""
    validations = blocks(REPOSITORY / "modules" / module, "variable")[variable]["validation"]
    return "\n".join(each["condition"] for each in validations)


STATUSES = conditions("agent_productivity", "agent_statuses")
GROUPS = conditions("rta", "ahg_filter_values")


def characters() -> list[str]:
    """Every character that a name can hold, but for those in Unicode's private planes."""
    return [
        each
        for each in map(chr, range(1, 0x30000))
        if unicodedata.category(each) not in ("Cn", "Co", "Cs")
    ]


def evaluated(expression: str, names: list[str], folder: Path) -> Any:
    """What Terraform makes of `expression` with `name` as each of `names`."""
    (folder / "names.json").write_text(json.dumps(names))
    each = f'[for name in jsondecode(file("names.json")) : {expression}]'
    answer = subprocess.run(
        [terraform_binary(), "console"],
        cwd=folder,
        env=cli_environment(),
        input=f"base64encode(jsonencode({each}))\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(base64.b64decode(json.loads(answer.stdout)))


def test_terraform_and_the_functions_have_the_same_key_for_every_character(tmp_path: Path) -> None:
    names = [f" {each} A\t{each}\u00a0" for each in characters()]
    names += ["Außer  Haus", "AUSSER HAUS", "E\u0301quipe\u2003Nord", "\u1100\u1161", "ΣΑΣ"]
    assert len(names) > 140_000
    found = evaluated(KEY, names, tmp_path)
    different = [
        name
        for name, key in zip(names, found, strict=True)
        if unicodedata.normalize("NFC", name_key(name)) != key and ord(name[1]) not in _LATER
    ]
    assert different == []


def test_the_modules_check_names_by_that_expression() -> None:
    assert KEY in STATUSES
    assert BLANK_ALIKE % "name" in STATUSES
    assert BLANK_ALIKE % "value" in GROUPS


def test_a_plan_refuses_every_character_without_a_width(tmp_path: Path) -> None:
    pattern = r'can(regex("\\p{Cf}", %s))'
    assert pattern % "name" in STATUSES
    assert pattern % "value" in GROUPS
    without_width = [each for each in characters() if unicodedata.category(each) == "Cf"]
    assert {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"} <= set(without_width)
    assert not any(re.fullmatch(r"\s", each) for each in without_width)
    assert all(name_key(f"a{each}b") != name_key("ab") for each in without_width)
    assert set(evaluated(pattern % "name", without_width, tmp_path)) == {True}
