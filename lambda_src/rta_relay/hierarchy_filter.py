"""The agent hierarchy group filter (wire contract, section 3.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from agent_events.agent_event import text


@dataclass(frozen=True, slots=True)
class HierarchyFilter:
    """Level 0 lets everything pass; 1 to 5, what belongs to one of the groups at that level.

    `values` are group names, case-folded.
    """

    level: int
    values: frozenset[str]

    @classmethod
    def of(cls, level: int, values: Iterable[str]) -> Self:
        return cls(level, frozenset(value.casefold() for value in values))

    def passes(self, snapshot: Any) -> bool:
        """Whether an agent with this snapshot is monitored; a snapshot without the level is not."""
        if self.level == 0:
            return True
        group = text(
            snapshot, "Configuration", "AgentHierarchyGroups", f"Level{self.level}", "Name"
        )
        return group is not None and group.casefold() in self.values
