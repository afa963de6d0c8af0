"""What to set for a number of agents."""

import math
from dataclasses import replace

from aspect_wfm.cost.designs import OURS
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.capacities import Settings, capacities
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import local_values

DEFAULTS = Settings()
OWN_GROUPS = Settings(design=replace(OURS, message_groups="agent"))

# What each stage takes beyond the peak: for shards and queues that get a little more than their
# share, and to catch up after a pause.
HEADROOM = 1.25

# Of num_sqs_queues.
MOST_QUEUES: int = local_values(REPOSITORY / "modules" / "rta")["max_sqs_queues"]


def recommended(workload: Workload, timing: Timing) -> Settings:
    """As few shards and queues as take the peak with HEADROOM; the rest has its default.

    There are more queues as long as there may be, since one message group for all agents is what
    the RTA server expects.
    """
    return enough(workload.peak_events_per_second * HEADROOM, workload, timing)


def enough(events_per_second: float, workload: Workload, timing: Timing) -> Settings:
    """As few shards and queues as take this many events."""
    takes = capacities(DEFAULTS, workload, timing)
    shards = math.ceil(events_per_second / min(takes.stream, takes.functions))
    queues = math.ceil(events_per_second / min(takes.rta_server, takes.sends))
    if queues > MOST_QUEUES:
        return replace(OWN_GROUPS, shards=shards)
    return Settings(shards, queues)


def agents_taken(
    settings: Settings, workload: Workload, timing: Timing, headroom: float = 1.0
) -> int:
    """How many agents the settings are enough for, at the peak and with `headroom`."""
    takes = capacities(settings, workload, timing)
    an_agent = replace(workload, agents=1).peak_events_per_second * headroom
    return math.floor(min(takes.stream, takes.functions, takes.rta_server) / an_agent)
