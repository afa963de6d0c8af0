"""Whatever becomes of a run, everything is removed and a report is written."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance import __main__ as program
from tests.acceptance import removal
from tests.acceptance.__main__ import FAILED, INTERRUPTED, PASSED, STEPS, main
from tests.acceptance.account import Account
from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step

ACCOUNT = "123456789012"
AGREED = ["--yes", "--account", ACCOUNT]

TITLES = [title for title, _ in STEPS]
APPLY, *OTHERS = TITLES

EACH_STEP = pytest.mark.parametrize("title", TITLES)

LEFT = "aws s3 rb --force s3://aspect-acc-0a1b2c3d-reports-123456789012"


class Run:
    """A run whose steps do nothing but what a test has put in, and the steps that were taken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.taken: list[str] = []
        self.report = folder / "acceptance.md"
        self.folder = folder / "build" / "acceptance"
        self.inject: dict[str, Callable[[], None]] = {}
        self.left: list[str] = []
        steps = tuple((title, self._step(title)) for title in TITLES)
        monkeypatch.setattr(program, "STEPS", steps)
        monkeypatch.setattr(os, "environ", dict(os.environ))
        monkeypatch.setattr(program, "REPOSITORY", folder)
        monkeypatch.setattr(program, "REPORT", self.report)
        monkeypatch.setattr(program, "ambient_account", lambda: Account(ACCOUNT, "eu-central-1"))
        monkeypatch.setattr(removal, "remove", self._remove)

    def _step(self, title: str) -> Callable[[Deployment, Step], None]:
        def take(deployment: Deployment, step: Step) -> None:
            self.taken.append(title)
            self.inject.get(title, lambda: None)()
            step.passes("It works")
            deployment.outputs = {"agent_event_stream_arn": "arn"}

        return take

    def _remove(self, _deployment: Deployment, step: Step) -> list[str]:
        self.taken.append(removal.TITLE)
        self.inject.get(removal.TITLE, lambda: None)()
        step.passes("removed")
        return self.left


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    return Run(monkeypatch, tmp_path)


def fail() -> None:
    raise RuntimeError("AWS said no")


def interrupt_with(number: signal.Signals) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def test_a_run_takes_every_step_and_removes_everything(run: Run) -> None:
    assert main(AGREED) == PASSED
    assert run.taken == [*TITLES, removal.TITLE]
    assert list(run.folder.iterdir()) == [], "nothing is needed any more"
    assert "Passed." in run.report.read_text()


@EACH_STEP
def test_a_step_that_fails_is_reported_and_everything_is_removed(run: Run, title: str) -> None:
    run.inject[title] = fail
    assert main(AGREED) == FAILED
    others = [] if title == APPLY else OTHERS
    assert run.taken == [APPLY, *others, removal.TITLE]
    text = run.report.read_text()
    assert "**Failed.**" in text
    assert f"| {title} | RuntimeError | AWS said no |" in text


@EACH_STEP
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_after_an_interrupt_no_step_is_taken_and_everything_is_removed(
    run: Run, title: str, number: signal.Signals
) -> None:
    run.inject[title] = interrupt_with(number)
    assert main(AGREED) == INTERRUPTED
    assert run.taken == [*TITLES[: TITLES.index(title) + 1], removal.TITLE]
    assert f"| {title} | interrupted |" in run.report.read_text()


@pytest.mark.parametrize("first", [True, False])
def test_nothing_interrupts_the_removal(
    run: Run, first: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if not first:
        run.inject[OTHERS[0]] = interrupt_with(signal.SIGINT)
    run.inject[removal.TITLE] = interrupt_with(signal.SIGINT)
    assert main(AGREED) == (PASSED if first else INTERRUPTED)
    assert "Everything is being removed" in capsys.readouterr().out
    assert "| Remove everything | removed |" in run.report.read_text()


def test_signals_are_as_they_were_afterwards(run: Run) -> None:
    before = signal.getsignal(signal.SIGTERM)
    main(AGREED)
    assert run.taken
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_left_over_is_listed_with_the_commands_that_remove_it(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run.left = [LEFT]
    main(AGREED)
    (folder,) = run.folder.iterdir()
    again = f"--yes --account {ACCOUNT} --remove {folder.name}"
    printed = capsys.readouterr().out
    assert LEFT in printed
    assert again in printed
    text = run.report.read_text().partition("## Left over")[2]
    assert LEFT.replace(ACCOUNT, "111122223333") in text
    assert "--remove " + folder.name in text


def test_a_removal_that_fails_is_a_failure_and_can_be_made_again(run: Run) -> None:
    run.inject[removal.TITLE] = fail
    assert main(AGREED) == FAILED
    (folder,) = run.folder.iterdir()
    run.inject.clear()
    run.taken.clear()
    assert main([*AGREED, "--remove", folder.name]) == PASSED
    assert run.taken == [removal.TITLE], "it does nothing but remove"
    assert not folder.exists()
