"""At how many agents each limit is reached in the peak, and what lifts it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import floor

from aspect_wfm.cost.functions import CONSUMERS
from aspect_wfm.cost.rules import GB, MB, MB_A_VCPU
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.capacities import (
    RECORD_ENVELOPE_BYTES,
    Settings,
    capacities,
    largest_batch,
    write_units_an_event,
)
from benchmarks.growth.limits import LIMITS
from benchmarks.growth.settings import DEFAULTS, MOST_QUEUES

# What moves a limit, and to how many events a second; None where that is open.
Lift = tuple[str, float | None]


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit of a stage, with the modules' defaults: how many events a second it allows; None
    where the number of agents does not matter."""

    stage: str
    limit: str
    events_per_second: float | None
    lifts: tuple[Lift, ...] = ()


def agents(events_per_second: float, workload: Workload) -> int:
    """The number of agents who send this many events in the peak."""
    return floor(events_per_second / replace(workload, agents=1).peak_events_per_second)


def reached(workload: Workload, timing: Timing) -> Iterator[Reached]:
    """In the order in which an event meets them. The workload's number of agents does not count."""
    yield from _stream(workload)
    yield from _functions(workload, timing)
    yield from _queues(workload, timing)
    yield from _table_and_firehose(workload)


def _stream(workload: Workload) -> Iterator[Reached]:
    shards = int(LIMITS["account.shards"])
    bytes_in, bytes_out, at_first, most = (
        LIMITS[name] / workload.event_bytes
        for name in (
            "shard.bytes_in",
            "shard.bytes_out",
            "on_demand.bytes_in_at_first",
            "on_demand.bytes_in",
        )
    )
    records_in = LIMITS["shard.records_in"]
    quota = f"shard_count = {shards:,}, the account's quota"
    on_demand = "stream_mode = ON_DEMAND,"
    yield Reached(
        "stream in",
        "1 MB/s a shard",
        bytes_in,
        (
            (quota, shards * bytes_in),
            (f"{on_demand} {_size('on_demand.bytes_in_at_first')}/s at first", at_first),
            (f"{on_demand} up to {_size('on_demand.bytes_in')}/s", most),
        ),
    )
    records = f"{records_in:,.0f} records/s a shard"
    yield Reached("stream in", records, records_in, ((quota, shards * records_in),))
    yield Reached(
        "stream out",
        f"2 MB/s a shard for {CONSUMERS} functions together",
        bytes_out / CONSUMERS,
        (
            ("enhanced_fan_out = true: 2 MB/s each", bytes_out),
            (f"shard_count = {shards:,}", shards * bytes_out / CONSUMERS),
        ),
    )
    reads = f"{LIMITS['shard.reads']:g} reads/s a shard, and {CONSUMERS} functions"
    pushed = ("enhanced_fan_out = true: pushed, not read", None)
    yield Reached("stream out", f"{reads} read once a second each", None, (pushed,))


def _functions(workload: Workload, timing: Timing) -> Iterator[Reached]:
    most = int(LIMITS["lambda.parallelization_factor"])

    def allows(name: str, **changes: int) -> float:
        """What the function does with changed settings, in events a second and shard."""
        changed = replace(getattr(DEFAULTS.design, name), **changes)
        takes = capacities(DEFAULTS.redesigned(**{name: changed}), workload, timing)
        return takes.relay_function if name == "relay" else takes.classifier

    for name in ("relay", "classifier"):
        a_shard = allows(name)
        factor, memory = f"{name}_function.parallelization_factor", f"{name}_function.memory_size"
        yield Reached(
            name,
            f"one batch of a shard at a time: {a_shard:,.0f} events/s",
            a_shard,
            (
                (f"{factor} = {most}", allows(name, parallelization_factor=most)),
                (f"{memory} = {MB_A_VCPU:,}", allows(name, memory_mb=MB_A_VCPU)),
                ("shard_count = 10", 10 * a_shard),
            ),
        )
    at_once = LIMITS["lambda.concurrency"]
    yield Reached(
        "Lambda",
        f"{at_once:,.0f} invocations at a time in the account and region",
        (at_once - 1) // CONSUMERS * min(allows("relay"), allows("classifier")),
        (("a higher quota", None),),
    )
    record = workload.event_bytes * 4 / 3 + RECORD_ENVELOPE_BYTES
    batch = max(DEFAULTS.design.relay.batch_size, DEFAULTS.classifier.batch_size)
    largest = f"6 MB a batch, {largest_batch(workload):,} events"
    filled = f"the larger batch_size has {batch * record / MB:.1f} MB"
    yield Reached("Lambda", f"{largest}; {filled}", None)


def _queues(workload: Workload, timing: Timing) -> Iterator[Reached]:
    def takes(settings: Settings, deletes: float = 1.0) -> tuple[float, float]:
        found = capacities(settings, replace(workload, deletes_per_message=deletes), timing)
        return found.sends, found.rta_server

    calls = f"{LIMITS['sqs.calls']:g}"
    sends, deletes = takes(DEFAULTS)
    all_queues = takes(replace(DEFAULTS, queues=MOST_QUEUES))
    own_groups = takes(DEFAULTS.redesigned(message_groups="agent"))
    more, own = f"num_sqs_queues = {MOST_QUEUES}", 'message_groups = "agent"'
    by_queues = ((more, all_queues[0]), (own, own_groups[0]))
    yield Reached("queues", f"{calls} sends/s a queue, ten messages each", sends, by_queues)
    yield Reached(
        "RTA server",
        f"{calls} deletes/s a queue, one message each",
        deletes,
        (
            (more, all_queues[1]),
            (own, own_groups[1]),
            ("deletes of ten messages", takes(DEFAULTS, 0.1)[1]),
        ),
    )


def _table_and_firehose(workload: Workload) -> Iterator[Reached]:
    units = write_units_an_event(workload, DEFAULTS.design)
    at_first, most = LIMITS["table.writes_at_first"], LIMITS["table.writes"]
    yield Reached(
        "state table",
        f"{at_first:,.0f} write units/s while it is new",
        at_first / units,
        (
            ("grows by itself, to twice its peak in half an hour", None),
            (f"up to {most:,.0f} write units/s, the table's quota", most / units),
        ),
    )
    a_partition = f"{LIMITS['table.partition_writes']:,.0f} write units/s a partition"
    yield Reached("state table", f"{a_partition}; an agent has one item", None)
    raised = (("a higher quota; Firehose raises it itself when it throttles", None),)
    in_bytes = LIMITS["firehose.bytes"] / workload.line_bytes
    yield Reached("Firehose", f"{_size('firehose.bytes')}/s a stream", in_bytes, raised)
    calls, records = LIMITS["firehose.calls"], LIMITS["firehose.records"]
    yield Reached(
        "Firehose",
        f"{calls:,.0f} calls/s and {records:,.0f} records/s a stream: one each a batch",
        min(calls, records) * DEFAULTS.classifier.batch_size,
        raised,
    )


def _size(name: str) -> str:
    size = LIMITS[name]
    return f"{size / GB:g} GB" if size >= GB else f"{size / MB:g} MB"
