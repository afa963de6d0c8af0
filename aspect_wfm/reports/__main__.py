"""Show what WFM makes of report files: `python -m aspect_wfm.reports --help`."""

import argparse
import io
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError

from aspect_wfm.reports.page import page
from aspect_wfm.reports.report_lines import (
    MalformedReportError,
    Report,
    ReportObject,
    read_report,
)
from aspect_wfm.reports.sources import SourceError, read_bucket, read_folder
from aspect_wfm.reports.statistics import Period, interval_start, statistics
from aspect_wfm.reports.terminal import counted, instant, render

_DEFAULT_PREFIX = "OUTPUT/"
_MINUTES_A_DAY = 24 * 60

# Longer than a schedule, and short enough for tables and charts that a person can read.
_LONGEST_PERIOD = timedelta(days=31)


class CannotShowError(Exception):
    """Nothing to count, or nowhere to write it; the text says why."""


def main(arguments: list[str] | None = None) -> int:
    """Read, count and show; the exit status. `arguments` are those of the command line."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.folder and options.prefix is not None:
        parser.error("--prefix goes with --bucket; with --folder, name the folder itself")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # names in any script, on any terminal
    try:
        report = read_report(_objects(options))
        period = _period(report, options)
        found = statistics(report.lines, period, options.interval_minutes, options.group_level)
        if options.html:
            _write(options.html, page(found, report))
        print(render(found, report), end="")
        if options.html:
            print(f"\nThe page is in {options.html}")
        sys.stdout.flush()
    except (MalformedReportError, SourceError, CannotShowError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever reads, as head does, has seen enough; the interpreter flushes once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aspect_wfm.reports",
        description="Sign-ins, available time and staffing from the Agent Productivity reports.",
        epilog="Credentials and region are found as the AWS CLI finds them; s3:ListBucket and "
        "s3:GetObject are enough.",
        allow_abbrev=False,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--bucket", help="the report bucket", metavar="NAME")
    source.add_argument(
        "--folder", type=Path, help="a folder with report files instead", metavar="DIR"
    )
    parser.add_argument(
        "--prefix",
        help=f"read the objects under this prefix ({_DEFAULT_PREFIX}); a longer one, as in "
        f"{_DEFAULT_PREFIX}2026/03/02/, reads less",
        metavar="PREFIX",
    )
    parser.add_argument(
        "--from",
        dest="start",
        type=_moment,
        help="count from this time on, as in 2026-03-02T08:00 (the first line); UTC unless it "
        "says otherwise",
        metavar="ISO",
    )
    parser.add_argument(
        "--until",
        type=_moment,
        help="count until this time, and whoever is signed in then until then (the last line)",
        metavar="ISO",
    )
    parser.add_argument(
        "--interval-minutes",
        type=_interval,
        default="15",
        help="the length of a staffing interval (15); a day is a whole number of them",
        metavar="MINUTES",
    )
    parser.add_argument(
        "--group-level",
        type=int,
        choices=range(1, 6),
        default=1,
        help="the level of the agent hierarchy that makes the groups, 1 to 5 (1)",
        metavar="LEVEL",
    )
    parser.add_argument("--html", type=Path, help="write a page with charts too", metavar="FILE")
    return parser


def _objects(options: argparse.Namespace) -> Iterable[ReportObject]:
    if options.folder:
        return read_folder(options.folder)
    prefix = _DEFAULT_PREFIX if options.prefix is None else options.prefix
    try:
        s3 = boto3.client("s3")
    except (BotoCoreError, ValueError) as error:
        raise SourceError(f"Cannot use S3 as this machine is set up: {error}") from error
    return read_bucket(s3, options.bucket, prefix)


def _period(report: Report, options: argparse.Namespace) -> Period:
    """From the start of the first line's interval until the last line, unless told otherwise."""
    if not report.objects:
        raise CannotShowError(
            "There is no report file. One is written every few minutes even when no agent is "
            "signed in: check the prefix, and that the application is running."
        )
    if not report.lines:
        raise CannotShowError(
            f"No agent event in {counted(report.objects, 'report file')}, only "
            f"{counted(report.heartbeats, 'heartbeat')}."
        )
    first, last = report.lines[0].timestamp, report.lines[-1].timestamp
    start = options.start or interval_start(first, options.interval_minutes)
    end = options.until or last
    if end < start:
        raise CannotShowError(
            f"The period would end at {instant(end)}, before it starts at {instant(start)} (UTC). "
            f"The lines are from {instant(first)} to {instant(last)}: set --from and --until."
        )
    if end - start > _LONGEST_PERIOD:
        raise CannotShowError(
            f"The period from {instant(start)} to {instant(end)} (UTC) is longer than "
            f"{_LONGEST_PERIOD.days} days: set --from and --until."
        )
    return Period(start, end)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotShowError(f"Cannot write {file}: {error.strerror}.") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no ISO 8601 time, as in 2026-03-02T08:00"
        ) from None


def _interval(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of minutes")
    minutes = int(text)
    if not minutes or _MINUTES_A_DAY % minutes:
        raise argparse.ArgumentTypeError(
            f"a day is not a whole number of intervals of {minutes} minutes; 5, 15, 30 and 60 do"
        )
    return timedelta(minutes=minutes)


if __name__ == "__main__":
    sys.exit(main())
