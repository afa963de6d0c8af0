"""On what, and with what, a benchmark ran."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore

from tests.local_cloud.terraform_cli import REPOSITORY


def description() -> dict[str, Any]:
    """The machine, the versions, the load before the run, and the commit that is measured."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "botocore": botocore.__version__,
        "loadAverageBefore": [round(each, 2) for each in os.getloadavg()],
        "commit": _git("rev-parse", "HEAD"),
        "uncommittedChanges": bool(_git("status", "--porcelain", "lambda_src", "modules", "tests")),
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
