"""Other programs, run so that an interrupt lets them finish what they are doing."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.interrupts import held
from tests.acceptance.printing import say
from tests.local_cloud.terraform_cli import REPOSITORY

# The operators' program that examines a deployment.
DOCTOR = (sys.executable, "-m", "aspect_wfm", "doctor")


class ProgramError(Exception):
    """A program failed; the text is its command and what it printed."""


@dataclass(frozen=True, slots=True)
class Done:
    """An exit status, and what was printed."""

    status: int
    stdout: str
    stderr: str


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    success: Container[int] = (0,),
) -> Done:
    """Run a program in `folder`; what it printed. `environment` (default: this one's) is whole.

    The program is in a session of its own, so that Ctrl-C reaches it once, from here: Terraform
    ends gracefully at the first SIGINT and at once at the second. On KeyboardInterrupt it is told
    and awaited, and the interrupt goes on.

    Raises ProgramError for an exit status that is not in `success`.
    """
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
        try:
            with held():
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    start_new_session=True,
                )
            process.wait()
        except KeyboardInterrupt:
            say(f"\nInterrupted: waiting for {Path(command[0]).name} to end what it is doing ...")
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
        stdout.seek(0)
        stderr.seek(0)
        done = Done(process.returncode, stdout.read(), stderr.read())
    if done.status not in success:
        told = " ".join([Path(command[0]).name, *command[1:]])
        raise ProgramError(
            f"{told} ended with {done.status}:\n{done.stderr}\n{done.stdout}".strip()
        )
    return done


def examine(outputs: Mapping[str, Any], folder: Path, *options: str) -> dict[str, Any]:
    """What the doctor says of a deployment with these outputs, as its documented JSON."""
    source = folder / "outputs.json"
    source.write_text(json.dumps({name: {"value": value} for name, value in outputs.items()}))
    done = run([*DOCTOR, str(source), "--json", *options], REPOSITORY, dict(os.environ), (0, 1))
    report: dict[str, Any] = json.loads(done.stdout)
    return report
