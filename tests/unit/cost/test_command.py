"""`aspect-wfm cost`: what it prints and refuses."""

import json
from dataclasses import replace

import pytest

from aspect_wfm.command import main
from aspect_wfm.cost.timing import Timing
from aspect_wfm.outcome import Status


def cost(arguments: list[str]) -> int:
    """`aspect-wfm cost`."""
    return main(["cost", *arguments])


def test_more_than_a_flink_application_takes_is_said_to_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = replace(Timing(), events_per_second_a_kpu=1)
    monkeypatch.setattr("aspect_wfm.commands.cost.Timing", lambda: slow)
    for option in (["--engines"], ["--engine", "flink"]):
        assert cost([*option, "--agents", "10000"]) == Status.NOTHING_SAID
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("10,000 agents are too many for a Flink application")


def test_an_unknown_region_ends_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost(["--region", "mars-1"]) == Status.NOTHING_SAID
    assert "mars-1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--agents", "0"], ["--connected-share", "2"], ["--hours-signed-in", "nan"]]
)
def test_inputs_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        cost(arguments)


def test_json_has_every_unit(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost(["--json", "--agents", "100", "500", "--region", "us-east-1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["agents"] for each in found] == [100, 500]
    for each in found:
        assert each["region"] == "us-east-1"
        assert sum(unit["dollars"] for unit in each["units"]) == pytest.approx(
            each["dollars"], abs=0.01
        )
