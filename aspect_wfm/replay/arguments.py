"""What may be given on a command line, as types of `argparse`."""

import argparse
from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """An ISO 8601 time; UTC unless it says otherwise."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no ISO 8601 time, as in 2026-03-02T08:00"
        ) from None
