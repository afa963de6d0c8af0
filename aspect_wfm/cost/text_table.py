"""Tables of plain text."""

from collections.abc import Collection, Sequence

_GAP = "  "


def text_table(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> str:
    """`rows`, the first one a header, in columns as wide as they need; those numbered in `left`
    are aligned to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    header, *others = rows
    lines = []
    for row in (header, ["-" * width for width in widths], *others):
        cells = (
            cell.ljust(width) if index in left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append(_GAP.join(cells).rstrip())
    return "\n".join(lines) + "\n"
