"""A small run of everything; `make chaos` makes larger ones."""

import re
import subprocess
import sys

import pytest

from tests.local_cloud.terraform_cli import REPOSITORY

_SMALL = "--events 1000 --agents 100 --shards 2 --relays 1 --many 15 --retries 2"


@pytest.mark.parametrize(
    "seed",
    [3, 9],
    ids=["flag in the environment, three queues", "flag in the table, filtered, one queue"],
)
def test_nothing_is_lost_or_reordered_whatever_fails_and_a_stop_changes_nothing(seed: int) -> None:
    # A process of its own, because it forks and pytest's workers have threads.
    ended = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *_SMALL.split(), "--seed", str(seed)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.count(": lost 0, reordered 0,") == 4, "two functions, twice"
    faults = [int(each.replace(",", "")) for each in re.findall("faults: ([0-9,]+)", ended.stdout)]
    assert len(faults) == 2
    assert min(faults) > 0, "how many depends on which call comes first"
    assert "The stopped consumer against the other: the same state" in ended.stdout
