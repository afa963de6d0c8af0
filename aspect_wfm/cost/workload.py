"""What Amazon Connect sends and what its readers do, in a month: the model's assumptions.

Each field is named, with its value and reason, in docs/cost.md.
"""

from dataclasses import dataclass

from aspect_wfm.cost.rules import heartbeats_per_hour


@dataclass(frozen=True, slots=True)
class Workload:
    """Agents and their events, RTA server and WFM Adapter.

    Sizes are in bytes, and are the means over `tests/data/agent-events.ndjson` of what the
    functions make of it; `item_bytes` that of state changes that leave an item. Shares are
    from 0 to 1.
    """

    agents: int
    hours_signed_in: float = 8.0
    working_days: int = 22
    open_hours: float = 12.0
    state_changes_per_hour: float = 24.0
    heartbeat_seconds: float = 120.0
    heartbeat_hours_after: float = 1.0
    peak_factor: float = 1.5
    event_bytes: int = 2_797
    message_bytes: int = 1_103
    item_bytes: int = 1_354
    line_bytes: int = 116
    monitored_share: float = 1.0
    connected_share: float = 1.0
    queues: int = 1
    late_share: float = 0.001
    polls_per_second: float = 1.0
    deletes_per_message: float = 1.0
    scans_per_month: float = 30.0
    adapter_listings_per_hour: float = 4.0
    report_months_kept: float = 12.0

    @property
    def open_seconds(self) -> float:
        """Seconds of a month in which agents are signed in."""
        return self.working_days * self.open_hours * 3_600

    @property
    def agent_days(self) -> float:
        """Days that agents work in a month; each has one sign-in and one sign-out."""
        return self.agents * self.working_days

    @property
    def events_per_signed_in_hour(self) -> float:
        """Events of an agent in an hour, heartbeats included."""
        return self.state_changes_per_hour + heartbeats_per_hour(
            self.state_changes_per_hour, self.heartbeat_seconds
        )

    @property
    def state_changes(self) -> float:
        """Events of a month that are no heartbeats, without the sign-outs."""
        return self.agent_days * self.hours_signed_in * self.state_changes_per_hour

    @property
    def sign_outs(self) -> float:
        """Sign-outs in a month."""
        return self.agent_days

    @property
    def sign_ins(self) -> float:
        """State changes in a month that find no item, being the first after a sign-out."""
        return min(self.agent_days, self.state_changes)

    @property
    def late_changes(self) -> float:
        """State changes in a month that come again, or later than a newer one of their agent."""
        return (self.state_changes - self.sign_ins) * self.late_share

    @property
    def events(self) -> float:
        """All events of a month."""
        after = self.heartbeat_hours_after * 3_600 / self.heartbeat_seconds
        return self.sign_outs + self.agent_days * (
            self.hours_signed_in * self.events_per_signed_in_hour + after
        )

    @property
    def change_share(self) -> float:
        """The share of events that are no heartbeats."""
        return (self.state_changes + self.sign_outs) / self.events if self.events else 0.0

    @property
    def events_per_second(self) -> float:
        """Events in a second, on average over the open hours."""
        return self.events / self.open_seconds

    @property
    def signed_in_events_per_second(self) -> float:
        """Events in a second, on average while all agents are signed in."""
        return self.agents * self.events_per_signed_in_hour / 3_600

    @property
    def peak_events_per_second(self) -> float:
        """Events in a second when all agents are signed in and more happens than usual."""
        return self.signed_in_events_per_second * self.peak_factor
