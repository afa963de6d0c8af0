"""The cost model gives shards to tasks as Flink does."""

import json
import subprocess

import pytest

from aspect_wfm.cost.flink_tasks import fullest_task
from tests.flink.running_job import FLINK_PYTHON

SIZES = [(1, 1), (6, 2), (6, 3), (6, 6), (77, 19), (77, 41), (300, 130)]

# Flink's own answer, for the key that PyFlink makes of a shard's name.
PROGRAM = """
import collections, json, sys
from pyflink.java_gateway import get_gateway
flink = get_gateway().jvm.org.apache.flink
ranges = flink.runtime.state.KeyGroupRangeAssignment
def task(shard, tasks):
    key = flink.types.Row(1)
    key.setField(0, f"shardId-{shard:012}")
    groups = ranges.computeDefaultMaxParallelism(tasks)
    return ranges.assignKeyToParallelOperator(key, groups, tasks)
found = [
    max(collections.Counter(task(shard, tasks) for shard in range(shards)).values())
    for shards, tasks in json.loads(sys.argv[1])
]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def of_flink() -> list[int]:
    ran = subprocess.run(
        [str(FLINK_PYTHON), "-c", PROGRAM, json.dumps(SIZES)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: list[int] = json.loads(ran.stdout.splitlines()[-1])
    return found


def test_the_fullest_task_is_flinks(of_flink: list[int]) -> None:
    assert [fullest_task(*each) for each in SIZES] == of_flink
