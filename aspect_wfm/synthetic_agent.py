"""A synthetic agent: their events, and their lines in report files."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rta_relay.hierarchy_filter import HierarchyFilter

# What names such an agent wherever they are seen.
MARK = "aspect-wfm-doctor"

_RUN = "%Y%m%dT%H%M%SZ"

SIGNED_IN = {"Name": "Doctor test", "Type": "CUSTOM"}
SIGNED_OUT = {"Name": "Offline", "Type": "OFFLINE"}


@dataclass(frozen=True, slots=True)
class SyntheticAgent:
    """`group` is their hierarchy group at `level`; level 0 is none. `stream` is an ARN."""

    username: str
    stream: str
    level: int
    group: str

    @property
    def arn(self) -> str:
        """An ARN in an instance that does not exist, in the stream's account."""
        _, partition, _, region, account, _ = self.stream.split(":", 5)
        return f"arn:{partition}:connect:{region}:{account}:instance/{MARK}/agent/{self.username}"

    @property
    def snapshot(self) -> dict[str, Any]:
        """The constant part of their snapshot."""
        return {
            "Configuration": {
                "AgentHierarchyGroups": {f"Level{self.level}": {"ARN": MARK, "Name": self.group}}
                if self.level
                else None,
                "FirstName": "Synthetic",
                "LastName": "Agent",
                "RoutingProfile": {"ARN": MARK, "Name": MARK},
                "Username": self.username,
            },
            "Contacts": [],
            "NextAgentStatus": None,
        }


def run_name(now: datetime, token: str) -> str:
    """The name of a run that begins `now`; `token` tells it from another of the same second."""
    return f"{now.astimezone(UTC):{_RUN}}-{token}"


def run_start(run: str) -> datetime:
    """When a run began. Raises ValueError for what is not the name of one."""
    return datetime.strptime(run.partition("-")[0], _RUN).replace(tzinfo=UTC)


def synthetic_agents(
    run: str, stream: str, filters: Iterable[HierarchyFilter]
) -> list[SyntheticAgent]:
    """As many agents as it takes for one to pass each filter, in the same order every time."""
    groups = sorted({(each.level, min(each.values)) for each in filters if each.level})
    return [
        SyntheticAgent(f"{MARK}-{run}-{number}", stream, level, group)
        for number, (level, group) in enumerate(groups or [(0, "")], 1)
    ]


def is_synthetic(agent_arn: str) -> bool:
    """Whether the agent is one of the doctor's, of any run."""
    return f":instance/{MARK}/agent/" in agent_arn


def agent_event(agent: SyntheticAgent, status: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """The event in which the agent changes to `status`."""
    moment = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return {
        "AWSAccountId": agent.stream.split(":")[4],
        "AgentARN": agent.arn,
        "CurrentAgentSnapshot": {
            "AgentStatus": {"ARN": MARK, "StartTimestamp": moment, **status},
            **agent.snapshot,
        },
        "EventId": f"{agent.username}-{moment}",
        "EventTimestamp": moment,
        "EventType": "STATE_CHANGE",
        "InstanceARN": agent.arn.partition("/agent/")[0],
        "PreviousAgentSnapshot": None,
        "Version": "2017-10-01",
    }


def lines_of(content: bytes, usernames: Collection[str]) -> list[str]:
    """The synthetic agent of each of their lines in a report file."""
    return [name for line in content.split(b"\n") if (name := _username(line)) in usernames]


def without_lines_of(content: bytes, usernames: Collection[str]) -> bytes:
    """A report file without their lines; a heartbeat's single line feed where nothing is left."""
    kept = [line for line in content.split(b"\n") if _username(line) not in usernames]
    return b"\n".join(kept) or b"\n"


def _username(line: bytes) -> str:
    """The second column, as far as it is not in quotes: ours never is."""
    columns = line.split(b",", 2)
    return columns[1].decode("utf-8", "replace") if len(columns) == 3 else ""
