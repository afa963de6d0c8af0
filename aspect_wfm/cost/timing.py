"""How long things take: docs/cost.md says of each figure whether it was measured, and by what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU time of one whole virtual CPU, and waiting for AWS.

    CPU time stretches with the share of a CPU that the memory size gives; waiting does not.
    """

    batch_cpu_ms: float = 2.0
    classify_event_cpu_us: float = 60.0
    relay_event_cpu_us: float = 65.0
    call_cpu_ms: float = 2.8
    firehose_wait_ms: float = 15.0
    statements_wait_ms: float = 20.0
    transaction_wait_ms: float = 20.0
    item_wait_ms: float = 5.0
    send_wait_ms: float = 20.0
    heartbeat_ms: float = 200.0
    events_per_second_a_kpu: float = 1_000.0
