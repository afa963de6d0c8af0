"""The report line of an agent event (wire contract, section 2.1)."""

import re
from collections.abc import Mapping
from typing import Any

from agent_classifier.status_table import StatusTable
from agent_events.agent_event import AgentEvent, an_object, string_at
from agent_events.names import name_key

_STATE_TYPES = {"ROUTABLE": "A", "OFFLINE": "0"}
_SIGNED_IN = "1"

_MISSING = "null"

_LEVELS = [f"Level{level}" for level in range(1, 6)]

# All that some reader takes for the end of a line: LF, CR and both together; VT, FF, NEL, LS and
# PS, which Unicode names as well; and FS, GS and RS, where Python too splits lines.
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")

# UTF-8 cannot carry it.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def report_line(
    event: AgentEvent, table: StatusTable, include_agent_status_type: bool
) -> bytes | None:
    """The event's line, with its line end; None where `Username` is empty, or no string.

    A value that is missing, empty or no string is `null`. A line break in a value is one space and
    a lone surrogate U+FFFD; all other characters, tabs and control characters too, are as they
    came.
    """
    snapshot = an_object(event.current)
    configuration = an_object(snapshot.get("Configuration"))
    username = configuration.get("Username")
    if not isinstance(username, str) or not username:
        return None
    groups = an_object(configuration.get("AgentHierarchyGroups"))
    status = an_object(snapshot.get("AgentStatus"))
    values = [
        event.document.get("AWSAccountId"),
        username,
        *[group and string_at(group, "Name") for group in map(groups.get, _LEVELS)],
        f"{event.timestamp[:10]} {event.timestamp[11:23]}",
        status.get("Name"),
        _contact_state(snapshot),
        state_type(status, table),
        an_object(configuration.get("RoutingProfile")).get("Name"),
    ]
    if include_agent_status_type:
        values.append(status.get("Type"))
    row = ",".join([_MISSING if value is None else _written(value) for value in values])
    return f"{row}\n".encode()


def state_type(status: Mapping[str, Any], table: StatusTable) -> str:
    """`A` available, `0` signed out, `1` signed in, for an `AgentStatus` (wire contract, 2.2)."""
    named = table.get(name_key(string_at(status, "Name") or ""))
    return named or _STATE_TYPES.get(string_at(status, "Type") or "", _SIGNED_IN)


def _contact_state(snapshot: Mapping[str, Any]) -> str | None:
    contacts = snapshot.get("Contacts")
    return string_at(contacts[0], "State") if isinstance(contacts, list) and contacts else None


def _written(value: object) -> str:
    if not value or not isinstance(value, str):
        return _MISSING
    if not value.isprintable():
        value = _LONE_SURROGATE.sub("\ufffd", _LINE_BREAK.sub(" ", value))
    if "," in value or '"' in value:
        return '"' + value.replace('"', '""') + '"'
    return value
