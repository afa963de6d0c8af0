"""The agent hierarchy group filter (wire contract, section 3.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from agent_events.agent_event import string_at, value_at
from agent_events.names import name_key


@dataclass(frozen=True, slots=True)
class HierarchyFilter:
    """Level 0 lets everything pass; 1 to 5, what belongs to one of the groups at that level.

    `values` are group names as `name_key` has them, none of them empty.
    """

    level: int
    values: frozenset[str]

    @classmethod
    def of(cls, level: int, values: Iterable[str]) -> Self:
        """The filter for group names as people type them."""
        return cls(level, frozenset(map(name_key, values)) - {""})

    def passes(self, snapshot: Any) -> bool:
        """Whether an agent with this snapshot is monitored; a snapshot without the level is not."""
        if self.level == 0:
            return True
        group = string_at(
            snapshot, "Configuration", "AgentHierarchyGroups", f"Level{self.level}", "Name"
        )
        return group is not None and name_key(group) in self.values

    def excludes(self, snapshot: Any) -> bool:
        """Whether this snapshot shows that its agent is not monitored. A missing one, or one
        without a `Configuration`, shows nothing."""
        return isinstance(value_at(snapshot, "Configuration"), dict) and not self.passes(snapshot)
