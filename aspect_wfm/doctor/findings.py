"""The result of a check."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

FIRST_HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Level(StrEnum):
    """How bad it is, in ascending order.

    A failure is something that does not work, a warning may be as intended, and a note asks for
    nothing: nobody is signed in, or something was not checked.
    """

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` is a stable name, for scripts; `text` is what was found and what it means.

    `advice` says what to do, None where there is nothing to do. `missing` names what does not
    exist, where that is the finding. An `accepted` one counts as ok and keeps its level.
    """

    check: str
    level: Level
    text: str
    advice: str | None = None
    missing: str | None = None
    accepted: bool = False


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


def note(check: str, text: str, advice: str | None = None) -> Finding:
    """A finding that asks for nothing, although the advice may help."""
    return Finding(check, Level.NOTE, text, advice)


def warning(check: str, text: str, advice: str) -> Finding:
    """A finding that may be as intended."""
    return Finding(check, Level.WARNING, text, advice)


def failure(check: str, text: str, advice: str) -> Finding:
    """A finding of something that does not work."""
    return Finding(check, Level.FAILURE, text, advice)


def absence(check: str, thing: str) -> Finding:
    """The finding of something that does not exist; `thing` names it, as `aws.Missing` does."""
    return Finding(
        check,
        Level.FAILURE,
        f"{thing} does not exist.",
        "Check that region and account are the deployment's. If they are, apply again.",
        missing=thing,
    )


def by_age(check: str, age: timedelta, text: str, advice: str) -> Finding:
    """A finding of something that is normal in the first hour of a deployment, but not after a day;
    `age` is the deployment's."""
    level = Level.NOTE if age < FIRST_HOUR else Level.WARNING if age < DAY else Level.FAILURE
    return Finding(check, level, text, advice)


def worst(findings: Iterable[Finding]) -> Level:
    """The level of the worst of `findings` that are not accepted; ok when there are none."""
    order = list(Level)
    levels = (each.level for each in findings if not each.accepted)
    return max(levels, key=order.index, default=Level.OK)
