"""Fill the boxes of the documents: `python -m tests.document_boxes docs/*.md`.

A box is a fence whose first line is `$ command`, or one after a line that ends in `command`: and an
empty line. It holds what the command prints. Commands are `aspect-wfm cost` and the models in
`benchmarks`, whose `__main__` has a function `main`.
"""

import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

_PROGRAM = "aspect-wfm "
_MODEL = ".venv/bin/python -m benchmarks."

_COMMAND = rf"(?:{_PROGRAM}cost|{re.escape(_MODEL)}(?:designs|growth))[^`\n]*"
_BOX = re.compile(
    rf"(?:```text\n\$ (?P<shown>{_COMMAND})\n|`(?P<named>{_COMMAND})`:\n\n```\w+\n)"
    r"(?P<printed>(?:.*\n)*?)(?=```)"
)


@dataclass(frozen=True, slots=True)
class Box:
    """A command and what the document says that it prints."""

    command: str
    printed: str


def boxes(document: str) -> Iterator[Box]:
    """The boxes of a document's text, in order."""
    for found in _BOX.finditer(document):
        yield Box(found["shown"] or found["named"], found["printed"])


def printed_by(command: str) -> str:
    """What a command prints. Raises ValueError for another project's command, or on failure."""
    program, *arguments = shlex.split(command)
    module = "aspect_wfm.command"
    if command.startswith(_MODEL):
        _, name, *arguments = arguments
        module = f"{name}.__main__"
    elif program != _PROGRAM.strip():
        raise ValueError(f"{command!r} is none of our programs.")
    with contextlib.redirect_stdout(io.StringIO()) as output:
        status = import_module(module).main(arguments)
    if status:
        raise ValueError(f"{command} failed with status {status}.")
    return output.getvalue()


def filled(document: str) -> str:
    """The document with what the commands print today."""

    def box(found: re.Match[str]) -> str:
        head = found[0][: found.start("printed") - found.start()]
        return head + printed_by(found["shown"] or found["named"])

    return _BOX.sub(box, document)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
