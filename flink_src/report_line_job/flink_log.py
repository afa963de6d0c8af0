"""The classifier's log lines in Flink's log, which the service sends to CloudWatch Logs."""

import io
import json
import logging
import sys

_LOG = logging.getLogger("agent_classifier")


class _FlinkLog(io.TextIOBase):
    """A standard output whose lines become entries of the log, at the level that they name, but no
    lower than `least`: what the classifier writes has passed its own level, and has to pass Flink's
    too, which is the same."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self._least = least

    def write(self, text: str) -> int:
        for line in filter(None, text.splitlines()):
            _LOG.log(max(_level(line), self._least), "%s", line)
        return len(text)


def log_to_flink(least: str) -> None:
    """Send to Flink's log what this process writes to its standard output, from now on.

    `least` is the level of the log; a line below it is written at this level.
    """
    if not isinstance(sys.stdout, _FlinkLog):
        _LOG.setLevel(logging.DEBUG)  # Flink's level decides, and not that of PyFlink's workers
        sys.stdout = _FlinkLog(logging.getLevelNamesMapping()[least])


def _level(line: str) -> int:
    try:
        level = logging.getLevelName(json.loads(line)["level"])
    except (ValueError, TypeError, KeyError):
        return logging.INFO
    return level if isinstance(level, int) else logging.INFO
