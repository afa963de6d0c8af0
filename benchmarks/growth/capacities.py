"""What each stage takes with given settings, in events a second."""

from dataclasses import dataclass
from math import inf

from aspect_wfm.cost.designs import OURS, Design
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


@dataclass(frozen=True, slots=True)
class Settings:
    """What the modules' variables are set to; the rest of the design is as it is."""

    shards: int = 1
    queues: int = 1
    design: Design = OURS


@dataclass(frozen=True, slots=True)
class Capacities:
    """Events a second; `reads` are what each function gets of the shards."""

    stream: float
    reads: float
    relay_function: float
    sends: float
    table: float
    classifier: float
    rta_server: float

    @property
    def functions(self) -> float:
        """What both functions get through; the relay waits for the queues and the table."""
        return min(self.reads, self.relay_function, self.sends, self.table, self.classifier)


def capacities(settings: Settings, workload: Workload, timing: Timing) -> Capacities:
    """What each stage takes of `workload`, whose number of agents does not matter."""
    shards, queues, design = settings.shards, settings.queues, settings.design
    batch = design.relay.batch_size
    quota, sent = queues * LIMITS["sqs.calls"], sends(batch, workload, design, queues)
    if design.message_groups == "agent":
        # Each message of a call counts as a call: they are of different groups, and AWS's pages
        # have the quota of batches for calls with one group.
        quota, sent = LIMITS["sqs.high_throughput_calls"], batch * workload.monitored_share
    deletes = workload.monitored_share * workload.deletes_per_message
    connected = workload.connected_share > 0
    bytes_in = LIMITS["shard.bytes_in"] / workload.event_bytes
    readers = 1 if design.stream.fan_out else CONSUMERS
    write_units = table_write_units(workload, design.table_writes) / workload.events
    return Capacities(
        stream=shards * min(LIMITS["shard.records_in"], bytes_in),
        reads=shards * LIMITS["shard.bytes_out"] / workload.event_bytes / readers,
        relay_function=shards * relay_events_per_second(workload, design, timing, queues),
        sends=quota * batch / sent if connected else inf,
        table=LIMITS["table.writes_at_first"] / write_units,
        classifier=shards * classifier_events_per_second(design, timing),
        rta_server=quota / deletes if connected else inf,
    )
