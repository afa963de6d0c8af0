"""How often the two functions of a design run, for how long, and how many shards they need."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from aspect_wfm.cost.designs import Design, Function, TableWrites
from aspect_wfm.cost.flink_tasks import fullest_task
from aspect_wfm.cost.rules import MB, invocations_per_second, mean_calls, vcpu_share
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload

# Limits of a shard: events and bytes in, bytes out for all consumers together. Kinesis Data
# Streams Developer Guide, "Quotas and limits".
_EVENTS_A_SHARD = 1_000
_BYTES_IN_A_SHARD = 1 * MB
_BYTES_OUT_A_SHARD = 2 * MB

# What an on-demand stream begins with.
_ON_DEMAND_SHARDS = 4

_STATEMENTS_A_CALL = 25
_CHANGES_A_TRANSACTION = 50

# The functions, which both read each shard.
CONSUMERS = 2

# The largest `parallelism` of modules/agent_productivity, which is AWS's.
_MOST_FLINK_TASKS = 256


@dataclass(frozen=True, slots=True)
class Runs:
    """A function's month: each invocation takes `milliseconds` for `events` events, on average."""

    invocations: float
    events: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Calls:
    """`number` calls of a batch to one API, of which `at_once` are under way together."""

    number: float
    wait_ms: float
    at_once: int = 1

    @property
    def waited_ms(self) -> float:
        """Milliseconds that the batch waits for them."""
        return self.number * self.wait_ms / min(self.at_once, max(self.number, 1.0))


def shards_needed(workload: Workload, design: Design, timing: Timing) -> int:
    """Shards that take the peak: what Kinesis allows in and out, and what the functions keep up
    with, since Lambda runs a limited number of batches per shard at a time."""
    peak = workload.peak_events_per_second
    bytes_in = peak * workload.event_bytes
    readers = 1 if design.stream.fan_out else CONSUMERS
    queues = queues_needed(workload, design)
    needs = (
        _ON_DEMAND_SHARDS if design.stream.on_demand else design.stream.shards,
        peak / _EVENTS_A_SHARD,
        bytes_in / _BYTES_IN_A_SHARD,
        bytes_in * readers / _BYTES_OUT_A_SHARD,
        peak / relay_events_per_second(workload, design, timing, queues),
        peak / classifier_events_per_second(design, timing),
    )
    return math.ceil(max(needs))


def relay_events_per_second(
    workload: Workload, design: Design, timing: Timing, queues: int
) -> float:
    """Events of one shard that the relay keeps up with, in full batches."""
    full = design.relay.batch_size
    return _full_batches(design.relay, relay_ms(full, workload, design, timing, queues))


def classifier_events_per_second(design: Design, timing: Timing) -> float:
    """Events of one shard that the classifier keeps up with, in full batches; any number where it
    is no function."""
    function = design.classifier
    if function is None or design.flink:
        return math.inf
    return _full_batches(function, classifier_ms(function.batch_size, function, design, timing))


def relay_runs(workload: Workload, design: Design, timing: Timing, shards: int) -> Runs:
    """What the relay does in a month."""
    rate = workload.events_per_second / shards
    if design.relay_without_heartbeats:
        rate *= workload.change_share
    queues = queues_needed(workload, design)
    return _runs(
        design.relay,
        rate,
        workload.open_seconds * shards,
        lambda events: relay_ms(events, workload, design, timing, queues),
    )


def classifier_runs(workload: Workload, design: Design, timing: Timing, shards: int) -> Runs:
    """What the classifier does in a month: nothing where Kinesis Data Analytics does the work. The
    batches of a Flink application are counted as runs, which take no time of a function."""
    function = design.classifier
    if function is None:
        return Runs(0.0, 0.0, 0.0)
    return _runs(
        function,
        workload.events_per_second / shards,
        workload.open_seconds * shards,
        lambda events: 0.0 if design.flink else classifier_ms(events, function, design, timing),
    )


def flink_kpus_needed(workload: Workload, shards: int, timing: Timing) -> int:
    """KPUs of a Flink application, without the one that it has besides: one a task, and enough
    tasks for the fullest to keep up with the peak of its shards.

    Raises ValueError where no number of tasks that the module takes is enough.
    """
    a_shard = workload.peak_events_per_second / shards
    for tasks in range(1, _MOST_FLINK_TASKS + 1):
        if fullest_task(shards, tasks) * a_shard <= timing.events_per_second_a_kpu:
            return tasks
    raise ValueError(
        f"{workload.agents:,} agents are too many for a Flink application: with {shards:,} shards "
        f"the fullest of {_MOST_FLINK_TASKS} tasks still gets more than "
        f"{timing.events_per_second_a_kpu:,.0f} events a second."
    )


def classifier_ms(events: float, function: Function, design: Design, timing: Timing) -> float:
    """Milliseconds that the classifier takes for a batch: one record, or one for each event."""
    calls = 1.0 if design.packed else mean_calls(events, design.records_a_call)
    cpu = timing.batch_cpu_ms + events * timing.classify_event_cpu_us / 1_000
    return _milliseconds(cpu, [Calls(calls, timing.firehose_wait_ms)], timing, function)


def relay_ms(
    events: float, workload: Workload, design: Design, timing: Timing, queues: int
) -> float:
    """Milliseconds that the relay takes for a batch, while the RTA server is connected, if ever."""
    calls = table_calls(events, workload, design, timing)
    sent = sends(events, workload, design, queues)
    calls.append(Calls(sent, timing.send_wait_ms, design.calls_at_once))
    if design.flag_in_table:
        calls.append(Calls(1.0, timing.item_wait_ms))
    cpu = timing.batch_cpu_ms + events * timing.relay_event_cpu_us / 1_000
    return _milliseconds(cpu, calls, timing, design.relay)


def sends(events: float, workload: Workload, design: Design, queues: int) -> float:
    """Calls to SQS for a batch of `events`, while the RTA server is connected, if ever."""
    if not workload.connected_share:
        return 0.0
    messages = events * workload.monitored_share / queues
    return queues * mean_calls(messages, design.messages_a_call)


def table_calls(events: float, workload: Workload, design: Design, timing: Timing) -> list[Calls]:
    """Calls to DynamoDB for the changes of a batch."""
    all_changes = workload.state_changes + workload.sign_outs
    all_events = all_changes if design.relay_without_heartbeats else workload.events
    if not all_events:
        return []
    share = events * workload.monitored_share / all_events
    changes = all_changes * share
    at_once = design.calls_at_once
    match design.table_writes:
        case TableWrites.TRANSACTION:
            number = mean_calls(changes, _CHANGES_A_TRANSACTION)
            return [Calls(number, timing.transaction_wait_ms, at_once)]
        case TableWrites.IF_PRESENT:
            tried = mean_calls(workload.state_changes * share, _STATEMENTS_A_CALL)
            rest = (workload.sign_ins + workload.late_changes + workload.sign_outs) * share
            transactions = mean_calls(rest, _CHANGES_A_TRANSACTION)
            return [
                Calls(tried, timing.statements_wait_ms, at_once),
                Calls(transactions, timing.transaction_wait_ms, at_once),
            ]
        case TableWrites.PLAIN:
            return [Calls(changes, timing.item_wait_ms, at_once)]
        case TableWrites.READ_THEN_WRITE:
            return [Calls(2 * changes, timing.item_wait_ms, at_once)]


def queues_needed(workload: Workload, design: Design) -> int:
    """Queues that take the peak, where a FIFO queue takes 300 calls of each kind a second.

    Amazon SQS Developer Guide, "Troubleshoot FIFO throttling issues". The RTA server's deletes are
    what comes near it first. With one message group an agent, one queue takes them all.
    """
    if design.message_groups == "agent" or not workload.connected_share:
        return workload.queues
    messages = workload.peak_events_per_second * workload.monitored_share
    calls = messages * workload.deletes_per_message
    return max(workload.queues, math.ceil(calls / 300))


def _full_batches(function: Function, milliseconds: float) -> float:
    return function.parallelization_factor * function.batch_size * 1_000 / milliseconds


def _runs(
    function: Function,
    events_per_second: float,
    shard_seconds: float,
    batch_ms: Callable[[float], float],
) -> Runs:
    """`events_per_second` come on a shard, and its agents are spread over the batches that run side
    by side."""
    lanes = function.parallelization_factor
    a_second = lanes * invocations_per_second(
        events_per_second / lanes, function.window_seconds, function.batch_size
    )
    if not a_second:
        return Runs(0.0, 0.0, 0.0)
    events = events_per_second / a_second
    return Runs(a_second * shard_seconds, events, batch_ms(events))


def _milliseconds(cpu_ms: float, calls: list[Calls], timing: Timing, function: Function) -> float:
    """CPU time at the share of a CPU, and what `calls` wait."""
    cpu = cpu_ms + sum(each.number for each in calls) * timing.call_cpu_ms
    return cpu / vcpu_share(function.memory_mb) + sum(each.waited_ms for each in calls)
