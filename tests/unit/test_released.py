"""Which release the test of an upgrade starts from."""

import subprocess
from pathlib import Path

import pytest

from tests.changes.released import (
    BEFORE_THE_FIRST_RELEASE,
    IncompleteCloneError,
    extract,
    last_release,
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = tmp_path / "repository"
    made.mkdir()
    git(made, "init", "--quiet")
    commit(made, "first")
    commit(made, "second")
    return made


def git(repository: Path, *arguments: str) -> None:
    as_somebody = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", *as_somebody, *arguments], cwd=repository, check=True)


def commit(repository: Path, text: str) -> None:
    (repository / "file").write_text(text)
    git(repository, "add", "file")
    git(repository, "commit", "--quiet", "--message", text)


def tag(repository: Path, name: str) -> None:
    git(repository, "tag", "--annotate", name, "--message", name)


def test_before_the_first_release_it_is_the_commit_that_is_named(repository: Path) -> None:
    assert last_release(repository) == BEFORE_THE_FIRST_RELEASE
    tag(repository, "v1.0.0")
    assert last_release(repository) == BEFORE_THE_FIRST_RELEASE, "the first release itself"


def test_later_it_is_the_newest_tag_of_a_release(repository: Path) -> None:
    tag(repository, "v1.9.0")
    commit(repository, "third")
    tag(repository, "v1.10.0")
    tag(repository, "verified")
    assert last_release(repository) == "v1.9.0", "upgraded to the one that is checked out"
    commit(repository, "fourth")
    assert last_release(repository) == "v1.10.0"


def test_its_files_are_those_of_the_release(repository: Path, tmp_path: Path) -> None:
    tag(repository, "v1.0.0")
    commit(repository, "third")
    extract(repository, last_release(repository), tmp_path / "released", "file")
    assert (tmp_path / "released" / "file").read_text() == "second"


def test_an_incomplete_clone_says_what_to_fetch(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", "shallow")
    with pytest.raises(IncompleteCloneError, match="git fetch --unshallow --tags"):
        last_release(tmp_path / "shallow")
    with pytest.raises(IncompleteCloneError, match="git fetch --tags origin"):
        extract(repository, BEFORE_THE_FIRST_RELEASE, tmp_path / "released", "file")
