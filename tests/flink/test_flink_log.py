"""The classifier's lines are in Flink's log, whatever levels Flink and PyFlink let through."""

import logging
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from function_runtime.structured_log import log, log_metrics
from report_line_job.flink_log import counted, log_to_flink

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


def test_the_metrics_of_a_block_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    log_to_flink("INFO")
    log_metrics("INFO", "before", {"EventsIn": 1})
    with counted() as counts:
        log_metrics("INFO", "one", {"EventsIn": 2, "EventsSkipped": 0})
        log_metrics("INFO", "two", {"EventsIn": 3})
        log("INFO", "no metrics", EventsIn=9)
        sys.stdout.write("no JSON\n[]\n")
    assert counts == {"EventsIn": 5, "EventsSkipped": 0}
    assert len(caplog.records) == 6


def test_what_two_threads_log_is_counted_by_each() -> None:
    log_to_flink("INFO")
    together = threading.Barrier(2)

    def count(number: int) -> int:
        with counted() as counts:
            together.wait()
            log_metrics("INFO", "batch", {"EventsIn": number})
            together.wait()
        return counts["EventsIn"]

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(count, (1, 2))) == [1, 2]
