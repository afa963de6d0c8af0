"""How AWS meters: one function for each rule, with where the rule is written.

A KB is 1,024 bytes and a GB 2^30 bytes, as on the pricing pages.
"""

import math

KB = 1_024
MB = 1_024**2
GB = 1_024**3

# AWS's own convention for a month.
HOURS_A_MONTH = 730

# A Lambda function has one whole virtual CPU at this memory size, and a share in proportion below.
# AWS Lambda Developer Guide, "Configure Lambda function memory".
MB_A_VCPU = 1_769

# Lambda polls each shard at this base rate. AWS Lambda Developer Guide, "Polling and batching
# streams".
SECONDS_A_POLL = 1.0


# Of storage for a running Flink application that are paid with each KPU, and the KPUs that are paid
# besides those which do the work. Managed Service for Apache Flink Developer Guide, "Per second
# billing"; its examples of bills have both.
GB_A_KPU = 50
ORCHESTRATION_KPUS = 1


def rounded_up(size: float, step: int) -> float:
    """`size` as the next multiple of `step`, at least one step (the same unit for both)."""
    return max(1, math.ceil(size / step)) * step


def put_payload_units(record_bytes: float) -> int:
    """PUT payload units of a record on a provisioned stream: one for each 25 KB begun.

    Kinesis Data Streams pricing, provisioned mode.
    """
    return int(rounded_up(record_bytes, 25 * KB)) // (25 * KB)


def on_demand_bytes(record_bytes: float) -> float:
    """Bytes that a record counts on an on-demand stream: rounded up to 1 KB.

    Kinesis Data Streams pricing, on-demand mode.
    """
    return rounded_up(record_bytes, KB)


def firehose_bytes(record_bytes: float) -> float:
    """Bytes that a Direct PUT record counts: rounded up to 5 KB, for each record of a batch.

    Amazon Data Firehose pricing, ingestion.
    """
    return rounded_up(record_bytes, 5 * KB)


def write_units(item_bytes: float, *, transactional: bool) -> int:
    """DynamoDB write units: one for each 1 KB begun, twice that in a transaction.

    A put counts the larger of the old and the new item, a delete the old one, and a condition check
    in a transaction as a write. DynamoDB pricing; for the condition check, measured in
    https://martinhicks.dev/articles/what-a-conditional-dynamodb-transaction-costs.
    """
    return int(rounded_up(item_bytes, KB)) // KB * (2 if transactional else 1)


def refused_write_units(item_bytes: float) -> int:
    """DynamoDB write units of a write whose condition does not hold: those of the item that is
    there, and one where there is none (`item_bytes` 0).

    DynamoDB Developer Guide, "Working with items", on conditional writes. An earlier version of
    that page counted the larger of the item that is there and the one to be written.
    """
    return write_units(item_bytes, transactional=False)


def read_units(read_bytes: float, *, consistent: bool) -> float:
    """DynamoDB read units: one for each 4 KB begun, half that where it may be stale.

    DynamoDB pricing. A scan adds up the items before it rounds.
    """
    return rounded_up(read_bytes, 4 * KB) / (4 * KB) * (1 if consistent else 0.5)


def sqs_requests(payload_bytes: float) -> int:
    """Requests that one call to SQS counts: one for each 64 KB of payload begun.

    Amazon SQS pricing. A batch of messages is one call, and so is a receive that finds nothing.
    """
    return int(rounded_up(payload_bytes, 64 * KB)) // (64 * KB)


def gb_seconds(invocations: float, memory_mb: int, milliseconds: float) -> float:
    """Lambda's GB-seconds: each invocation rounded up to 1 ms. AWS Lambda pricing."""
    return invocations * memory_mb / KB * math.ceil(milliseconds) / 1_000


def vcpu_share(memory_mb: int) -> float:
    """The share of a virtual CPU that a single thread gets at this memory size."""
    return min(memory_mb / MB_A_VCPU, 1.0)


def invocations_per_second(
    events_per_second: float, window_seconds: float, batch_size: int
) -> float:
    """How often a shard's event source mapping invokes, for events that come independently.

    Without a window, each poll that finds anything becomes a batch: at most one a second, and fewer
    than the events. A window begins with the poll that finds the first event, so that one of up to
    a second changes nothing. A full batch goes at once.
    """
    if not events_per_second:
        return 0.0
    polls_until_found = 1 / -math.expm1(-events_per_second * SECONDS_A_POLL)
    cycle = max(window_seconds - SECONDS_A_POLL, 0) + polls_until_found * SECONDS_A_POLL
    return max(1 / cycle, events_per_second / batch_size)


def mean_calls(entries: float, entries_a_call: int) -> float:
    """Calls for a batch of `entries` on average, where its last call is half full on average."""
    return min(entries, entries / entries_a_call + (entries_a_call - 1) / (2 * entries_a_call))


def heartbeats_per_hour(events_per_hour: float, seconds: float) -> float:
    """Heartbeats of a signed-in agent, one after each `seconds` without another event.

    The events come independently, so the gaps between them are exponential.
    """
    if not events_per_hour:
        return 3_600 / seconds
    expected = events_per_hour * seconds / 3_600
    return events_per_hour * math.exp(-expected) / -math.expm1(-expected)
