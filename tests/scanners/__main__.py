"""The scanners: Terraform by checkov, the functions' imports, and the locked Python packages.

    python -m tests.scanners [--venv .venv-security] [--require-audit]

Fails on any finding. Auditing needs an advisory service on the network; where there is none this
says so and goes on, or with --require-audit fails.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.scanners.audit_report import AuditReport, read_audit
from tests.scanners.checkov_report import findings, read_report, unused_skips
from tests.scanners.imports import foreign_imports
from tests.scanners.requirements import locked_packages, unlocked

_TERRAFORM = ("modules", "examples")
_AUDIT_SECONDS = 600


class ScanError(Exception):
    """A scanner is not there or did not work; the text says which and what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--venv",
        type=Path,
        default=REPOSITORY / ".venv-security",
        help="virtual environment with requirements-security.txt (default: .venv-security)",
    )
    parser.add_argument(
        "--require-audit",
        action="store_true",
        help="fail when the packages could not be audited",
    )
    arguments = parser.parse_args()
    scans: list[Callable[[], Iterator[str]]] = [
        lambda: _scan_terraform(arguments.venv),
        _scan_imports,
        _scan_locks,
        lambda: _audit(arguments.venv, arguments.require_audit),
    ]
    found = 0
    try:
        for scan in scans:
            for finding in scan():
                found += 1
                print(f"  FINDING: {finding}", flush=True)
    except ScanError as error:
        print(error, file=sys.stderr)
        return 1
    print("No findings." if found == 0 else f"{found} findings.")
    return int(found > 0)


def _scan_terraform(venv: Path) -> Iterator[str]:
    for folder in _TERRAFORM:
        done = _run(
            venv / "bin" / "checkov",
            *("--directory", folder, "--framework", "terraform"),
            *("--output", "json", "--skip-download"),
        )
        try:
            report = read_report(done.stdout)
        except ValueError as error:
            raise ScanError(f"checkov over {folder}: {error}\n{done.stderr}") from None
        print(
            f"checkov over {folder}: {report.passed} checks passed, {len(report.failed)} failed, "
            f"{len(report.skipped)} skipped with their reasons in the code",
            flush=True,
        )
        root = REPOSITORY / folder
        sources = {
            path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
            for path in root.rglob("*.tf")
            if ".terraform" not in path.parts
        }
        yield from (f"{folder}: {each}" for each in findings(report))
        yield from (f"{folder}: {each}" for each in unused_skips(report, sources))


def _scan_imports() -> Iterator[str]:
    root = REPOSITORY / "lambda_src"
    own = {path.stem for path in root.iterdir()}
    files = sorted(root.glob("*/*.py"))  # what is beside the packages builds the zips
    print(f"lambda_src: the imports of {len(files)} files, by the standard library and boto3")
    for path in files:
        for module in foreign_imports(path.read_text(encoding="utf-8"), own):
            yield (
                f"{path.relative_to(REPOSITORY)} imports {module}, which Lambda's runtime does not "
                "bring"
            )


def _scan_locks() -> Iterator[str]:
    for path in _locks():
        text = path.read_text(encoding="utf-8")
        print(f"{path.name}: {len(locked_packages(text))} packages, by version and hash")
        yield from (f"{path.name}: {each}" for each in unlocked(text))


def _audit(venv: Path, required: bool) -> Iterator[str]:
    for path in _locks():
        report, why = _audited(venv, path)
        if report.audited:
            print(f"{path.name}: {len(report.audited)} packages audited")
        yield from (f"{path.name}: {each}" for each in report.vulnerabilities)
        if why is None:
            continue
        print(
            f"NOT AUDITED: {path.name}, {why}.\n"
            "  Do it on a machine that reaches pypi.org:\n"
            f"  {_shown(venv)}/bin/pip-audit --require-hashes --disable-pip -r {path.name}",
            flush=True,
        )
        if required:
            yield f"{path.name} was not audited, and --require-audit asks for it"


def _audited(venv: Path, path: Path) -> tuple[AuditReport, str | None]:
    """The audit of a lock, and why it is not a full one (None when it is)."""
    try:
        done = _run(
            venv / "bin" / "pip-audit",
            *("--requirement", path.name, "--require-hashes", "--disable-pip"),
            *("--format", "json", "--progress-spinner", "off"),
            seconds=_AUDIT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return AuditReport((), {}, ()), f"no answer in {_AUDIT_SECONDS} seconds"
    try:
        report = read_audit(done.stdout)
    except ValueError:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return AuditReport((), {}, ()), f"pip-audit failed: {said}"
    if not report.not_audited:
        return report, None
    name, reason = next(iter(report.not_audited.items()))
    return report, f"{len(report.not_audited)} packages could not be looked up ({name}: {reason})"


def _locks() -> list[Path]:
    return sorted(REPOSITORY.glob("requirements-*.txt"))


def _run(
    program: Path, *arguments: str, seconds: int | None = None
) -> subprocess.CompletedProcess[str]:
    if not program.is_file():
        raise ScanError(
            f"{program.name} is not in {_shown(program.parent.parent)}: make it there with "
            "make security, or say with --venv where it is."
        )
    return subprocess.run(
        [program, *arguments], cwd=REPOSITORY, capture_output=True, text=True, timeout=seconds
    )


def _shown(path: Path) -> Path:
    return path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path


if __name__ == "__main__":
    sys.exit(main())
