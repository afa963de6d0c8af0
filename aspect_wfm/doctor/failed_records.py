"""What was given up on, and is kept in a bucket until somebody replays it."""

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
        return ok("failed_records.kept", f"Nothing that was given up on waits in {bucket}.")
    return failure(
        "failed_records.kept",
        f"{_number(times)} with events that were given up on in {bucket}, the oldest "
        f"{duration(now - min(times))} old.",
        "There is no function to replay them with: docs/replay.md says what can be done with "
        "engine = flink."
        if is_application(reader)
        else "When the cause is fixed, replay them: aspect-wfm replay --function "
        f"{reader} --dry-run says what there is, and without --dry-run it is replayed.",
    )


def check_put_aside(bucket: str, times: list[datetime], now: datetime) -> Finding:
    """`times` are when the records were written that can never be delivered."""
    if not times:
        return ok("failed_records.put_aside", f"No single event was put aside in {bucket}.")
    return warning(
        "failed_records.put_aside",
        f"{_number(times)} under {UNDELIVERABLE} in {bucket}: single events that can never be "
        f"delivered as they are, the newest {duration(now - max(times))} old.",
        "docs/alarms.md, puts-events-aside: look why, and delete them. A replay leaves "
        "them, unless the function has changed.",
    )


def _number(times: list[datetime]) -> str:
    least = "At least " if len(times) >= _MOST_COUNTED else ""
    return f"{least}{len(times):,} {'object' if len(times) == 1 else 'objects'}"
