"""The tables as CSV files for a spreadsheet: commas, CRLF, UTF-8 with a byte order mark."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, tzinfo

from aspect_wfm.output import visible
from aspect_wfm.reports.tables import Cell, Column, Kind, Table, written

_MOMENTS = (Kind.INSTANT, Kind.INTERVAL)

# What a spreadsheet takes for the start of a formula, also in the full-width forms that some of
# them convert. A spreadsheet may split a line at other separators than commas, and blanks or
# quotes may come before a formula.
_FORMULA = re.compile(r"(^|[,;|\t])([\s\"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


def csv_files(tables: tuple[Table, ...], zone: tzinfo) -> dict[str, bytes]:
    """The contents of the files by name, one for each table.

    A time becomes two columns: as the clock of `zone` shows it, and the UTC offset.
    """
    return {f"{table.name}.csv": _file(table, zone) for table in tables}


def harmless(text: str) -> str:
    """`text` with an apostrophe before everything that a spreadsheet could take for a formula."""
    return _FORMULA.sub(r"\1'\2", text)


def _file(table: Table, zone: tzinfo) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(title for column in table.columns for title in _titles(column))
    for row in table.rows:
        writer.writerow(
            text
            for cell, column in zip(row, table.columns, strict=True)
            for text in _texts(cell, column.kind, zone)
        )
    return file.getvalue().encode("utf-8-sig")


def _titles(column: Column) -> Iterator[str]:
    yield harmless(visible(column.title))
    if column.kind in _MOMENTS:
        yield f"{column.title}, UTC offset"


def _texts(cell: Cell, kind: Kind, zone: tzinfo) -> Iterator[str]:
    if isinstance(cell, datetime):
        local = cell.astimezone(zone)
        yield f"{local:%Y-%m-%d %H:%M:%S}"
        yield f"UTC{local.isoformat()[-6:]}"
    elif kind in _MOMENTS:
        yield ""  # no sign-out yet
        yield ""
    elif kind in (Kind.COUNT, Kind.SHARE):
        yield "" if cell is None else str(cell)  # without the separators and signs for people
    else:
        yield harmless(written(cell, kind, zone))
