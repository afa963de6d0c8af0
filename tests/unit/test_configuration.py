import importlib
import sys

import pytest

from function_runtime.environment import ConfigurationError
from rta_relay.configuration import read_configuration
from rta_relay.hierarchy_filter import HierarchyFilter
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.relay_environment import MESSAGE_GROUP, queue_variables, relay_environment
from tests.terraform_files import local_values

MAX_QUEUES = local_values(REPOSITORY / "modules" / "rta")["max_sqs_queues"]

URLS = ["https://sqs/1.fifo", "https://sqs/2.fifo"]

ENVIRONMENT = relay_environment(URLS)

# Without these the relay works: the filter is off, and message groups are a later addition.
OPTIONAL = {"AhgFilterSeparator", "AhgFilterValues", "MESSAGE_GROUPS"}


def test_the_environment_is_read_as_the_module_writes_it() -> None:
    configuration = read_configuration(ENVIRONMENT)
    assert configuration.queue_urls == ("https://sqs/1.fifo", "https://sqs/2.fifo")
    assert configuration.flag is False
    assert configuration.configuration_table is None
    assert configuration.hierarchy_filter.level == 0


def test_agents_share_a_message_group_unless_the_environment_says_otherwise() -> None:
    without = {name: value for name, value in ENVIRONMENT.items() if name != "MESSAGE_GROUPS"}
    assert read_configuration(without).message_group == MESSAGE_GROUP
    assert read_configuration(ENVIRONMENT).message_group == MESSAGE_GROUP
    own = read_configuration(ENVIRONMENT | {"SqsQueueMessageGroupId": "of-the-estate"})
    assert own.message_group == "of-the-estate"
    assert read_configuration(ENVIRONMENT | {"MESSAGE_GROUPS": "agent"}).message_group is None


def test_as_many_queues_as_the_module_allows_are_in_the_order_of_their_numbers() -> None:
    urls = [f"https://sqs/{number}.fifo" for number in range(1, MAX_QUEUES + 1)]
    assert list(read_configuration(relay_environment(urls)).queue_urls) == urls


def test_the_filter_values_are_split_at_the_separator() -> None:
    configuration = read_configuration(
        ENVIRONMENT
        | {"AhgFilterLevel": "2", "AhgFilterSeparator": ";", "AhgFilterValues": "A, b;C"}
    )
    assert configuration.hierarchy_filter == HierarchyFilter.of(2, ["A, B", "c"])


@pytest.mark.parametrize("value", ["True", "true", "TRUE"])
def test_the_flag_may_be_written_in_any_case(value: str) -> None:
    assert read_configuration(ENVIRONMENT | {"WriteEventsToQueue": value}).flag is True


def test_a_flag_in_the_table_is_not_read_from_the_environment() -> None:
    configuration = read_configuration(
        ENVIRONMENT | {"ConfigTableName": "c", "WriteEventsToQueue": "True"}
    )
    assert configuration.flag is None
    assert configuration.configuration_table == "c"


@pytest.mark.parametrize("name", sorted(ENVIRONMENT.keys() - OPTIONAL))
def test_a_missing_variable_is_named_with_the_value_it_needs(name: str) -> None:
    environment = {key: value for key, value in ENVIRONMENT.items() if key != name}
    with pytest.raises(ConfigurationError, match=f"{name} is missing: set it to "):
        read_configuration(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WriteEventsToQueue", "yes"),
        ("WriteEventsToQueue", " True"),
        ("AhgFilterLevel", "6"),
        ("AhgFilterLevel", "-1"),
        ("AhgFilterLevel", "²"),
        ("NumSqsQueues", "0"),
        ("NumSqsQueues", "two"),
        ("MESSAGE_GROUPS", "Agent"),
        ("SqsQueueUrl2", "https://sqs/not-fifo"),
    ],
)
def test_a_malformed_variable_is_named_with_the_value_it_needs(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is .*: set it to "):
        read_configuration(ENVIRONMENT | {name: value})


@pytest.mark.parametrize("name", ["AhgFilterSeparator", "AhgFilterValues"])
def test_a_filter_level_needs_separator_and_values(name: str) -> None:
    environment = ENVIRONMENT | {
        "AhgFilterLevel": "1",
        "AhgFilterSeparator": ",",
        "AhgFilterValues": "A",
    }
    del environment[name]
    with pytest.raises(ConfigurationError, match=f"{name} is missing"):
        read_configuration(environment)


@pytest.mark.parametrize("values", [",", " , ", "\u00a0"])
def test_filter_values_without_a_name_are_refused(values: str) -> None:
    with pytest.raises(ConfigurationError, match=r"AhgFilterValues is .*: set it to the names"):
        read_configuration(ENVIRONMENT | {"AhgFilterLevel": "1", "AhgFilterValues": values})


def test_every_queue_that_is_counted_has_an_address() -> None:
    with pytest.raises(ConfigurationError, match="SqsQueueUrl3 is missing"):
        read_configuration(ENVIRONMENT | {"NumSqsQueues": "3"})
    assert read_configuration(ENVIRONMENT | queue_variables(URLS[:1])).queue_urls == (URLS[0],)


def test_the_function_stops_at_start_when_a_variable_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DynamoDbTableName")
    sys.modules.pop("rta_relay.handler", None)
    with pytest.raises(ConfigurationError, match="DynamoDbTableName is missing"):
        importlib.import_module("rta_relay.handler")
