"""The classifier's log lines in Flink's log, which the service sends to CloudWatch Logs."""

import io
import json
import logging
import sys

_LOG = logging.getLogger("agent_classifier")


class _FlinkLog(io.TextIOBase):
    """A standard output whose lines become entries of the log, at the level that they name."""

    def write(self, text: str) -> int:
        for line in filter(None, text.splitlines()):
            _LOG.log(_level(line), "%s", line)
        return len(text)


def log_to_flink() -> None:
    """Send to Flink's log what this process writes to its standard output, from now on."""
    if not isinstance(sys.stdout, _FlinkLog):
        sys.stdout = _FlinkLog()


def _level(line: str) -> int:
    try:
        level = logging.getLevelName(json.loads(line)["level"])
    except (ValueError, TypeError, KeyError):
        return logging.INFO
    return level if isinstance(level, int) else logging.INFO
