"""How long the functions, and the RTA server, need for what came during an outage."""

import math
from dataclasses import replace
from math import inf

from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.capacities import READERS, Capacities, Settings, capacities
from benchmarks.growth.settings import DEFAULTS


def events_per_second(workload: Workload) -> float:
    """What comes while all agents are signed in, without the peak's share."""
    return workload.agents * workload.events_per_signed_in_hour / 3_600


def seconds_to_catch_up(outage_seconds: float, arriving: float, processed: float) -> float:
    """How long events that came at the rate `arriving` take at the rate `processed`, while others
    come at the same rate as before."""
    return outage_seconds * arriving / (processed - arriving) if processed > arriving else inf


def functions_take(takes: Capacities) -> float:
    """Events a second that both functions take of a backlog."""
    reads = takes.reads if takes.fan_out else takes.reads / READERS
    return min(reads, takes.relay, takes.classifier)


def enough_for(
    workload: Workload, timing: Timing, outage_seconds: float, within_seconds: float
) -> Settings:
    """The fewest shards and queues that catch up with an outage within so many seconds; all else
    has its default."""
    wanted = events_per_second(workload) * (1 + outage_seconds / within_seconds)
    takes = capacities(DEFAULTS, workload, timing)
    shards = max(1, math.ceil(wanted / functions_take(takes)))
    queues = max(1, math.ceil(wanted / min(takes.sends, takes.rta_server)))
    return replace(DEFAULTS, shards=shards, queues=queues)
