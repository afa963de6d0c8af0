"""At how many agents each limit is reached in the peak, and what lifts it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aspect_wfm.cost.designs import CLASSIFIER, OURS, RELAY
from aspect_wfm.cost.functions import CONSUMERS
from aspect_wfm.cost.rules import MB, MB_A_VCPU
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.capacities import Settings, capacities
from benchmarks.growth.limits import LIMITS
from benchmarks.growth.settings import DEFAULTS, MOST_QUEUES, OWN_GROUPS

# About what Lambda's event has of a record besides its data: the partition key, which is an agent's
# ARN, the sequence number, and ten more members.
_RECORD_ENVELOPE_BYTES = 700

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


def reached(workload: Workload, timing: Timing) -> Iterator[Reached]:
    """In the order in which an event meets them. The workload's number of agents does not count."""
    yield from _stream(workload)
    yield from _functions(workload, timing)
    yield from _queues(workload, timing)
    yield from _table_and_firehose(workload, timing)


def largest_batch(workload: Workload) -> int:
    """Events whose records, in Base64, fill the payload of an invocation."""
    record = workload.event_bytes * 4 / 3 + _RECORD_ENVELOPE_BYTES
    return int(LIMITS["lambda.payload"] / record)


def _stream(workload: Workload) -> Iterator[Reached]:
    def events(name: str) -> float:
        return LIMITS[name] / workload.event_bytes

    shards, records_in = int(LIMITS["account.shards"]), LIMITS["shard.records_in"]
    bytes_in, bytes_out = events("shard.bytes_in"), events("shard.bytes_out")
    at_first, most = "on_demand.bytes_in_at_first", "on_demand.bytes_in"
    quota = f"shard_count = {shards:,}, the account's quota"
    on_demand = "stream_mode = ON_DEMAND,"
    yield Reached(
        "stream in",
        "1 MB/s a shard",
        bytes_in,
        (
            (quota, shards * bytes_in),
            (f"{on_demand} {_megabytes(at_first)}/s at first", events(at_first)),
            (f"{on_demand} up to {_megabytes(most)}/s", events(most)),
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
        changed = replace(getattr(OURS, name), **changes)
        takes = capacities(Settings(design=replace(OURS, **{name: changed})), workload, timing)
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
    largest, batch = largest_batch(workload), max(RELAY.batch_size, CLASSIFIER.batch_size)
    filled = f"the larger batch_size has {LIMITS['lambda.payload'] * batch / largest / MB:.1f} MB"
    yield Reached("Lambda", f"6 MB a batch, {largest:,} events; {filled}", None)


def _queues(workload: Workload, timing: Timing) -> Iterator[Reached]:
    takes, all_queues, own_groups = (
        capacities(each, workload, timing)
        for each in (DEFAULTS, Settings(queues=MOST_QUEUES), OWN_GROUPS)
    )
    calls = f"{LIMITS['sqs.calls']:g}"
    more, own = f"num_sqs_queues = {MOST_QUEUES}", 'message_groups = "agent"'
    by_queues = ((more, all_queues.sends), (own, own_groups.sends))
    yield Reached("queues", f"{calls} sends/s a queue, ten messages each", takes.sends, by_queues)
    yield Reached(
        "RTA server",
        f"{calls} deletes/s a queue, one message each",
        takes.rta_server,
        (
            (more, all_queues.rta_server),
            (own, own_groups.rta_server),
            ("deletes of ten messages", 10 * takes.rta_server),
        ),
    )


def _table_and_firehose(workload: Workload, timing: Timing) -> Iterator[Reached]:
    at_first, most = LIMITS["table.writes_at_first"], LIMITS["table.writes"]
    events = capacities(DEFAULTS, workload, timing).table
    yield Reached(
        "state table",
        f"{at_first:,.0f} write units/s while it is new",
        events,
        (
            ("grows by itself, to twice its peak in half an hour", None),
            (f"up to {most:,.0f} write units/s, the table's quota", events * most / at_first),
        ),
    )
    a_partition = f"{LIMITS['table.partition_writes']:,.0f} write units/s a partition"
    yield Reached("state table", f"{a_partition}; an agent has one item", None)
    raised = (("a higher quota; Firehose raises it itself when it throttles", None),)
    in_bytes = LIMITS["firehose.bytes"] / workload.line_bytes
    yield Reached("Firehose", f"{_megabytes('firehose.bytes')}/s a stream", in_bytes, raised)
    calls, records = LIMITS["firehose.calls"], LIMITS["firehose.records"]
    yield Reached(
        "Firehose",
        f"{calls:,.0f} calls/s and {records:,.0f} records/s a stream: one each a batch",
        min(calls, records) * CLASSIFIER.batch_size,
        raised,
    )


def _megabytes(name: str) -> str:
    return f"{LIMITS[name] / MB:g} MB"
