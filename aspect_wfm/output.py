"""Everything that the programs print, and how they write numbers, times and tables.

Names, object keys and file names come from outside. All text goes through `visible`, which
replaces characters that could control a terminal, and none of it is read as markup by `rich`.
Colours and progress bars are for terminals only.
"""

import io
import json
import re
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

# Control characters, lone surrogates, line separators, the marks that turn the direction of text,
# and what XML has no place for: in a name they could drive a terminal, make a line read as another,
# or spoil a page.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)

_GAP = "  "

# How often progress is told where there is no terminal.
_SECONDS_BETWEEN_LINES = 30.0


# The terminal's columns that a cell takes.
terminal_width = cell_len


def prepare() -> None:
    """Print names in any script on any terminal, with ? for what its encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str, colours: Mapping[re.Pattern[str], str] | None = None) -> None:
    """Print a result, of one line or several; on a terminal, what a pattern matches is shown in its
    style, as `rich` writes them."""
    _write(text, sys.stdout, colours or {})


def say_json(document: Any) -> None:
    """Print a result as JSON, in which unsafe characters are escapes and therefore not lost."""
    text = json.dumps(document, ensure_ascii=False, indent=2).split("\n")
    say("\n".join(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in text))


def tell(text: str) -> None:
    """Print a message about the work itself, to standard error."""
    _write(text, sys.stderr, {})


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show the progress of long work on standard error; the block calls what it gets with how much
    more is done. A bar on a terminal, elsewhere a line every 30 seconds."""
    if sys.stderr.isatty():
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
            task = bar.add_task(visible(what), total=total)
            yield lambda number: bar.advance(task, number)
        return
    done, told = 0, time.monotonic()

    def advance(number: int) -> None:
        nonlocal done, told
        done += number
        if time.monotonic() - told >= _SECONDS_BETWEEN_LINES:
            told = time.monotonic()
            tell(f"{what}: {done:,}" if total is None else f"{what}: {done:,} of {total:,}")

    yield advance


@contextmanager
def activity(shown: bool) -> Iterator[Callable[[str | None], None]]:
    """Show on standard error what is being done: the block calls what it gets with a text, and with
    None before it prints. Only on a terminal, and only if `shown`."""
    if not (shown and sys.stderr.isatty()):
        yield lambda _text: None
        return
    status = Console(file=sys.stderr).status("")

    def show(text: str | None) -> None:
        if text is None:
            status.stop()
        else:
            status.update(Text(visible(text)))
            status.start()

    try:
        yield show
    finally:
        status.stop()


def visible(text: str) -> str:
    """A single line of `text`, with U+FFFD for every character that must not reach a screen."""
    return _UNSAFE.sub("\ufffd", text)


def counted(number: int, noun: str) -> str:
    """`3 files`, `1 file`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def clock_duration(length: timedelta) -> str:
    """Hours, minutes and whole seconds; fractions of a second are cut off."""
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


def _on_the_clock(moment: datetime, zone: tzinfo, precision: str) -> str:
    local = moment.astimezone(zone)
    if zone is UTC:
        local = local.replace(tzinfo=None)
    return local.isoformat(" ", precision)


def _write(text: str, stream: TextIO, colours: Mapping[re.Pattern[str], str]) -> None:
    shown = "\n".join(map(visible, text.split("\n")))
    if colours and stream.isatty():
        styled = Text(shown)
        for pattern, style in colours.items():
            styled.highlight_regex(pattern, style)
        Console(file=stream).print(styled, soft_wrap=True)
    else:
        print(shown, file=stream, flush=True)
