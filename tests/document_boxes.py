"""The boxes of the documents: a command of this project, and what it prints.

A box is a fence whose first line is `$ command`, or one after a line that ends in `command`: and an
empty line. CONTRIBUTING.md has the command that fills all of them.
"""

import contextlib
import io
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from aspect_wfm import command

# Programs, by how their commands begin: what follows are the arguments.
Programs = Mapping[str, Callable[[list[str]], int]]

COST: Programs = {"aspect-wfm cost": lambda arguments: command.main(["cost", *arguments])}


@dataclass(frozen=True, slots=True)
class Box:
    """A command and what the document says that it prints."""

    command: str
    printed: str


def boxes(document: str, programs: Programs = COST) -> Iterator[Box]:
    """The boxes of a document's text with commands of `programs`, in order."""
    for found in _pattern(programs).finditer(document):
        yield Box(found["shown"] or found["named"], found["printed"])


def printed_by(command: str, programs: Programs = COST) -> str:
    """What a command prints. Raises ValueError for a command of another program, or on failure."""
    begin = next((each for each in programs if command.startswith(each)), None)
    if begin is None:
        raise ValueError(f"{command!r} is none of our programs.")
    with contextlib.redirect_stdout(io.StringIO()) as output:
        status = programs[begin](shlex.split(command.removeprefix(begin)))
    if status:
        raise ValueError(f"{command} failed with status {status}.")
    return output.getvalue()


def filled(document: str, programs: Programs = COST) -> str:
    """The document with what the commands of `programs` print today."""

    def box(found: re.Match[str]) -> str:
        head = found[0][: found.start("printed") - found.start()]
        return head + printed_by(found["shown"] or found["named"], programs)

    return _pattern(programs).sub(box, document)


def _pattern(programs: Programs) -> re.Pattern[str]:
    command = rf"(?:{'|'.join(map(re.escape, programs))})[^`\n]*"
    return re.compile(
        rf"(?:```text\n\$ (?P<shown>{command})\n|`(?P<named>{command})`:\n\n```\w+\n)"
        r"(?P<printed>(?:.*\n)*?)(?=```)"
    )
