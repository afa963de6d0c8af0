"""All that the programs print, and how they write numbers, times and tables.

Names, object keys and file names come from outside. `_write` is the only place that prints, and
neutralises what could drive a terminal.
"""

import io
import json
import re
import sys
import unicodedata
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TextIO

# Control characters, lone surrogates, line separators, the marks that turn the direction of text,
# and what XML has no place for: in a name they could drive a terminal, make a line read as another,
# or spoil a page.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)

_GAP = "  "


def prepare() -> None:
    """Have names in any script printed on any terminal, with ? for what its encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """Print a result, of one line or several."""
    _write(text, sys.stdout)


def say_json(document: Any) -> None:
    """Print a result as JSON, in which unsafe characters are escapes and therefore not lost."""
    text = json.dumps(document, ensure_ascii=False, indent=2).split("\n")
    say("\n".join(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in text))


def tell(text: str) -> None:
    """Print a message about the work itself, to standard error."""
    _write(text, sys.stderr)


def visible(text: str) -> str:
    """A single line of `text`, with U+FFFD for every character that must not reach a screen."""
    return _UNSAFE.sub("\ufffd", text)


def counted(number: int, noun: str) -> str:
    """`3 files`, `1 file`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(length: timedelta) -> str:
    """Hours, minutes and whole seconds; what is left of a second is cut off."""
    seconds = int(length.total_seconds())
    return f"{seconds // 3_600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def instant(moment: datetime, zone: tzinfo = UTC) -> str:
    """A time to the second on the clock of `zone`, with the UTC offset unless that is UTC."""
    return _on_the_clock(moment, zone, "seconds")


def minute(moment: datetime, zone: tzinfo = UTC) -> str:
    """A time to the minute, as `instant` has it."""
    return _on_the_clock(moment, zone, "minutes")


def text_table(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> str:
    """`rows`, of which the first is a header, in columns as wide as they need on a terminal; the
    columns numbered in `left` are aligned to the left."""
    widths = [max(map(terminal_width, column)) for column in zip(*rows, strict=True)]
    header, *others = rows
    lines = []
    for row in (header, ["-" * width for width in widths], *others):
        padded = []
        for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
            padding = " " * (width - terminal_width(cell))
            padded.append(cell + padding if index in left else padding + cell)
        lines.append(_GAP.join(padded).rstrip())
    return "\n".join(lines) + "\n"


def terminal_width(cell: str) -> int:
    """The terminal's columns that `cell` takes."""
    return len(cell) if cell.isascii() else sum(map(_character_width, cell))


def _on_the_clock(moment: datetime, zone: tzinfo, precision: str) -> str:
    local = moment.astimezone(zone)
    if zone is UTC:
        local = local.replace(tzinfo=None)
    return local.isoformat(" ", precision)


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _write(text: str, stream: TextIO) -> None:
    print("\n".join(map(visible, text.split("\n"))), file=stream, flush=True)
