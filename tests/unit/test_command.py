"""What all subcommands have in common: exit statuses, messages, output that drives no terminal."""

import io
import json
import os
import re
from pathlib import Path
from unittest import mock

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
)

from aspect_wfm.aws import Denied, Missing, Unanswered
from aspect_wfm.command import main, subcommands
from aspect_wfm.outcome import CannotTell, Status
from aspect_wfm.output import activity, progress, say, say_json, tell, text_table, visible
from function_runtime.version import VERSION
from tests.unit.aws import REGION

HOSTILE = "\x1b[2J\x9b1m\u202e\u2066name\x07"
NEUTRAL = "\ufffd[2J\ufffd1m\ufffd\ufffdname\ufffd"

AWS_SUBCOMMANDS = {
    "doctor": ["outputs.json"],
    "keys": ["list", "outputs.json"],
    "rebuild": ["--function", "f", "--from", "2026-03-02T08", "--to", "2026-03-02T09"],
    "replay": ["--function", "f"],
    "reports": ["--bucket", "b"],
}


def refused(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "AnyCall")


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with outputs.json."""
    outputs = {"rta_lambda_function_name": "f", "rta_user_name": "u"}
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    monkeypatch.chdir(tmp_path)


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"aspect-wfm {VERSION}\n"


@pytest.mark.parametrize("arguments", [[], ["repair"], ["cost", "--agents", "none"], ["reports"]])
def test_arguments_that_say_nothing_end_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == Status.NOTHING_SAID


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (CannotTell("Because."), Status.NOTHING_SAID, "Because."),
        (NoCredentialsError(), Status.NOTHING_SAID, "Unable to locate credentials"),
        (refused("ExpiredToken"), Status.NOTHING_SAID, "does not accept the credentials"),
        (refused("Throttling"), Status.NOTHING_SAID, "AWS rejected a call: "),
        (refused("NoSuchBucket"), Status.NOTHING_SAID, "check the name, --region and --profile"),
        (Denied("iam:GetRole"), Status.NOTHING_SAID, "credentials may not do iam:GetRole"),
        (Missing("Queue q"), Status.NOTHING_SAID, "Queue q does not exist (region "),
        (Unanswered("S3 is busy"), Status.NOTHING_SAID, "Cannot continue: S3 is busy."),
        (KeyboardInterrupt(), Status.INTERRUPTED, "Interrupted. "),
    ],
)
@pytest.mark.parametrize("name", [name for name, _ in subcommands()])
@pytest.mark.usefixtures("outputs")
def test_whatever_stops_a_subcommand_has_one_message_and_one_status(
    name: str,
    raised: BaseException,
    status: Status,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(_options: object) -> Status:
        raise raised

    monkeypatch.setattr(f"aspect_wfm.commands.{name}.run", run)
    assert main([name, *AWS_SUBCOMMANDS.get(name, [])]) == status
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1


SET = (
    "Credentials and region are found as the AWS CLI finds them: set --profile and --region, or "
    "AWS_PROFILE and AWS_REGION."
)

# What a subcommand says when AWS answers each of its calls like this; ... is the call's own.
MISTAKES = {
    "no credentials": (
        NoCredentialsError(),
        f"Cannot call AWS: Unable to locate credentials. {SET}",
    ),
    "expired token": (
        refused("ExpiredToken"),
        "AWS does not accept the credentials (ExpiredToken): log in again, or set --profile.",
    ),
    "out of reach": (
        EndpointConnectionError(endpoint_url="https://aws"),
        f'Cannot call AWS: Could not connect to the endpoint URL: "https://aws". {SET}',
    ),
    "access denied": (
        refused("AccessDenied", "User u is not authorized to perform: sts:GetCallerIdentity"),
        "These credentials may not do sts:GetCallerIdentity: allow it, or set --profile.",
    ),
    "throttled": (
        refused("Throttling"),
        "AWS rejected a call: Throttling from AnyCall (HTTP status None, request None): no.",
    ),
}


@pytest.mark.parametrize("name", AWS_SUBCOMMANDS)
@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.usefixtures("outputs", "client")
def test_all_subcommands_say_the_same_of_the_same_mistake(
    name: str,
    mistake: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    error, said = MISTAKES[mistake]
    refuse = mock.Mock(side_effect=error)
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    assert main([name, *AWS_SUBCOMMANDS[name]]) == Status.NOTHING_SAID
    assert capsys.readouterr() == ("", f"{said}\n")
    assert refuse.called


@pytest.mark.parametrize("name", [name for name in AWS_SUBCOMMANDS if name != "reports"])
@pytest.mark.usefixtures("outputs")
def test_all_subcommands_but_that_of_s3_alone_say_the_same_without_a_region(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", mock.Mock())
    assert main([name, *AWS_SUBCOMMANDS[name]]) == Status.NOTHING_SAID
    said = f"Cannot call AWS: You must specify a region. {SET}"
    assert capsys.readouterr() == ("", f"{said}\n")


@pytest.mark.parametrize("name", AWS_SUBCOMMANDS)
@pytest.mark.usefixtures("outputs", "client")
def test_all_subcommands_say_the_same_of_a_profile_that_does_not_exist(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, *AWS_SUBCOMMANDS[name], "--profile", "nobodys"]) == Status.NOTHING_SAID
    said = "Cannot call AWS: The config profile (nobodys) could not be found"
    assert capsys.readouterr() == ("", f"{said}. {SET}\n")


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("keys", "User u"),
        ("rebuild", "Function f"),
        ("replay", "Function f"),
        ("reports", "Bucket b"),
    ],
)
@pytest.mark.usefixtures("outputs", "client")
def test_what_does_not_exist_is_named_with_the_region(
    name: str, thing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    assert main([name, *AWS_SUBCOMMANDS[name]]) == Status.NOTHING_SAID
    said = f"{thing} does not exist (region {REGION}): check the name, --region and --profile."
    assert capsys.readouterr() == ("", f"{said}\n")


@pytest.mark.usefixtures("client")
def test_profile_and_region_are_those_of_every_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile theirs]\naws_access_key_id = a\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    main(["reports", "--bucket", "b", "--profile", "theirs", "--region", "eu-west-3"])
    session = boto3.DEFAULT_SESSION
    assert session is not None
    assert (session.profile_name, session.region_name) == ("theirs", "eu-west-3")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("doctor", "If a test event was sent, first remove it"),
        ("keys", "aspect-wfm keys list"),
        ("rebuild", "writes only the lines that are still missing"),
        ("replay", "continues with what is left"),
        ("reports", "Run the same command again."),
    ],
)
@pytest.mark.usefixtures("outputs")
def test_after_ctrl_c_it_says_how_to_resume(
    name: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = mock.Mock(side_effect=KeyboardInterrupt)
    monkeypatch.setattr(f"aspect_wfm.commands.{name}.run", run)
    assert main([name, *AWS_SUBCOMMANDS[name]]) == Status.INTERRUPTED
    assert said in capsys.readouterr().err


def test_a_hostile_name_reaches_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / HOSTILE).write_bytes(b"no line feed")
    assert main(["reports", "--folder", str(tmp_path)]) == Status.NOTHING_SAID
    assert NEUTRAL in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["cost", "--agents", HOSTILE])
    assert HOSTILE not in capsys.readouterr().err


def test_text_keeps_its_lines_and_loses_what_drives_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say(f"one\n{HOSTILE}")
    tell(HOSTILE)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == (f"one\n{NEUTRAL}\n", f"{NEUTRAL}\n")
    assert visible("a\nb") == "a\ufffdb"


def test_json_loses_nothing_and_drives_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    document = {"name": HOSTILE, "grüße": ["日本"], "mark": "\x7f"}
    say_json(document)
    printed = capsys.readouterr().out
    assert all(character.isprintable() for character in printed.replace("\n", ""))
    assert "日本" in printed
    assert json.loads(printed) == document


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Both streams of the process, from now on, on a terminal that knows colours."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(f"sys.{stream}", terminal)
    return terminal


def test_on_a_terminal_what_matches_is_coloured_and_a_name_is_no_markup(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = on_a_terminal(monkeypatch)
    colours = {re.compile("^bad", re.MULTILINE): "red"}
    say(f"bad [bold]name[/bold] :smile:\n{HOSTILE}", colours)
    assert terminal.getvalue() == f"\x1b[31mbad\x1b[0m [bold]name[/bold] :smile:\n{NEUTRAL}\n"


def test_without_a_terminal_nothing_is_coloured(capsys: pytest.CaptureFixture[str]) -> None:
    say("bad [bold]", {re.compile("bad"): "red"})
    assert capsys.readouterr().out == "bad [bold]\n"


def test_on_a_terminal_progress_is_a_bar_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    with progress(f"[bold]{HOSTILE}", 3) as advance:
        advance(3)
    printed = terminal.getvalue()
    assert f"[bold]{NEUTRAL}" in printed
    assert "3/3" in printed
    assert printed.endswith("\x1b[2K")


def test_elsewhere_progress_is_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter((0.0, 29.0, 30.0, 30.0, 59.0))
    monkeypatch.setattr("aspect_wfm.output.time", mock.Mock(monotonic=lambda: next(clock)))
    with progress("Reading", 3_000) as advance:
        for _ in range(3):
            advance(1_000)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "Reading: 2,000 of 3,000\n")


def test_on_a_terminal_what_is_being_done_is_shown_until_something_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = on_a_terminal(monkeypatch)
    with activity(shown=True) as show:
        show(f"[bold]{HOSTILE}")
        show(None)
        say("result")
    printed = terminal.getvalue()
    assert f"[bold]{NEUTRAL}" in printed
    assert printed.endswith("\x1b[2Kresult\n")


@pytest.mark.parametrize("terminal", [True, False])
def test_elsewhere_or_not_wanted_nothing_of_it_is_shown(
    terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = on_a_terminal(monkeypatch) if terminal else io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with activity(shown=not terminal) as show:
        show("function.state")
    assert stream.getvalue() == ""


def test_columns_are_aligned_by_what_a_terminal_shows() -> None:
    assert text_table([["name", "n"], ["日本", "1"], ["e\u0301", "10"]]).splitlines() == [
        "name   n",
        "----  --",
        "日本   1",
        "e\u0301     10",
    ]
