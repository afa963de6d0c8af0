"""Builds each function's zip, with the same bytes on every machine.

The sources go in as they are in the repository, comments included, so that a traceback's line
numbers match it. They are stored uncompressed, because what a compressor writes depends on the
version of zlib; times, modes and order are fixed.
"""

import argparse
import io
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Each zip, and the packages of this folder that it holds.
ZIPS = {
    Path("modules/agent_productivity/lambda/agent_classifier.zip"): (
        "function_runtime",
        "agent_events",
        "agent_classifier",
    ),
    Path("modules/agent_productivity/lambda/heartbeat.zip"): ("function_runtime", "heartbeat"),
    Path("modules/rta/lambda/rta_relay.zip"): ("function_runtime", "agent_events", "rta_relay"),
}

_MODE = 0o100644
_UNIX = 3
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold


def zip_of(packages: tuple[str, ...]) -> bytes:
    """The bytes of the zip that holds `packages`."""
    folder = Path(__file__).resolve().parent
    built = io.BytesIO()
    with zipfile.ZipFile(built, "w") as archive:
        for package in packages:
            for source in sorted((folder / package).rglob("*.py")):
                entry = zipfile.ZipInfo(source.relative_to(folder).as_posix(), _TIME)
                entry.create_system = _UNIX
                entry.external_attr = _MODE << 16
                # As text, because a checkout on Windows can have other line ends.
                archive.writestr(entry, source.read_text("utf-8"), zipfile.ZIP_STORED)
    return built.getvalue()


def main() -> int:
    """Build the zips, or with --check compare them; the exit status."""
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
