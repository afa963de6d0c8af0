"""Why a record is set aside whole instead of being delivered."""

from enum import StrEnum


class Condition(StrEnum):
    """The `condition` of a record that is set aside; `meaning` is its row in docs/alarms.md."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Condition":
        """A member that is its `value` as a string."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    AGENT_STATE_REJECTED = (
        "AgentStateRejected",
        "DynamoDB rejects the agent's item for what it contains",
    )
    AGENT_STATE_TOO_LARGE = (
        "AgentStateTooLarge",
        "the agent's item exceeds DynamoDB's limit of 400 KB",
    )
    EVENT_TIMESTAMP_IN_FUTURE = (
        "EventTimestampInFuture",
        "dated more than 24 hours after its arrival: it would hide every later state of its agent",
    )
    MESSAGE_TOO_LARGE = (
        "MessageTooLarge",
        "the message is larger than the queue's limit",
    )
    NESTED_TOO_DEEPLY = (
        "NestedTooDeeply",
        "nested more deeply than the function can read or write as JSON",
    )
    NUMBER_OUT_OF_RANGE = (
        "NumberOutOfRange",
        "holds a number that cannot be written as JSON again",
    )
    REPORT_LINE_TOO_LARGE = (
        "ReportLineTooLarge",
        "the report line exceeds Firehose's limit of 1,000 KB for a record",
    )
