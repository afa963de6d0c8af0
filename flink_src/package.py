"""Assembles what Managed Service for Apache Flink runs: one zip with the job, what the job imports,
and the connectors, which are named in connectors.toml and checked by their SHA-256.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONNECTORS = Path(__file__).with_name("connectors.toml")
REQUIREMENTS = ROOT / "requirements-flink-job.txt"
PACKAGE = ROOT / "build" / "flink" / "report-line-job.zip"
MAVEN_CENTRAL = "https://repo1.maven.org/maven2"

# In the zip: the entry point, the Python packages, and the connector, as the application's run
# options name them (modules/agent_productivity/flink_application.tf).
ENTRY_POINT, PYTHON_FOLDER, JAR_FOLDER = "main.py", "python", "lib"

# The job's own package and what it has from the classifier.
_PACKAGES = ("flink_src/report_line_job", "lambda_src/agent_classifier", "lambda_src/agent_events")

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip of the same files is the same, whenever it is made
_MODE = 0o100644


class PackageError(Exception):
    """The package cannot be assembled; the text says what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Connector:
    """A jar on Maven Central; `sha256` is empty until it is recorded."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    @property
    def url(self) -> str:
        folder = f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}"
        return f"{MAVEN_CENTRAL}/{folder}/{self.file_name}"


def read_connectors(path: Path = CONNECTORS) -> list[Connector]:
    return [Connector(**each) for each in tomllib.loads(path.read_text("utf-8"))["connector"]]


def jar_of(connector: Connector, folder: Path | None) -> bytes:
    """The bytes of a connector from `folder`, or from Maven Central where that is None.

    Raises PackageError when it is not to be had.
    """
    if folder:
        try:
            return (folder / connector.file_name).read_bytes()
        except OSError as error:
            raise PackageError(
                f"{connector.file_name} cannot be read from {folder} ({error.strerror}). Put it "
                f"there; it is at {connector.url}"
            ) from None
    try:
        return _fetched(connector.url)
    except (urllib.error.URLError, OSError) as error:
        raise PackageError(
            f"{connector.file_name} cannot be had from Maven Central: {error}. Bring it from a "
            f"machine that reaches {connector.url} and name its folder: "
            "make flink-package CONNECTORS=folder"
        ) from None


def checked(connector: Connector, jar: bytes) -> bytes:
    """`jar`, if it is the one whose SHA-256 is recorded. Raises PackageError otherwise."""
    found = hashlib.sha256(jar).hexdigest()
    if not connector.sha256:
        raise PackageError(
            f"No SHA-256 of {connector.file_name} is recorded in {CONNECTORS.name}. Record that of "
            "a jar that you trust, once, and commit the file: make flink-package RECORD=1 "
            f"(this one's is {found})"
        )
    if found != connector.sha256:
        raise PackageError(
            f"{connector.file_name} is not the one that was recorded: its SHA-256 is {found}, "
            f"{CONNECTORS.name} has {connector.sha256}. Delete the jar, or find out who changed it."
        )
    return jar


def recorded(text: str, connector: Connector, jar: bytes) -> str:
    """`text`, the content of connectors.toml, with the SHA-256 of `jar` where it was empty."""
    if connector.sha256:
        return text
    place = re.compile(
        rf'(artifact = "{re.escape(connector.artifact)}"\n'
        rf'version = "{re.escape(connector.version)}"\nsha256 = )""'
    )
    return place.sub(rf'\g<1>"{hashlib.sha256(jar).hexdigest()}"', text)


def compared_with_published(connector: Connector, jar: bytes, folder: Path | None) -> bool:
    """Whether `jar` was compared with the SHA-1 that is published beside it; False where there is
    none. Raises PackageError when the two differ."""
    try:
        published = (
            (folder / f"{connector.file_name}.sha1").read_bytes()
            if folder
            else _fetched(f"{connector.url}.sha1")
        )
    except OSError:
        return False
    if published.split()[0].decode("ascii") != hashlib.sha1(jar, usedforsecurity=False).hexdigest():
        raise PackageError(f"{connector.file_name} does not have the SHA-1 published beside it.")
    return True


def assemble(jars: dict[str, bytes], libraries: Path, package: Path = PACKAGE) -> None:
    """Write the zip: the job, the Python packages in the folder `libraries`, and `jars` by name."""
    package.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_files(jars, libraries)):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.external_attr = _MODE << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def install_libraries(folder: Path) -> None:
    """Have pip put the locked requirements into `folder`: pure Python, for whatever machine.

    Raises PackageError when pip cannot.
    """
    pip = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--requirement", str(REQUIREMENTS), "--target", str(folder)),
            *("--no-compile", "--only-binary", ":all:", "--platform", "any", "--abi", "none"),
            *("--implementation", "py", "--python-version", "3.11"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if pip.returncode:
        raise PackageError(f"pip could not install {REQUIREMENTS.name}:\n{pip.stderr}")


def _files(jars: dict[str, bytes], libraries: Path) -> Iterator[tuple[str, bytes]]:
    yield ENTRY_POINT, (ROOT / "flink_src" / ENTRY_POINT).read_bytes()
    for package in map(ROOT.joinpath, _PACKAGES):
        for path in package.rglob("*.py"):
            name = path.relative_to(package.parent)
            yield f"{PYTHON_FOLDER}/{name.as_posix()}", path.read_bytes()
    for path in libraries.rglob("*"):
        name = path.relative_to(libraries)
        if path.is_file() and name.parts[0] != "bin" and "__pycache__" not in name.parts:
            yield f"{PYTHON_FOLDER}/{name.as_posix()}", path.read_bytes()
    for file_name, jar in jars.items():
        yield f"{JAR_FOLDER}/{file_name}", jar


def _fetched(url: str) -> bytes:
    # S310 warns of file: and the like; each url here begins with MAVEN_CENTRAL, which is https.
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310
        content: bytes = answer.read()
        return content


def _connector_jars(folder: Path | None, record: bool) -> dict[str, bytes]:
    jars: dict[str, bytes] = {}
    for connector in read_connectors():
        jar = jar_of(connector, folder)
        if record and not connector.sha256:
            compared = compared_with_published(connector, jar, folder)
            CONNECTORS.write_text(
                recorded(CONNECTORS.read_text("utf-8"), connector, jar), encoding="utf-8"
            )
            print(
                f"{connector.file_name}: its SHA-256 is recorded in {CONNECTORS.name}. Its SHA-1 "
                + ("is the published one." if compared else "was compared with nothing.")
            )
        else:
            checked(connector, jar)
        jars[connector.file_name] = jar
    return jars


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connectors", type=Path, help="a folder with the connectors' jars")
    parser.add_argument(
        "--record", action="store_true", help="record the SHA-256 of a jar that has none yet"
    )
    arguments = parser.parse_args()
    try:
        jars = _connector_jars(arguments.connectors, arguments.record)
        with tempfile.TemporaryDirectory() as libraries:
            install_libraries(Path(libraries))
            assemble(jars, Path(libraries))
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{PACKAGE.relative_to(ROOT)}: {PACKAGE.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
