"""Lengths of time for people."""

from datetime import timedelta

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def duration(length: float | timedelta) -> str:
    """A length of time, in seconds if it is a number, in the largest unit that it fills twice."""
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    size, name = next((each for each in _UNITS if seconds >= 2 * each[0]), _UNITS[-1])
    number = seconds // size
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"
