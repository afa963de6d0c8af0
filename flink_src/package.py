"""Assembles what Managed Service for Apache Flink runs: one zip with the job, what the job imports,
and the connector, which Maven has put into build/flink/lib (pom.xml).
"""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements-flink-job.txt"
BUILD = ROOT / "build" / "flink"
PACKAGE = BUILD / "report-line-job.zip"

# In the zip: the entry point, the Python packages, and the connector, as the application's run
# options name them (modules/agent_productivity/flink_application.tf).
ENTRY_POINT, PYTHON_FOLDER, JAR_FOLDER = "main.py", "python", "lib"

# The job's own package and what it has from the classifier.
_PACKAGES = (
    "flink_src/report_line_job",
    "lambda_src/agent_classifier",
    "lambda_src/agent_events",
    "lambda_src/function_runtime",
)

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip of the same files is the same, whenever it is made
_MODE = 0o100644


class PackageError(Exception):
    """The package cannot be assembled; the text says what is missing and what to do."""


def assemble(jars: Path, libraries: Path, package: Path = PACKAGE) -> None:
    """Write the zip: the job, the Python packages in the folder `libraries`, and what is in `jars`.

    Raises PackageError without a jar.
    """
    package.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(_files(jars, libraries)):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.external_attr = _MODE << 16
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


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


def _files(jars: Path, libraries: Path) -> Iterator[tuple[str, Path]]:
    found = sorted(jars.glob("*.jar"))
    if not found:
        raise PackageError(f"There is no connector in {jars}: run make flink-package.")
    for jar in found:
        yield f"{JAR_FOLDER}/{jar.name}", jar
    yield ENTRY_POINT, ROOT / "flink_src" / ENTRY_POINT
    for package in map(ROOT.joinpath, _PACKAGES):
        for path in package.rglob("*.py"):
            yield f"{PYTHON_FOLDER}/{path.relative_to(package.parent).as_posix()}", path
    for path in libraries.rglob("*"):
        name = path.relative_to(libraries)
        if path.is_file() and name.parts[0] != "bin" and "__pycache__" not in name.parts:
            yield f"{PYTHON_FOLDER}/{name.as_posix()}", path


def main() -> int:
    """Assemble the package; the exit status."""
    try:
        with tempfile.TemporaryDirectory() as libraries:
            install_libraries(Path(libraries))
            assemble(BUILD / JAR_FOLDER, Path(libraries))
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{PACKAGE.relative_to(ROOT)}: {PACKAGE.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
