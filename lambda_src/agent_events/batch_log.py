"""One line a batch: what became of its records."""

from collections.abc import Sized
from typing import Any

from agent_events.kinesis_batch import Batch
from agent_events.structured_log import log

# CloudWatch Logs takes lines of up to 256 KB, and a skipped record takes about 110 bytes.
_SKIPPED_A_LINE = 1_000


def log_batch(
    message: str, batch: Batch[Any], undeliverable: Sized, failed: Sized, **fields: object
) -> None:
    """Write the line of a batch, a warning where anything is not as usual.

    Its skipped records are listed; of a very large batch the last of them in lines of their own.
    """
    skipped = [
        {"sequenceNumber": each.sequence_number, "reason": each.reason} for each in batch.skipped
    ]
    for start in range(_SKIPPED_A_LINE, len(skipped), _SKIPPED_A_LINE):
        log(
            "WARNING",
            "more records skipped",
            skippedRecords=skipped[start : start + _SKIPPED_A_LINE],
        )
    log(
        "WARNING" if failed or undeliverable or skipped else "INFO",
        message,
        records=len(batch.records),
        skipped=len(skipped),
        skippedRecords=skipped[:_SKIPPED_A_LINE],
        **fields,
        undeliverable=len(undeliverable),
        failed=len(failed),
    )
