"""Events that queue before each stage, in steps of time.

Deterministic, first come, first served: in each step a stage takes what its capacity allows. Shards
are alike, and so are queues, since agents are spread over them by a hash of their ARN; one line
before each stage therefore stands for all of its shards or queues. Nothing is given up: Lambda does
that 23 hours after an event came.

    Amazon Connect -> stream -> relay -> queues -> RTA server
                         \\-> classifier -> reports
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from math import inf

from benchmarks.growth.capacities import Capacities


class Stage(Enum):
    """What events queue for, by what is done at the end of the line."""

    STREAM = "stream"
    CLASSIFIER = "classifier"
    RELAY = "relay"
    RTA_SERVER = "RTA server"


# The stage that an event comes from; the first one has them as they happen.
_BEFORE = {
    Stage.CLASSIFIER: Stage.STREAM,
    Stage.RELAY: Stage.STREAM,
    Stage.RTA_SERVER: Stage.RELAY,
}


@dataclass(frozen=True, slots=True)
class Flow:
    """Events since the beginning by the end of each step: those that happened, and those that
    `passed` each stage."""

    step_seconds: float
    happened: list[float] = field(default_factory=list)
    passed: dict[Stage, list[float]] = field(default_factory=lambda: {stage: [] for stage in Stage})

    def waiting(self, stage: Stage, step: int) -> float:
        """Events in the line before `stage` at the end of `step`."""
        before = _BEFORE.get(stage)
        came = self.passed[before] if before else self.happened
        return came[step] - self.passed[stage][step]

    def age(self, stage: Stage, step: int) -> float:
        """How long ago the oldest event happened that has not passed `stage`, in seconds at the end
        of `step`; 0 where there is none."""
        passed = self.passed[stage][step]
        return max(step - bisect_right(self.happened, passed, hi=step + 1), 0) * self.step_seconds

    @property
    def busiest(self) -> float:
        """Events a second in the busiest step."""
        return max(after - before for before, after in pairwise(self.happened)) / self.step_seconds

    def worst_age(self, stage: Stage) -> float:
        """The largest of the ages at the end of each minute, in seconds."""
        return max(self.age(stage, step) for step in self._minutes())

    def most_waiting(self) -> float:
        """The most events that waited at the end of a minute, for all stages together."""
        return max(sum(self.waiting(stage, step) for stage in Stage) for step in self._minutes())

    def _minutes(self) -> Iterator[int]:
        a_minute = max(1, round(60 / self.step_seconds))
        return iter(range(a_minute - 1, len(self.happened), a_minute))


def flow(events: Sequence[float], takes: Capacities, step_seconds: float = 1.0) -> Flow:
    """What becomes of `events`, by step."""
    room = {
        Stage.STREAM: takes.stream * step_seconds,
        Stage.RELAY: min(takes.relay, takes.reads) * step_seconds,
        Stage.CLASSIFIER: min(takes.classifier, takes.reads) * step_seconds,
        Stage.RTA_SERVER: takes.rta_server * step_seconds,
    }
    to_both = inf if takes.fan_out else takes.reads * step_seconds
    passed = dict.fromkeys(Stage, 0.0)
    happened = 0.0
    found = Flow(step_seconds)

    def take(stage: Stage, came: float, limit: float) -> None:
        # All that came have passed where there is room, exactly: an empty line is then empty.
        waiting = came - passed[stage]
        passed[stage] = came if waiting <= limit else passed[stage] + limit

    for new in events:
        happened += new
        take(Stage.STREAM, happened, room[Stage.STREAM])
        entered = passed[Stage.STREAM]
        relay, classifier = (
            min(entered - passed[stage], room[stage]) for stage in (Stage.RELAY, Stage.CLASSIFIER)
        )
        if relay + classifier > to_both:
            relay, classifier = _shared(relay, classifier, to_both)
        take(Stage.RELAY, entered, relay)
        take(Stage.CLASSIFIER, entered, classifier)
        take(Stage.RTA_SERVER, passed[Stage.RELAY], room[Stage.RTA_SERVER])
        found.happened.append(happened)
        for stage, total in passed.items():
            found.passed[stage].append(total)
    return found


def _shared(first: float, second: float, capacity: float) -> tuple[float, float]:
    """What two readers get that want more: half of the capacity, and what the other leaves."""
    half = capacity / 2
    if first <= half:
        return first, capacity - first
    if second <= half:
        return capacity - second, second
    return half, half
