"""What each stage takes with given settings, in events a second."""

from dataclasses import dataclass, replace
from math import inf
from typing import Any

from aspect_wfm.cost.designs import OURS, Design, Function
from aspect_wfm.cost.functions import (
    CONSUMERS,
    classifier_events_per_second,
    relay_events_per_second,
    sends,
)
from aspect_wfm.cost.quantities import table_write_units
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.limits import LIMITS

# About what Lambda's event has of a record besides its data: the partition key, which is an agent's
# ARN, the sequence number, and ten more members.
RECORD_ENVELOPE_BYTES = 700


@dataclass(frozen=True, slots=True)
class Settings:
    """What the modules' variables are set to; the rest of the design is as it is."""

    shards: int = 1
    queues: int = 1
    design: Design = OURS

    @property
    def classifier(self) -> Function:
        """The classifier function. Raises ValueError for a design without one."""
        if self.design.classifier is None:
            raise ValueError(f"{self.design.name} has no classifier function.")
        return self.design.classifier

    def redesigned(self, **changes: Any) -> "Settings":
        """The settings with these fields of the design changed."""
        return replace(self, design=replace(self.design, **changes))


@dataclass(frozen=True, slots=True)
class Capacities:
    """Events a second. `reads` are for both functions together, or for each where `fan_out`."""

    stream: float
    reads: float
    fan_out: bool
    relay_function: float
    sends: float
    table: float
    classifier: float
    rta_server: float

    @property
    def relay(self) -> float:
        """What the relay gets through: it waits for the queues and the table."""
        return min(self.relay_function, self.sends, self.table)

    @property
    def functions(self) -> float:
        """What both functions get through, which share the reads or have as many each."""
        reads = self.reads if self.fan_out else self.reads / CONSUMERS
        return min(reads, self.relay, self.classifier)


def capacities(
    settings: Settings,
    workload: Workload,
    timing: Timing,
) -> Capacities:
    """What each stage takes of `workload`, whose number of agents does not matter."""
    design = whole_batches(settings.design, workload)
    shards, queues = settings.shards, settings.queues
    return Capacities(
        stream=shards
        * min(
            LIMITS["shard.records_in"],
            LIMITS["shard.bytes_in"] / workload.event_bytes,
        ),
        reads=shards * LIMITS["shard.bytes_out"] / workload.event_bytes,
        fan_out=design.stream.fan_out,
        relay_function=shards * relay_events_per_second(workload, design, timing, queues),
        sends=_events_sent(design, queues, workload),
        table=LIMITS["table.writes_at_first"] / write_units_an_event(workload, design),
        classifier=shards * classifier_events_per_second(design, timing),
        rta_server=_events_deleted(design, queues, workload),
    )


def largest_batch(workload: Workload) -> int:
    """Events whose records, in Base64, fill the payload of an invocation."""
    record = workload.event_bytes * 4 / 3 + RECORD_ENVELOPE_BYTES
    return int(LIMITS["lambda.payload"] / record)


def whole_batches(design: Design, workload: Workload) -> Design:
    """The design with batches no larger than an invocation's payload."""
    largest = largest_batch(workload)

    def cut(function: Function) -> Function:
        return replace(function, batch_size=min(function.batch_size, largest))

    return replace(
        design,
        relay=cut(design.relay),
        classifier=cut(design.classifier) if design.classifier else None,
    )


def write_units_an_event(workload: Workload, design: Design) -> float:
    """Write units of the state table and the table of sign-outs, on average over a month."""
    return table_write_units(workload, design.table_writes) / workload.events


def _events_sent(design: Design, queues: int, workload: Workload) -> float:
    """With a message group an agent, each message of a call counts as a call: they are of different
    groups, and AWS's pages have the quota of batches for calls with one group."""
    batch = design.relay.batch_size
    calls = sends(batch, workload, design, queues)
    if not calls:
        return inf
    if design.message_groups == "agent":
        return LIMITS["sqs.high_throughput_calls"] / workload.monitored_share
    return queues * LIMITS["sqs.calls"] * batch / calls


def _events_deleted(design: Design, queues: int, workload: Workload) -> float:
    if not workload.connected_share:
        return inf
    calls = (
        LIMITS["sqs.high_throughput_calls"]
        if design.message_groups == "agent"
        else queues * LIMITS["sqs.calls"]
    )
    return calls / (workload.deletes_per_message * workload.monitored_share)
