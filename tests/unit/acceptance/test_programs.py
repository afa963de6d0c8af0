"""An interrupt reaches a program once, and it is awaited."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.interrupts import Interrupts, held
from tests.acceptance.programs import ProgramError, run

# Writes what it gets into a file, and ends a moment after the first SIGINT, as Terraform does.
TERRAFORM = """
import pathlib, signal, sys, time
log = pathlib.Path(sys.argv[1])
got = []
signal.signal(signal.SIGINT, lambda *_: got.append("SIGINT"))
signal.signal(signal.SIGTERM, lambda *_: got.append("SIGTERM"))
log.write_text("running")
while not got:
    time.sleep(0.01)
time.sleep(0.3)
log.write_text(" ".join(got) + " and ended gracefully")
sys.exit(1)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_program_gets_one_sigint_and_is_awaited(
    number: signal.Signals, tmp_path: Path
) -> None:
    log = tmp_path / "log"

    def interrupt() -> None:
        while not log.exists() or log.read_text() != "running":
            time.sleep(0.01)
        os.kill(os.getpid(), number)
        time.sleep(0.1)
        os.kill(os.getpid(), number)  # impatience changes nothing

    with Interrupts().handled():
        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            run([sys.executable, "-c", TERRAFORM, str(log)], tmp_path)
        thread.join()
    assert log.read_text() == "SIGINT and ended gracefully"


def test_ctrl_c_in_the_terminal_does_not_reach_it_directly(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", "import os; print(os.getpgrp(), os.getpid())"], tmp_path)
    group, process = done.stdout.split()
    assert group == process
    assert int(group) != os.getpgrp()


def test_a_program_that_fails_says_what_it_printed(tmp_path: Path) -> None:
    told = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    with pytest.raises(ProgramError, match="ended with 3:\nerr\n\nout"):
        run([sys.executable, "-c", told], tmp_path)
    assert run([sys.executable, "-c", told], tmp_path, success=(3,)).status == 3


def test_what_is_made_is_noted_down_before_an_interrupt_comes_through() -> None:
    made: list[str] = []

    def make() -> None:
        with held():
            os.kill(os.getpid(), signal.SIGTERM)
            made.append("a key")

    with Interrupts().handled(), pytest.raises(KeyboardInterrupt):
        make()
    assert made == ["a key"]


def test_an_interrupt_while_a_program_is_being_started_does_not_lose_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        os.kill(os.getpid(), signal.SIGINT)
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", start)
    with Interrupts().handled(), pytest.raises(KeyboardInterrupt):
        run([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path)
    assert started[0].returncode is not None
