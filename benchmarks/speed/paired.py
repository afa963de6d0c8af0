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
class PairedRatio:
    """The median of the pairs' ratios, and the quartiles on both sides of it."""

    lower: float
    median: float
    upper: float

    @property
    def cells(self) -> list[str]:
        """The median and the quartiles, for a table."""
        return [times(self.median), f"{times(self.lower)} to {times(self.upper)}"]


def paired_ratio(ours: Sequence[float], base: Sequence[float]) -> PairedRatio:
    """How many times `base` is `ours`, by pair; at least two pairs."""
    ratios = [one / other for one, other in zip(ours, base, strict=True)]
    return PairedRatio(*statistics.quantiles(ratios, n=4, method="inclusive"))


def in_pairs(
    ours: Callable[[], Measured], base: Callable[[], Measured], pairs: int
) -> tuple[list[Measured], list[Measured]]:
    """What `ours` and `base` return, by pair."""
    found: tuple[list[Measured], list[Measured]] = ([], [])
    for number in range(pairs):
        for place in (0, 1) if number % 2 else (1, 0):
            found[place].append((ours, base)[place]())
    return found
