"""From the stream's records to the files that are missing from the report bucket."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent_classifier.status_table import StatusTable
from aspect_wfm.outcome import CannotTell
from aspect_wfm.output import clock_duration, instant, progress
from aspect_wfm.rebuild.files import hours_around, report_files
from aspect_wfm.rebuild.lines import Line, Lines, lines_of, missing
from aspect_wfm.rebuild.source import Source
from aspect_wfm.rebuild.stream import StreamRecord, first_arrival, holds_data_from, read_records
from aspect_wfm.report_files import ReportObject, read_bucket

# An event may be put on the stream a second time, and both records give the same line: so the
# records on either side of the period are looked at too.
_BEYOND = timedelta(hours=1)

# Until a line is in a file: the function's batch, its retries, and five minutes at Firehose.
_ON_THEIR_WAY = timedelta(minutes=15)

# A classifier that is not further behind than this is not said to be late.
_ON_TIME = timedelta(minutes=1)

# The shortest retention of a Kinesis stream: what arrived in this time is there.
_NOTHING_EXPIRES = timedelta(hours=24)


class WrongPeriod(CannotTell):
    """There is nothing to rebuild for this period; the text says what can be asked for."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until just before `end`, in UTC, by arrival on the stream."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The lines of a period from the stream, those missing from the files, and new files for them.

    `nothing_before` is set where the stream has nothing of the period before, and what arrived then
    may have expired: a retention that was raised does not bring it back.
    """

    lines: Lines
    missing: list[Line]
    files: list[ReportObject]
    nothing_before: datetime | None


def check_period(
    kinesis: Any,
    stream_arn: str,
    period: Period,
    now: datetime,
    behind: timedelta = timedelta(0),
) -> None:
    """Raises WrongPeriod where the stream has dropped some of the period, or lines of it may still
    be on their way from a classifier that is `behind`; and what botocore raises."""
    if period.start >= period.end:
        raise WrongPeriod(f"--from {instant(period.start)} is not before --to.")
    latest = now - _ON_THEIR_WAY - behind
    if period.end > latest:
        late = (
            f"The classifier was up to {clock_duration(behind)} behind in the last 15 minutes. "
            if behind > _ON_TIME
            else ""
        )
        raise WrongPeriod(
            f"{late}Lines of events after {instant(latest)} UTC may still be on their way into "
            "report files: choose a period that ends earlier, or wait."
            + (
                " If you have checked that the classifier has passed that time, add "
                "--although-late."
                if late
                else ""
            )
        )
    earliest = holds_data_from(kinesis, stream_arn, now)
    if period.start < earliest:
        raise WrongPeriod(
            f"{stream_arn} has data from {instant(earliest)} UTC on, but --from is "
            f"{instant(period.start)}: what arrived before cannot be rebuilt."
        )


def rebuild(
    kinesis: Any,
    s3: Any,
    source: Source,
    table: StatusTable,
    period: Period,
    now: datetime,
    pause: Callable[[], None],
) -> Rebuilt:
    """The lines that are missing from the report files. Raises Refused, and what botocore
    raises."""
    records = read_records(
        kinesis, source.stream_arn, period.start - _BEYOND, period.end + _BEYOND, pause
    )
    with progress("Reading records of the stream") as advance:
        lines = lines_of(
            _counted(records, advance),
            period.start,
            period.end,
            table,
            source.include_agent_status_type,
        )
    with progress("Reading report files") as advance:
        there = _report_lines(s3, source, period.start - 2 * _BEYOND, now, advance)
        lacking = missing(lines, there)
    return Rebuilt(
        lines,
        lacking,
        list(report_files(lacking, source.naming)),
        _nothing_before(kinesis, source.stream_arn, period, now, pause),
    )


def _nothing_before(
    kinesis: Any, stream_arn: str, period: Period, now: datetime, pause: Callable[[], None]
) -> datetime | None:
    expiring = min(period.end, now - _NOTHING_EXPIRES)
    if period.start >= expiring:
        return None
    first = first_arrival(kinesis, stream_arn, period.start, expiring, pause)
    return first if first > period.start else None


def _counted(
    records: Iterable[Sequence[StreamRecord]], advance: Callable[[int], None]
) -> Iterator[Sequence[StreamRecord]]:
    for some in records:
        yield some
        advance(len(some))


def _report_lines(
    s3: Any, source: Source, start: datetime, end: datetime, advance: Callable[[int], None]
) -> Iterator[bytes]:
    """The lines of all files from `start` on: a line that came late is in a later one."""
    for hour in hours_around(start, end):
        for each in read_bucket(s3, source.bucket, source.naming.hour(hour)):
            advance(1)
            yield from (line for line in each.data.split(b"\n") if line)
