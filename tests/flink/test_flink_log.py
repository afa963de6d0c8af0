"""The classifier's lines are in Flink's log, whatever levels Flink and PyFlink let through."""

import logging
import sys
from collections.abc import Iterator

import pytest

from report_line_job.flink_log import log_to_flink

LOG = logging.getLogger("agent_classifier")


@pytest.fixture(autouse=True)
def as_in_a_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PyFlink's workers log from INFO on; afterwards all is as it was."""
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    root = logging.getLogger()
    before = root.level, LOG.level
    root.setLevel(logging.INFO)
    yield
    root.setLevel(before[0])
    LOG.setLevel(before[1])


@pytest.mark.parametrize(
    ("least", "line", "level"),
    [
        ("INFO", '{"level":"WARNING"}', "WARNING"),
        ("INFO", '{"level":"INFO"}', "INFO"),
        ("DEBUG", '{"level":"DEBUG"}', "DEBUG"),
        # The line of a batch, which is written whatever the level.
        ("WARNING", '{"level":"INFO"}', "WARNING"),
        ("ERROR", '{"level":"WARNING"}', "ERROR"),
        # No line of the classifier's.
        ("INFO", "something else", "INFO"),
        ("ERROR", '{"level":"x"}', "ERROR"),
    ],
)
def test_a_line_is_written_at_its_level_but_at_the_logs_at_least(
    caplog: pytest.LogCaptureFixture, least: str, line: str, level: str
) -> None:
    log_to_flink(least)
    sys.stdout.write(f"{line}\n")
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [(level, line)]


def test_each_line_is_an_entry(caplog: pytest.LogCaptureFixture) -> None:
    log_to_flink("INFO")
    log_to_flink("INFO")
    sys.stdout.write("one\ntwo\n")
    assert caplog.messages == ["one", "two"]
