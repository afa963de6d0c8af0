"""The findings for people and for machines."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aspect_wfm.doctor.findings import Finding, Level, Section, worst
from aspect_wfm.output import counted, visible

_WIDTH = 100

_MARKS = {
    Level.OK: "ok",
    Level.NOTE: "note",
    Level.WARNING: "WARNING",
    Level.FAILURE: "FAILURE",
}
_MARK_WIDTH = 9

# Their styles on a terminal.
COLOURS = {
    re.compile(rf"^  {mark}(?= )", re.MULTILINE): style
    for mark, style in {
        "FAILURE": "bold red",
        "WARNING": "yellow",
        "accepted": "dim",
        "note": "dim",
        "ok": "green",
    }.items()
}

_PROBLEMS = (Level.WARNING, Level.FAILURE)

_KINDS = {
    "stream": "Agent event stream",
    "real-time-adherence": "Real-Time Adherence",
    "agent-productivity": "Agent Productivity",
    "test-event": "Test event",
}


def as_text(section: Section) -> str:
    """A section's lines: the level, what was found, its name; and below, what to do."""
    lines = [_title(section), ""]
    for each in section.findings:
        lines += _lines(each)
    return "\n".join(lines) + "\n"


def problems(section: Section) -> Section:
    """The section with its warnings and failures only, but for those that are accepted."""
    return replace(
        section,
        findings=tuple(
            each for each in section.findings if each.level in _PROBLEMS and not each.accepted
        ),
    )


def summary(sections: Sequence[Section]) -> str:
    """What was accepted, the failures again, and how many findings of each level there are."""
    lines: list[str] = []
    accepted = [(each, one) for each in sections for one in each.findings if one.accepted]
    if accepted:
        lines += ["Accepted", ""]
        for section, each in accepted:
            lines += _wrapped(f"{_title(section)}: {each.text} [{each.check}]", "  ", "    ")
        lines.append("")
    failed = [
        replace(
            each,
            findings=tuple(
                one for one in each.findings if one.level is Level.FAILURE and not one.accepted
            ),
        )
        for each in sections
    ]
    for section in filter(lambda each: each.findings, failed):
        lines += [f"Failures of {_title(section)}", ""]
        for each in section.findings:
            lines += _lines(each)
        lines.append("")
    found = Counter(
        each.level for section in sections for each in section.findings if not each.accepted
    )
    counts = [f"{found[Level.OK]} ok"]
    counts += [counted(found[level], level.value) for level in Level if level is not Level.OK]
    if accepted:
        counts.append(f"{len(accepted)} accepted")
    return "\n".join([*lines, ", ".join(counts)])


def as_document(
    sections: Sequence[Section], account: str, region: str, now: datetime
) -> dict[str, Any]:
    """All of it as one JSON object; docs/doctor.md says what is in it."""
    return {
        "version": 1,
        "examinedAt": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "account": account,
        "region": region,
        "level": worst(each for section in sections for each in section.findings),
        "sections": [
            {
                "kind": section.kind,
                "name": section.name,
                "level": worst(section.findings),
                "findings": [
                    {
                        "check": each.check,
                        "level": each.level,
                        "text": each.text,
                        "advice": each.advice,
                        "accepted": each.accepted,
                    }
                    for each in section.findings
                ],
            }
            for section in sections
        ],
    }


def _title(section: Section) -> str:
    return f"{_KINDS[section.kind]}: {visible(section.name)}"


def _lines(finding: Finding) -> Iterator[str]:
    mark = f"  {'accepted' if finding.accepted else _MARKS[finding.level]:{_MARK_WIDTH}}"
    indent = " " * len(mark)
    yield from _wrapped(f"{finding.text} [{finding.check}]", mark, indent)
    if finding.advice:
        yield from _wrapped(finding.advice, f"{indent}-> ", f"{indent}   ")


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        visible(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
