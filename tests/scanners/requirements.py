"""Locked requirements: what is installed is what was locked, from whatever index it comes."""

import re

_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?\s*==")


def locked_packages(text: str) -> list[str]:
    """The names of the packages that a requirements file pins, in its order."""
    return [match[1] for line in _lines(text) if (match := _NAME.match(line))]


def unlocked(text: str) -> list[str]:
    """A sentence for each line of a requirements file that leaves open what is installed: no exact
    version, no hash, or an option, such as one that names an index."""
    found = []
    for line in _lines(text):
        if line.startswith("-"):
            found.append(f"{line!r} is an option: a lock holds packages only, see make lock")
        elif not _NAME.match(line):
            found.append(f"{line!r} does not pin a version")
        elif "--hash=sha256:" not in line:
            found.append(f"{line!r} has no hash")
    return found


def _lines(text: str) -> list[str]:
    """The logical lines, without comments."""
    joined = text.replace("\\\n", " ")
    without_comments = (re.sub(r"(^|\s)#.*", "", line).strip() for line in joined.splitlines())
    return [line for line in without_comments if line]
