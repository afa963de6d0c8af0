"""Builds each function's zip, with the same bytes on every machine.

Times, order and modes are fixed. Only source files go in, without comments and docstrings, so that
little has to be fetched and read before a function can start; every statement keeps its line, so
that a traceback still fits the source. The compressor is libdeflate, in the one version that
requirements-dev.txt locks: what Python's own writes depends on the machine. Python's zipfile takes
nothing that another has compressed, so the zip is laid out here.
"""

import argparse
import ast
import io
import struct
import sys
import tokenize
import zlib
from collections.abc import Iterable
from pathlib import Path

from deflate import deflate_compress

ROOT = Path(__file__).resolve().parent.parent

# Each zip, and the packages of this folder that it holds.
ZIPS = {
    Path("modules/agent_productivity/lambda/agent_classifier.zip"): (
        "agent_events",
        "agent_classifier",
    ),
    Path("modules/agent_productivity/lambda/heartbeat.zip"): ("agent_events", "heartbeat"),
    Path("modules/rta/lambda/rta_relay.zip"): ("agent_events", "rta_relay"),
}

_MODE = 0o100644
_UNIX = 3
_VERSION = 20  # of the zip format: files in folders, deflated
_DEFLATED = 8
_COMPRESSION = 12  # the smallest that libdeflate makes
_TIME, _DATE = 0, 1 << 5 | 1  # 1980-01-01, the earliest that a zip can say


def zip_of(packages: tuple[str, ...]) -> bytes:
    """The bytes of the zip that holds `packages`."""
    folder = Path(__file__).resolve().parent
    return _zip(
        (source.relative_to(folder).as_posix(), without_prose(source.read_text("utf-8")))
        for package in packages
        for source in sorted((folder / package).rglob("*.py"))
    )


def without_prose(source: str) -> str:
    """`source` without comments and with `pass` for each docstring, each statement on its line."""
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            docstring = node.body[0]
            first, last = docstring.lineno - 1, docstring.end_lineno or docstring.lineno
            lines[first:last] = [" " * docstring.col_offset + "pass"] + [""] * (last - first - 1)
    return "\n".join(lines)


def _zip(files: Iterable[tuple[str, str]]) -> bytes:
    """Files by name, as APPNOTE.TXT, the specification of the zip format, lays them out."""
    archive, directory, count = b"", b"", 0
    for name, text in files:
        content, path = text.encode("utf-8"), name.encode("ascii")
        data = deflate_compress(content, _COMPRESSION)
        facts = struct.pack(
            "<5H3L2H",
            *(_VERSION, 0, _DEFLATED, _TIME, _DATE),
            *(zlib.crc32(content), len(data), len(content)),
            *(len(path), 0),
        )
        made_by = struct.pack("<H", _UNIX << 8 | _VERSION)
        place = struct.pack("<3H2L", 0, 0, 0, _MODE << 16, len(archive))
        directory += b"PK\x01\x02" + made_by + facts + place + path
        archive += b"PK\x03\x04" + facts + path + data
        count += 1
    end = struct.pack("<4H2LH", 0, 0, count, count, len(directory), len(archive), 0)
    return archive + directory + b"PK\x05\x06" + end


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the functions' zips into the modules.")
    parser.add_argument(
        "--check", action="store_true", help="build nothing; fail when a zip is not up to date"
    )
    check = parser.parse_args().check
    stale = 0
    for path, packages in ZIPS.items():
        built = zip_of(packages)
        target = ROOT / path
        if target.is_file() and target.read_bytes() == built:
            print(f"{path}: up to date, {len(built)} bytes")
        elif check:
            print(f"{path} is not what lambda_src/ builds to: run make build", file=sys.stderr)
            stale = 1
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(built)
            print(f"{path}: built, {len(built)} bytes")
    return stale


if __name__ == "__main__":
    sys.exit(main())
