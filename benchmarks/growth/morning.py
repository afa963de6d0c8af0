"""When the events of a day come: everybody signs in within half an hour, and works.

Sign-ins become more frequent until the middle of that time and rarer after it (a triangle). Each
brings a LOGIN and a few state changes at once; from then on an agent sends what the workload says,
and more in the first busy while. After the shift agents sign out as they came, and their heartbeats
go on for as long as the workload says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from aspect_wfm.cost.workload import Workload

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Morning:
    """How agents sign in. In the `busy_minutes` from the first sign-in on, an agent who is signed
    in sends `peak_factor` (of the workload) times the events of the average."""

    sign_in_minutes: float = 30.0
    changes_at_sign_in: int = 3
    busy_minutes: float = 90.0


def arrivals(
    workload: Workload, morning: Morning, steps: int, step_seconds: float = 1.0
) -> Iterator[float]:
    """Events of each of `steps` steps from the first sign-in on; days follow one another."""
    an_event = workload.events_per_signed_in_hour / 3_600
    a_day = round(_SECONDS_A_DAY / step_seconds)
    shift = round(workload.hours_signed_in * 3_600 / step_seconds)
    after = round(workload.heartbeat_hours_after * 3_600 / step_seconds)
    busy_steps = morning.busy_minutes * 60 / step_seconds
    came = [_came(step * step_seconds, morning) for step in range(min(steps, a_day) + 1)]
    for number in range(steps):
        step = number % a_day
        now, then = came[step], came[step + 1]
        left, will_have_left = came[max(step - shift, 0)], came[max(step + 1 - shift, 0)]
        silent = came[max(step - shift - after, 0)]
        busy = workload.peak_factor if step < busy_steps else 1.0
        yield workload.agents * (
            (then - now) * (1 + morning.changes_at_sign_in)
            + (will_have_left - left)
            + (then - left) * step_seconds * an_event * busy
            + (left - silent) * step_seconds / workload.heartbeat_seconds
        )


def _came(seconds: float, morning: Morning) -> float:
    """The share of the agents who have signed in so long after the first."""
    half = morning.sign_in_minutes * 30
    if seconds <= 0:
        return 0.0
    if seconds <= half:
        return (seconds / half) ** 2 / 2
    if seconds <= 2 * half:
        return 1 - (2 - seconds / half) ** 2 / 2
    return 1.0
