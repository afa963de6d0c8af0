"""The statistics as text for a terminal."""

from datetime import tzinfo

from aspect_wfm.output import counted, instant, terminal_width, text_table
from aspect_wfm.reports.report_lines import Report
from aspect_wfm.reports.statistics import Statistics
from aspect_wfm.reports.tables import Table, tables

_WIDEST_CELL = 32


def render(found: Statistics, report: Report) -> str:
    """All that a terminal shows."""
    lines = [summary(found, report)]
    for table in tables(found):
        lines += ["", table.title, f"({table.note})", "", _aligned(table, found.zone)]
    return "\n".join(lines)


def summary(found: Statistics, report: Report) -> str:
    """The period, and how much there was to read."""
    start, end = (instant(each, found.zone) for each in (found.period.start, found.period.end))
    return (
        f"{start} to {end} {found.zone}: "
        f"{counted(len(found.agents), 'agent')}, {counted(len(report.lines), 'line')} "
        f"(and {report.repeated} repeated) and {counted(report.heartbeats, 'heartbeat')} "
        f"in {counted(report.objects, 'file')}"
    )


def _aligned(table: Table, zone: tzinfo) -> str:
    if not table.rows:
        return "none"
    cells = [[_shortened(cell) for cell in row] for row in (table.header, *table.texts(zone))]
    left = [index for index, column in enumerate(table.columns) if not column.kind.number]
    return text_table(cells, left).rstrip("\n")


def _shortened(cell: str) -> str:
    if terminal_width(cell) <= _WIDEST_CELL:
        return cell
    while terminal_width(cell) >= _WIDEST_CELL:
        cell = cell[:-1]
    return cell + "…"
