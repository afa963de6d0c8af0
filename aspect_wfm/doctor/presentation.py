"""The findings for people and for machines."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from aspect_wfm.doctor.findings import Finding, Level, Section, worst
from aspect_wfm.output import visible

_WIDTH = 100

_MARKS = {Level.OK: "ok", Level.WARNING: "WARNING", Level.FAILURE: "FAILURE"}
_MARK_WIDTH = 9

_KINDS = {
    "stream": "Agent event stream",
    "real-time-adherence": "Real-Time Adherence",
    "agent-productivity": "Agent Productivity",
    "test-event": "Test event",
}


def as_text(section: Section) -> str:
    """A section's lines: the level, what was found, its name; and below, what to do."""
    lines = [f"{_KINDS[section.kind]}: {visible(section.name)}", ""]
    for each in section.findings:
        lines += _lines(each)
    return "\n".join(lines) + "\n"


def summary(sections: Sequence[Section]) -> str:
    """How many of each level."""
    found = Counter(each.level for section in sections for each in section.findings)
    warnings, failures = found[Level.WARNING], found[Level.FAILURE]
    return (
        f"{found[Level.OK]} ok, {warnings} {'warning' if warnings == 1 else 'warnings'}, "
        f"{failures} {'failure' if failures == 1 else 'failures'}"
    )


def as_document(
    sections: Sequence[Section], account: str, region: str, now: datetime
) -> dict[str, Any]:
    """All of it as one JSON object; docs/operations.md says what is in it."""
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
                    }
                    for each in section.findings
                ],
            }
            for section in sections
        ],
    }


def _lines(finding: Finding) -> Iterator[str]:
    mark = f"  {_MARKS[finding.level]:{_MARK_WIDTH}}"
    indent = " " * len(mark)
    yield from textwrap.wrap(
        visible(f"{finding.text} [{finding.check}]"),
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    if finding.advice:
        yield from textwrap.wrap(
            visible(finding.advice),
            _WIDTH,
            initial_indent=f"{indent}-> ",
            subsequent_indent=f"{indent}   ",
            break_long_words=False,
            break_on_hyphens=False,
        )
