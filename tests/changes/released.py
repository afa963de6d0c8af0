"""The code of the last release, from which an upgrade starts."""

import io
import subprocess
import tarfile
from pathlib import Path

# What 1.0.0 is cut from: an upgrade starts here until there is a release.
BEFORE_THE_FIRST_RELEASE = "77d4e160930104f444db9adf747a80903deffaa2"


class IncompleteCloneError(Exception):
    """The clone does not have the commit; the text says how to fetch it."""


def last_release(repository: Path) -> str:
    """The newest release before the commit that is checked out: its tag, or the commit above.

    Raises IncompleteCloneError for a shallow clone, which may lack the tag.
    """
    shallow = _git(repository, "rev-parse", "--is-shallow-repository")
    if shallow.stdout.strip() != b"false":
        raise IncompleteCloneError(
            f"{repository} is not a complete clone: run git fetch --unshallow --tags. "
            "On GitHub, give actions/checkout fetch-depth: 0."
        )
    # A release that is checked out itself is what the one before it is upgraded to.
    described = _git(repository, "describe", "--tags", "--match", "v[0-9]*", "--abbrev=0", "HEAD^")
    return described.stdout.decode().strip() or BEFORE_THE_FIRST_RELEASE


def extract(repository: Path, release: str, scratch: Path, *paths: str) -> None:
    """Write `paths` as they are in `release` into `scratch`.

    Raises IncompleteCloneError when the clone does not have it.
    """
    archived = _git(repository, "archive", "--format=tar", release, *paths)
    if archived.returncode:
        raise IncompleteCloneError(
            f"{release} is not in {repository}: run git fetch --tags origin. "
            f"git says: {archived.stderr.decode().strip()}"
        )
    with tarfile.open(fileobj=io.BytesIO(archived.stdout)) as archive:
        archive.extractall(scratch, filter="data")


def _git(repository: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=repository, capture_output=True)
