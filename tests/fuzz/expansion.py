"""Huge input from small: a corpus of a few kilobytes that stands for megabytes.

Inside a JSON string or a table, `~S~5~ab~S~` stands for `ab` five times; a `#` in what is repeated
is the number of the repetition. As a whole JSON string, `"~R~3~[~1~]~R~"` stands for `[[[1]]]`:
opening, middle and closing, without the double quotes and escapes.
"""

import json
import re

# Larger than the longest report line, message and item, and than a Kinesis record of old.
LARGEST = 1_200_000

_REPEATED = re.compile(rb"~S~([0-9]{1,7})~(.{1,200}?)~S~", re.DOTALL)
_MANY_TIMES = re.compile(rb"(~[SR]~)([0-9]{1,3})[0-9]+~")
_RAW = re.compile(rb'"~R~(?:[^"\\]|\\.)*~R~"', re.DOTALL)
_RAW_TEXT = re.compile(r"~R~([0-9]{1,7})~(.*?)~(.*?)~(.*?)~R~", re.DOTALL)


def expanded(data: bytes) -> bytes:
    """What `data` stands for; all that is repeated in it makes up LARGEST bytes at most."""
    left = LARGEST

    def times(wanted: bytes | str, size: int) -> int:
        nonlocal left
        number = min(int(wanted), left // (size or 1))
        left -= number * size
        return number

    def repeat(found: re.Match[bytes]) -> bytes:
        piece = found[2]
        number = times(found[1], len(piece))
        if b"#" not in piece:
            return piece * number
        return b"".join(piece.replace(b"#", b"%d" % each) for each in range(number))

    def write(found: re.Match[bytes]) -> bytes:
        try:
            parts = _RAW_TEXT.fullmatch(json.loads(found[0]))
        except ValueError:
            parts = None
        if parts is None or b"~S~" in found[0]:
            return found[0]
        opening, middle, closing = (part.encode("utf-8", "replace") for part in parts.groups()[1:])
        number = times(parts[1], len(opening + closing))
        return opening * number + middle + closing * number

    return _REPEATED.sub(repeat, _RAW.sub(write, data))


def lightened(data: bytes) -> bytes:
    """`data` with nothing in it that is repeated more than 999 times."""
    return _MANY_TIMES.sub(rb"\1\2~", data)


def repeated(piece: str, times: int) -> str:
    """To be written inside a string or a table."""
    return f"~S~{times}~{piece}~S~"


def nested(opening: str, times: int, middle: str = "", closing: str = "") -> str:
    """To be written as a string; it stands for JSON, or for what is none."""
    return f"~R~{times}~{opening}~{middle}~{closing}~R~"
