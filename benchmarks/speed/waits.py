"""Section 6: what a developer waits for: the unit tests, and a plan of the largest example.

The plan is made of nothing applied yet, against the local AWS, in turn with plans of configurations
that have only the provider: one that starts it for its schemas, and one that has it configured too,
for a data source that asks AWS nothing.
"""

import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.speed.printing import seconds, table, times
from tests.local_cloud.cloud import local_cloud
from tests.local_cloud.terraform_cli import REPOSITORY, init_lock
from tests.local_cloud.workspace import Workspace, workspace

_LARGEST = "examples/both-new-stream"
_VARIABLES = {"connect_s3_bucket": "connect-reports", "connect_s3_prefix": "connect/reports/"}

_PROVIDER = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {}
"""
_LOADED, _CONFIGURED = "provider loaded", "provider configured"
_ONLY_LOADED = f'{_PROVIDER}\noutput "loaded" {{\n  value = true\n}}\n'
_ASKED = f"""{_PROVIDER}
data "aws_region" "current" {{}}

output "region" {{
  value = data.aws_region.current.id
}}
"""


def measure(quick: bool) -> dict[str, Any]:
    """The section's results; its tables are printed."""
    plans = _plans(0, 1) if quick else _plans(1, 5)
    loaded, configured = (plans[name]["median"] for name in (_LOADED, _CONFIGURED))
    rows = [
        [
            name,
            seconds(each["median"]),
            seconds(each["least"]),
            times(each["median"] / loaded),
            times(each["median"] / configured),
        ]
        for name, each in plans.items()
    ]
    print(table(["terraform plan", "median", "least", "of loading", "of configuring"], rows))
    unit = None if quick else _unit()
    if unit:
        print(f"\nmake unit: {seconds(unit['seconds'])} ({unit['summary']})")
    return {"plans": plans, "unit": unit}


def _plans(warming: int, rounds: int) -> dict[str, dict[str, float]]:
    """Median and least seconds of each plan, taken in turn."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        (folder / "cloud").mkdir()
        with local_cloud(folder / "cloud") as cloud:
            places = {
                _LOADED: Workspace(_written(folder / "loaded", _ONLY_LOADED), cloud),
                _CONFIGURED: Workspace(_written(folder / "configured", _ASKED), cloud),
            }
            for each in places.values():
                with init_lock():
                    each.run("init", "-no-color")
            places[_LARGEST] = workspace(_LARGEST, folder / "example", cloud)
            durations: dict[str, list[float]] = {name: [] for name in places}
            for number in range(warming + rounds):
                for name, place in places.items():
                    variables = _VARIABLES if name == _LARGEST else {}
                    begun = time.perf_counter()
                    place.run(
                        "plan",
                        "-no-color",
                        *(f"-var={key}={value}" for key, value in variables.items()),
                    )
                    if number >= warming:
                        durations[name].append(time.perf_counter() - begun)
    return {
        name: {"median": statistics.median(found), "least": min(found)}
        for name, found in durations.items()
    }


def _written(folder: Path, configuration: str) -> Path:
    folder.mkdir()
    (folder / "main.tf").write_text(configuration)
    return folder


def _unit() -> dict[str, Any]:
    """The least seconds of two runs of the unit tests, and what pytest says of them."""
    durations = []
    for _ in range(2):
        begun = time.perf_counter()
        done = subprocess.run(["make", "unit"], cwd=REPOSITORY, capture_output=True, text=True)
        durations.append(time.perf_counter() - begun)
    found = re.findall(r"=+ (.*(?:passed|failed|error).*?) =+", done.stdout)
    return {"seconds": min(durations), "summary": found[-1] if found else "no summary"}
