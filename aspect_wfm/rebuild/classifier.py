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
    """How far the classifier is behind is not known; the text says why, and what to do."""


def behind(aws: Aws, function: str | None, now: datetime) -> timedelta:
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
        raise _not_known(f"IteratorAge of {function} has no value of the last 15 minutes")
    return timedelta(milliseconds=max(milliseconds for _, milliseconds in recent))


def given_up(s3: Any, bucket: str) -> str | None:
    """What to say of the batches of the classifier that wait for a replay, if anything."""
    place = f"s3://{bucket}/{GIVEN_UP}"
    pages = s3.get_paginator("list_objects_v2")
    try:
        number = sum(page["KeyCount"] for page in pages.paginate(Bucket=bucket, Prefix=GIVEN_UP))
    except (ClientError, BotoCoreError) as error:
        return f"Cannot see whether given-up batches wait in {place}: {described(error)}."
    if not number:
        return None
    waiting = "document waits" if number == 1 else "documents wait"
    return (
        f"{number:,} {waiting} in {place}: once their lines are rebuilt, a replay would write them "
        "twice. Delete those of this period then."
    )


def _not_known(why: str) -> LagNotKnown:
    return LagNotKnown(
        f"How far the classifier is behind is not known: {why}. What it has yet to write would be "
        "in the report twice. Where you have seen that it has passed the end of the period, say "
        "--although-late."
    )
