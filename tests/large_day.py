"""A made-up day of a large contact centre, as report lines."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.report_lines import HierarchyGroups, Report, ReportLine, StateType

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
DAY = Period(MIDNIGHT, MIDNIGHT + timedelta(days=1))

_SHIFT = timedelta(hours=8, minutes=30)
_MINUTES_A_STATUS = 3.6  # about 140 changes a shift
_SITES = ("EMEA", "Americas", "APAC")

# Most teams are small enough to be shown open; every eighth has more than 50 agents.
_TEAM = 18
_LARGE_TEAM = 52

_STATUSES = (
    ("Available", StateType.AVAILABLE, 0.45),
    ("After contact work", StateType.SIGNED_IN, 0.2),
    ("Break", StateType.SIGNED_IN, 0.1),
    ("Lunch", StateType.SIGNED_IN, 0.05),
    ("Coaching", StateType.SIGNED_IN, 0.08),
    ("Back office", StateType.SIGNED_IN, 0.12),
)


def large_day(agents: int) -> Report:
    """The same report every time for the same number of `agents`."""
    lines = [
        line
        for number, groups in zip(range(agents), _teams(), strict=False)
        for line in _agent(f"agent.{number:04}@contact.example", groups, random.Random(number))
    ]
    ordered = sorted(lines, key=lambda line: (line.timestamp, line.username))
    return Report(tuple(ordered), repeated=0, heartbeats=288, objects=288)


def _teams() -> Iterator[HierarchyGroups]:
    """The hierarchy groups of one agent after another."""
    team = 0
    while True:
        site = _SITES[team % len(_SITES)]
        for _ in range(_LARGE_TEAM if team % 8 == 0 else _TEAM):
            yield site, f"{site} {team % 6 + 1}", f"Team {team:03}", None, None
        team += 1


def _agent(username: str, groups: HierarchyGroups, choice: random.Random) -> Iterator[ReportLine]:
    def line(moment: datetime, state_name: str, state_type: StateType) -> ReportLine:
        return ReportLine(
            aws_account_id="111122223333",
            username=username,
            hierarchy_groups=groups,
            timestamp=moment,
            state_name=state_name,
            contact_state=None,
            state_type=state_type,
            routing_profile="Basic",
            agent_status_type=None,
        )

    moment = MIDNIGHT + timedelta(minutes=choice.randrange(900))
    end = moment + _SHIFT
    weights = [weight for *_, weight in _STATUSES]
    while moment < end:
        ((state_name, state_type, _),) = choice.choices(_STATUSES, weights)
        yield line(moment, state_name, state_type)
        moment += timedelta(milliseconds=choice.expovariate(1 / _MINUTES_A_STATUS) * 60_000 + 1)
    yield line(end, "Offline", StateType.SIGNED_OUT)
