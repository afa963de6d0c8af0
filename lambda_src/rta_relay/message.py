"""What the RTA server receives for an event, and on which queue (wire contract, section 3.4)."""

import hashlib
import json
import re
from typing import NamedTuple

from agent_events.agent_event import AgentEvent, Undeliverable, utf8_size, value_at
from agent_events.conditions import Condition

# The queues' maximum message size, in bytes.
LARGEST_MESSAGE = 262_144

# SQS refuses these characters, and UTF-8 cannot carry a lone surrogate at all.
_UNSENDABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


# What was read from JSON has no cycles to look for.
_COMPACT = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
)


class Message(NamedTuple):
    """One message: `size` is the body's in bytes of UTF-8."""

    sequence_number: str
    agent_arn: str
    body: str
    size: int


def message(sequence_number: str, event: AgentEvent) -> Message:
    """The message for an event. Raises Undeliverable for one that `minimised` cannot write."""
    body = minimised(event)
    return Message(sequence_number, event.agent_arn, body, utf8_size(body))


def minimised(event: AgentEvent) -> str:
    """The event's JSON, compact, without `PreviousAgentSnapshot` and the routing profile.

    The rest is unchanged. The few characters that SQS rejects are written as JSON escapes, which a
    reader decodes to the same characters. Raises Undeliverable for an event with an infinite
    number, for which JSON has no notation, and for one nested too deeply.
    """
    document = event.document.copy()
    document.pop("PreviousAgentSnapshot", None)
    configuration = value_at(event.current, "Configuration")
    if isinstance(configuration, dict) and "RoutingProfile" in configuration:
        configuration = configuration.copy()
        del configuration["RoutingProfile"]
        document["CurrentAgentSnapshot"] = {**event.current, "Configuration": configuration}
    try:
        body = _COMPACT.encode(document)
    except ValueError:
        raise Undeliverable(Condition.NUMBER_OUT_OF_RANGE) from None
    except RecursionError:
        raise Undeliverable(Condition.NESTED_TOO_DEEPLY) from None
    if body.isascii():
        return body
    return _UNSENDABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", body)


def queue_index(agent_arn: str, queues: int) -> int:
    """Which of `queues` queues (counted from 0) carries this agent's events."""
    if queues == 1:
        return 0
    digest = hashlib.sha256(agent_arn.encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "little", signed=True) % queues


def message_group(shared: str | None, agent_arn: str) -> str:
    """The message group of this agent's events: the `shared` one, or where there is none, a group
    of the agent's own.

    An ARN may be longer than the 128 characters that SQS takes, so it is the ARN's SHA-256.
    """
    if shared is not None:
        return shared
    return hashlib.sha256(agent_arn.encode("utf-8")).hexdigest()
