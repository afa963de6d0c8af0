"""The tables of the page."""

from collections.abc import Iterator
from datetime import tzinfo
from itertools import groupby

from aspect_wfm.output import counted
from aspect_wfm.reports.page.markup import Parts, escaped
from aspect_wfm.reports.tables import Table

# Longer tables are closed at first.
_MOST_OPEN_ROWS = 24

# A table with more cells is laid out when it is opened, in parts of about this many rows.
_MOST_CELLS = 2_500
_ROWS_A_PART = 500

_NEXT_ROW = "</tr>\n<tr>"

# Rows that begin with the same value.
_Section = list[tuple[str, ...]]


def folded_table(table: Table, zone: tzinfo, parts: Parts) -> str:
    """The table, which can be opened and closed."""
    sections = _sections(table, zone)
    length = len(table.rows)
    summary = f"<h2>{escaped(table.title)}</h2> <span>{counted(length, 'row')}</span>"
    if length * len(table.columns) <= _MOST_CELLS:
        fold = "" if length > _MOST_OPEN_ROWS else ' open=""'
        markup = _markup(table, sections, table.title)
        return f"<details{fold}><summary>{summary}</summary>{markup}</details>\n"
    if length <= _ROWS_A_PART:
        return parts.fold(summary, _markup(table, sections, table.title))
    pieces = []
    for piece in _pieces(sections):
        first, last = piece[0][0][0], piece[-1][0][0]
        names = f"<bdi>{escaped(first)}</bdi> to <bdi>{escaped(last)}</bdi>"
        pieces.append(parts.fold(names, _markup(table, piece, f"{table.title}, {first} to {last}")))
    return f"<details><summary>{summary}</summary>{''.join(pieces)}</details>\n"


def _sections(table: Table, zone: tzinfo) -> list[_Section]:
    rows = zip(table.rows, table.texts(zone), strict=True)
    return [[texts for _, texts in section] for _, section in groupby(rows, lambda row: row[0][0])]


def _pieces(sections: list[_Section]) -> Iterator[list[_Section]]:
    piece: list[_Section] = []
    for section in sections:
        piece.append(section)
        if sum(map(len, piece)) >= _ROWS_A_PART:
            yield piece
            piece = []
    if piece:
        yield piece


def _markup(table: Table, sections: list[_Section], title: str) -> str:
    """The table in a region that scrolls. A value that rows share stands beside all of them."""
    header = "".join(f'<th scope="col">{escaped(column)}</th>' for column in table.header)
    body = "".join(map(_rows, sections))
    numbers = sum(column.kind.number for column in table.columns)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="Table: {escaped(title)}">'
        f'<table class="numbers-{numbers if numbers < len(table.columns) - 1 else "all"}">'
        f"<caption>{escaped(title)}: {escaped(table.note)}</caption>"
        f"<thead><tr>{header}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _rows(section: _Section) -> str:
    span = f' rowspan="{len(section)}"' if len(section) > 1 else ""
    header = f'<th scope="row"{span}>{escaped(section[0][0])}</th>'
    rows = ("".join(f"<td>{escaped(cell)}</td>" for cell in row[1:]) for row in section)
    return f"<tr>{header}{_NEXT_ROW.join(rows)}</tr>\n"
