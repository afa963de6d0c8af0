"""How long a function waits before it tries a call again."""

import random
import time

import pytest

from agent_events.invocation import pause


@pytest.mark.parametrize(
    ("attempt", "bounds"), [(1, (0.05, 0.2)), (2, (0.05, 0.4)), (3, (0.05, 0.4)), (9, (0.05, 0.4))]
)
def test_a_pause_is_chosen_within_its_bounds_and_waited(
    attempt: int, bounds: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[float, float]] = []
    slept: list[float] = []

    def chosen(least: float, most: float) -> float:
        asked.append((least, most))
        return 0.125

    monkeypatch.setattr(random, "uniform", chosen)
    monkeypatch.setattr(time, "sleep", slept.append)
    pause(attempt)
    assert asked == [bounds]
    assert slept == [0.125]
