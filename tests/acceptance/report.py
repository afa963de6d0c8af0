"""build/acceptance.md: what a run has found, ready to paste."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.acceptance.evidence import Evidence, Kind, Step
from tests.local_cloud.terraform_cli import REPOSITORY

REPORT = REPOSITORY / "build" / "acceptance.md"

# AWS's own documentation uses this account.
_ANY_ACCOUNT = "111122223333"
_ACCESS_KEY = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report says of the run itself; `private` is what must not be in it, and what is there
    instead."""

    begun: datetime
    where: str
    engine: str
    revision: str
    private: dict[str, str]


def report(facts: Facts, evidence: Evidence, commands: Sequence[str]) -> str:
    """The report as Markdown. `commands` remove what is left."""
    text = "\n".join(_lines(facts, evidence, commands)) + "\n"
    return without(text, facts.private)


def without(text: str, private: dict[str, str]) -> str:
    """`text` without `private`, access key ids and paths of this machine."""
    for secret, shown in sorted(private.items(), key=lambda each: -len(each[0])):
        text = text.replace(secret, shown)
    text = text.replace(f"{REPOSITORY}/", "").replace(str(REPOSITORY), ".")
    text = re.sub(rf"{re.escape(str(Path.home()))}(?![\w-])", "~", text)
    return _ACCESS_KEY.sub(r"\1…", text)


def private(account_id: str, instance: str | None) -> dict[str, str]:
    """What of an account must not be in a report, with what stands for it."""
    of_instance = {instance.rpartition("/")[2]: "INSTANCE"} if instance else {}
    return {account_id: _ANY_ACCOUNT, **of_instance}


def _lines(facts: Facts, evidence: Evidence, commands: Sequence[str]) -> Iterator[str]:
    failed = evidence.of(Kind.FAILED)
    yield "# Acceptance"
    yield ""
    yield (
        f"{'**Failed.**' if failed else 'Passed.'} {facts.where}, engine `{facts.engine}`, "
        f"{facts.begun:%d %B %Y, %H:%M} UTC, revision {facts.revision}."
    )
    yield ""
    yield "| step | result | seconds |"
    yield "| --- | --- | ---: |"
    for step in evidence.steps:
        yield f"| {step.title} | {_result(step)} | {step.seconds:,.0f} |"
    for kind, title, columns in (
        (Kind.FAILED, "Failed", "| step | what | detail |"),
        (Kind.ANSWER, "Answered", "| step | question | answer |"),
        (Kind.SKIPPED, "Skipped", "| step | what | why |"),
        (Kind.PASSED, "Passed", "| step | what | evidence |"),
    ):
        if found := evidence.of(kind):
            yield ""
            yield f"## {title}"
            yield ""
            yield columns
            yield "| --- | --- | --- |"
            for step, each in found:
                yield f"| {step.title} | {_cell(each.subject)} | {_cell(each.detail)} |"
    yield ""
    yield "## Left over"
    yield ""
    if not commands:
        yield "Nothing."
        return
    yield "Remove it with these commands, in the region of the run:"
    yield ""
    yield "```sh"
    yield from commands
    yield "```"


def _result(step: Step) -> str:
    if step.failed:
        return "**failed**"
    if step.findings and all(each.kind is Kind.SKIPPED for each in step.findings):
        return "skipped"
    return "passed"


def _cell(text: str) -> str:
    """As much as a cell of a table can show, in one line."""
    line = " ".join(text.replace("|", "\\|").split())
    return line if len(line) <= 1_000 else line[:1_000] + " …"
