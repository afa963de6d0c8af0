"""Events that queue before each stage, in steps of a second.

Deterministic, first come, first served: in each step a stage takes what its capacity allows. Shards
are alike, and so are queues, since agents are spread over them by a hash of their ARN; one line
before each stage therefore stands for all of its shards or queues. Nothing is given up: Lambda does
that 23 hours after an event came.

    Amazon Connect -> stream -> functions (-> queues) -> RTA server
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf

from benchmarks.growth.capacities import Capacities

STAGES = ("stream", "functions", "RTA server")


@dataclass(frozen=True, slots=True)
class Flow:
    """Events since the beginning by the end of each second: those that happened, and those that
    have passed each of `STAGES`."""

    happened: list[float]
    passed: tuple[list[float], ...]

    def age(self, stage: int, second: int) -> int:
        """How long ago the oldest event happened that has not passed a stage, in seconds at the end
        of `second`; 0 where there is none."""
        oldest = bisect_right(self.happened, self.passed[stage][second], hi=second + 1)
        return max(second - oldest, 0)

    def worst_age(self, stage: int) -> int:
        """The largest of the ages at the end of each minute, in seconds."""
        return max(self.age(stage, second) for second in self._minutes())

    def most_waiting(self) -> float:
        """The most events that waited at the end of a minute, for all stages together."""
        return max(self.happened[each] - self.passed[-1][each] for each in self._minutes())

    def _minutes(self) -> range:
        return range(59, len(self.happened), 60)


def flow(events: Sequence[float], takes: Capacities) -> Flow:
    """What becomes of the `events` of each second."""
    happened = list(accumulate(events))
    passed: list[list[float]] = []
    for room in (takes.stream, takes.functions, takes.rta_server):
        done, totals = 0.0, []
        for came in passed[-1] if passed else happened:
            # All that came have passed where there is room, exactly: an empty line is then empty.
            done = came if came - done <= room else done + room
            totals.append(done)
        passed.append(totals)
    return Flow(happened, tuple(passed))


def seconds_to_catch_up(outage_seconds: float, arriving: float, processed: float) -> float:
    """How long events that came at the rate `arriving` take at the rate `processed`, while others
    come at the same rate as before."""
    return outage_seconds * arriving / (processed - arriving) if processed > arriving else inf
