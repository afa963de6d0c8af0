"""The Firehose stream, and the report files that it writes (wire contract, section 2.3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aspect_wfm.aws import Aws
from aspect_wfm.doctor.configuration import classifier_configuration
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, failure, note, ok, warning
from aspect_wfm.metrics import Metric, last_hour

# A file every five minutes, which comes up to five minutes after its first line.
_SOON = timedelta(minutes=15)
_LATE = timedelta(hours=1)

_HOURS_LISTED = 24


@dataclass(frozen=True, slots=True)
class ReportStream:
    """What the WFM Adapter depends on of a Firehose stream; `naming` is what may alter names."""

    name: str
    status: str
    created: datetime
    bucket: str
    prefix: str
    naming: Mapping[str, str]
    buffering: tuple[int, int]


def read_report_stream(aws: Aws, classifier: str) -> ReportStream:
    """Raises as `Aws.ask` does."""
    name = classifier_configuration(aws, classifier).firehose_stream
    found = aws.ask("firehose", "describe_delivery_stream", DeliveryStreamName=name)
    return report_stream(found["DeliveryStreamDescription"])


def report_stream(description: Mapping[str, Any]) -> ReportStream:
    """From what Firehose answers to DescribeDeliveryStream."""
    destination = description["Destinations"][0]["ExtendedS3DestinationDescription"]
    hints = destination.get("BufferingHints", {})
    return ReportStream(
        name=description["DeliveryStreamName"],
        status=description["DeliveryStreamStatus"],
        created=description["CreateTimestamp"],
        bucket=destination["BucketARN"].rpartition(":")[2],
        prefix=destination.get("Prefix", ""),
        naming={
            "CompressionFormat": destination.get("CompressionFormat", "UNCOMPRESSED"),
            "CustomTimeZone": destination.get("CustomTimeZone", "UTC"),
            "FileExtension": destination.get("FileExtension", ""),
        },
        buffering=(hints.get("IntervalInSeconds", 300), hints.get("SizeInMBs", 5)),
    )


def look_at_firehose(aws: Aws, classifier: str) -> Iterator[Finding]:
    """The Firehose stream's status, and how it names files. Raises as `Aws.ask` does."""
    stream = read_report_stream(aws, classifier)
    yield check_status(stream)
    yield check_naming(stream)


def look_at_delivery(aws: Aws, classifier: str, now: datetime) -> Iterator[Finding]:
    """Whether it delivered in the last hour. Raises as `Aws.ask` does."""
    name = read_report_stream(aws, classifier).name
    success, freshness = last_hour(
        aws,
        now,
        [
            Metric("AWS/Firehose", metric, "DeliveryStreamName", name, statistic)
            for metric, statistic in (
                ("DeliveryToS3.Success", "Minimum"),
                ("DeliveryToS3.DataFreshness", "Maximum"),
            )
        ],
    )
    yield check_delivery(success.newest, freshness.newest)


def look_at_newest_report(aws: Aws, classifier: str, now: datetime) -> Iterator[Finding]:
    """When the newest report file was written. Raises as `Aws.ask` does."""
    stream = read_report_stream(aws, classifier)
    yield check_newest_report(newest_report(aws, stream, now), stream.created, now)


def hour_prefix(prefix: str, moment: datetime) -> str:
    """Where Firehose puts what came in the hour of `moment`."""
    return f"{prefix}{moment.astimezone(UTC):%Y/%m/%d/%H}/"


def newest_report(aws: Aws, stream: ReportStream, now: datetime) -> datetime | None:
    """When the newest report file was written; None where there is none for a day.

    Hour by hour backwards, so that it takes one listing where all is well.
    """
    for hours in range(_HOURS_LISTED):
        prefix = hour_prefix(stream.prefix, now - timedelta(hours=hours))
        times: list[datetime] = [
            each["LastModified"]
            for page in aws.pages("s3", "list_objects_v2", Bucket=stream.bucket, Prefix=prefix)
            for each in page.get("Contents", [])
        ]
        if times:
            return max(times)
    return None


def check_status(stream: ReportStream) -> Finding:
    """The finding on a Firehose stream's status."""
    if stream.status == "ACTIVE":
        return ok(
            "firehose.status",
            f"Firehose stream {stream.name} is ACTIVE and writes to "
            f"s3://{stream.bucket}/{stream.prefix}.",
        )
    return failure(
        "firehose.status",
        f"Firehose stream {stream.name} is {stream.status}: the classifier cannot put report "
        "lines, and events wait on the agent event stream.",
        "If it is CREATING, run the doctor again in a minute; otherwise apply again.",
    )


def check_naming(stream: ReportStream) -> Finding:
    """The finding on what may alter the names of its files."""
    expected = {"CompressionFormat": "UNCOMPRESSED", "CustomTimeZone": "UTC", "FileExtension": ""}
    altered = [
        f"{name} is {value or 'empty'}"
        for name, value in stream.naming.items()
        if value != expected[name]
    ]
    if "!{" in stream.prefix:
        altered.append(f"the prefix {stream.prefix} contains an expression")
    if stream.buffering != (300, 5):
        altered.append("it buffers {} seconds or {} MB".format(*stream.buffering))
    if not altered:
        return ok("firehose.naming", "No setting changes the names of the report files.")
    return failure(
        "firehose.naming",
        f"Report files are not written as the WFM Adapter expects: {', '.join(altered)}.",
        "Apply again, which reverts manual changes.",
    )


def check_delivery(success: float | None, freshness: float | None) -> Finding:
    """`success` is the share of deliveries to S3 that succeeded, `freshness` the age in seconds
    of the oldest line not delivered yet; None where CloudWatch knows of none for an hour."""
    advice = (
        "Find the reason in the log group /aws/kinesisfirehose/<stream>: usually a missing "
        "permission on the bucket or its key. Firehose retries for 24 hours."
    )
    if success is not None and success < 1:
        return failure(
            "firehose.delivery",
            f"Firehose could not write {1 - success:.0%} of what it had to in the newest five "
            "minutes that CloudWatch knows of.",
            advice,
        )
    if freshness is not None and freshness > _SOON.total_seconds():
        return failure(
            "firehose.delivery",
            f"The oldest report line that Firehose has not written is {duration(freshness)} old.",
            advice,
        )
    if freshness is None:
        return ok("firehose.delivery", "CloudWatch has no record of a delivery in the last hour.")
    return ok(
        "firehose.delivery", f"Firehose writes lines {duration(freshness)} after they arrive."
    )


def check_newest_report(written: datetime | None, created: datetime, now: datetime) -> Finding:
    """The finding on when the newest file was `written`, None where none was for a day, by a stream
    that was `created` then.
    """
    advice = (
        "Check the heartbeat, which causes a file every five minutes even when no agent is signed "
        "in, and the delivery."
    )
    if written is not None and now - written <= _SOON:
        return ok("report.newest", f"The newest report file is {duration(now - written)} old.")
    if now - created <= _SOON:
        return note(
            "report.newest",
            f"There is no new report file yet; the deployment is {duration(now - created)} old.",
            f"Run the doctor again when it is {duration(_SOON)} old.",
        )
    if written is None:
        return failure(
            "report.newest",
            f"No report file was written in the last {_HOURS_LISTED} hours.",
            advice,
        )
    text = (
        f"The newest report file is {duration(now - written)} old: the WFM Adapter finds no new "
        "ones."
    )
    if now - written <= _LATE:
        return warning("report.newest", text, advice)
    return failure("report.newest", text, advice)
