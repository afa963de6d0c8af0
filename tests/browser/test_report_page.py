"""The report page in a real browser."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from aspect_wfm.reports.page import page
from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.report_lines import Report, ReportLine
from aspect_wfm.reports.statistics import statistics
from tests.browser.conftest import Open
from tests.large_day import DAY, large_day
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.unit.reports.test_statistics import line

AXE = REPOSITORY / "build" / "browser" / "node_modules" / "axe-core" / "axe.min.js"

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"

PHONE = (390, 844)

LARGE_GROUP = "EMEA / EMEA 1 / Team 000"


@pytest.fixture(scope="module")
def three_thousand() -> str:
    return of_agents(3_000)


@pytest.fixture(scope="module")
def seventy() -> str:
    """A group of 52 agents, which is closed, and one of 18, which is open."""
    return of_agents(70)


@pytest.fixture(scope="module")
def one_group() -> str:
    """A group of 3,000 agents."""
    report = large_day(3_000)
    groups = ("EMEA", None, None, None, None)
    lines = tuple(replace(each, hierarchy_groups=groups) for each in report.lines)
    report = replace(report, lines=lines)
    return page(statistics(report.lines, DAY), report)


def of_agents(number: int) -> str:
    report = large_day(number)
    return page(statistics(report.lines, DAY), report)


def of_lines(lines: list[ReportLine], period: Period, zone: tzinfo = UTC) -> str:
    return page(statistics(lines, period, zone=zone), Report(tuple(lines), 0, 0, 1))


def elements(window: Page) -> int:
    return int(window.evaluate("document.querySelectorAll('*').length"))


def box(found: Locator) -> FloatRect:
    """Where an element is in the window."""
    place = found.bounding_box()
    assert place is not None
    return place


def all_opened(window: Page) -> Page:
    """Everything that can be opened, opened one after the other."""
    while window.locator("details:not([open])").count():
        window.locator("details:not([open]) > summary").first.click()
    return window


def test_three_thousand_agents_are_below_8_mb_and_20_000_elements(
    three_thousand: str, open_page: Open
) -> None:
    window = open_page(three_thousand)
    assert len(three_thousand.encode()) < 8_000_000
    assert elements(window) < 20_000
    expect(window.get_by_role("heading", name=LARGE_GROUP)).to_be_visible()


def test_what_is_opened_on_a_large_day_is_there_and_stays_small(
    three_thousand: str, open_page: Open
) -> None:
    window = open_page(three_thousand)
    window.get_by_role("heading", name=LARGE_GROUP).click()
    expect(window.get_by_text("agent.0051@contact.example", exact=True)).to_be_visible()
    heading = window.get_by_role("heading", name="Time by agent and status")
    heading.click()
    table = window.locator("main > details").filter(has=heading)
    table.get_by_text("agent.0000@contact.example to").click()
    expect(table.get_by_role("cell", name="Coaching").first).to_be_visible()
    assert elements(window) < 20_000


def test_every_agent_of_a_large_group_is_reached_by_keyboard_and_few_are_drawn_at_once(
    one_group: str, open_page: Open
) -> None:
    window = open_page(one_group)
    assert len(one_group.encode()) < 8_000_000
    group = window.locator("details", has=window.get_by_role("heading", name="EMEA", exact=True))
    group.locator("> summary").focus()
    window.keyboard.press("Enter")
    reached: list[str] = []
    for number in range(30):
        window.keyboard.press("Tab")
        window.keyboard.press("Enter")
        names = group.locator("ol.names li")
        expect(names.first).to_have_text(f"agent.{number * 100:04}@contact.example")
        expect(names).to_have_count(100)
        assert elements(window) < 20_000
        focused = window.locator(":focus")
        expect(focused).to_have_text(re.compile(f"agent.{number * 100:04}.* to agent."))
        expect(focused).to_be_in_viewport()
        reached += names.all_text_contents()
    assert reached == [f"agent.{number:04}@contact.example" for number in range(3_000)]


def test_an_agent_is_found_in_a_closed_group(one_group: str, open_page: Open) -> None:
    window = open_page(one_group)
    find(window, "AGENT.2345@")
    row = window.locator("ol.names li", has_text="agent.2345@contact.example")
    expect(row).to_be_in_viewport()
    expect(row).to_have_attribute("aria-current", "true")
    expect(window.get_by_role("search").get_by_role("status")).to_have_text(
        "agent.2345@contact.example, 1 of 1"
    )
    assert elements(window) < 20_000
    assert violations(window) == []


def test_the_next_agent_with_the_text_is_found_after_the_last_one_the_first(
    seventy: str, open_page: Open
) -> None:
    """Of agents who are drawn, and of those who are not."""
    window = open_page(seventy)
    found = window.get_by_role("search").get_by_role("status")
    for number, agent in enumerate((55, 65, 5, 15, 25, 35, 45, 55)):
        find(window, "5@")
        name = f"agent.{agent:04}@contact.example"
        expect(found).to_have_text(f"{name}, {number % 7 + 1} of 7")
        row = window.locator("[aria-current]")
        expect(row).to_have_text(name)
        expect(row).to_be_in_viewport()
    find(window, "nobody")
    expect(found).to_have_text("No agent has this in the name.")


def find(window: Page, text: str) -> None:
    """Search with the keyboard alone."""
    field = window.get_by_role("searchbox", name="Find an agent")
    field.fill(text)
    field.press("Enter")


def test_what_is_opened_again_is_there_once(seventy: str, open_page: Open) -> None:
    window = open_page(seventy)
    heading = window.get_by_role("heading", name=LARGE_GROUP)
    for _ in range(3):
        heading.click()
    expect(window.locator("ol.names li").get_by_text("agent.0051")).to_have_count(1)


def test_everything_opens_by_keyboard_alone(seventy: str, open_page: Open) -> None:
    window = open_page(seventy)
    closed = window.locator("details:not([open])").count()
    assert closed > 3
    reached = 0
    for _ in range(100):
        window.keyboard.press("Tab")
        focused = window.evaluate(
            "document.activeElement.matches('summary')"
            " ? document.activeElement.parentElement.open : document.activeElement.tagName"
        )
        if focused == "BODY":
            break
        if focused is False:
            window.keyboard.press("Enter")
            reached += 1
    assert (reached, window.locator("details:not([open])").count()) == (closed, 0)
    expect(window.locator("ol.names li").get_by_text("agent.0051")).to_be_visible()


def test_a_long_table_scrolls_by_keyboard_below_its_header(seventy: str, open_page: Open) -> None:
    window = open_page(seventy)
    window.get_by_role("heading", name="Average positions staffed").last.click()
    region = window.get_by_role("region", name="Table: Average positions staffed")
    assert region.get_attribute("tabindex") == "0"  # not every browser scrolls without
    region.focus()
    window.keyboard.press("End")
    window.wait_for_function("element => element.scrollTop > 0", arg=region.element_handle())
    header = window.get_by_role("columnheader", name="Interval")
    assert box(header)["y"] == pytest.approx(box(region)["y"], abs=3)


def test_the_names_of_rows_stay_when_a_wide_table_is_scrolled(open_page: Open) -> None:
    lines = [line("09:00", "A", f"agent-{number}", f"A group {number}") for number in range(9)]
    window = open_page(of_lines(lines, DAY), *PHONE)
    window.get_by_role("heading", name="Average positions staffed").last.click()
    region = window.get_by_role("region", name="Table: Average positions staffed")
    region.evaluate("element => { element.scrollLeft = 200 }")
    assert region.evaluate("element => element.scrollLeft") == 200
    name = region.get_by_role("rowheader").first
    assert box(name)["x"] == pytest.approx(box(region)["x"], abs=3)


def test_the_time_axis_stays_in_sight_above_the_bars(seventy: str, open_page: Open) -> None:
    window = all_opened(open_page(seventy))
    axis, names = window.locator(".axis").last, window.locator("ol.names li")
    names.nth(40).evaluate("element => element.scrollIntoView({ block: 'center' })")
    assert box(axis)["y"] == pytest.approx(0, abs=1)
    assert window.evaluate("document.elementFromPoint(700, 10).closest('.axis') !== null")


@pytest.mark.parametrize(("width", "height"), [PHONE, (320, 640), (1_400, 900)])
def test_legend_names_and_bars_are_in_the_window(
    width: int, height: int, seventy: str, open_page: Open
) -> None:
    window = all_opened(open_page(seventy, width, height))
    assert window.evaluate("document.documentElement.scrollWidth") <= width
    for part, least in ((".legend li", 60), (".names li:first-child", 80), ("svg.plot", width / 3)):
        places = [box(each) for each in window.locator(part).all()]
        assert len(places) >= 2
        for place in places:
            assert place["x"] >= 0
            assert place["x"] + place["width"] <= width
            assert place["width"] >= least


@pytest.mark.parametrize("width", [320, 390, 500, 650, 810, 1_400])
def test_the_labels_of_the_time_axis_do_not_touch(
    width: int, seventy: str, open_page: Open
) -> None:
    axis = open_page(seventy, width).locator(".axis").first
    labels = [box(each) for each in axis.locator("text:visible").all()]
    assert len(labels) >= 3
    for one, other in pairwise(labels):
        assert one["x"] + one["width"] < other["x"]
    chart = box(axis.locator("svg"))
    assert labels[-1]["x"] + labels[-1]["width"] < chart["x"] + chart["width"] + 1


def test_a_bar_is_where_the_axis_says(open_page: Open) -> None:
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime(2026, 10, 25, tzinfo=zone)  # a day of 25 hours
    lines = [
        line(midnight.replace(hour=2, fold=1).astimezone(UTC), "A"),
        line(midnight.replace(hour=5).astimezone(UTC), "0"),
    ]
    window = open_page(of_lines(lines, Period(midnight, midnight + timedelta(days=1)), zone))
    plot = box(window.locator("svg.plot").last)
    start, end = window.locator("g.available path").evaluate(
        "path => [0, path.getTotalLength()].map(length => "
        "path.getPointAtLength(length).matrixTransform(path.getScreenCTM()).x)"
    )
    assert start == pytest.approx(plot["x"] + plot["width"] * 3 / 25, abs=1)
    assert end == pytest.approx(plot["x"] + plot["width"] * 6 / 25, abs=1)
    label = box(window.locator(".axis").last.get_by_text("04:00"))
    assert label["x"] + label["width"] / 2 == pytest.approx(plot["x"] + plot["width"] / 5, abs=2)


def test_charts_have_text_alternatives(seventy: str, open_page: Open) -> None:
    window = all_opened(open_page(seventy))
    for name in (
        "Average positions staffed, EMEA: 0.00 to ",
        f"Timeline of {LARGE_GROUP}, 52 agents",
        "Timeline of Americas / Americas 2 / Team 001, 18 agents",
    ):
        expect(window.get_by_role("img", name=name)).to_be_visible()
    charts = window.locator("svg:not([aria-hidden]):not(svg svg)").all()
    assert {chart.get_attribute("role") for chart in charts} == {"img"}


def test_hostile_names_run_nothing_and_are_shown(open_page: Open) -> None:
    lines = [line("09:00", "A", f"{HOSTILE} {number}", HOSTILE, HOSTILE) for number in range(51)]
    window = all_opened(open_page(of_lines(lines, DAY)))
    expect(window.locator("ol.names li").last).to_have_text(f"{HOSTILE} 9")
    assert window.locator("img, script:not([type])").count() == 1


def test_without_its_script_the_page_says_that_something_is_missing(
    seventy: str, open_page: Open
) -> None:
    sentence = "Closed parts stay empty"
    window = open_page(seventy, script=False)
    expect(window.get_by_text(sentence)).to_be_visible()
    expect(window.get_by_role("search")).to_be_hidden()
    expect(open_page(seventy).get_by_text(sentence)).not_to_be_attached()


def test_axe_finds_no_violation_in_what_is_open(seventy: str, open_page: Open) -> None:
    assert violations(all_opened(open_page(seventy))) == []


def test_axe_finds_no_violation_on_a_phone_in_the_dark_on_a_large_day(
    three_thousand: str, open_page: Open
) -> None:
    window = open_page(three_thousand, *PHONE, scheme="dark")
    window.get_by_role("heading", name=LARGE_GROUP).click()
    window.get_by_role("heading", name="Time by agent and status").click()
    assert violations(window) == []


def violations(window: Page) -> list[Any]:
    window.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = window.evaluate("axe.run()")
    assert len(found["passes"]) > 20
    return [
        (each["id"], each["help"], [node["html"] for node in each["nodes"][:3]])
        for each in found["violations"]
    ]
