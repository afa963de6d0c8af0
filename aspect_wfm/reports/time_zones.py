"""Time zones by their IANA names, and times on their clocks."""

import difflib
from datetime import MAXYEAR, MINYEAR, UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, available_timezones


def time_zone(name: str) -> tzinfo:
    """The zone of an IANA name, as in `Europe/Berlin`. Raises ValueError for another name."""
    if name == "UTC":
        return UTC
    known = available_timezones()
    if name not in known:
        similar = difflib.get_close_matches(name, known, 1)
        advice = (
            f"did you mean {similar[0]}?" if similar else "use an IANA name, as in Europe/Berlin"
        )
        raise ValueError(f"Unknown time zone {name!r}: {advice}")
    return ZoneInfo(name)


def moment(text: str, zone: tzinfo) -> datetime:
    """The time that ISO 8601 text names, on the clock of `zone` unless it has its own offset.

    Of a time that the clock shows twice, it is the first. Raises ValueError for other text, and
    for a time that the clock skips.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no ISO 8601 time, as in 2026-03-02T08:00") from None
    if not MINYEAR < found.year < MAXYEAR:  # one of another offset may have no date
        raise ValueError(f"{text!r} is too far away")
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    found = found.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != datetime.fromisoformat(text):
        raise ValueError(f"{text!r} does not exist in {zone}: the clock is set forward then")
    return found
