"""The HCL blocks of the documents, as one configuration that Terraform can plan.

A block is a configuration of its own, or says in a comment above it what it is:

    <!-- planned with: modules/rta -->   arguments of that module, or of that example
    <!-- planned with: examples/both-new-stream -->   the same; or blocks that a copy of it gets
    <!-- tried by: tests/changes/test_adoption.py -->   left to that test
"""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

from tests import terraform_files
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.markdown import Block, blocks, documents

# What blocks that leave these out are completed with: required, or with a default that is refused.
_GIVEN = {
    "agent_event_stream_arn": "arn:aws:kinesis:eu-central-1:000000000000:stream/agent-events",
    "connect_s3_bucket": "amazon-connect-0123456789ab",
    "connect_s3_prefix": "connect/acme/Reports/Aspect/",
}

_SOURCE = re.compile(
    r'^(\s*source\s*=\s*)"[^"]*?\b((?:modules|examples)/[\w-]+)[^"]*"', re.MULTILINE
)
_ARGUMENT = re.compile(r"^(\w+) *=", re.MULTILINE)
_LEFT_OUT = shutil.ignore_patterns(".terraform*", "*.tfstate*", "terraform.tfvars", "tests")


class HclBlock(NamedTuple):
    """An HCL block, its document, the name of its copy, and what it says of itself, if anything."""

    document: str
    name: str
    text: str
    planned_with: str | None = None
    tried_by: str | None = None


def hcl_blocks() -> list[HclBlock]:
    """All HCL blocks of all documents. Raises ValueError for a comment that says nothing known."""
    return [
        hcl_block(document, block)
        for document in documents()
        for block in blocks(document.read_text(encoding="utf-8"))
        if block.language in ("hcl", "terraform", "tf")
    ]


def hcl_block(document: Path, block: Block) -> HclBlock:
    """`block` of `document`, named after where it is. Raises ValueError as above."""
    place = document.relative_to(REPOSITORY).as_posix()
    name = f"{re.sub(r'[^A-Za-z0-9]', '_', place.removesuffix('.md'))}_line_{block.line}"
    match (block.comment or "").partition(": "):
        case "", _, _:
            return HclBlock(place, name, block.text)
        case "planned with", _, folder:
            return HclBlock(place, name, block.text, planned_with=folder)
        case "tried by", _, test:
            return HclBlock(place, name, block.text, tried_by=test)
    raise ValueError(f"{place}, line {block.line}: not known: <!-- {block.comment} -->")


def write_configuration(found: list[HclBlock], scratch: Path) -> Path:
    """Write a root module that calls every block, but for those that a test tries; where it is."""
    for folder in ("modules", "examples"):
        shutil.copytree(REPOSITORY / folder, scratch / folder, ignore=_LEFT_OUT)
    calls = [_call(block, scratch) for block in found if block.tried_by is None]
    root = scratch / "root"
    root.mkdir()
    (root / "main.tf").write_text("\n".join(['provider "aws" {}\n', *calls]))
    return root


def _call(block: HclBlock, scratch: Path) -> str:
    """Write what `block` needs beside the root module; the call of it."""
    copy = scratch / "blocks" / block.name
    if block.planned_with is None:
        copy.mkdir(parents=True)
        (copy / "main.tf").write_text(_SOURCE.sub(r'\1"../../\2"', block.text))
        return _module(block.name, f"../blocks/{block.name}", "")
    extended = scratch / block.planned_with
    if _ARGUMENT.match(block.text.lstrip()):
        arguments = block.text + _missing_arguments(extended, block.text)
        return _module(block.name, f"../{block.planned_with}", arguments)
    shutil.copytree(extended, copy)
    (copy / f"{block.name}.tf").write_text(_SOURCE.sub(r'\1"../../\2"', block.text))
    return _module(block.name, f"../blocks/{block.name}", _missing_arguments(extended, ""))


def _module(name: str, source: str, arguments: str) -> str:
    return f'module "{name}" {{\n  source = "{source}"\n{arguments}}}\n'


def _missing_arguments(folder: Path, given: str) -> str:
    """What the configuration in `folder` cannot do without and `given` does not have.

    Raises ValueError for a required variable that no value is known for.
    """
    missing = []
    names = _ARGUMENT.findall(given)
    for name, body in terraform_files.blocks(folder, "variable").items():
        is_required = "default" not in body
        if name in names or not (is_required or name in _GIVEN):
            continue
        if name not in _GIVEN:
            raise ValueError(f"{folder.name} requires {name}: give it a value in {__name__}")
        missing.append(f'{name} = "{_GIVEN[name]}"\n')
    return "".join(missing)
