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


# Bytes that one unit of a price holds; `units` counts those that a size begins. Each is on the
# service's pricing page.
PUT_PAYLOAD_UNIT = 25 * KB  # a record on a provisioned stream
ON_DEMAND_UNIT = KB  # a record on an on-demand stream
FIREHOSE_UNIT = 5 * KB  # a Direct PUT record, alone or in a batch
WRITE_UNIT = KB
READ_UNIT = 4 * KB  # of all items that a scan reads together; half a unit where it may be stale
SQS_REQUEST = 64 * KB  # a call, also with a batch of messages, or a receive that finds nothing

# A transaction takes twice the write units, and a condition check in it counts as a write. DynamoDB
# pricing; docs/cost.md says where the condition check was measured.
TRANSACTION_FACTOR = 2


def units(size: float, unit: int) -> int:
    """Units of `unit` bytes that `size` bytes begin, at least one.

    A put to DynamoDB counts the larger of the old and the new item, a delete the old one, and a
    write whose condition does not hold the item that is there: DynamoDB Developer Guide, "Working
    with items".
    """
    return max(1, math.ceil(size / unit))


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
