"""Events that queue before each stage, in steps of time.

Deterministic, first come, first served: in each step a stage takes what its capacity allows. Shards
are alike, and so are queues, since agents are spread over them by a hash of their ARN; one line
before each stage therefore stands for all of its shards or queues.

    Amazon Connect -> stream -> relay -> queues -> RTA server
                         \\-> classifier -> reports
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import NamedTuple

from benchmarks.growth.capacities import Capacities


class Stage(Enum):
    """What events queue for, by what is done at the end of the line."""

    STREAM = "stream"
    RELAY = "relay"
    CLASSIFIER = "classifier"
    RTA_SERVER = "RTA server"


class Line(NamedTuple):
    """Events since the beginning: how many came to the line, how many have left it, and how many of
    these only because they were too old."""

    came: float
    left: float
    given_up: float

    @property
    def waiting(self) -> float:
        return self.came - self.left


@dataclass(frozen=True, slots=True)
class Flow:
    """Events since the beginning, by the end of each step. Those that were `relayed` or
    `classified` include those given up."""

    step_seconds: float
    happened: list[float]
    entered: list[float]
    relayed: list[float]
    relay_gave_up: list[float]
    classified: list[float]
    classifier_gave_up: list[float]
    sent: list[float]
    answered: list[float]

    def line(self, stage: Stage, step: int) -> Line:
        """The line before `stage` at the end of `step`."""
        match stage:
            case Stage.STREAM:
                return Line(self.happened[step], self.entered[step], 0.0)
            case Stage.RELAY:
                return Line(self.entered[step], self.relayed[step], self.relay_gave_up[step])
            case Stage.CLASSIFIER:
                return Line(
                    self.entered[step], self.classified[step], self.classifier_gave_up[step]
                )
            case Stage.RTA_SERVER:
                return Line(self.sent[step], self.answered[step], 0.0)

    def age(self, stage: Stage, step: int) -> float:
        """How long ago the oldest event happened that has not passed `stage`, nor been given up
        before it, in seconds at the end of `step`; 0 where there is none."""
        passed = self.line(stage, step).left
        if stage is Stage.RTA_SERVER:
            passed += self.relay_gave_up[min(bisect_right(self.sent, passed), step)]
        return self._since(self.happened, passed, step)

    def age_on_stream(self, stage: Stage, step: int) -> float:
        """How long the oldest event that waits for this function has been on the stream."""
        return self._since(self.entered, self.line(stage, step).left, step)

    def _since(self, totals: Sequence[float], passed: float, step: int) -> float:
        """Seconds since the total was first above `passed`."""
        return max(step - bisect_right(totals, passed, hi=step + 1), 0) * self.step_seconds


def flow(
    events: Sequence[float],
    takes: Capacities,
    step_seconds: float = 1.0,
    steps_kept: int | None = None,
) -> Flow:
    """What becomes of `events`, by step. The functions give up what has been on the stream for
    `steps_kept` steps, if that is not None."""
    into_stream = takes.stream * step_seconds
    to_relay = min(takes.relay, takes.reads) * step_seconds
    to_classifier = min(takes.classifier, takes.reads) * step_seconds
    to_both = inf if takes.fan_out else takes.reads * step_seconds
    to_server = takes.rta_server * step_seconds
    happened = entered = relayed = classified = answered = 0.0
    relay_gave_up = classifier_gave_up = 0.0
    found = Flow(step_seconds, [], [], [], [], [], [], [], [])
    for step, new in enumerate(events):
        happened += new
        # All who came have left where there is room for them, exactly: an empty line is then empty.
        entered = happened if happened - entered <= into_stream else entered + into_stream
        if steps_kept is not None and step >= steps_kept:
            too_old = found.entered[step - steps_kept]
            if too_old > relayed:
                relay_gave_up += too_old - relayed
                relayed = too_old
            if too_old > classified:
                classifier_gave_up += too_old - classified
                classified = too_old
        relay_room, classifier_room = to_relay, to_classifier
        if relay_room + classifier_room > to_both:
            relay_room, classifier_room = _shared(
                min(entered - relayed, relay_room),
                min(entered - classified, classifier_room),
                to_both,
            )
        relayed = entered if entered - relayed <= relay_room else relayed + relay_room
        classified = (
            entered if entered - classified <= classifier_room else classified + classifier_room
        )
        sent = relayed - relay_gave_up
        answered = sent if sent - answered <= to_server else answered + to_server
        found.happened.append(happened)
        found.entered.append(entered)
        found.relayed.append(relayed)
        found.relay_gave_up.append(relay_gave_up)
        found.classified.append(classified)
        found.classifier_gave_up.append(classifier_gave_up)
        found.sent.append(sent)
        found.answered.append(answered)
    return found


def _shared(first: float, second: float, capacity: float) -> tuple[float, float]:
    """What two readers get: what they want, or half of the capacity and what the other leaves."""
    if first + second <= capacity:
        return first, second
    half = capacity / 2
    if first <= half:
        return first, capacity - first
    if second <= half:
        return capacity - second, second
    return half, half
