"""What a look at something comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is; a failure means that something does not work."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` is a name that stays, for scripts; `text` is what was found and what it means.

    `advice` says what to do, None where there is nothing to do.
    """

    check: str
    level: Level
    text: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What was found at one thing: `kind` is `stream`, `real-time-adherence`,
    `agent-productivity` or `test-event`."""

    kind: str
    name: str
    findings: tuple[Finding, ...]


def ok(check: str, text: str) -> Finding:
    """A finding with nothing to do."""
    return Finding(check, Level.OK, text)


def warning(check: str, text: str, advice: str) -> Finding:
    """A finding that may be as intended."""
    return Finding(check, Level.WARNING, text, advice)


def failure(check: str, text: str, advice: str) -> Finding:
    """A finding of something that does not work."""
    return Finding(check, Level.FAILURE, text, advice)


def worst(findings: Iterable[Finding]) -> Level:
    """The level of the worst of `findings`; ok when there are none."""
    order = list(Level)
    return max((each.level for each in findings), key=order.index, default=Level.OK)
