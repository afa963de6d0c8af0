"""Phrases that this project's texts do not use, and what to write instead.

They make a reader of documents, descriptions, messages and comments stop. `make lint` rejects them.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.local_cloud.terraform_cli import REPOSITORY

# Each phrase as a regular expression without regard to case, and what to write instead. A space
# also matches a line break, with the marks that begin a comment or a string on the next line.
PHRASES = {
    r"(?:anew|afresh)": "again",
    r"mend(?:s|ed|ing)?": "fix",
    r"whoever": "anyone who, the principal that, or a name for them",
    r"whomever": "anyone whom, or a name for them",
    r"reckon(?:s|ed|ing)?": "expect, count or calculate",
    r"in the place of": "instead of, or replace ... with",
    r"none of ours": "not one of this project's",
    r"so many(?! that\b)": "this many, up to, or the number itself",
    r"by so much": "how far, or by this much",
    r"nobody is asked": "without a prompt",
    r"known to nobody": "not listed",
    r"in nobody's way": "not used again",
    r"tells? (?:nobody|no one)": "notifies no one",
    r"without a word": "silently",
    r"not (?:say )?a word": "without a message",
    r"(?:make|makes|made) it dear(?:er)?": "makes it more expensive",
    r"(?:enter|give|take) what is yours": "fill in your values",
    r"none of its 1": "no",
    r"1 of its 1": "the only one",
    r"(?:let|have|has) the doctor (?:look|check|examine)": "run the doctor",
    r"misspelt without": "silently ignores misspelt",
    r"a line in comment": "a commented line",
    r"(?:take|takes|took|taken) away": "remove, or delete",
    r"(?:does|do|did|done) away with": "remove",
    r"are content": "are satisfied, or no longer need it",
    r"in vain": "without success",
    r"for ever": "forever",
    r"as it stands": "unchanged, or without changes",
    r"all else": "everything else",
    r"comes? about": "happen",
    r"in whatever order": "in any order",
    r"hitherto": "so far",
    r"henceforth": "from now on",
    r"thereby": "this way",
    r"lest": "so that ... not",
}

# The file types that hold text for people, and the files without a type.
_SUFFIXES = {".example", ".hcl", ".in", ".md", ".py", ".sh", ".tf", ".toml", ".yaml", ".yml"}
_NAMES = {"Makefile", "run"}

# Hidden folders that are the project's, and folders that are not.
_HIDDEN = {".ci", ".github"}
_NOT_SEARCHED = {"build", "node_modules"}

# They name the phrases.
_LISTS = {Path(__file__).resolve(), REPOSITORY / "tests" / "unit" / "test_phrases.py"}

# Between two words: blanks, a line break, the mark of a comment, the end and beginning of strings.
_GAP = r"(?:[\s#*]|\"\s+f?\")+"


class Finding(NamedTuple):
    """A phrase in a text, and what to write instead of it."""

    line: int
    phrase: str
    better: str


def texts() -> list[Path]:
    """Every file of the project that holds text for people."""
    found = []
    for folder, below, names in os.walk(REPOSITORY):
        below[:] = [
            name
            for name in below
            if name in _HIDDEN or (name[0] != "." and name not in _NOT_SEARCHED)
        ]
        found += [
            Path(folder, name) for name in names if name in _NAMES or Path(name).suffix in _SUFFIXES
        ]
    return sorted(path for path in found if path not in _LISTS)


def findings(text: str) -> Iterator[Finding]:
    """The phrases in a text, in the order of PHRASES."""
    for phrase, better in PHRASES.items():
        for match in re.finditer(_pattern(phrase), text, re.IGNORECASE):
            line = text.count("\n", 0, match.start()) + 1
            yield Finding(line, " ".join(re.split(_GAP, match[0])), better)


def _pattern(phrase: str) -> str:
    return rf"\b{phrase.replace(' ', _GAP)}\b"


def main() -> int:
    status = 0
    for path in texts():
        for found in sorted(findings(path.read_text(encoding="utf-8"))):
            name = path.relative_to(REPOSITORY)
            print(f'{name}:{found.line}: "{found.phrase}": write {found.better}')
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
