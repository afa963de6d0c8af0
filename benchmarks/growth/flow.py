"""Events that queue before each stage, in steps of time.

Deterministic, first come, first served: in each step a stage takes what its capacity allows. Shards
are alike, and so are queues, since agents are spread over them by a hash of their ARN; one line
before each stage therefore stands for all of its shards or queues. Nothing is given up: Lambda does
that 23 hours after an event came.

    Amazon Connect -> stream -> functions (-> queues) -> RTA server
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from benchmarks.growth.capacities import Capacities

STAGES = ("stream", "functions", "RTA server")


@dataclass(frozen=True, slots=True)
class Flow:
    """Events since the beginning by the end of each step: those that happened, and those that have
    passed each of `STAGES`."""

    step_seconds: float
    happened: list[float]
    passed: tuple[list[float], ...]

    def age(self, stage: int, step: int) -> float:
        """How long ago the oldest event happened that has not passed a stage, in seconds at the end
        of `step`; 0 where there is none."""
        oldest = bisect_right(self.happened, self.passed[stage][step], hi=step + 1)
        return max(step - oldest, 0) * self.step_seconds

    @property
    def busiest(self) -> float:
        """Events a second in the busiest step."""
        return max(after - before for before, after in pairwise(self.happened)) / self.step_seconds

    def worst_age(self, stage: int) -> float:
        """The largest of the ages at the end of each minute, in seconds."""
        return max(self.age(stage, step) for step in self._minutes())

    def most_waiting(self) -> float:
        """The most events that waited at the end of a minute, for all stages together."""
        return max(self.happened[step] - self.passed[-1][step] for step in self._minutes())

    def _minutes(self) -> range:
        a_minute = max(1, round(60 / self.step_seconds))
        return range(a_minute - 1, len(self.happened), a_minute)


def flow(events: Sequence[float], takes: Capacities, step_seconds: float = 1.0) -> Flow:
    """What becomes of `events`, by step."""
    happened = list(accumulate(events))
    passed: list[list[float]] = []
    for capacity in (takes.stream, takes.functions, takes.rta_server):
        room = capacity * step_seconds
        done, totals = 0.0, []
        for came in passed[-1] if passed else happened:
            # All that came have passed where there is room, exactly: an empty line is then empty.
            done = came if came - done <= room else done + room
            totals.append(done)
        passed.append(totals)
    return Flow(step_seconds, happened, tuple(passed))
