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
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "botocore": botocore.__version__,
        "loadAverageBefore": [round(each, 2) for each in os.getloadavg()],
        "commit": commit.stdout.strip(),
    }
