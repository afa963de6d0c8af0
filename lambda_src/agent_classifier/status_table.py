"""The reference table that says what a status counts as (wire contract, section 2.2)."""

import re
from collections.abc import Mapping

from agent_events.names import name_key

# Fixed by the wire contract, section 2.2, at the root of the report bucket.
STATUS_TABLE_KEY = "ASPECT_AGENT_STATUS_INFO.csv"

# StateType, `A`, `0` or `1`, by status name as `name_key` has it.
StatusTable = Mapping[str, str]

_HEADER = ["statename", "statetype"]

_STATE_TYPES = {"a": "A", "0": "0", "o": "0", "1": "1"}

# As much of a wrong StateType as an error quotes.
_QUOTED_CHARACTERS = 20

_LINE_BREAK = re.compile("\r\n|\r|\n")

# A quoted field, or else all up to the next comma. Possessive: without going back over what is in
# quotes, which for a long field would take more memory than the function has.
_FIELD = re.compile(r'\s*"((?:[^"]+|"")*+)"\s*(?=,|\Z)|([^,]*)')


class StatusTableError(Exception):
    """The table cannot be understood as a whole; the text names the row and what to change."""


def parse_status_table(data: bytes) -> StatusTable:
    """The table in `data`, the content of the S3 object.

    The header may be missing. Rows are lines, counted from 1, the header and blank ones included.
    Naming a status twice is allowed when both rows say the same. Raises StatusTableError for
    anything that is not such a table; it quotes nothing of the table but a wrong StateType.
    """
    table: dict[str, str] = {}
    row_of: dict[str, int] = {}
    first = True
    for row, line in enumerate(_LINE_BREAK.split(_decoded(data)), 1):
        if not line.strip():
            continue
        fields = _fields(line, row)
        if first:
            first = False
            if [field.lower() for field in fields] == _HEADER:
                continue
        if len(fields) != 2:
            raise _error(
                row,
                f"{len(fields)} columns instead of 2: write StateName,StateType, "
                "a name that holds a comma in double quotes",
            )
        name, state_type = name_key(fields[0]), _STATE_TYPES.get(fields[1].lower())
        if not name:
            raise _error(row, "the StateName is empty: write one, or delete the row")
        if state_type is None:
            raise _error(
                row,
                f"StateType is {fields[1][:_QUOTED_CHARACTERS]!r}: "
                "write A (available), 0 (signed out) or 1 (signed in)",
            )
        if table.setdefault(name, state_type) != state_type:
            raise _error(
                row,
                f"a StateName as in row {row_of[name]} with another StateType: "
                "delete one of the two rows",
            )
        row_of.setdefault(name, row)
    if first:
        raise _error(
            1,
            "the file is empty: write a row for each status, as in Lunch,1, or delete the file",
        )
    return table


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        row = len(_LINE_BREAK.split(data[: wrong.start].decode("latin-1")))
        raise _error(row, "not UTF-8: save the file as CSV UTF-8") from None


def _fields(line: str, row: int) -> list[str]:
    """The values of one line, without the blanks around them."""
    fields: list[str] = []
    position = 0
    while found := _FIELD.match(line, position):
        quoted, plain = found.groups()
        if quoted is None and plain.lstrip().startswith('"'):
            raise _error(
                row,
                "a value that begins with a double quote does not end with one: "
                "close it, and double every double quote inside",
            )
        fields.append((plain if quoted is None else quoted.replace('""', '"')).strip())
        position = found.end() + 1
        if position > len(line):
            break
    return fields


def _error(row: int, problem: str) -> StatusTableError:
    return StatusTableError(f"{STATUS_TABLE_KEY}, row {row}: {problem}.")
