"""A morning: everybody signs in within half an hour, and works.

Sign-ins become more frequent until the middle of that time and rarer after it (a triangle). Each
brings a LOGIN and a few state changes at once; from then on an agent sends what the workload says,
and more in the first busy while.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from aspect_wfm.cost.workload import Workload


@dataclass(frozen=True, slots=True)
class Morning:
    """How agents sign in. In the `busy_minutes` from the first sign-in on, an agent who is signed
    in sends `peak_factor` (of the workload) times the events of the average."""

    sign_in_minutes: float = 30.0
    changes_at_sign_in: int = 3
    busy_minutes: float = 90.0


def morning_events(
    workload: Workload, morning: Morning, minutes: int = 120, step_seconds: float = 1.0
) -> list[float]:
    """Events of each step from the first sign-in on."""
    steps = round(minutes * 60 / step_seconds)
    an_agent = _of_one_agent(replace(workload, agents=1), morning, steps, step_seconds)
    return [each * workload.agents for each in an_agent]


@cache
def _of_one_agent(
    workload: Workload, morning: Morning, steps: int, step_seconds: float
) -> tuple[float, ...]:
    return tuple(_events(workload, morning, steps, step_seconds))


def _events(
    workload: Workload, morning: Morning, steps: int, step_seconds: float
) -> Iterator[float]:
    an_event = workload.events_per_signed_in_hour / 3_600
    for step in range(steps):
        seconds = step * step_seconds
        now, then = (_came(each, morning) for each in (seconds, seconds + step_seconds))
        busy = workload.peak_factor if seconds < morning.busy_minutes * 60 else 1.0
        signing_in = (then - now) * (1 + morning.changes_at_sign_in)
        yield signing_in + then * step_seconds * an_event * busy


def _came(seconds: float, morning: Morning) -> float:
    """The share of the agents who have signed in so long after the first."""
    half = morning.sign_in_minutes * 30
    if seconds <= half:
        return (seconds / half) ** 2 / 2
    if seconds <= 2 * half:
        return 1 - (2 - seconds / half) ** 2 / 2
    return 1.0
