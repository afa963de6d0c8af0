"""What a run has found: steps with their findings and times."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from tests.acceptance.printing import say


class Kind(StrEnum):
    PASSED = "passed"
    FAILED = "FAILED"
    ANSWER = "answer"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is what was promised, asked or skipped; `detail` the evidence, answer or reason."""

    kind: Kind
    subject: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}" + (f": {self.detail}" if self.detail else "")


@dataclass(slots=True)
class Step:
    """A step, what it has found so far, and how long it took in all."""

    title: str
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0

    def passes(self, subject: str, detail: str = "") -> None:
        self._add(Kind.PASSED, subject, detail)

    def fails(self, subject: str, detail: str = "") -> None:
        self._add(Kind.FAILED, subject, detail)

    def expects(self, condition: bool, subject: str, detail: str = "") -> None:
        """Passed or failed, as `condition` says."""
        self._add(Kind.PASSED if condition else Kind.FAILED, subject, detail)

    def answers(self, question: str, answer: str) -> None:
        """What AWS does where its documentation leaves a choice: neither passed nor failed."""
        self._add(Kind.ANSWER, question, answer)

    def skips(self, subject: str, reason: str) -> None:
        self._add(Kind.SKIPPED, subject, reason)

    def _add(self, kind: Kind, subject: str, detail: str) -> None:
        found = Finding(kind, subject, detail)
        self.findings.append(found)
        say(f"   {found}")

    @property
    def failed(self) -> bool:
        return any(each.kind is Kind.FAILED for each in self.findings)


@dataclass(slots=True)
class Evidence:
    """The steps of a run in their order."""

    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """A step that runs until the block ends. An exception becomes a failure of the step and
        ends there; an interrupt goes on."""
        step = Step(title)
        self.steps.append(step)
        say(f"\n{title}")
        begun = time.monotonic()
        try:
            yield step
        except KeyboardInterrupt:
            step.fails("interrupted")
            raise
        except Exception as error:
            step.fails(f"{type(error).__name__}", str(error))
        finally:
            step.seconds = time.monotonic() - begun
            say(f"   {step.seconds:.0f} s")

    def of(self, kind: Kind) -> list[tuple[Step, Finding]]:
        """The findings of a kind, with their steps."""
        return [(step, each) for step in self.steps for each in step.findings if each.kind is kind]
