"""`aspect-wfm reports`: show what WFM makes of report files."""

import argparse
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import boto3

from aspect_wfm.arguments import add_connection, moment
from aspect_wfm.outcome import CannotTell, Status
from aspect_wfm.output import counted, instant, say
from aspect_wfm.report_files import ReportObject, read_bucket, read_folder
from aspect_wfm.reports.page import page
from aspect_wfm.reports.periods import Period, interval_start
from aspect_wfm.reports.report_lines import Report, read_report
from aspect_wfm.reports.statistics import statistics
from aspect_wfm.reports.terminal import render

_DEFAULT_PREFIX = "OUTPUT/"
_MINUTES_A_DAY = 24 * 60

# Longer than a schedule, and short enough for tables and charts that a person can read.
_LONGEST_PERIOD = timedelta(days=31)


SUMMARY = "show sign-ins, available time and staffing from the report files"
DESCRIPTION = "Show sign-ins, available time and staffing from the Agent Productivity reports."
EPILOG = "s3:ListBucket and s3:GetObject are enough."


class CannotShowError(CannotTell):
    """There is nothing to count, or no place to write it to; the text says why."""


def run(options: argparse.Namespace) -> Status:
    """Read, count and show."""
    if options.folder and options.prefix is not None:
        raise CannotShowError("--prefix goes with --bucket; with --folder, name the folder itself.")
    report = read_report(_objects(options))
    period = _period(report, options)
    found = statistics(report.lines, period, options.interval_minutes, options.group_level)
    if options.html:
        _write(options.html, page(found, report))
    say(render(found, report))
    if options.html:
        say(f"\nThe page is in {options.html}")
    return Status.ALL_WELL


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
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
        type=moment,
        help="count from this time on, as in 2026-03-02T08:00 (the first line); UTC unless it "
        "says otherwise",
        metavar="ISO",
    )
    parser.add_argument(
        "--until",
        type=moment,
        help="count until this time, and agents signed in then until then (the last line)",
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
    add_connection(parser)


def _objects(options: argparse.Namespace) -> Iterable[ReportObject]:
    if options.folder:
        return read_folder(options.folder)
    prefix = _DEFAULT_PREFIX if options.prefix is None else options.prefix
    return read_bucket(boto3.client("s3"), options.bucket, prefix)


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


def _interval(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of minutes")
    minutes = int(text)
    if not minutes or _MINUTES_A_DAY % minutes:
        raise argparse.ArgumentTypeError(
            f"a day is not a whole number of intervals of {minutes} minutes; 5, 15, 30 and 60 do"
        )
    return timedelta(minutes=minutes)
