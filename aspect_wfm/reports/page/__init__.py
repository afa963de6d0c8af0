"""The statistics as one HTML page that opens from disk and loads nothing.

Its content security policy allows no request and no script but ours, by its hash. The page is
well-formed XML as well, and so are the parts that are put into it when they are opened.
"""

import base64
import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from aspect_wfm.output import clock_duration, counted, minute
from aspect_wfm.reports.page.agents import agents_chart
from aspect_wfm.reports.page.markup import Parts, escaped
from aspect_wfm.reports.page.scale import scale_of
from aspect_wfm.reports.page.staffing import staffing_chart
from aspect_wfm.reports.page.tables import folded_table
from aspect_wfm.reports.report_lines import Report
from aspect_wfm.reports.statistics import Statistics
from aspect_wfm.reports.tables import by_group, tables

_STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
_SCRIPT = Path(__file__).with_name("script.js").read_text(encoding="utf-8")
_SCRIPT_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()


def page(found: Statistics, report: Report) -> str:
    """The page; UTF-8 when written as such. `report` is what `found` was made from."""
    scale, parts = scale_of(found), Parts()
    totals, *longer = tables(found)
    start, end = found.period.start, found.period.end
    title = f"{minute(start, found.zone)} to {_within_day(end, found)} {found.zone}"
    body = "".join(
        (
            f"<header><h1>Agent Productivity</h1><p>{escaped(title)}</p></header>",
            _figures(found, report),
            staffing_chart(found, scale, parts),
            folded_table(totals, found.zone, parts),
            agents_chart(found, scale, parts),
            *(folded_table(each, found.zone, parts) for each in longer),
        )
    )
    return "".join(
        (
            "<!DOCTYPE html>\n",
            '<html lang="en"><head><meta charset="utf-8" />',
            '<meta http-equiv="Content-Security-Policy" '
            f"content=\"default-src 'none'; script-src 'sha256-{_SCRIPT_HASH}'; "
            "style-src 'unsafe-inline'; form-action 'none'\" />",
            '<meta name="viewport" content="width=device-width, initial-scale=1" />',
            '<meta name="color-scheme" content="light dark" />',
            f"<title>{escaped(f'Agent Productivity, {title}')}</title>",
            f"<style>{_STYLE}</style></head>\n<body><main>",
            _WITHOUT_SCRIPT if parts else "",
            body,
            "</main>\n",
            f"{parts.markup()}<script>{_SCRIPT}</script></body></html>\n"
            if parts
            else "</body></html>\n",
        )
    )


_WITHOUT_SCRIPT = (
    '<p id="without-script">Closed parts stay empty here, because this page may not run its script.'
    "</p>"
)


def _figures(found: Statistics, report: Report) -> str:
    signed_in = sum((each.signed_in for each in found.agents), timedelta(0))
    available = sum((each.available for each in found.agents), timedelta(0))
    share = (
        f"{100 * (available / signed_in):.0f} % of signed in" if signed_in else "nobody signed in"
    )
    groups = by_group(found.staffing)
    everyone = list(groups.values())[-1] if groups else []
    peak = max(everyone, key=lambda each: each.average_positions_staffed, default=None)
    figures = (
        ("Agents", f"{len(found.agents):,}", counted(len(found.sign_ins), "sign-in")),
        ("Signed in", clock_duration(signed_in), "hours:minutes:seconds"),
        ("Available", clock_duration(available), share),
        (
            "Peak staffing",
            f"{peak.average_positions_staffed:.2f}" if peak else "0.00",
            f"positions, {_within_day(peak.interval.start, found)} {found.zone}"
            if peak
            else "positions",
        ),
        (
            "Report lines",
            f"{len(report.lines):,}",
            f"{report.repeated:,} repeated, {counted(report.heartbeats, 'heartbeat')}",
        ),
    )
    tiles = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>"
        f'<dd class="more">{escaped(more)}</dd></div>'
        for name, value, more in figures
    )
    return f'<dl class="figures">{tiles}</dl>\n'


def _within_day(moment: datetime, found: Statistics) -> str:
    """`moment` to the minute, without the date when the period does not leave its day."""
    first, last = (
        each.astimezone(found.zone).date() for each in (found.period.start, found.period.end)
    )
    shown = minute(moment, found.zone)
    return shown[len("2026-03-02 ") :] if first == last else shown
