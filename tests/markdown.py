"""What this project's Markdown documents hold: headings, links, commands and blocks of code."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.local_cloud.terraform_cli import REPOSITORY

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)$")
_COMMENT = re.compile(r"^ *<!-- (?P<text>.*) -->$")
_HEADING = re.compile(r"^#{1,6} (?P<title>.+?)(?: #+)?$", re.MULTILINE)
_CODE = re.compile(r"(?P<ticks>`+)(?P<code>.+?)(?P=ticks)(?!`)", re.DOTALL)
_LINK = re.compile(
    r"\[[^\[\]]*\]\((?P<target>[^()\s]+)\)|^ {0,3}\[[^\]]+\]: (?P<named>\S+)", re.MULTILINE
)

# Not in any document of ours.
_NOT_SEARCHED = {"build", "node_modules"}


class Block(NamedTuple):
    """A fenced block of code, without its indentation, and the HTML comment right above it."""

    line: int
    language: str
    text: str
    comment: str | None


def documents() -> list[Path]:
    """Every Markdown file of the project."""
    found = []
    for folder, below, names in os.walk(REPOSITORY):
        below[:] = [name for name in below if name[0] != "." and name not in _NOT_SEARCHED]
        found += [Path(folder, name) for name in names if name.endswith(".md")]
    return sorted(found)


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a document, in its order. Raises ValueError when one has no end."""
    lines = iter(enumerate(text.splitlines(), start=1))
    comment = None
    for number, line in lines:
        fence = _FENCE.match(line)
        if fence is None:
            found = _COMMENT.match(line)
            comment = found["text"] if found else comment if not line.strip() else None
            continue
        inside = []
        for _, inner in lines:
            if inner.strip() == "```":
                break
            inside.append(inner.removeprefix(fence["indent"]))
        else:
            raise ValueError(f"the block that begins in line {number} has no end")
        code = "".join(f"{each}\n" for each in inside)
        yield Block(number, fence["language"], code, comment)
        comment = None


def prose(text: str) -> str:
    """A document without its fenced blocks."""
    kept = []
    inside = False
    for line in text.splitlines():
        is_fence = _FENCE.match(line) is not None
        if not (inside or is_fence):
            kept.append(line)
        inside ^= is_fence
    return "\n".join(kept)


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives the headings of a document."""
    seen = Counter[str]()
    found = set()
    for heading in _HEADING.finditer(prose(text)):
        title = re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", heading["title"])
        slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def links(text: str) -> Iterator[str]:
    """Where the links and images of a document point to, as it is written."""
    for link in _LINK.finditer(_CODE.sub("`code`", prose(text))):
        yield link["target"] or link["named"]


def code(text: str) -> Iterator[str]:
    """All code of a document: the fenced blocks, and what is in backticks, on one line each."""
    yield from (block.text for block in blocks(text))
    yield from (" ".join(span["code"].split()) for span in _CODE.finditer(prose(text)))
