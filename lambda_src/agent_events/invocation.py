"""What invocations have in common: AWS calls within their time, and records put aside."""

import random
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from agent_events.conditions import Condition
from agent_events.failed_records import failed_record_document, failed_record_key
from agent_events.kinesis_batch import BatchResponse, settled
from function_runtime.aws_calls import FAILED_CALL
from function_runtime.structured_log import described, log

# No call is begun with less left: the slowest one, with its retries, then still ends in time.
MILLISECONDS_A_CALL = 25_000

# Keeping records stops so much earlier, for what has to be done after it.
MILLISECONDS_AFTER_KEEPING = 10_000


class Context(Protocol):
    """What the functions use of the context object that Lambda hands to them."""

    aws_request_id: str
    function_name: str
    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""


Handler = Callable[[Any, Context], BatchResponse]


def account_of(context: Context) -> str:
    """The id of the function's account, which owns its buckets too."""
    return context.invoked_function_arn.split(":")[4]


def time_for_calls(context: Context, afterwards: int = 0) -> Callable[[], bool]:
    """A function that says, each time it is asked, whether there is time for another call, and
    `afterwards` milliseconds more."""
    return lambda: context.get_remaining_time_in_millis() > MILLISECONDS_A_CALL + afterwards


def pause(attempt: int) -> None:
    """Wait before trying again: at most 0.2 s the first time, then 0.4 s, with jitter."""
    time.sleep(random.uniform(0.05, 0.2 if attempt == 1 else 0.4))


def put_aside(
    s3: Callable[[], Any],
    bucket: str,
    context: Context,
    records: Mapping[str, dict[str, Any]],
    undeliverable: Mapping[str, Condition],
    failed: Collection[str],
    **limits: int,
) -> set[str]:
    """Keep those of `records` that can never be delivered; the sequence numbers of those not kept.

    `s3` gives the client, which is made only when there is something to keep. `undeliverable` says
    why, by sequence number; `limits` are the sizes that may have been broken, for the
    log. `records` are in stream order: after the first in `failed`, or one that cannot be kept in
    time, nothing is, because Lambda retries all that follows. So this comes before
    anything is delivered, and nothing behind such a record may be.
    """
    may_go_on = time_for_calls(context, MILLISECONDS_AFTER_KEEPING)
    settled_numbers = settled(records, failed)
    left = [each for each in records if each in undeliverable and each in settled_numbers]
    for index, each in enumerate(left):
        if not may_go_on() or not _kept(
            s3(), bucket, context, records[each], undeliverable[each], limits
        ):
            return set(left[index:])
    return set()


def _kept(
    s3: Any,
    bucket: str,
    context: Context,
    record: dict[str, Any],
    condition: Condition,
    limits: Mapping[str, int],
) -> bool:
    sequence_number = record["kinesis"]["sequenceNumber"]
    key = failed_record_key(context.function_name, record)
    try:
        s3.put_object(
            Bucket=bucket,
            ExpectedBucketOwner=account_of(context),
            Key=key,
            Body=failed_record_document(
                context.invoked_function_arn, context.aws_request_id, record, condition
            ),
            ContentType="application/json",
        )
    except FAILED_CALL as error:
        log(
            "ERROR",
            "a record that cannot be delivered could not be kept either; it will be retried",
            sequenceNumber=sequence_number,
            error=described(error),
        )
        return False
    log(
        "ERROR",
        "an agent event cannot be delivered and is kept in the bucket for failed records",
        sequenceNumber=sequence_number,
        condition=condition,
        **limits,
        bucket=bucket,
        key=key,
    )
    return True
