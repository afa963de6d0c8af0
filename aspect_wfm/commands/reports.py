"""`aspect-wfm reports`: show what WFM derives from report files."""

import argparse
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, datetime, timedelta, tzinfo
from pathlib import Path

import boto3

from aspect_wfm.arguments import add_connection
from aspect_wfm.outcome import CannotTell, Status
from aspect_wfm.output import counted, instant, say, say_json, tell
from aspect_wfm.report_files import ReportObject, read_bucket, read_folder
from aspect_wfm.reports.csv_files import csv_files
from aspect_wfm.reports.json_document import json_document
from aspect_wfm.reports.page import page
from aspect_wfm.reports.periods import Period, interval_start
from aspect_wfm.reports.report_lines import Report, read_report
from aspect_wfm.reports.statistics import Statistics, statistics
from aspect_wfm.reports.tables import tables
from aspect_wfm.reports.terminal import render
from aspect_wfm.reports.time_zones import on_the_clock, time_zone

_DEFAULT_PREFIX = "OUTPUT/"
_MINUTES_A_DAY = 24 * 60

# Longer than a schedule, and short enough for tables and charts that a person can read.
_LONGEST_PERIOD = timedelta(days=31)


SUMMARY = "show sign-ins, available time and staffing from the report files"
DESCRIPTION = "Show sign-ins, available time and staffing from the Agent Productivity reports."
EPILOG = "With --bucket, the command needs s3:ListBucket and s3:GetObject."


class CannotShowError(CannotTell):
    """There is nothing to count, or the result cannot be written; the text says why."""


def run(options: argparse.Namespace) -> Status:
    """Read, count and show."""
    if options.folder and options.prefix is not None:
        raise CannotShowError("--prefix goes with --bucket; with --folder, name the folder itself.")
    report = read_report(_objects(options))
    period = _period(report, options)
    found = statistics(
        report.lines,
        period,
        options.interval_minutes,
        options.group_level,
        options.time_zone,
    )
    written = _write_files(found, report, options)
    if options.json:
        say_json(json_document(found, report))
    else:
        say(render(found, report))
    tell_where = tell if options.json else say  # standard output is the document alone
    for each in written:
        tell_where(f"\n{each}")
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
        type=_moment,
        help="count from this time on, as in 2026-03-02T08:00 (the first line); a time of "
        "--time-zone unless it has a UTC offset",
        metavar="ISO",
    )
    parser.add_argument(
        "--until",
        type=_moment,
        help="count until this time (the last line); agents who are still signed in count until "
        "then",
        metavar="ISO",
    )
    parser.add_argument(
        "--interval-minutes",
        type=_interval,
        default="15",
        help="the length of a staffing interval (15), which must divide a day evenly",
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
    parser.add_argument(
        "--time-zone",
        type=_time_zone,
        default="UTC",
        help="the IANA name of the time zone of periods, intervals and tables, as in "
        "Europe/Berlin (UTC)",
        metavar="ZONE",
    )
    parser.add_argument("--html", type=Path, help="write a page with charts too", metavar="FILE")
    parser.add_argument(
        "--csv", type=Path, help="write each table as a CSV file into this folder", metavar="DIR"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
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
            "signed in: check the prefix, and that the classifier is running."
        )
    if not report.lines:
        raise CannotShowError(
            f"No agent event in {counted(report.objects, 'report file')}, only "
            f"{counted(report.heartbeats, 'heartbeat')}."
        )
    first, last = report.lines[0].timestamp, report.lines[-1].timestamp
    if not MINYEAR < first.year <= last.year < MAXYEAR:
        raise CannotShowError(
            f"The lines are from {instant(first)} to {instant(last)}, which cannot be right: check "
            "the clocks."
        )
    zone = options.time_zone
    start = _on_the_clock(
        options.start, zone, interval_start(first, options.interval_minutes, zone)
    )
    end = _on_the_clock(options.until, zone, last)
    if end < start:
        raise CannotShowError(
            f"The period would end at {instant(end, zone)}, before it starts at "
            f"{instant(start, zone)} ({zone}). The lines are from {instant(first, zone)} to "
            f"{instant(last, zone)}: set --from and --until."
        )
    if end - start > _LONGEST_PERIOD:
        raise CannotShowError(
            f"The period from {instant(start, zone)} to {instant(end, zone)} ({zone}) is longer "
            f"than {_LONGEST_PERIOD.days} days: set --from and --until."
        )
    return Period(start, end)


def _on_the_clock(moment: datetime | None, zone: tzinfo, otherwise: datetime) -> datetime:
    try:
        return otherwise if moment is None else on_the_clock(moment, zone)
    except ValueError as fault:
        raise CannotShowError(str(fault)) from None


def _write_files(found: Statistics, report: Report, options: argparse.Namespace) -> list[str]:
    """Write what was asked for; where it is, as sentences."""
    written = []
    if options.html:
        _write(options.html, page(found, report).encode())
        written.append(f"The page is in {options.html}")
    if options.csv:
        _make(options.csv)
        for name, data in csv_files(tables(found), found.zone).items():
            _write(options.csv / name, data)
        written.append(f"The tables are in {options.csv}")
    return written


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotShowError(f"Cannot create the folder {folder}: {error.strerror}.") from error


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise CannotShowError(f"Cannot write {file}: {error.strerror}.") from error


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an ISO 8601 time, as in 2026-03-02T08:00"
        ) from None


def _time_zone(name: str) -> tzinfo:
    try:
        return time_zone(name)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


def _interval(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of minutes")
    minutes = int(text)
    if not minutes or _MINUTES_A_DAY % minutes:
        raise argparse.ArgumentTypeError(
            f"intervals of {minutes} minutes do not divide a day evenly; 5, 15, 30 and 60 do"
        )
    return timedelta(minutes=minutes)
