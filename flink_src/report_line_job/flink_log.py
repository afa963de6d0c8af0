"""The classifier's log lines in Flink's log, which the service sends to CloudWatch Logs."""

import io
import json
import logging
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_LOG = logging.getLogger("agent_classifier")

# Counts by the name of their metric.
Counts = Counter[str]

_counts: ContextVar[Counts | None] = ContextVar("counts", default=None)


@contextmanager
def counted() -> Iterator[Counts]:
    """What the metrics in this thread's lines add up to by the end of the block."""
    counts = Counts()
    token = _counts.set(counts)
    try:
        yield counts
    finally:
        _counts.reset(token)


class _FlinkLog(io.TextIOBase):
    """A standard output whose lines become entries of the log, at the level that they name, but no
    lower than `least`: what the classifier writes has passed its own level, and has to pass Flink's
    too, which is the same."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self._least = least

    def write(self, text: str) -> int:
        for line in filter(None, text.splitlines()):
            fields = _fields(line)
            _LOG.log(max(_level(fields), self._least), "%s", line)
            counts = _counts.get()
            if counts is not None:
                counts.update(_metrics(fields))
        return len(text)


def log_to_flink(least: str) -> None:
    """Send to Flink's log what this process writes to its standard output, from now on.

    `least` is the level of the log; a line below it is written at this level.
    """
    if not isinstance(sys.stdout, _FlinkLog):
        _LOG.setLevel(logging.DEBUG)  # Flink's level decides, and not that of PyFlink's workers
        sys.stdout = _FlinkLog(logging.getLevelNamesMapping()[least])


def _fields(line: str) -> Mapping[str, object]:
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _level(fields: Mapping[str, object]) -> int:
    level = logging.getLevelNamesMapping().get(str(fields.get("level")))
    return logging.INFO if level is None else level


def _metrics(fields: Mapping[str, Any]) -> dict[str, int]:
    """The metrics of a line in CloudWatch's embedded metric format; none of another line."""
    return {
        metric["Name"]: fields[metric["Name"]]
        for directive in fields.get("_aws", {}).get("CloudWatchMetrics", ())
        for metric in directive["Metrics"]
    }
