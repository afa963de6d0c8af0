import importlib
import sys

import pytest

from agent_events.environment import ConfigurationError
from rta_relay.configuration import read_configuration
from rta_relay.hierarchy_filter import HierarchyFilter

ENVIRONMENT = {
    "AGENT_STATE_TABLE": "states",
    "AHG_FILTER_LEVEL": "0",
    "FAILED_RECORDS_BUCKET": "failed",
    "FLAG_LOCATION": "env",
    "QUEUE_URLS": '["https://sqs/1.fifo","https://sqs/2.fifo"]',
    "SIGNED_OUT_AGENTS_TABLE": "signed-out",
    "WriteEventsToQueue": "False",
}


def test_the_environment_is_read_as_the_module_writes_it() -> None:
    configuration = read_configuration(ENVIRONMENT)
    assert configuration.queue_urls == ("https://sqs/1.fifo", "https://sqs/2.fifo")
    assert configuration.flag is False
    assert configuration.configuration_table is None
    assert configuration.hierarchy_filter.level == 0


def test_agents_share_a_message_group_unless_the_environment_says_otherwise() -> None:
    assert read_configuration(ENVIRONMENT).message_groups == "shared"
    for groups in ("shared", "agent"):
        given = ENVIRONMENT | {"MESSAGE_GROUPS": groups}
        assert read_configuration(given).message_groups == groups


def test_the_filter_values_are_split_at_the_separator() -> None:
    configuration = read_configuration(
        ENVIRONMENT
        | {"AHG_FILTER_LEVEL": "2", "AHG_FILTER_SEPARATOR": ";", "AHG_FILTER_VALUES": "A, b;C"}
    )
    assert configuration.hierarchy_filter == HierarchyFilter.of(2, ["A, B", "c"])


@pytest.mark.parametrize("value", ["True", "true", "TRUE"])
def test_the_flag_may_be_written_in_any_case(value: str) -> None:
    assert read_configuration(ENVIRONMENT | {"WriteEventsToQueue": value}).flag is True


def test_a_flag_in_the_table_is_not_read_from_the_environment() -> None:
    configuration = read_configuration(
        ENVIRONMENT
        | {"FLAG_LOCATION": "table", "CONFIGURATION_TABLE": "c", "WriteEventsToQueue": "True"}
    )
    assert configuration.flag is None
    assert configuration.configuration_table == "c"


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_a_missing_variable_is_named_with_the_value_it_needs(name: str) -> None:
    environment = {key: value for key, value in ENVIRONMENT.items() if key != name}
    with pytest.raises(ConfigurationError, match=f"{name} is missing: set it to "):
        read_configuration(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WriteEventsToQueue", "yes"),
        ("WriteEventsToQueue", " True"),
        ("FLAG_LOCATION", "s3"),
        ("AHG_FILTER_LEVEL", "6"),
        ("AHG_FILTER_LEVEL", "-1"),
        ("AHG_FILTER_LEVEL", "²"),
        ("QUEUE_URLS", "https://sqs/1.fifo"),
        ("QUEUE_URLS", "[]"),
        ("MESSAGE_GROUPS", "Agent"),
        ("QUEUE_URLS", '["https://sqs/not-fifo"]'),
    ],
)
def test_a_malformed_variable_is_named_with_the_value_it_needs(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is .*: set it to "):
        read_configuration(ENVIRONMENT | {name: value})


@pytest.mark.parametrize("name", ["AHG_FILTER_SEPARATOR", "AHG_FILTER_VALUES"])
def test_a_filter_level_needs_separator_and_values(name: str) -> None:
    environment = ENVIRONMENT | {
        "AHG_FILTER_LEVEL": "1",
        "AHG_FILTER_SEPARATOR": ",",
        "AHG_FILTER_VALUES": "A",
    }
    del environment[name]
    with pytest.raises(ConfigurationError, match=f"{name} is missing"):
        read_configuration(environment)


def test_the_function_stops_at_start_when_a_variable_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AGENT_STATE_TABLE")
    sys.modules.pop("rta_relay.handler", None)
    with pytest.raises(ConfigurationError, match="AGENT_STATE_TABLE is missing"):
        importlib.import_module("rta_relay.handler")
