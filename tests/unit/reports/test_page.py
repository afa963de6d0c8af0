import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aspect_wfm.reports.page import page
from aspect_wfm.reports.page.scale import UNITS
from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.report_lines import Report, ReportLine
from aspect_wfm.reports.statistics import statistics
from aspect_wfm.reports.tables import positions_staffed, tables
from aspect_wfm.reports.terminal import render
from tests.unit.examples import costly
from tests.unit.reports.test_statistics import DAY, clock, line

HOSTILE = "<script>alert(1)</script><img src=x onerror='a()' a=\"b\">&amp;\x1b[2J\u202e,\x00"


def elements(text: str) -> list[ET.Element]:
    """All elements of a page, which is well-formed XML."""
    return list(ET.fromstring(text).iter())  # noqa: S314 - our own page, not input


def texts(text: str, tag: str) -> list[str]:
    return ["".join(each.itertext()) for each in elements(text) if each.tag == tag]


def of_class(text: str, name: str) -> list[ET.Element]:
    return [each for each in elements(text) if each.get("class") == name]


def cells(text: str) -> set[str]:
    """What stands in tables and lists."""
    return {cell for tag in ("th", "td", "li", "bdi") for cell in texts(text, tag)}


def drawn(
    lines: list[ReportLine], start: str = "09:00", end: str = "14:00", zone: tzinfo = UTC
) -> str:
    return page(statistics(lines, Period(clock(start), clock(end)), zone=zone), report_of(lines))


def report_of(lines: list[ReportLine]) -> Report:
    return Report(tuple(lines), 0, 0, 1)


def many(agents: int, group: str = "EMEA") -> list[ReportLine]:
    return [line("09:00", "A", f"agent-{number:03}", group) for number in range(agents)]


def in_terminal(lines: list[ReportLine], start: str = "09:00", end: str = "14:00") -> str:
    found = statistics(lines, Period(clock(start), clock(end)))
    return render(found, Report(tuple(lines), 0, 0, 1))


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    text = drawn([*DAY, line("09:00", "A", HOSTILE, HOSTILE, HOSTILE)])
    tags = {each.tag for each in elements(text)}
    assert not tags & {"script", "img", "link", "iframe", "object", "image", "use", "a", "base"}
    names = {name for each in elements(text) for name in each.attrib}
    assert not {name for name in names if name.startswith("on")} | (names & {"src", "href"})
    (style,) = texts(text, "style")
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_one_script_by_its_hash_and_nothing_else() -> None:
    text = drawn([*many(51), line("09:00", "A", HOSTILE, HOSTILE, HOSTILE)])
    scripts = [each for each in elements(text) if each.tag == "script" and not each.attrib]
    digest = hashlib.sha256("".join(scripts[0].itertext()).encode()).digest()
    assert len(scripts) == 1
    (policy,) = (each for each in elements(text) if each.get("http-equiv"))
    assert policy.get("content") == (
        f"default-src 'none'; script-src 'sha256-{base64.b64encode(digest).decode()}'; "
        "style-src 'unsafe-inline'; form-action 'none'"
    )


def test_a_name_cannot_end_a_part_that_waits_to_be_opened() -> None:
    for name in ("</script><script>alert(1)</script>", "<!--<script>", HOSTILE):
        lines = [*many(51, name), line("09:00", "A", name, name, name)]
        waiting = re.findall(
            r'<script type="text/plain" id="part-1">(.*?)</script', drawn(lines), re.DOTALL
        )
        assert len(waiting) == 1
        assert "agent-050" in waiting[0]
        assert not re.search("<(?!/?(div|ol|li|svg|g|path|title|text|rect)[ />])", waiting[0])


def shape(text: str) -> list[tuple[str, list[str]]]:
    """The elements of a page but the texts of its charts: whether a bar has room for its status
    name depends on the name."""
    return [(each.tag, list(each.attrib)) for each in elements(text) if each.tag != "text"]


PLAIN_SHAPE = shape(drawn([line("09:00", "A", "ann", "EMEA", "Open")]))


@costly(30)
@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_names_of_any_characters_stay_text(user: str, group: str, state: str) -> None:
    hostile = drawn([line("09:00", "A", user, group, state)])
    assert shape(hostile) == PLAIN_SHAPE
    assert hostile.encode("utf-8").decode("utf-8") == hostile


def test_a_hostile_name_is_shown_and_cannot_turn_the_text_around() -> None:
    shown = "<script>alert(1)</script><img src=x onerror='a()' a=\"b\">&amp;\ufffd[2J\ufffd,\ufffd"
    assert shown in texts(drawn([line("09:00", "A", HOSTILE)]), "li")


def test_each_status_of_the_timeline_is_named_for_the_pointer() -> None:
    titles = texts(drawn(DAY), "title")
    assert (
        "ann: Available, 3:30:00 in 3 times\n(available)\n"
        "2026-03-02 09:00:00 to 2026-03-02 10:00:00, 1:00:00\n"
        "2026-03-02 10:30:00 to 2026-03-02 12:00:00, 1:30:00\n"
        "2026-03-02 13:00:00 to 2026-03-02 14:00:00, 1:00:00"
    ) in titles
    assert any(title.startswith("ann: Break, 0:30:00 in 1 time\n(signed in") for title in titles)
    assert any(title.startswith("ann: Offline, 1:00:00 in 1 time\n(signed out") for title in titles)
    assert "agent-100: Available, 5:00:00 in 1 time" in texts(drawn(many(101)), "title")


def test_the_legend_names_the_three_states() -> None:
    items = texts(drawn(DAY), "li")
    assert {"Available", "Signed in, not available", "Signed out"} <= set(items)


def test_every_agent_has_a_row_and_every_group_a_curve() -> None:
    lines = [
        line("09:00", "A", f"agent-{number:02}", f"group-{number % 9}") for number in range(60)
    ]
    text = drawn(lines)
    names = cells(text)
    assert {f"agent-{number:02}" for number in range(60)} <= names
    assert {f"group-{number}" for number in range(9)} | {"all groups"} <= names
    assert len(of_class(text, "line")) == 10


def bars(text: str, name: str) -> list[tuple[float, float]]:
    """Start and length of the timeline's bars of a class, in per cent of its width."""
    (group,) = (each for each in of_class(text, name) if each.tag == "g")
    found = []
    for path in group:
        first, *more = re.findall(r"[Mm](\d+) [\d.]+h(\d+)", path.get("d", ""))
        assert path.get("d", "").count("h") == 1 + len(more)
        at = 0.0
        for start, width in (first, *more):
            at += int(start)
            found.append((100 * at / UNITS, 100 * int(width) / UNITS))
            at += int(width)
    return found


def test_bars_stay_within_the_chart_and_are_as_long_as_their_time() -> None:
    # Of four hours: half past nine to ten, half past ten to twelve, one to half past one.
    text = drawn(DAY, "09:30", "13:30")
    assert bars(text, "available") == [(0, 12.5), (25, 37.5), (87.5, 12.5)]
    assert bars(text, "signed-in") == [(12.5, 12.5)]


def test_the_curve_steps_to_the_average_of_each_interval() -> None:
    (curve,) = of_class(drawn([line("09:00", "A"), line("09:45", "0")], "09:00", "10:00"), "line")
    assert curve.get("d") == "M0,0.0000V0.0000H2160V0.0000H4320V0.0000H6480V1.0000H8640"


def test_what_the_intervals_have_outside_the_period_is_veiled() -> None:
    veils = of_class(drawn(DAY, "09:05", "09:55"), "outside")
    assert {(veil.get("x"), veil.get("width")) for veil in veils} == {
        ("0.000%", "8.333%"),
        ("91.667%", "8.333%"),
    }
    assert not of_class(drawn(DAY, "09:00", "10:00"), "outside")


def test_a_period_of_an_instant_or_without_agents_has_a_page() -> None:
    assert "Agent Productivity" in drawn(DAY, "09:00", "09:00")
    assert "nobody signed in" in drawn([], "09:00", "10:00")


def test_several_days_have_their_dates_on_the_axis() -> None:
    found = statistics(DAY, Period(clock("08:00"), clock("08:00") + timedelta(days=3)))
    labels = texts(page(found, report_of(DAY)), "text")
    assert {"3 Mar", "4 Mar", "5 Mar"} <= set(labels)


def test_the_page_is_on_the_clock_of_the_time_zone() -> None:
    text = drawn(DAY, "09:00", "14:00", ZoneInfo("Europe/Berlin"))
    assert "2026-03-02 10:00+01:00 to 15:00+01:00 Europe/Berlin" in texts(text, "p")
    hours = [each.text for each in of_class(text, "hour")]
    assert hours[:3] == ["10:00", "10:30", "11:00"]
    assert {"2026-03-02 10:00:00+01:00", "2026-03-02 14:45+01:00"} <= cells(text)


def test_the_axis_begins_and_ends_with_the_intervals_of_the_time_zone() -> None:
    hour, zone = timedelta(hours=1), ZoneInfo("Asia/Kolkata")
    found = statistics(DAY, Period(clock("09:00"), clock("14:00")), hour, zone=zone)
    text = page(found, report_of(DAY))
    hours = [each.text for each in of_class(text, "hour")]
    assert (hours[0], hours[12]) == ("14:00", "20:00")
    assert {veil.get("width") for veil in of_class(text, "outside")} == {"8.333%"}


def test_a_day_of_25_hours_is_that_long_and_its_clock_repeats_an_hour() -> None:
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime(2026, 10, 25, tzinfo=zone)
    found = statistics(
        [line(midnight.astimezone(UTC), "A"), line(midnight.replace(hour=5), "0")],
        Period(midnight, midnight + timedelta(days=1)),
        timedelta(hours=1),
        zone=zone,
    )
    text = page(found, report_of(DAY))
    ((_, width),) = bars(text, "available")
    assert width == pytest.approx(100 * 6 / 25, abs=0.01)
    shown = cells(text)
    assert {"2026-10-25 02:00+02:00", "2026-10-25 02:00+01:00", "6:00:00"} <= shown


def grouped(*paths: tuple[str | None, ...]) -> list[ReportLine]:
    """Lines of an agent for each path to its lowest group."""
    found = []
    for number, path in enumerate(paths):
        one, two, three, *_ = (*path, None, None, None)
        agent = line("09:00", "A", f"agent-{number:03}")
        found.append(replace(agent, hierarchy_groups=(one, two, three, None, None)))
    return found


def test_agents_are_in_the_lowest_group_that_their_lines_name() -> None:
    lines = grouped(
        (), ("EMEA",), ("EMEA", "Sales"), ("APAC", None, "Sales"), ("EMEA", "Sales"), ()
    )
    text = drawn(lines)
    assert texts(text, "h3") == ["APAC / Sales", "EMEA", "EMEA / Sales", "no group"]
    names = [" ".join(each.itertext()) for each in of_class(text, "names")]
    assert names == ["agent-003", "agent-001", "agent-002 agent-004", "agent-000 agent-005"]


def test_an_agent_who_changes_groups_is_in_the_last_one_that_a_line_names() -> None:
    lines = [line("09:00", "A", group="EMEA"), line("10:00", "A", group="APAC")]
    lines = [replace(each, hierarchy_groups=(*each.hierarchy_groups[:4], None)) for each in lines]
    unnamed = replace(line("11:00", "0"), hierarchy_groups=(None,) * 5)
    assert texts(drawn([*lines, unnamed]), "h3") == ["APAC"]


def test_groups_above_50_agents_are_closed_with_their_totals_in_sight() -> None:
    text = drawn(grouped(*[("large", "fifth")] * 51, *[("small",)] * 50))
    assert texts(text, "h3") == ["large / fifth", "small"]
    closed, opened = (
        next(each for each in elements(text) if each.tag == "details" and name in shown(each))
        for name in ("large / fifth", "small")
    )
    assert (closed.get("open"), opened.get("open")) == (None, "")
    assert shown(closed) == ("large / fifth 51 agents, signed in 255:00:00, 100 % of it available")


def test_a_group_above_100_agents_has_parts_of_which_one_is_open_at_a_time() -> None:
    text = drawn(grouped(*[("large",)] * 201, *[("small",)] * 100))
    parts = [each for each in elements(text) if each.tag == "details" and each.get("name")]
    assert [(each.get("name"), shown(each)) for each in parts] == [
        ("agents-0", "agent-000 to agent-099"),
        ("agents-0", "agent-100 to agent-199"),
        ("agents-0", "agent-200 to agent-200"),
    ]


def shown(element: ET.Element) -> str:
    return "".join(element.itertext()).strip()


def test_on_a_day_of_more_than_500_agents_every_group_is_closed() -> None:
    groups = [(f"group-{number % 20:02}",) for number in range(501)]
    assert 'class="names"' not in before_parts(drawn(grouped(*groups)))
    assert 'class="names"' in before_parts(drawn(grouped(*groups[:500])))


def before_parts(text: str) -> str:
    return text.partition('<script type="text/plain"')[0]


def test_many_groups_are_closed_below_the_curve_of_their_sum() -> None:
    lines = [line("09:00", "A", f"agent-{number}", f"group-{number:02}") for number in range(13)]
    open_part = before_parts(drawn(lines))
    assert open_part.count('class="line"') == 1
    assert "all groups" in open_part
    assert before_parts(drawn(lines[1:])).count('class="line"') == 13


def test_staffing_and_totals_come_before_the_agents() -> None:
    text = drawn(DAY)
    headings = ["Average positions staffed</h2>", "Time by status</h2>", "Agents</h2>"]
    assert sorted(headings, key=text.index) == headings


def test_tables_have_captions_and_headers_of_rows_and_columns() -> None:
    text = drawn(DAY)
    found = [each for each in elements(text) if each.tag == "table"]
    assert len(found) == 5
    for table in found:
        assert table[0].tag == "caption"
        assert {each.get("scope") for each in table.iter("th")} == {"col", "row"}
        headers = [each for each in table.iter("th") if each.get("scope") == "row"]
        rows = sum(int(each.get("rowspan", "1")) for each in headers)
        assert rows == len(list(table.iter("tr"))) - 1


def test_rows_of_the_same_agent_share_its_header() -> None:
    headers = [each for each in elements(drawn(DAY)) if each.get("rowspan")]
    assert [(each.text, each.get("rowspan")) for each in headers] == [("ann", "3"), ("ann", "2")]


def test_agents_whose_names_look_alike_have_their_own_headers() -> None:
    text = drawn([line("09:00", "A", "a\u2066"), line("09:00", "A", "a\u2067")])
    assert not [each for each in elements(text) if each.get("rowspan")]


def test_a_long_table_is_closed_parts_of_whole_agents() -> None:
    lines = [
        line(f"09:{minute:02}", state_type, f"agent-{number:03}")
        for number in range(400)
        for minute, state_type in ((0, "A"), (10, "1"), (20, "0"))
    ]
    text = drawn(lines)
    parts = [shown(each) for each in elements(text) if "part" in "".join(each.attrib)]
    assert parts[-3:] == [
        "agent-000 to agent-166",
        "agent-167 to agent-333",
        "agent-334 to agent-399",
    ]
    assert cells(text) >= {f"agent-{number:03}" for number in range(400)}
    captions = texts(text, "caption")
    assert any("status, agent-167 to agent-333: " in each for each in captions)


def test_the_page_has_the_rows_of_the_terminals_tables() -> None:
    shown = cells(drawn(DAY))
    found = statistics(DAY, Period(clock("09:00"), clock("14:00")))
    for table in tables(found):
        assert {cell for row in table.texts(found.zone) for cell in row} <= shown


def test_the_terminals_columns_line_up_whatever_the_script() -> None:
    names = ["日本", "e\u0301va", "longest"]
    shown = in_terminal([line("09:00", "A", name) for name in names], end="10:00").splitlines()
    for name, padding in zip(names, ["   ", "    ", ""], strict=True):
        start = f"{name}{padding}    1:00:00    1:00:00"
        assert any(row.startswith(start) for row in shown), start


def test_a_name_cannot_drive_the_terminal() -> None:
    text = in_terminal([line("09:00", "A", HOSTILE, HOSTILE)])
    assert all(character.isprintable() or character == "\n" for character in text)


def test_a_sign_in_without_a_sign_out_says_so() -> None:
    assert "still signed in" in in_terminal(DAY)


def test_groups_that_look_alike_keep_their_own_columns() -> None:
    lines = [line("09:00", "A", "a", None), line("09:00", "A", "b", "no group")]
    staffed = positions_staffed(statistics(lines, Period(clock("09:00"), clock("10:00"))))
    assert staffed.header == ("Interval", "no group", "no group*", "all groups")
    assert next(staffed.texts(UTC)) == ("2026-03-02 09:00", "1.00", "1.00", "2.00")
