"""What a chaos run counts of the faults that it injects."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.chaos.faults import Invocation
from tests.chaos.weather import LATE, Weather


class Slow(Counter[str]):
    """A counter that gives way to other threads where it counts a name for the first time."""

    def __missing__(self, key: str) -> int:
        time.sleep(0.1)
        return 0


def test_the_threads_of_an_invocation_lose_no_fault_in_counting() -> None:
    running = Invocation(Weather("clear"), random.Random(0), "id", "name", "arn", tally=Slow())
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(running.count, [LATE] * 8))
    assert running.tally[f"fault: {LATE}"] == 8
