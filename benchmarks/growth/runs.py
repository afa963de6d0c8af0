"""A number of agents with some settings, taken through days that begin with a morning."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from aspect_wfm.cost.functions import classifier_ms, relay_ms
from aspect_wfm.cost.rules import SECONDS_A_POLL
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.capacities import Settings, capacities, whole_batches
from benchmarks.growth.flow import Flow, Stage, flow
from benchmarks.growth.limits import Limits
from benchmarks.growth.morning import Morning, arrivals


@dataclass(frozen=True, slots=True)
class Run:
    """What was run, and what came of it."""

    settings: Settings
    workload: Workload
    timing: Timing
    limits: Limits
    events: Flow

    @property
    def busiest(self) -> float:
        """Events that happened in the busiest second."""
        most = max(after - before for before, after in pairwise(self.events.happened))
        return most / self.events.step_seconds

    def worst_age(self, stage: Stage) -> float:
        """The largest of the ages at the end of each minute, in seconds."""
        return max(self.events.age(stage, step) for step in self._minutes())

    def most_waiting(self) -> float:
        """The most events that waited for any stage at the end of a minute, all stages together."""
        return max(
            sum(self.events.line(stage, step).waiting for stage in Stage)
            for step in self._minutes()
        )

    def delay(self, stage: Stage, step: int) -> float:
        """How old the oldest event is when its batch is done, in seconds: its age; the time until
        Lambda asks again or the window ends, where nothing waited; and the batch's own time.

        For the RTA server also the time until it receives again.
        """
        if stage is Stage.STREAM:
            return self.events.age(stage, step)
        if stage is Stage.RTA_SERVER:
            relay = self._handed_over(Stage.RELAY, step)
            return self.events.age(stage, step) + relay + 1 / self.workload.polls_per_second
        return self.events.age(stage, step) + self._handed_over(stage, step)

    def _handed_over(self, stage: Stage, step: int) -> float:
        design = whole_batches(self.settings.design, self.workload, self.limits)
        function = design.relay if stage is Stage.RELAY else design.classifier
        if function is None:
            return 0.0
        lanes = self.settings.shards * function.parallelization_factor
        if self.events.line(stage, step).waiting:
            pause, batch = 0.0, float(function.batch_size)
        else:
            pause = max(function.window_seconds, SECONDS_A_POLL)
            batch = min(self._entered(step) / lanes * pause, function.batch_size)
        milliseconds = (
            relay_ms(batch, self.workload, design, self.timing, self.settings.queues)
            if stage is Stage.RELAY
            else classifier_ms(batch, function, design, self.timing)
        )
        return pause + milliseconds / 1_000

    def _entered(self, step: int) -> float:
        """Events that came onto the stream in a second."""
        before = self.events.entered[step - 1] if step else 0.0
        return (self.events.entered[step] - before) / self.events.step_seconds

    def _minutes(self) -> Iterator[int]:
        a_minute = max(1, round(60 / self.events.step_seconds))
        return iter(range(a_minute - 1, len(self.events.happened), a_minute))


def run(
    settings: Settings,
    workload: Workload,
    timing: Timing,
    limits: Limits,
    morning: Morning,
    hours: float = 2.0,
    step_seconds: float = 1.0,
) -> Run:
    """From the first sign-in on. The functions give an event up an hour before the stream's
    retention ends, as the modules set it."""
    steps = round(hours * 3_600 / step_seconds)
    kept = round((settings.design.stream.retention_hours - 1) * 3_600 / step_seconds)
    an_agent = _one_agents(replace(workload, agents=1), morning, steps, step_seconds)
    events = flow(
        [each * workload.agents for each in an_agent],
        capacities(settings, workload, timing, limits),
        step_seconds,
        kept,
    )
    return Run(settings, workload, timing, limits, events)


@cache
def _one_agents(
    workload: Workload, morning: Morning, steps: int, step_seconds: float
) -> tuple[float, ...]:
    return tuple(arrivals(workload, morning, steps, step_seconds))
