"""Terraform files as values, by python-hcl2: what they say, not how they are laid out.

A literal is its Python value. An expression is a string `${...}` with its blanks normalized.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

_OPTIONS = hcl2.SerializationOptions(
    with_comments=False, explicit_blocks=False, strip_string_quotes=True
)

# How many labels a block of each kind has.
_LABELS = {"data": 2, "locals": 0, "resource": 2}


def blocks(folder: Path, kind: str) -> dict[str, dict[str, Any]]:
    """The bodies of the blocks of a kind in the `.tf` files of a folder, by their labels.

    The labels of a resource are joined as in its address: `aws_sqs_queue.agent_events`.
    """
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.tf")):
        if not re.search(rf"^{kind}\b", file.read_text(encoding="utf-8"), re.MULTILINE):
            continue  # parsing is slow
        for block in read(file).get(kind, []):
            body, labels = block, []
            for _ in range(_LABELS.get(kind, 1)):
                ((label, body),) = body.items()
                labels.append(label)
            found.setdefault(".".join(labels), {}).update(body)
    return found


def local_values(folder: Path) -> Mapping[str, Any]:
    """The expressions of all locals of a folder, by name."""
    return blocks(folder, "locals").get("", {})


@cache
def read(file: Path) -> dict[str, Any]:
    """What a file holds, as `parse` has it."""
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, Any]:
    """Attributes by name; the blocks of each kind as a list, as they follow each other."""
    parsed: dict[str, Any] = hcl2.loads(text, serialization_options=_OPTIONS)
    return parsed


def defaults(kind: str) -> dict[str, Any]:
    """The attributes of an object type with their defaults."""
    parts = split_arguments(kind.removeprefix("${object({").removesuffix("})}"))
    types = parse("\n".join(parts) + "\n")
    return {
        name: parse(f"value = {([*split_arguments(each[11:-2]), 'null'])[1]}\n")["value"]
        for name, each in types.items()
    }


def split_arguments(text: str) -> list[str]:
    """What commas separate outside of brackets: arguments, or the attributes of an object."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
