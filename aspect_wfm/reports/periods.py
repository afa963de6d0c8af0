"""Periods and their intervals, on the clock of a time zone.

All times are timezone-aware; a time without a zone raises ValueError or TypeError.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until just before `end`. Raises ValueError without zones, or the wrong way."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("A period's start and end need a time zone.")
        if self.end < self.start:
            raise ValueError(f"The period ends at {self.end}, before it starts at {self.start}.")

    @property
    def length(self) -> timedelta:
        """The time from start to end."""
        return self.end - self.start

    def share(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time from `start` to `end` lies in the period."""
        return max(min(end, self.end) - max(start, self.start), _NOTHING)


def intervals(period: Period, length: timedelta, zone: tzinfo = UTC) -> tuple[Period, ...]:
    """The intervals that have some of `period` in them, in UTC.

    Each day starts at midnight on the clock of `zone`, and its intervals at the multiples of
    `length`. When the clock is set forward, the intervals that it skips do not exist. When it is
    set back by at least `length`, the intervals that it repeats exist twice; a longer interval
    takes in the repeated time. Raises ValueError when the intervals do not fill a day.
    """
    if length <= _NOTHING or _DAY % length:
        raise ValueError(f"Intervals of {length} do not divide a day evenly.")
    first = datetime.combine(period.start.astimezone(zone).date() - _DAY, time(), zone)
    last = datetime.combine(period.end.astimezone(zone).date() + 2 * _DAY, time(), zone)
    bounds: set[datetime] = set()
    for number in range((last - first) // length):
        # Adding to a local time moves the hands of the clock. Of a time that is shown twice, the
        # fold is the second; a skipped time is the instant at which it would have been shown.
        wall = first + number * length
        once, again = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        bounds |= {once, again} if again - once >= length else {once}
    ordered = sorted(bounds)
    begin = bisect_right(ordered, period.start) - 1
    end = bisect_left(ordered, period.end)
    return tuple(Period(ordered[index], ordered[index + 1]) for index in range(begin, end))


def interval_start(moment: datetime, length: timedelta, zone: tzinfo = UTC) -> datetime:
    """When the interval around `moment` started, in UTC."""
    return intervals(Period(moment, moment + timedelta.resolution), length, zone)[0].start
