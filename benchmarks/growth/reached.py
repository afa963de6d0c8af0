"""At how many agents each limit is reached in the peak, and what lifts it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import floor
from typing import Any

from aspect_wfm.cost.rules import GB, MB, MB_A_VCPU
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.capacities import (
    RECORD_ENVELOPE_BYTES,
    Capacities,
    Settings,
    capacities,
    largest_batch,
    write_units_an_event,
)
from benchmarks.growth.limits import Limits
from benchmarks.growth.settings import DEFAULTS, MOST_QUEUES

_FUNCTIONS = 2

_Takes = Callable[[Settings], Capacities]


@dataclass(frozen=True, slots=True)
class Lift:
    """What moves a limit, and to how many events a second; None where that is open."""

    by: str
    events_per_second: float | None


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit of a stage, with the modules' defaults: how many events a second it allows; None
    where the number of agents does not matter."""

    stage: str
    limit: str
    events_per_second: float | None
    lifts: tuple[Lift, ...]


def agents(events_per_second: float, workload: Workload) -> int:
    """Agents who send so many events in the peak."""
    return floor(events_per_second / replace(workload, agents=1).peak_events_per_second)


def reached(workload: Workload, timing: Timing, limits: Limits) -> Iterator[Reached]:
    """In the order in which an event meets them. The workload's number of agents does not count."""

    def takes(settings: Settings) -> Capacities:
        return capacities(settings, workload, timing, limits)

    def takes_batched_deletes(settings: Settings) -> Capacities:
        batched = replace(workload, deletes_per_message=0.1)
        return capacities(settings, batched, timing, limits)

    yield from _stream(workload, limits)
    yield from _functions(takes, limits)
    yield from _lambda(takes(DEFAULTS), workload, limits)
    yield from _queues(takes, takes_batched_deletes, limits)
    yield from _table(workload, limits)
    yield from _firehose(workload, limits)


def _stream(workload: Workload, limits: Limits) -> Iterator[Reached]:
    shards = int(limits["account.shards"].amount)
    bytes_in = limits["shard.bytes_in"].amount / workload.event_bytes
    records_in = limits["shard.records_in"].amount
    bytes_out = limits["shard.bytes_out"].amount / workload.event_bytes
    at_first = limits["on_demand.bytes_in_at_first"].amount
    most = limits["on_demand.bytes_in"].amount
    yield Reached(
        "stream in",
        "1 MB/s a shard",
        bytes_in,
        (
            Lift(f"shard_count = {shards:,}, the account's quota", shards * bytes_in),
            Lift(
                f"stream_mode = ON_DEMAND, {at_first / MB:g} MB/s at first",
                at_first / workload.event_bytes,
            ),
            Lift(f"stream_mode = ON_DEMAND, up to {_size(most)}/s", most / workload.event_bytes),
        ),
    )
    yield Reached(
        "stream in",
        f"{records_in:,.0f} records/s a shard",
        records_in,
        (Lift(f"shard_count = {shards:,}, the account's quota", shards * records_in),),
    )
    yield Reached(
        "stream out",
        f"2 MB/s a shard for {_FUNCTIONS} functions together",
        bytes_out / _FUNCTIONS,
        (
            Lift("enhanced_fan_out = true: 2 MB/s each", bytes_out),
            Lift(f"shard_count = {shards:,}", shards * bytes_out / _FUNCTIONS),
        ),
    )
    reads = limits["shard.reads"].amount
    yield Reached(
        "stream out",
        f"{reads:g} reads/s a shard, and {_FUNCTIONS} functions read once a second each",
        None,
        (Lift("enhanced_fan_out = true: pushed, not read", None),),
    )


def _functions(takes: _Takes, limits: Limits) -> Iterator[Reached]:
    most = int(limits["lambda.parallelization_factor"].amount)
    relay, classifier = DEFAULTS.design.relay, DEFAULTS.classifier

    def relays(**changes: Any) -> float:
        return takes(DEFAULTS.redesigned(relay=replace(relay, **changes))).relay_function

    def classifies(**changes: Any) -> float:
        return takes(DEFAULTS.redesigned(classifier=replace(classifier, **changes))).classifier

    for name, allows in (("relay", relays), ("classifier", classifies)):
        yield Reached(
            name,
            f"one batch of a shard at a time: {allows():,.0f} events/s",
            allows(),
            (
                Lift(
                    f"{name}_function.parallelization_factor = {most}",
                    allows(parallelization_factor=most),
                ),
                Lift(f"{name}_function.memory_size = {MB_A_VCPU:,}", allows(memory_mb=MB_A_VCPU)),
                Lift("shard_count = 10", 10 * allows()),
            ),
        )


def _lambda(default: Capacities, workload: Workload, limits: Limits) -> Iterator[Reached]:
    at_once = limits["lambda.concurrency"].amount
    yield Reached(
        "Lambda",
        f"{at_once:,.0f} invocations at a time in the account and region",
        (at_once - 1) // _FUNCTIONS * min(default.relay_function, default.classifier),
        (Lift("a higher quota", None),),
    )
    record = workload.event_bytes * 4 / 3 + RECORD_ENVELOPE_BYTES
    batch = max(DEFAULTS.design.relay.batch_size, DEFAULTS.classifier.batch_size)
    yield Reached(
        "Lambda",
        f"6 MB a batch, {largest_batch(workload, limits):,} events; "
        f"the larger batch_size has {batch * record / MB:.1f} MB",
        None,
        (),
    )


def _queues(takes: _Takes, takes_batched_deletes: _Takes, limits: Limits) -> Iterator[Reached]:
    calls = limits["sqs.calls"].amount
    default = takes(DEFAULTS)
    all_queues = takes(replace(DEFAULTS, queues=MOST_QUEUES))
    own_groups = takes(DEFAULTS.redesigned(message_groups="agent"))
    yield Reached(
        "queues",
        f"{calls:g} sends/s a queue, ten messages each",
        default.sends,
        (
            Lift(f"num_sqs_queues = {MOST_QUEUES}", all_queues.sends),
            Lift('message_groups = "agent"', own_groups.sends),
        ),
    )
    yield Reached(
        "RTA server",
        f"{calls:g} deletes/s a queue, one message each",
        default.rta_server,
        (
            Lift(f"num_sqs_queues = {MOST_QUEUES}", all_queues.rta_server),
            Lift('message_groups = "agent"', own_groups.rta_server),
            Lift("deletes of ten messages", takes_batched_deletes(DEFAULTS).rta_server),
        ),
    )


def _table(workload: Workload, limits: Limits) -> Iterator[Reached]:
    units = write_units_an_event(workload, DEFAULTS.design)
    at_first, most = limits["table.writes_at_first"].amount, limits["table.writes"].amount
    a_partition = limits["table.partition_writes"].amount
    yield Reached(
        "state table",
        f"{at_first:,.0f} write units/s while it is new",
        at_first / units,
        (
            Lift("grows by itself, to twice its peak in half an hour", None),
            Lift(f"up to {most:,.0f} write units/s, the table's quota", most / units),
        ),
    )
    yield Reached(
        "state table",
        f"{a_partition:,.0f} write units/s a partition; an agent has one item",
        None,
        (),
    )


def _firehose(workload: Workload, limits: Limits) -> Iterator[Reached]:
    bytes_in = limits["firehose.bytes"].amount
    calls, records = limits["firehose.calls"].amount, limits["firehose.records"].amount
    raised = Lift("a higher quota; Firehose raises it itself when it throttles", None)
    yield Reached(
        "Firehose", f"{_size(bytes_in)}/s a stream", bytes_in / workload.line_bytes, (raised,)
    )
    yield Reached(
        "Firehose",
        f"{calls:,.0f} calls/s and {records:,.0f} records/s a stream: one each a batch",
        min(calls, records) * DEFAULTS.classifier.batch_size,
        (raised,),
    )


def _size(size: float) -> str:
    return f"{size / GB:g} GB" if size >= GB else f"{size / MB:g} MB"
