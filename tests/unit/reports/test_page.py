import xml.etree.ElementTree as ET
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aspect_wfm.command import main
from aspect_wfm.outcome import Status
from aspect_wfm.reports.page import page
from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.report_lines import Report, ReportLine
from aspect_wfm.reports.statistics import statistics
from aspect_wfm.reports.tables import positions_staffed, tables
from aspect_wfm.reports.terminal import render
from tests.unit.examples import costly
from tests.unit.reports.test_statistics import DAY, at, line

HOSTILE = "<script>alert(1)</script><img src=x onerror='a()' a=\"b\">&amp;\x1b[2J\u202e,\x00"

FILE = """\
111122223333,ann,EMEA,null,null,null,null,2026-03-02 09:00:00.000,Available,null,A,Basic
111122223333,ann,EMEA,null,null,null,null,2026-03-02 10:00:00.000,Offline,null,0,Basic

"""


def reports(arguments: list[str]) -> int:
    """`aspect-wfm reports`."""
    return main(["reports", *arguments])


def elements(text: str) -> list[ET.Element]:
    """All elements of a page, which is well-formed XML."""
    return list(ET.fromstring(text).iter())  # noqa: S314 - our own page, not input


def texts(text: str, tag: str) -> list[str]:
    return ["".join(each.itertext()) for each in elements(text) if each.tag == tag]


def of_class(text: str, name: str) -> list[ET.Element]:
    return [each for each in elements(text) if each.get("class") == name]


def drawn(lines: list[ReportLine], start: str = "09:00", end: str = "14:00") -> str:
    found = statistics(lines, Period(at(start), at(end)))
    return page(found, Report(tuple(lines), 0, 0, 1))


def in_terminal(lines: list[ReportLine], start: str = "09:00", end: str = "14:00") -> str:
    found = statistics(lines, Period(at(start), at(end)))
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
    assert "default-src 'none'; style-src 'unsafe-inline'" in text


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
    assert shown in texts(drawn([line("09:00", "A", HOSTILE)]), "bdi")


def test_each_state_of_the_timeline_is_named_for_pointer_and_reader() -> None:
    titles = texts(drawn(DAY), "title")
    assert (
        "ann: Break (signed in, not available)\n"
        "2026-03-02 10:00:00 to 2026-03-02 10:30:00 UTC, 0:30:00"
    ) in titles
    assert any(title.startswith("ann: Available (available)") for title in titles)
    assert any(title.startswith("ann: Offline (signed out)") for title in titles)


def test_the_legend_names_the_three_states() -> None:
    items = texts(drawn(DAY), "li")
    assert {"Available", "Signed in, not available", "Signed out"} <= set(items)


def test_every_agent_has_a_row_and_every_group_a_curve() -> None:
    lines = [
        line("09:00", "A", f"agent-{number:02}", f"group-{number % 9}") for number in range(60)
    ]
    text = drawn(lines)
    names = set(texts(text, "bdi"))
    assert {f"agent-{number:02}" for number in range(60)} <= names
    assert {f"group-{number}" for number in range(9)} | {"all groups"} <= names
    assert len(of_class(text, "line")) == 10


def test_bars_stay_within_the_chart_and_are_as_long_as_their_time() -> None:
    _legend, *bars = of_class(drawn(DAY, "09:30", "13:30"), "available")
    # Of four hours: half past nine to ten, half past ten to twelve, one to half past one.
    assert [(bar.get("x"), bar.get("width")) for bar in bars] == [
        ("0.000%", "12.500%"),
        ("25.000%", "37.500%"),
        ("87.500%", "12.500%"),
    ]


def test_the_curve_steps_to_the_average_of_each_interval() -> None:
    (curve,) = of_class(drawn([line("09:00", "A"), line("09:45", "0")], "09:00", "10:00"), "line")
    assert curve.get("d") == "M0,0.0000V0.0000H1V0.0000H2V0.0000H3V1.0000H4"


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
    found = statistics(DAY, Period(at("08:00"), at("08:00") + timedelta(days=3)))
    labels = texts(page(found, Report(tuple(DAY), 0, 0, 1)), "text")
    assert {"3 Mar", "4 Mar", "5 Mar"} <= set(labels)


def test_the_page_has_the_rows_of_the_terminals_tables() -> None:
    cells = set(texts(drawn(DAY), "bdi"))
    found = statistics(DAY, Period(at("09:00"), at("14:00")))
    for table in tables(found):
        assert {cell for row in table.texts(found.zone) for cell in row} <= cells


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
    staffed = positions_staffed(statistics(lines, Period(at("09:00"), at("10:00"))))
    assert staffed.header == ("Interval", "no group", "no group*", "all groups")
    assert next(staffed.texts(UTC)) == ("2026-03-02 09:00", "1.00", "1.00", "2.00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "one").write_text(FILE)
    return tmp_path / "reports"


def test_the_command_shows_a_folder_and_writes_the_page(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.html"
    assert reports(["--folder", str(folder), "--html", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "1 agent, 2 lines (and 0 repeated) and 1 heartbeat in 1 file" in shown
    assert "ann      1:00:00" in shown
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_command_takes_times_without_a_zone_as_utc(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--from", "2026-03-02T09:30", "--until", "2026-03-02T10:45:00+01:00"]
    assert reports(["--folder", str(folder), *options, "--interval-minutes", "5"]) == 0
    assert "2026-03-02 09:30:00 to 2026-03-02 09:45:00 UTC" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ([], "one of the arguments --bucket --folder is required"),
        (["--bucket", "b", "--folder", "f"], "not allowed with argument"),
        (["--folder", "f", "--from", "noon"], "'noon' is no ISO 8601 time"),
        (["--folder", "f", "--interval-minutes", "7"], "not a whole number of intervals"),
        (["--folder", "f", "--interval-minutes", "0"], "not a whole number of intervals"),
        (["--folder", "f", "--interval-minutes", "x"], "'x' is no whole number of minutes"),
        (["--folder", "f", "--group-level", "6"], "invalid choice: 6"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_arguments(
    arguments: list[str], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        reports(arguments)
    assert stop.value.code == 2
    assert fault in capsys.readouterr().err


def test_a_prefix_is_for_a_bucket(capsys: pytest.CaptureFixture[str]) -> None:
    assert reports(["--folder", "f", "--prefix", "p"]) == Status.NOTHING_SAID
    assert "--prefix goes with --bucket" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "options", "fault"),
    [
        ("what\n", [], "Report file one, line 1: it has 1 columns, not 12 or 13."),
        ("\n\n", [], "No agent event in 1 report file, only 2 heartbeats."),
        (FILE, ["--from", "2026-03-03"], "The period would end at 2026-03-02 10:00:00, before"),
        (FILE, ["--until", "2026-03-01"], "The period would end at 2026-03-01 00:00:00, before"),
        (FILE, ["--from", "2020-01-01"], "is longer than 31 days: set --from and --until."),
        (FILE, ["--html", "/nowhere/page.html"], "Cannot write /nowhere/page.html: "),
    ],
)
def test_the_command_fails_with_a_sentence(
    content: str,
    options: list[str],
    fault: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "one").write_text(content)
    assert reports(["--folder", str(folder), *options]) == Status.NOTHING_SAID
    assert fault in capsys.readouterr().err


def test_the_command_fails_with_a_sentence_where_there_are_no_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reports(["--folder", str(tmp_path)]) == Status.NOTHING_SAID
    assert "There is no report file." in capsys.readouterr().err
    assert reports(["--folder", str(tmp_path / "nowhere")]) == Status.NOTHING_SAID
    assert "there is no such folder" in capsys.readouterr().err


@pytest.mark.usefixtures("client")
def test_the_command_fails_with_a_sentence_for_a_missing_bucket(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert reports(["--bucket", "reports"]) == Status.NOTHING_SAID
    assert "Cannot read s3://reports/OUTPUT/: there is no such bucket" in capsys.readouterr().err
