"""The command: what it takes, what it prints, and how it ends."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aspect_wfm.command import main
from aspect_wfm.doctor.examination import examine
from aspect_wfm.outcome import Status
from aspect_wfm.synthetic_agent import run_name
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.unit.doctor.aws import CannedAws, refused
from tests.unit.doctor.conftest import Estate
from tests.unit.test_command import Terminal

DOCUMENT = REPOSITORY / "docs" / "doctor.md"

# Runs it with these arguments behind the outputs of the estate.
Doctor = Callable[..., int]

KNOWN = [f"--accept={check}" for check in ("adapter.mapping", "reference_table.content")]


def examine_outputs(arguments: list[str]) -> int:
    """`aspect-wfm doctor`."""
    return main(["doctor", *arguments])


@pytest.fixture
def doctor(estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    source = tmp_path / "outputs.json"
    source.write_text(
        json.dumps({"wfm": {"value": dict(estate.deployment.outputs), "sensitive": False}})
    )
    monkeypatch.setattr("aspect_wfm.commands.doctor.Aws", lambda: CannedAws(estate.aws.answers))
    return lambda *arguments: examine_outputs([str(source), *arguments])


def test_warnings_alone_are_fine_unless_strict_or_known(doctor: Doctor) -> None:
    assert doctor() == Status.ALL_WELL
    assert doctor("--strict") == Status.SOMETHING_TO_DO
    assert doctor("--strict", *KNOWN[1:]) == Status.SOMETHING_TO_DO
    assert doctor("--strict", *KNOWN) == Status.ALL_WELL


def test_a_failure_fails_unless_it_is_accepted_and_the_summary_says_so(
    doctor: Doctor, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.configure("wfm-relay", WriteEventsToQueue="maybe")
    assert doctor() == Status.SOMETHING_TO_DO
    capsys.readouterr()
    assert doctor("--accept", "flag.value") == Status.ALL_WELL
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith("0 failures, 1 accepted")
    assert any(line.startswith("  accepted ") and "'maybe'" in line for line in lines)
    (accepted,) = lines[lines.index("Accepted") + 2 : lines.index("", lines.index("Accepted") + 2)][
        :1
    ]
    assert "'maybe'" in accepted
    doctor("--json", "--accept", "flag.value")
    report = json.loads(capsys.readouterr().out)
    assert report["level"] == "warning"
    (flag,) = found(report, "flag.value")
    assert (flag["level"], flag["accepted"]) == ("failure", True)


def test_failures_are_repeated_at_the_end(
    doctor: Doctor, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.configure("wfm-relay", WriteEventsToQueue="maybe")
    doctor()
    end = capsys.readouterr().out.partition("Failures of Real-Time Adherence: wfm\n")[2]
    assert "'maybe'" in end
    assert "-> Connect the RTA server again" in end
    assert end.splitlines()[-1].endswith("2 warnings, 1 failure")


def test_only_problems_are_shown_where_that_is_asked_for(
    doctor: Doctor, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor("--problems", "--accept", "adapter.mapping")
    printed = capsys.readouterr().out
    assert re.findall(r"\[([a-z_.]+)\]", printed) == ["reference_table.content", "adapter.mapping"]
    assert "Agent event stream" not in printed
    doctor("--problems", "--json")
    report = json.loads(capsys.readouterr().out)
    assert {each["level"] for each in found(report)} == {"warning"}


def test_where_nothing_could_be_checked_nothing_is_said(
    doctor: Doctor, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    for question in {each[:2] for each in asked(estate)}:
        estate.aws.answers[question] = refused("AccessDenied", "Any")
    assert doctor() == Status.NOTHING_SAID
    printed = capsys.readouterr()
    assert "Nothing could be checked." in printed.err
    assert "0 ok" in printed.out


def asked(estate: Estate) -> list[tuple[str, str, dict[str, Any]]]:
    """All calls of an examination."""
    asking = Asking({})
    for _ in examine(asking, [estate.deployment], datetime.now(UTC)):
        pass
    return asking.questions


class Asking(CannedAws):
    """Notes what is asked of moto."""

    def __init__(self, answers: dict[tuple[str, str], Any]) -> None:
        super().__init__(answers)
        self.questions: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, service: str, method: str, **parameters: Any) -> Any:
        self.questions.append((service, method, parameters))
        return super().call(service, method, **parameters)

    def pages(self, service: str, method: str, **parameters: Any) -> Any:
        self.questions.append((service, method, parameters))
        return super().pages(service, method, **parameters)


def found(report: dict[str, Any], check: str | None = None) -> list[dict[str, Any]]:
    """The findings of a report, or those of one check."""
    return [
        each
        for section in report["sections"]
        for each in section["findings"]
        if check in (None, each["check"])
    ]


def test_a_check_to_accept_that_there_is_not_is_named(
    doctor: Doctor, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor("--json", "--accept", "flag.value", "--accept", "flag.valu")
    printed = capsys.readouterr()
    assert "--accept flag.valu: no check of this name ran" in printed.err
    assert "flag.value:" not in printed.err
    json.loads(printed.out)


def test_people_read_lines_with_what_to_do_below(
    doctor: Doctor, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.configure("wfm-relay", WriteEventsToQueue="maybe")
    doctor()
    lines = capsys.readouterr().out.splitlines()
    assert "Real-Time Adherence: wfm" in lines
    number, again = (number for number, line in enumerate(lines) if line.startswith("  FAILURE  "))
    assert lines[number : number + 2] == lines[again : again + 2]
    assert "'maybe'" in lines[number]
    assert lines[number + 1].endswith("[flag.value]") or "[flag.value]" in lines[number]
    assert any(line.lstrip().startswith("-> Connect the RTA server again") for line in lines)
    assert lines[-1].endswith("1 failure")
    assert [line for line in lines if len(line) > 100 and "arn:" not in line] == []


def test_machines_read_one_object(doctor: Doctor, capsys: pytest.CaptureFixture[str]) -> None:
    doctor("--json")
    report = json.loads(capsys.readouterr().out)
    assert list(report) == ["version", "examinedAt", "account", "region", "level", "sections"]
    assert (report["version"], report["account"]) == (1, "123456789012")
    assert datetime.fromisoformat(report["examinedAt"]).tzinfo == UTC
    assert report["level"] == "warning"
    assert [each["kind"] for each in report["sections"]] == [
        "stream",
        "real-time-adherence",
        "agent-productivity",
    ]
    for section in report["sections"]:
        assert list(section) == ["kind", "name", "level", "findings"]
        for each in section["findings"]:
            assert list(each) == ["check", "level", "text", "advice", "accepted"]
            assert each["level"] in ("ok", "note", "warning", "failure")


def test_the_object_is_as_documented(doctor: Doctor, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```json\n(\{\n  \"version\".*?)```", DOCUMENT.read_text(), re.DOTALL)
    documented = json.loads(example)
    doctor("--json")
    report = json.loads(capsys.readouterr().out)
    assert documented.keys() == report.keys()
    assert documented["sections"][0].keys() == report["sections"][0].keys()
    (finding,) = documented["sections"][0]["findings"]
    assert finding.keys() == report["sections"][0]["findings"][0].keys()
    checks = {each["check"] for section in report["sections"] for each in section["findings"]}
    assert finding["check"] in checks


def test_every_check_is_documented_and_none_besides(
    doctor: Doctor, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    doctor("--json")
    report = json.loads(capsys.readouterr().out)
    on_flink: Estate = request.getfixturevalue("on_flink")
    on_flink_too = list(examine(on_flink.aws, [on_flink.deployment], datetime.now(UTC)))
    families = {
        each["check"].partition(".")[0]
        for section in report["sections"]
        for each in section["findings"]
    } | {each.check.partition(".")[0] for section in on_flink_too for each in section.findings}
    table = DOCUMENT.read_text().partition("| checks | look at |")[2].partition("\n\n")[0]
    documented = set(re.findall(r"`([a-z_]+)\.[a-z_*]+`", table))
    assert documented == families


def test_a_status_name_cannot_drive_a_terminal(
    doctor: Doctor, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.aws.answers |= {
        ("connect", "list_agent_statuses"): {
            "AgentStatusSummaryList": [{"Name": "\x1b[2Jgone", "Type": "CUSTOM"}]
        },
        ("connect", "list_instance_storage_configs"): {"StorageConfigs": []},
    }
    doctor("--connect-instance", "i")
    printed = capsys.readouterr().out
    assert "gone (CUSTOM)" in printed
    assert "\x1b" not in printed
    doctor("--json", "--connect-instance", "i")
    printed = capsys.readouterr().out
    assert "\\u001b[2Jgone (CUSTOM)" in printed
    assert all(each.isprintable() for each in printed.replace("\n", ""))


def test_on_a_terminal_it_shows_what_it_looks_at(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor()
    elsewhere = capsys.readouterr()
    assert elsewhere.err == ""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    doctor()
    for last_of_a_section in ("stream.instance", "alarms.state"):
        assert last_of_a_section in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")
    assert capsys.readouterr().out.splitlines()[-1] == elsewhere.out.splitlines()[-1]
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    doctor("--json")
    assert terminal.getvalue() == ""


def test_an_instance_may_be_given_by_its_arn(doctor: Doctor, estate: Estate) -> None:
    asked: list[str] = []

    def configurations(parameters: dict[str, Any]) -> dict[str, Any]:
        asked.append(parameters["InstanceId"])
        return {"StorageConfigs": []}

    estate.aws.answers |= {
        ("connect", "list_agent_statuses"): {"AgentStatusSummaryList": []},
        ("connect", "list_instance_storage_configs"): configurations,
    }
    doctor("--connect-instance", "arn:aws:connect:eu-central-1:123456789012:instance/abc-1")
    assert asked == ["abc-1"]


def test_only_what_is_chosen_is_looked_at(
    doctor: Doctor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor("--only", "wfm") == Status.ALL_WELL
    assert doctor("--only", "rta.berlin") == Status.NOTHING_SAID
    assert (
        "There is no deployment at rta.berlin. Deployments are at: wfm." in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not a JSON object"),
        ("{}", "There is no deployment in"),
        ('{"a": {"value": {"rta_user_name": "u"}}}', "There is no deployment in"),
    ],
)
def test_what_holds_no_deployment_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    source = tmp_path / "outputs.json"
    source.write_text(content)
    assert examine_outputs([str(source)]) == Status.NOTHING_SAID
    assert said in capsys.readouterr().err
    assert examine_outputs([str(tmp_path / "none.json")]) == Status.NOTHING_SAID
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "OUTPUTS"),
        (["x", "--connect-instance", "https://acme.my.connect.aws"], "neither the ID"),
        (["x", "--timeout", "0"], "is not a number of seconds"),
        (["x", "--remove-test-event", "yesterday"], "is not a run"),
        (["x", "--send-test-event", "--remove-test-event", "20260302T091500Z-a"], "not allowed"),
    ],
)
def test_what_it_does_not_understand_is_said(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        examine_outputs(arguments)
    assert ended.value.code == Status.NOTHING_SAID
    assert said in capsys.readouterr().err


def test_an_aws_out_of_reach_is_one_sentence(
    doctor: Doctor, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.aws.answers["sts", "get_caller_identity"] = refused("ExpiredToken", "GetCallerIdentity")
    assert doctor() == Status.NOTHING_SAID
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "ExpiredToken" in printed.err
    assert len(printed.err.splitlines()) == 1


def test_a_test_event_that_is_cut_short_says_how_to_remove_it(
    doctor: Doctor, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.aws.answers["kinesis", "put_record"] = KeyboardInterrupt()
    assert doctor("--send-test-event") == Status.INTERRUPTED
    assert "--remove-test-event 20" in capsys.readouterr().err


def test_a_removal_looks_at_nothing_else(
    doctor: Doctor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        doctor("--json", "--remove-test-event", run_name(datetime.now(UTC), "0a1b2c"))
        == Status.ALL_WELL
    )
    report = json.loads(capsys.readouterr().out)
    assert [each["kind"] for each in report["sections"]] == ["test-event"]
    assert "0 lines" in report["sections"][0]["findings"][-1]["text"]
