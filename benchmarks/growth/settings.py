"""What to set for a number of agents."""

import math
from collections.abc import Iterator
from dataclasses import replace

from aspect_wfm.cost.designs import Function
from aspect_wfm.cost.rules import MB_A_VCPU
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.capacities import Capacities, Settings, capacities
from benchmarks.growth.limits import LIMITS

DEFAULTS = Settings()

# What each stage takes beyond the peak: for shards and queues that get a little more than their
# share, and to catch up after a pause.
HEADROOM = 1.25

# Of num_sqs_queues; the wire contract says so.
MOST_QUEUES = 10


# What functions are given, up to a whole CPU.
_MEMORY_MB = (256, 512, 1_024, MB_A_VCPU)


def recommended(workload: Workload, timing: Timing) -> Settings:
    """As few shards and queues as take the peak with HEADROOM, and functions that keep up.

    Shards are for what the stream takes in and gives out. A function that is too slow for them gets
    memory, and CPU with it, up to a whole CPU; then batches side by side, which are smaller and
    therefore make more calls. There are more queues as long as there may be, since one message
    group for all agents is what the RTA server expects.
    """
    wanted = workload.peak_events_per_second * HEADROOM
    takes = capacities(DEFAULTS, workload, timing)
    shards = math.ceil(wanted / min(takes.stream, takes.reads / 2))
    queues = math.ceil(wanted / min(takes.rta_server, takes.sends))
    settings = replace(DEFAULTS, shards=shards, queues=queues)
    if queues > MOST_QUEUES:
        settings = replace(settings, queues=1).redesigned(message_groups="agent")
    for relay in _faster(settings.design.relay):
        settings = settings.redesigned(relay=relay)
        if capacities(settings, workload, timing).relay_function >= wanted:
            break
    for classifier in _faster(settings.classifier):
        settings = settings.redesigned(classifier=classifier)
        if capacities(settings, workload, timing).classifier >= wanted:
            break
    return settings


def agents_taken(
    settings: Settings, workload: Workload, timing: Timing, headroom: float = 1.0
) -> int:
    """How many agents the settings are enough for, at the peak and with `headroom`."""
    takes = capacities(settings, workload, timing)
    an_agent = replace(workload, agents=1).peak_events_per_second * headroom
    return math.floor(narrowest(takes) / an_agent)


def narrowest(takes: Capacities) -> float:
    """Events a second that every stage takes."""
    reads = takes.reads if takes.fan_out else takes.reads / 2
    return min(takes.stream, reads, takes.relay, takes.classifier, takes.rta_server)


def _faster(function: Function) -> Iterator[Function]:
    """The function, and ones that are faster and cost more, in that order."""
    for memory_mb in (each for each in _MEMORY_MB if each >= function.memory_mb):
        yield replace(function, memory_mb=memory_mb)
    for factor in range(2, int(LIMITS["lambda.parallelization_factor"]) + 1):
        yield replace(function, memory_mb=_MEMORY_MB[-1], parallelization_factor=factor)
