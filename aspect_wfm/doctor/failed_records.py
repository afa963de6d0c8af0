"""Failed records, which are kept in a bucket until somebody replays them."""

from collections.abc import Iterator
from datetime import datetime

from aspect_wfm.aws import Aws
from aspect_wfm.deployment import is_application
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, failure, ok, warning
from aspect_wfm.failed_records import GIVEN_UP, UNDELIVERABLE

_MOST_COUNTED = 10_000


def look_at_failed_records(aws: Aws, reader: str, bucket: str, now: datetime) -> Iterator[Finding]:
    """What waits in the bucket for failed records of `reader`, a function or an application's ARN.

    Raises as `Aws.ask` does.
    """
    yield check_failed_records(reader, bucket, _times(aws, bucket, GIVEN_UP), now)
    yield check_put_aside(bucket, _times(aws, bucket, UNDELIVERABLE), now)


def _times(aws: Aws, bucket: str, prefix: str) -> list[datetime]:
    times: list[datetime] = []
    for page in aws.pages("s3", "list_objects_v2", Bucket=bucket, Prefix=prefix):
        times += [each["LastModified"] for each in page.get("Contents", [])]
        if len(times) >= _MOST_COUNTED:
            break
    return times


def check_failed_records(reader: str, bucket: str, times: list[datetime], now: datetime) -> Finding:
    """`times` are when the objects were written, or the first of very many; `reader` is a function,
    or a Flink application by its ARN."""
    if not times:
        return ok("failed_records.kept", f"No failed batches wait in {bucket}.")
    return failure(
        "failed_records.kept",
        f"{_number(times)} with failed batches in {bucket}, the oldest "
        f"{duration(now - min(times))} old.",
        "There is no function to replay them with: docs/replay.md explains what to do with engine "
        "= flink."
        if is_application(reader)
        else f"Fix the cause, then replay them: aspect-wfm replay --function {reader} --dry-run "
        "lists them; without --dry-run, it replays them.",
    )


def check_put_aside(bucket: str, times: list[datetime], now: datetime) -> Finding:
    """`times` are when the records that can never be delivered were written."""
    if not times:
        return ok("failed_records.put_aside", f"No single event was put aside in {bucket}.")
    return warning(
        "failed_records.put_aside",
        f"{_number(times)} under {UNDELIVERABLE} in {bucket}: single events that can never be "
        f"delivered as they are, the newest {duration(now - max(times))} old.",
        "Find out why (puts-events-aside in docs/alarms.md), and delete them. A replay cannot "
        "deliver them, unless the function has changed.",
    )


def _number(times: list[datetime]) -> str:
    least = "At least " if len(times) >= _MOST_COUNTED else ""
    return f"{least}{len(times):,} {'object' if len(times) == 1 else 'objects'}"
