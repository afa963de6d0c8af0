"""Two hours of a morning: everybody signs in within half an hour, and works.

Sign-ins become more frequent until the middle of that time and rarer after it (a triangle). Each
brings a LOGIN and a few state changes at once; from then on an agent sends what the workload says,
and `peak_factor` times as much while it is busy, which is from the first sign-in on.
"""

from aspect_wfm.cost.workload import Workload

SIGN_IN_SECONDS = 30 * 60
CHANGES_AT_SIGN_IN = 3
_BUSY_SECONDS = 90 * 60
_SECONDS = 120 * 60


def morning_events(workload: Workload, changes_at_sign_in: int = CHANGES_AT_SIGN_IN) -> list[float]:
    """Events of each second from the first sign-in on."""
    an_event = workload.events_per_signed_in_hour / 3_600
    came = 0.0
    events = []
    for second in range(_SECONDS):
        before, came = came, _came(second + 1)
        busy = workload.peak_factor if second < _BUSY_SECONDS else 1.0
        an_agent = (came - before) * (1 + changes_at_sign_in) + came * an_event * busy
        events.append(workload.agents * an_agent)
    return events


def _came(seconds: int) -> float:
    """The share of the agents who have signed in so long after the first."""
    halves = min(seconds / (SIGN_IN_SECONDS / 2), 2)
    return halves**2 / 2 if halves <= 1 else 1 - (2 - halves) ** 2 / 2
