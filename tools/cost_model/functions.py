"""How often the two functions of a design run, for how long, and how many shards they need."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from tools.cost_model.designs import Design, Function, TableWrites
from tools.cost_model.rules import MB, invocations_per_second, mean_calls, vcpu_share
from tools.cost_model.workload import Timing, Workload

# Limits of a shard: events and bytes in, bytes out for all consumers together. Kinesis Data
# Streams Developer Guide, "Quotas and limits".
_EVENTS_A_SHARD = 1_000
_BYTES_IN_A_SHARD = 1 * MB
_BYTES_OUT_A_SHARD = 2 * MB

# What an on-demand stream begins with.
_ON_DEMAND_SHARDS = 4

_CONSUMERS = 2


@dataclass(frozen=True, slots=True)
class Runs:
    """A function's month: each invocation takes `milliseconds` for `events` events, on average."""

    invocations: float
    events: float
    milliseconds: float


def shards_needed(workload: Workload, design: Design, timing: Timing) -> int:
    """Shards that take the peak: what Kinesis allows in and out, and what the functions keep up
    with, since Lambda hands over one batch of a shard at a time."""
    peak = workload.peak_events_per_second
    bytes_in = peak * workload.event_bytes
    needs = [peak / _EVENTS_A_SHARD, bytes_in / _BYTES_IN_A_SHARD]
    if not design.stream.fan_out:
        needs.append(bytes_in * _CONSUMERS / _BYTES_OUT_A_SHARD)
    full = design.relay.batch_size
    needs.append(peak * relay_ms(full, workload, design, timing) / full / 1_000)
    if design.classifier:
        full = design.classifier.batch_size
        busy = classifier_ms(full, design.classifier, design, timing)
        needs.append(peak * busy / full / 1_000)
    least = _ON_DEMAND_SHARDS if design.stream.on_demand else 1
    return max(least, *(math.ceil(each) for each in needs))


def relay_runs(workload: Workload, design: Design, timing: Timing, shards: int) -> Runs:
    """Raises ValueError for a filter on heartbeats while an RTA server is connected."""
    rate = workload.events_per_second / shards
    if design.relay_without_heartbeats:
        if workload.connected_share:
            raise ValueError("A connected RTA server has to get heartbeats: set its share to 0.")
        rate *= workload.change_share
    return _runs(
        design.relay,
        rate,
        workload.open_seconds * shards,
        lambda events: relay_ms(events, workload, design, timing),
    )


def classifier_runs(workload: Workload, design: Design, timing: Timing, shards: int) -> Runs:
    """No run at all where Kinesis Data Analytics does the work."""
    function = design.classifier
    if function is None:
        return Runs(0.0, 0.0, 0.0)
    return _runs(
        function,
        workload.events_per_second / shards,
        workload.open_seconds * shards,
        lambda events: classifier_ms(events, function, design, timing),
    )


def classifier_ms(events: float, function: Function, design: Design, timing: Timing) -> float:
    """Milliseconds that the classifier takes for a batch: one record, or one for each event."""
    calls = 1.0 if design.packed else mean_calls(events, design.records_a_call)
    cpu = timing.batch_cpu_ms + events * timing.classify_event_cpu_us / 1_000
    return _milliseconds(cpu, [(calls, timing.firehose_wait_ms)], timing, function)


def relay_ms(events: float, workload: Workload, design: Design, timing: Timing) -> float:
    """Milliseconds that the relay takes for a batch, while the RTA server is connected, if ever."""
    change_share = 1.0 if design.relay_without_heartbeats else workload.change_share
    changes = events * change_share * workload.monitored_share
    calls = [table_calls(changes, design.table_writes, timing)]
    calls.append((sends(events, workload, design), timing.send_wait_ms))
    if design.flag_in_table:
        calls.append((1.0, timing.item_wait_ms))
    cpu = timing.batch_cpu_ms + events * timing.relay_event_cpu_us / 1_000
    return _milliseconds(cpu, calls, timing, design.relay)


def sends(events: float, workload: Workload, design: Design) -> float:
    """Calls to SQS for a batch of `events`, while the RTA server is connected, if ever."""
    if not workload.connected_share:
        return 0.0
    queues = queues_needed(workload)
    messages = events * workload.monitored_share / queues
    return queues * mean_calls(messages, design.messages_a_call)


def table_calls(changes: float, writes: TableWrites, timing: Timing) -> tuple[float, float]:
    """Calls to DynamoDB for the changes of a batch, and milliseconds that each waits."""
    match writes:
        case TableWrites.TRANSACTION:
            return mean_calls(changes, 50), timing.transaction_wait_ms
        case TableWrites.IF_PRESENT:
            return mean_calls(changes, 25), timing.transaction_wait_ms
        case TableWrites.PLAIN:
            return changes, timing.item_wait_ms
        case TableWrites.READ_THEN_WRITE:
            return 2 * changes, timing.item_wait_ms


def queues_needed(workload: Workload) -> int:
    """Queues that take the peak, where a FIFO queue takes 300 calls of each kind a second.

    Amazon SQS Developer Guide, "Troubleshoot FIFO throttling issues". The RTA server's deletes are
    what comes near it first.
    """
    messages = workload.peak_events_per_second * workload.monitored_share
    calls = messages * workload.deletes_per_message
    return max(workload.queues, math.ceil(calls / 300) if workload.connected_share else 1)


def _runs(
    function: Function,
    events_per_second: float,
    shard_seconds: float,
    batch_ms: Callable[[float], float],
) -> Runs:
    a_second = invocations_per_second(
        events_per_second, function.window_seconds, function.batch_size
    )
    if not a_second:
        return Runs(0.0, 0.0, 0.0)
    events = events_per_second / a_second
    return Runs(a_second * shard_seconds, events, batch_ms(events))


def _milliseconds(
    cpu_ms: float, calls: list[tuple[float, float]], timing: Timing, function: Function
) -> float:
    """CPU time at the share of a CPU, and what `calls` (their number, each one's wait) wait."""
    number = sum(each for each, _ in calls)
    waited = sum(each * wait_ms for each, wait_ms in calls)
    factor = timing.arm64_time_factor if function.architecture == "arm64" else 1.0
    cpu = (cpu_ms + number * timing.call_cpu_ms) * factor
    return cpu / vcpu_share(function.memory_mb) + waited
