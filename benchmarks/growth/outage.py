"""How long the functions, and the RTA server, need for what came during an outage."""

from math import inf

from aspect_wfm.cost.workload import Workload


def events_per_second(workload: Workload) -> float:
    """What comes while all agents are signed in, without the peak's share."""
    return workload.agents * workload.events_per_signed_in_hour / 3_600


def seconds_to_catch_up(outage_seconds: float, arriving: float, processed: float) -> float:
    """How long events that came at the rate `arriving` take at the rate `processed`, while others
    come at the same rate as before."""
    return outage_seconds * arriving / (processed - arriving) if processed > arriving else inf
