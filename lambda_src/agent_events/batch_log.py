"""One line a batch: what became of its records, which is also what CloudWatch counts."""

from collections.abc import Collection, Mapping
from typing import Any

from agent_events.kinesis_batch import Batch
from function_runtime.structured_log import is_logged, log, log_metrics

# The metrics of every function that reads the stream, and what each counts.
BATCH_METRICS = {
    "EventsIn": "records in the batches",
    "EventsSkipped": (
        "records that are not agent events; the log has the sequence number and reason of each"
    ),
    "EventsPutAside": (
        "events that can never be delivered and were saved in the bucket for failed records or "
        "events"
    ),
}

# CloudWatch Logs takes lines of up to 256 KB, and a skipped record takes about 110 bytes.
_SKIPPED_A_LINE = 1_000


def log_batch(
    message: str,
    batch: Batch[Any],
    undeliverable: Mapping[str, str],
    failed: Collection[str],
    metrics: Mapping[str, int],
    **fields: object,
) -> None:
    """Write the line of a batch, a warning where anything is not as usual.

    Its skipped records are listed; of a very large batch the last of them in lines of their own.

    Its metrics are `EventsIn`, `EventsSkipped`, and the function's own `metrics`. Retried records
    are counted again.
    """
    reasons = {each.sequence_number: each.reason for each in batch.skipped}
    skipped = [{"sequenceNumber": each, "reason": reason} for each, reason in reasons.items()]
    for start in range(_SKIPPED_A_LINE, len(skipped), _SKIPPED_A_LINE):
        log(
            "WARNING",
            "more records skipped",
            skippedRecords=skipped[start : start + _SKIPPED_A_LINE],
        )
    if is_logged("DEBUG"):
        outcomes = {**reasons, **undeliverable, **dict.fromkeys(failed, "failed")}
        for each in batch.records:
            log("DEBUG", "record", sequenceNumber=each, outcome=outcomes.get(each, "done"))
    log_metrics(
        "WARNING" if failed or undeliverable or skipped else "INFO",
        message,
        {
            "EventsIn": len(batch.records),
            "EventsSkipped": len(skipped),
            **metrics,
        },
        **fields,
        skippedRecords=skipped[:_SKIPPED_A_LINE],
        failed=len(failed),
    )
