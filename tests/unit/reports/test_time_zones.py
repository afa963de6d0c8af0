import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from aspect_wfm.output import instant, minute
from aspect_wfm.reports.time_zones import on_the_clock, time_zone

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_zone_is_found_by_its_iana_name() -> None:
    assert time_zone("Europe/Berlin") == BERLIN
    assert time_zone("UTC") is UTC


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Europe/Berln", "Unknown time zone 'Europe/Berln': did you mean Europe/Berlin?"),
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("Europe", "Unknown time zone 'Europe': "),
        ("+01:00", "use an IANA name, as in Europe/Berlin"),
        ("", "use an IANA name, as in Europe/Berlin"),
        ("../etc/passwd", "Unknown time zone '../etc/passwd'"),
        ("right/Europe/Berlin", "did you mean Europe/Berlin?"),  # counts leap seconds
        ("\x1b[2J\x00", "Unknown time zone '\\x1b[2J\\x00': use an IANA name"),
    ],
)
def test_another_name_is_refused_with_advice(name: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        time_zone(name)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-07-01T08:00", "2026-07-01 06:00"),
        ("2026-07-01T08:00Z", "2026-07-01 08:00"),
        ("2026-07-01", "2026-06-30 22:00"),
        ("2026-10-25T02:30", "2026-10-25 00:30"),  # the first of two
        ("2026-10-25T02:30+01:00", "2026-10-25 01:30"),
    ],
)
def test_a_time_is_of_the_zone_unless_it_has_an_offset(text: str, utc: str) -> None:
    assert minute(on_the_clock(datetime.fromisoformat(text), BERLIN)) == utc


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2026-03-29T02:30", "does not exist in Europe/Berlin: the clock is set forward then"),
        ("0001-01-01", "is too far away"),
        ("9999-12-31T23:59", "is too far away"),
    ],
)
def test_a_time_that_does_not_exist_is_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        on_the_clock(datetime.fromisoformat(text), BERLIN)


def test_a_time_is_shown_with_its_offset_but_in_utc() -> None:
    found = datetime(2026, 3, 2, 9, 0, 3, 107_000, tzinfo=UTC)
    assert (instant(found, UTC), minute(found, UTC)) == ("2026-03-02 09:00:03", "2026-03-02 09:00")
    assert instant(found, BERLIN) == "2026-03-02 10:00:03+01:00"
    assert minute(found, BERLIN) == "2026-03-02 10:00+01:00"
