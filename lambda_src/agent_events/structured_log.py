"""Logs: one JSON object a line, without anything of an event's content."""

import json
import sys

from botocore.exceptions import ParamValidationError


def described(error: Exception) -> str:
    """What a failed call says of itself, unless it quotes what was to be sent."""
    return type(error).__name__ if isinstance(error, ParamValidationError) else str(error)


def log(level: str, message: str, **fields: object) -> None:
    """Write one line. `fields` are counts, names of resources, sequence numbers; never content."""
    line = {"level": level, "message": message, **fields}
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()
