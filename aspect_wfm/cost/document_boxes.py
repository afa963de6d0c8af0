"""Fill the boxes of documents: `python -m aspect_wfm.cost.document_boxes docs/cost.md ...`.

A box is a fence whose first line is `$ command`, or one after a line that ends in `command`: and an
empty line. It holds what the command prints, and commands are those of the programs in `tools`,
each with a function `main` in its `__main__` that takes arguments and returns a status.
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

_PYTHON = ".venv/bin/python -m "

_BOX = re.compile(
    r"(?:```text\n\$ (?P<shown>.+)\n"
    r"|`(?P<named>\.venv/bin/python -m (?:aspect_wfm\.cost|benchmarks\.growth)[^`\n]+)`:\n\n```\w+\n)"
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
    """What a command prints. Raises ValueError for one that is none of a program in `tools`."""
    if not command.startswith((_PYTHON + "aspect_wfm.", _PYTHON + "benchmarks.")):
        raise ValueError(f"{command!r} is none of our programs.")
    program, *arguments = shlex.split(command.removeprefix(_PYTHON))
    with contextlib.redirect_stdout(io.StringIO()) as output:
        status = import_module(f"{program}.__main__").main(arguments)
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
