"""The relay's configuration, from its environment variables."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from agent_events.environment import ConfigurationError, boolean, one_of, required, whole_number
from rta_relay.hierarchy_filter import HierarchyFilter
from rta_relay.message import MessageGroups

# Fixed by the wire contract, section 3.3: the RTA server looks for this name.
FLAG_NAME = "WriteEventsToQueue"


@dataclass(frozen=True, slots=True)
class Configuration:
    """`flag` is the write-to-SQS flag when it lives in the environment, else None; then
    `configuration_table` is the table that holds it. `queue_urls` are in the contract's order."""

    agent_state_table: str
    signed_out_agents_table: str
    configuration_table: str | None
    flag: bool | None
    queue_urls: tuple[str, ...]
    message_groups: MessageGroups
    hierarchy_filter: HierarchyFilter
    failed_records_bucket: str


def read_configuration(environment: Mapping[str, str]) -> Configuration:
    """Raises ConfigurationError, which names the variable and the value it needs."""
    location = one_of(
        environment, "FLAG_LOCATION", "where the write-to-SQS flag lives", ("env", "table")
    )
    in_table = location == "table"
    return Configuration(
        agent_state_table=required(
            environment, "AGENT_STATE_TABLE", "the name of the agent state table"
        ),
        signed_out_agents_table=required(
            environment, "SIGNED_OUT_AGENTS_TABLE", "the name of the table of signed-out agents"
        ),
        configuration_table=required(
            environment, "CONFIGURATION_TABLE", "the name of the table that holds the flag"
        )
        if in_table
        else None,
        flag=None
        if in_table
        else boolean(
            required(environment, FLAG_NAME, "True or False"), f"Environment variable {FLAG_NAME}"
        ),
        queue_urls=_queue_urls(environment),
        message_groups=one_of(
            environment,
            "MESSAGE_GROUPS",
            "how agents are put into message groups",
            ("shared", "agent"),
            "shared",
        ),
        hierarchy_filter=_hierarchy_filter(environment),
        failed_records_bucket=required(
            environment, "FAILED_RECORDS_BUCKET", "the name of the bucket for failed records"
        ),
    )


def _queue_urls(environment: Mapping[str, str]) -> tuple[str, ...]:
    meaning = "a JSON list of 1 to 10 queue URLs"
    value = required(environment, "QUEUE_URLS", meaning)
    try:
        urls = json.loads(value)
    except ValueError:
        urls = None
    if (
        not isinstance(urls, list)
        or not 1 <= len(urls) <= 10
        or not all(isinstance(url, str) and url.endswith(".fifo") for url in urls)
    ):
        raise ConfigurationError(
            f"Environment variable QUEUE_URLS is {value!r}: set it to {meaning} of FIFO queues."
        )
    return tuple(urls)


def _hierarchy_filter(environment: Mapping[str, str]) -> HierarchyFilter:
    level = whole_number(environment, "AHG_FILTER_LEVEL", "the hierarchy level to filter on", 0, 5)
    if level == 0:
        return HierarchyFilter(0, frozenset())
    separator = required(environment, "AHG_FILTER_SEPARATOR", "the character between filter values")
    values = required(environment, "AHG_FILTER_VALUES", "the names of the groups that pass")
    return HierarchyFilter.of(level, values.split(separator))
