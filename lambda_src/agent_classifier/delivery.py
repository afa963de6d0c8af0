"""Putting packed report lines on the Firehose stream so that none is lost (wire contract, 2.3).

Delivery is at least once: a put that is tried again, by this function or by Lambda, may write a
line twice.
"""

from collections.abc import Callable, Iterator
from typing import Any

from agent_classifier.packing import LARGEST_RECORD, FirehoseRecord
from function_runtime.aws_calls import FAILED_CALL
from function_runtime.structured_log import described, log

# Firehose takes 500 records and 4 MiB a call. Three records of the largest size stay below 4 MiB
# even as Base64.
_RECORDS_A_CALL = 500
_BYTES_A_CALL = 3 * LARGEST_RECORD

_TRIES = 4


def deliver(
    firehose: Any,
    stream: str,
    records: list[FirehoseRecord],
    may_go_on: Callable[[], bool],
    pause: Callable[[int], None],
) -> set[str]:
    """Put `records` in order and return the Kinesis sequence numbers whose lines are not put.

    `may_go_on` says whether there is time for another call; `pause` waits before try 2, 3, ...
    Nothing is raised for a failed put. After a record that fails for good nothing more is put:
    Lambda retries everything behind it, which would then be in the report twice.
    """
    unput: list[FirehoseRecord] = []
    for chunk in _calls(records):
        unput += chunk if unput else _put(firehose, stream, chunk, may_go_on, pause)
    return {sequence_number for each in unput for sequence_number in each.sequence_numbers}


def _put(
    firehose: Any,
    stream: str,
    records: list[FirehoseRecord],
    may_go_on: Callable[[], bool],
    pause: Callable[[int], None],
) -> list[FirehoseRecord]:
    """Put the records of one call, the refused ones again; what is not put comes back."""
    for attempt in range(_TRIES):
        if attempt:
            pause(attempt)
        if not may_go_on():
            break
        try:
            response = firehose.put_record_batch(
                DeliveryStreamName=stream, Records=[{"Data": each.data} for each in records]
            )
            answers = response.get("RequestResponses", [])
            taken = {index for index, answer in enumerate(answers) if answer.get("RecordId")}
            codes = sorted({answer["ErrorCode"] for answer in answers if answer.get("ErrorCode")})
        except FAILED_CALL as error:  # botocore has tried again already
            log("ERROR", "putting report lines failed", stream=stream, error=described(error))
            break
        records = [each for index, each in enumerate(records) if index not in taken]
        if not records:
            break
        log(
            "WARNING",
            "Firehose refused records of a batch",
            stream=stream,
            refused=len(records),
            codes=codes,
        )
    return records


def _calls(records: list[FirehoseRecord]) -> Iterator[list[FirehoseRecord]]:
    chunk: list[FirehoseRecord] = []
    size = 0
    for each in records:
        if len(chunk) == _RECORDS_A_CALL or size + len(each.data) > _BYTES_A_CALL:
            yield chunk
            chunk, size = [], 0
        chunk.append(each)
        size += len(each.data)
    if chunk:
        yield chunk
