"""What the classifier may still write of the period, or write again."""

from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from aspect_wfm.aws import Aws, Denied, Missing, Unanswered
from aspect_wfm.failed_records import GIVEN_UP
from aspect_wfm.metrics import Metric, last_hour
from aspect_wfm.outcome import CannotTell
from function_runtime.structured_log import described

# Several shards take turns, and a batch may take minutes: the oldest age of this time counts.
_RECENTLY = timedelta(minutes=15)


class LagNotKnown(CannotTell):
    """It is not known how far behind the classifier is; the text says why, and what to do."""


def reading_lag(aws: Aws, function: str | None, now: datetime) -> timedelta:
    """How old the events are that the function `function` reads. Raises LagNotKnown."""
    if function is None:
        raise _not_known("no function is named as the classifier")
    age = Metric("AWS/Lambda", "IteratorAge", "FunctionName", function, "Maximum")
    try:
        (found,) = last_hour(aws, now, [age])
    except (Denied, Missing, Unanswered) as error:
        raise _not_known(str(error)) from error
    recent = found.since(now - _RECENTLY).values
    if not recent:
        raise _not_known(f"IteratorAge of {function} has no value for the last 15 minutes")
    return timedelta(milliseconds=max(milliseconds for _, milliseconds in recent))


def given_up(s3: Any, bucket: str) -> str | None:
    """What to say of the batches of the classifier that wait for a replay, if anything."""
    place = f"s3://{bucket}/{GIVEN_UP}"
    pages = s3.get_paginator("list_objects_v2")
    try:
        number = sum(page["KeyCount"] for page in pages.paginate(Bucket=bucket, Prefix=GIVEN_UP))
    except (ClientError, BotoCoreError) as error:
        return f"Cannot see whether failed batches wait in {place}: {described(error)}."
    if not number:
        return None
    waiting = "document waits" if number == 1 else "documents wait"
    return (
        f"{number:,} {waiting} in {place}: after a rebuild, a replay would write their lines a "
        "second time. After the rebuild, delete those of this period."
    )


def _not_known(why: str) -> LagNotKnown:
    return LagNotKnown(
        f"It is not known how far behind the classifier is: {why}. Lines that it has not written "
        "yet would be in the reports twice. If you have checked that it has passed the end of the "
        "period, add --although-late."
    )
