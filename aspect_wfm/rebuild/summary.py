"""The results of a rebuild as text: counts and hours, no content of a line."""

from collections import Counter
from datetime import datetime
from typing import Any

from aspect_wfm.output import counted, instant, minute
from aspect_wfm.rebuild.lines import Line
from aspect_wfm.rebuild.rebuild import Period, Rebuilt


def rendered(rebuilt: Rebuilt, period: Period) -> str:
    """The period, and its lines by hour of arrival, with a line feed at the end."""
    found = rebuilt.lines
    lines = [
        f"{instant(period.start)} to {instant(period.end)} UTC: "
        f"{counted(found.records, 'record')} on the stream, {found.without_line:,} of them "
        "without a report line (not an agent event, no user name, a test event, or put aside)",
        "",
        f"{'Hour (UTC)':<16}  {'Lines':>10}  {'Missing':>10}",
    ]
    all_lines, lacking = _by_hour(found.inside), _by_hour(rebuilt.missing)
    lines += [
        f"{minute(hour):<16}  {number:>10,}  {lacking[hour]:>10,}"
        for hour, number in sorted(all_lines.items())
    ]
    if rebuilt.nothing_before:
        lines += [
            "",
            f"The stream has nothing before {instant(rebuilt.nothing_before)} UTC: either no "
            "event arrived before, or the events have expired. Lines from before that time may be "
            "missing.",
        ]
    return "\n".join(lines) + "\n"


def as_document(
    rebuilt: Rebuilt, period: Period, written_to: str | None, given_up: str | None
) -> dict[str, Any]:
    """The same for machines; `written_to` is where the files are, None where they were not
    written."""
    return {
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "records": rebuilt.lines.records,
        "withoutLine": rebuilt.lines.without_line,
        "lines": len(rebuilt.lines.inside),
        "missing": len(rebuilt.missing),
        "files": [each.key for each in rebuilt.files],
        "writtenTo": written_to,
        "nothingBefore": rebuilt.nothing_before.isoformat() if rebuilt.nothing_before else None,
        "givenUp": given_up,
    }


def _by_hour(lines: list[Line]) -> Counter[datetime]:
    return Counter(each.arrived.replace(minute=0, second=0, microsecond=0) for each in lines)
