"""Comparing two durations on a machine that others use too: in pairs, one right after the other.

Whatever slows the machine slows both of a pair, so the ratio within a pair is steadier than either
duration. Which of the two comes first changes from pair to pair.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.speed.printing import times

Measured = TypeVar("Measured")


@dataclass(frozen=True, slots=True)
class Compared:
    """The medians of both durations, in seconds, and of the pairs' ratios, whose quartiles are
    `lower` and `upper`."""

    base: float
    ours: float
    lower: float
    ratio: float
    upper: float

    def cells(self, a_second: float, unit: str) -> list[str]:
        """The durations in `unit`, of which a second has `a_second`, and the ratios, as cells."""
        medians = [f"{a_second * each:.1f} {unit}" for each in (self.base, self.ours)]
        return [*medians, times(self.ratio), f"{times(self.lower)} to {times(self.upper)}"]


def compared(ours: Sequence[float], base: Sequence[float]) -> Compared:
    """How many times `base` is `ours`, by pair; at least two pairs."""
    ratios = [one / other for one, other in zip(ours, base, strict=True)]
    quartiles = statistics.quantiles(ratios, n=4, method="inclusive")
    return Compared(statistics.median(base), statistics.median(ours), *quartiles)


def in_pairs(
    ours: Callable[[], Measured], base: Callable[[], Measured], pairs: int
) -> tuple[list[Measured], list[Measured]]:
    """What `ours` and `base` return, by pair."""
    found: tuple[list[Measured], list[Measured]] = ([], [])
    for number in range(pairs):
        for place in (0, 1) if number % 2 else (1, 0):
            found[place].append((ours, base)[place]())
    return found
