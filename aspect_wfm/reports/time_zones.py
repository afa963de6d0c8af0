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


def on_the_clock(moment: datetime, zone: tzinfo) -> datetime:
    """In UTC, a time that is one on the clock of `zone` unless it has its own UTC offset.

    Of a time that the clock shows twice, it is the first. Raises ValueError for a time that the
    clock skips, and for one in the first or last year that there is.
    """
    if not MINYEAR < moment.year < MAXYEAR:  # one of another offset may have no date
        raise ValueError(f"{moment} is too far away.")
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    found = moment.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(f"{moment} does not exist in {zone}: the clock is set forward then.")
    return found
