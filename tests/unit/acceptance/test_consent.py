"""Nothing is touched before the caller has named the account and said yes."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from tests.acceptance import __main__ as program
from tests.acceptance.__main__ import REFUSED, main
from tests.acceptance.account import Account, RegionMissingError
from tests.local_cloud.terraform_cli import REPOSITORY

ACCOUNT = "123456789012"


@pytest.fixture(autouse=True)
def touched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What a run has done; a run that is refused does nothing."""
    done: list[str] = []

    def note(what: str) -> Callable[..., Any]:
        return lambda *_arguments: done.append(what) or 0  # type: ignore[func-returns-value]

    monkeypatch.setattr(program, "REPOSITORY", tmp_path)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(program, "ambient_account", lambda: Account(ACCOUNT, "eu-central-1"))
    monkeypatch.setattr(program, "_run", note("run"))
    return done


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param([], "--yes --account 123456789012", id="nothing said"),
        pytest.param(["--account", ACCOUNT], "--yes", id="without yes"),
        pytest.param(["--yes"], "--account 123456789012", id="without an account"),
        pytest.param(
            ["--yes", "--account", "999999999999"],
            "are of account 123456789012, not 999999999999",
            id="another account",
        ),
        pytest.param(["--yes", "--account", ""], "not", id="an empty account"),
        pytest.param(
            ["--yes", "--account", ACCOUNT, "--remove", "0a1b2c3d"], "no run 0a1b2c3d", id="no run"
        ),
    ],
)
def test_a_run_without_consent_touches_nothing(
    arguments: list[str],
    says: str,
    touched: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(arguments) == REFUSED
    assert touched == []
    assert list(tmp_path.iterdir()) == []
    printed = capsys.readouterr().out
    assert says in printed.splitlines()[-2]
    assert printed.endswith("Nothing was touched.\n")


def test_a_run_goes_on_with_both(touched: list[str]) -> None:
    assert main(["--yes", "--account", ACCOUNT]) == 0
    assert touched == ["run"]


def test_it_first_says_what_it_creates_what_that_costs_and_how_long_it_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instance = "arn:aws:connect:eu-central-1:123456789012:instance/i"
    main(["--engine", "flink", "--connect-instance", instance])
    printed = capsys.readouterr().out
    for promised in (
        "examples/both-new-stream under names that begin with aspect-acc-",
        f"-connect-{ACCOUNT}",
        "Flink application",
        instance,
        "US cents",
        "60 minutes",
    ):
        assert promised in printed


def test_the_page_has_the_cost_and_the_duration_that_the_run_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main([])
    printed = capsys.readouterr().out
    (cents,) = re.findall(r"at most (\d+) US cents", printed)
    (minutes,) = re.findall(r"about (\d+) minutes", printed)
    page = " ".join((REPOSITORY / "docs" / "acceptance.md").read_text().split())
    assert f"{minutes} minutes and {cents} US cents in `eu-central-1`" in page


@pytest.mark.parametrize(
    "error", [NoCredentialsError(), RegionMissingError("No region: set AWS_REGION.")]
)
def test_without_credentials_or_a_region_it_says_so(
    error: Exception,
    touched: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> Account:
        raise error

    monkeypatch.setattr(program, "ambient_account", fail)
    assert main(["--yes", "--account", ACCOUNT]) == REFUSED
    assert touched == []
    assert str(error) in capsys.readouterr().out


@pytest.mark.parametrize("run", ["../../etc", "0A1B2C3D", "", "0a1b2c3d4"])
def test_only_the_id_of_a_run_is_taken_for_one(run: str) -> None:
    with pytest.raises(SystemExit):
        main(["--yes", "--account", ACCOUNT, "--remove", run])
