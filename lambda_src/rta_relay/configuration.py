"""The relay's configuration, from its environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass

from function_runtime.environment import ConfigurationError, boolean, one_of, required, whole_number
from rta_relay.hierarchy_filter import HierarchyFilter

# Fixed by the wire contract, section 3.3: the RTA server looks for this name.
FLAG_NAME = "WriteEventsToQueue"

# A variable that the original relay lacks, so that it tells one of ours from it.
SIGNED_OUT_AGENTS_TABLE = "SIGNED_OUT_AGENTS_TABLE"


@dataclass(frozen=True, slots=True)
class Configuration:
    """`flag` is the write-to-SQS flag when it lives in the environment, else None; then
    `configuration_table` is the table that holds it. `queue_urls` are in the contract's order.
    `message_group` is the group that all agents share, None where each agent has their own."""

    agent_state_table: str
    signed_out_agents_table: str
    configuration_table: str | None
    flag: bool | None
    queue_urls: tuple[str, ...]
    message_group: str | None
    hierarchy_filter: HierarchyFilter
    failed_records_bucket: str


def read_configuration(environment: Mapping[str, str]) -> Configuration:
    """Raises ConfigurationError, which names the variable and the value it needs.

    Variables that the original system has carry its names, since the RTA server may read them (wire
    contract, section 3.3); the others are in upper case.
    """
    configuration_table = environment.get("ConfigTableName") or None
    return Configuration(
        agent_state_table=required(
            environment, "DynamoDbTableName", "the name of the agent state table"
        ),
        signed_out_agents_table=required(
            environment, SIGNED_OUT_AGENTS_TABLE, "the name of the table of signed-out agents"
        ),
        configuration_table=configuration_table,
        flag=None
        if configuration_table
        else boolean(
            required(environment, FLAG_NAME, "True or False"), f"Environment variable {FLAG_NAME}"
        ),
        queue_urls=_queue_urls(environment),
        message_group=_message_group(environment),
        hierarchy_filter=_hierarchy_filter(environment),
        failed_records_bucket=required(
            environment, "FAILED_RECORDS_BUCKET", "the name of the bucket for failed records"
        ),
    )


def _queue_urls(environment: Mapping[str, str]) -> tuple[str, ...]:
    # The module limits their number; here each of them needs an address.
    queues = whole_number(environment, "NumSqsQueues", "the number of queues", 1, 999)
    return tuple(_queue_url(environment, number) for number in range(1, queues + 1))


def _queue_url(environment: Mapping[str, str], number: int) -> str:
    name, meaning = f"SqsQueueUrl{number}", f"the URL of FIFO queue {number}"
    url = required(environment, name, meaning)
    if not url.endswith(".fifo"):
        raise ConfigurationError(f"Environment variable {name} is {url!r}: set it to {meaning}.")
    return url


def _message_group(environment: Mapping[str, str]) -> str | None:
    meaning = "how agents are put into message groups"
    groups = one_of(environment, "MESSAGE_GROUPS", meaning, ("shared", "agent"), "shared")
    shared = required(environment, "SqsQueueMessageGroupId", "the message group that agents share")
    return shared if groups == "shared" else None


def _hierarchy_filter(environment: Mapping[str, str]) -> HierarchyFilter:
    level = whole_number(environment, "AhgFilterLevel", "the hierarchy level to filter on", 0, 5)
    if level == 0:
        return HierarchyFilter(0, frozenset())
    separator = required(environment, "AhgFilterSeparator", "the character between filter values")
    meaning = "the names of the groups that pass"
    values = required(environment, "AhgFilterValues", meaning)
    groups = HierarchyFilter.of(level, values.split(separator))
    if not groups.values:
        raise ConfigurationError(
            f"Environment variable AhgFilterValues is {values!r}: set it to {meaning}."
        )
    return groups
