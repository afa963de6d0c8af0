"""`aspect-wfm reports`: what it shows, writes and refuses."""

import json
from pathlib import Path

import pytest

from aspect_wfm.command import main
from aspect_wfm.outcome import Status

FILE = """\
111122223333,ann,EMEA,null,null,null,null,2026-03-02 09:00:00.000,Available,null,A,Basic
111122223333,ann,EMEA,null,null,null,null,2026-03-02 10:00:00.000,Offline,null,0,Basic

"""


def reports(arguments: list[str]) -> int:
    """`aspect-wfm reports`."""
    return main(["reports", *arguments])


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


def test_the_command_takes_times_and_shows_them_on_the_clock_of_a_time_zone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zone = ["--time-zone", "Asia/Kolkata", "--interval-minutes", "60"]
    assert reports(["--folder", str(folder), *zone, "--from", "2026-03-02T14:45"]) == 0
    shown = capsys.readouterr().out
    assert "2026-03-02 14:45:00+05:30 to 2026-03-02 15:30:00+05:30 Asia/Kolkata: 1 agent" in shown
    assert "\n2026-03-02 14:00+05:30  0.25\n2026-03-02 15:00+05:30  0.50\n" in shown
    assert reports(["--folder", str(folder), *zone]) == 0
    assert capsys.readouterr().out.startswith("2026-03-02 14:00:00+05:30 to ")


def test_the_command_writes_the_tables_as_csv_files(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):  # over those of the last time, too
        assert reports(["--folder", str(folder), "--csv", str(tmp_path / "new" / "csv")]) == 0
    assert f"The tables are in {tmp_path / 'new' / 'csv'}" in capsys.readouterr().out
    assert len(list((tmp_path / "new" / "csv").glob("*.csv"))) == 5


def test_the_command_prints_json_alone_and_names_are_escaped_not_lost(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "one").write_text(FILE.replace("ann", "a\x1b[2J\u202e\x9b"))
    assert reports(["--folder", str(folder), "--json", "--html", str(tmp_path / "page")]) == 0
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert document["time_by_agent"][0]["agent"] == "a\x1b[2J\u202e\x9b"
    assert all(character.isprintable() or character == "\n" for character in shown.out)
    assert "The page is in" in shown.err


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ([], "one of the arguments --bucket --folder is required"),
        (["--bucket", "b", "--folder", "f"], "not allowed with argument"),
        (["--folder", "f", "--from", "noon"], "'noon' is not an ISO 8601 time"),
        (["--folder", "f", "--time-zone", "Europe/Berln"], "did you mean Europe/Berlin?"),
        (["--folder", "f", "--interval-minutes", "7"], "do not divide a day evenly"),
        (["--folder", "f", "--interval-minutes", "0"], "do not divide a day evenly"),
        (["--folder", "f", "--interval-minutes", "x"], "'x' is not a whole number of minutes"),
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
        (
            FILE.replace("2026-03-02 10", "9999-12-31 10"),
            [],
            "which cannot be right: check the clocks.",
        ),
        (FILE, ["--from", "0001-01-01"], "0001-01-01 00:00:00 is too far away."),
        (
            FILE,
            ["--time-zone", "Europe/Berlin", "--from", "2026-03-29T02:30"],
            "2026-03-29 02:30:00 does not exist in Europe/Berlin: the clock is set forward then.",
        ),
        (FILE, ["--csv", "/proc/nowhere"], "Cannot create the folder /proc/nowhere: "),
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
