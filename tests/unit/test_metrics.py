"""The metrics in the logs: in the format that CloudWatch takes, and counted right.

Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
"""

import json
import time
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from aspect_wfm.cost.designs import OURS, PLATFORM_LOG_BYTES
from function_runtime import structured_log
from function_runtime.environment import ConfigurationError
from function_runtime.structured_log import log, log_as
from function_runtime.version import VERSION
from heartbeat.heartbeat import heartbeat_handler
from tests.fuzz.fake_aws import FakeAws
from tests.fuzz.handlers import CLASSIFIER, RELAY, context_of, handler_of
from tests.metrics import METRICS
from tests.unit.events import event, invocation
from tests.unit.test_hostile_events import with_number

HEARTBEAT = {"FIREHOSE_STREAM": "lines", "EVENT_SOURCE_MAPPING_UUID": "mapping"}
WEEK_MS = 7 * 24 * 3_600_000


@pytest.fixture(autouse=True)
def _log_as_usual() -> Iterator[None]:
    yield
    log_as({})


class Running:
    """A Lambda with an enabled mapping, and a Firehose."""

    meta = mock.Mock()

    def get_event_source_mapping(self, **_request: str) -> dict[str, str]:
        return {"State": "Enabled"}

    def put_record(self, **_request: Any) -> None:
        pass


def logged(
    function: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    records: tuple[Any, ...] = (event("ann", group="EMEA"),),
    aws: FakeAws | None = None,
    **environment: str,
) -> list[dict[str, Any]]:
    """The lines of one invocation."""
    named = {"AWS_LAMBDA_FUNCTION_NAME": f"acme-{function}"} | environment
    if function == "heartbeat":
        monkeypatch.setattr("boto3.client", lambda _service, **_options: Running())
        heartbeat_handler(HEARTBEAT | named)({}, None)
    else:
        variables = (RELAY if function == "relay" else CLASSIFIER) | named
        handler_of(variables, aws or FakeAws())(invocation(records), context_of(variables))
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def level_of(function: str, level: str) -> dict[str, Any]:
    return {"LogLevel" if function == "relay" else "LOG_LEVEL": level}


@pytest.mark.parametrize("function", METRICS)
def test_each_function_writes_its_metrics_in_the_embedded_metric_format(
    function: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (line,) = logged(function, monkeypatch, capsys)
    metadata = line["_aws"]
    assert metadata.keys() == {"Timestamp", "CloudWatchMetrics"}
    assert isinstance(metadata["Timestamp"], int)
    # CloudWatch takes what is at most two weeks old and at most two hours ahead.
    assert abs(metadata["Timestamp"] - time.time() * 1_000) < WEEK_MS
    (directive,) = metadata["CloudWatchMetrics"]
    assert directive.keys() == {"Namespace", "Dimensions", "Metrics"}
    assert directive["Namespace"] == "AspectWFM"
    assert directive["Dimensions"] == [["FunctionName"]]
    assert line["FunctionName"] == f"acme-{function}"
    assert line["version"] == VERSION
    names = [each["Name"] for each in directive["Metrics"]]
    assert len(names) <= 100
    assert set(names) == METRICS[function].keys()
    assert len(set(names)) == len(names)
    for each in directive["Metrics"]:
        assert each == {"Name": each["Name"], "Unit": "Count"}
        assert type(line[each["Name"]]) is int, "a number, and no boolean"


@pytest.mark.parametrize("function", METRICS)
@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_metrics_are_written_at_every_level(
    function: str,
    level: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = logged(function, monkeypatch, capsys, **level_of(function, level))
    assert METRICS[function].keys() <= lines[-1].keys()
    assert (lines[0]["level"] == "DEBUG") == (level == "DEBUG" and function != "heartbeat")


def test_every_record_of_the_relay_is_in_one_of_its_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records = (
        *(event(name, group="EMEA") for name in ("ann", "bob", "cid")),
        event("eve", group="US"),
        b"no event",
        event("ian", group="EMEA", EventTimestamp="2099-01-01T00:00:00Z"),
        event("jo", group="EMEA", Unknown="x" * 300_000),
        with_number(event("kim", group="EMEA")),
    )
    *_, line = logged("relay", monkeypatch, capsys, records)
    assert {name: line[name] for name in METRICS["relay"]} == {
        "EventsIn": 8,
        "EventsFiltered": 1,
        "EventsSkipped": 1,
        "EventsPutAside": 3,
        "MessagesSent": 3,
        # Nothing shows that Eve was not monitored before; Jo's event is too large for a queue, not
        # for the table.
        "StatesWritten": 5,
        "WriteEventsToQueue": 1,
    }
    *_, line = logged("relay", monkeypatch, capsys, records, WriteEventsToQueue="False")
    assert [line[name] for name in ("EventsPutAside", "MessagesSent", "WriteEventsToQueue")] == [
        *(2, 0, 0)
    ]


def test_every_record_of_the_classifier_is_in_one_of_its_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records = (
        event("ann"),
        event("bob", event_type="LOGIN", CurrentAgentSnapshot=None),
        b"no event",
        event("ian", EventTimestamp="2099-01-01T00:00:00Z"),
    )
    *_, line = logged("classifier", monkeypatch, capsys, records)
    names = ("EventsIn", "EventsSkipped", "EventsPutAside", "LinesWritten", "withoutUsername")
    assert [line[name] for name in names] == [4, 1, 1, 1, 1]


@pytest.mark.parametrize("function", ["relay", "classifier"])
def test_what_could_not_be_kept_is_not_counted_as_put_aside(
    function: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(operation: str, _request: dict[str, Any]) -> None:
        if operation == "PutObject":
            raise ClientError({"Error": {"Code": "SlowDown"}}, operation)

    future = event("ian", group="EMEA", EventTimestamp="2099-01-01T00:00:00Z")
    *_, line = logged(
        function, monkeypatch, capsys, (event(group="EMEA"), future, future), FakeAws(None, refused)
    )
    assert (line["EventsIn"], line["EventsPutAside"], line["failed"]) == (3, 0, 2)


@pytest.mark.parametrize(
    ("function", "failing", "metric"),
    [
        ("relay", {"SendMessageBatch"}, "MessagesSent"),
        ("relay", {"BatchExecuteStatement", "TransactWriteItems"}, "StatesWritten"),
        ("classifier", {"PutRecordBatch"}, "LinesWritten"),
    ],
)
def test_what_fails_is_not_counted_as_done(
    function: str,
    failing: set[str],
    metric: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refused(operation: str, _request: dict[str, Any]) -> None:
        if operation in failing:
            raise ClientError({"Error": {"Code": "InternalFailure"}}, operation)

    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    *_, line = logged(function, monkeypatch, capsys, aws=FakeAws(None, refused))
    assert (line[metric], line["failed"]) == (0, 1)


def test_the_cost_model_reckons_with_every_metric() -> None:
    assert OURS.custom_metrics == sum(map(len, METRICS.values()))


def test_the_cost_model_reckons_with_a_line_as_long_as_the_relays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (line,) = logged("relay", monkeypatch, capsys, AWS_LAMBDA_FUNCTION_NAME="aspect-wfm-rta-relay")
    written = len(json.dumps(line, separators=(",", ":"))) + 27  # its end, and CloudWatch's own
    assert written + PLATFORM_LOG_BYTES == pytest.approx(OURS.log_bytes_a_batch, rel=0.05)


def test_debug_tells_what_became_of_each_record_by_its_sequence_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records = (
        event("ann", group="EMEA"),
        b"no event",
        event("ian", group="EMEA", EventTimestamp="2099-01-01T00:00:00Z"),
    )
    lines = logged("relay", monkeypatch, capsys, records, LogLevel="DEBUG")
    assert [
        (each["sequenceNumber"], each["outcome"]) for each in lines if each["level"] == "DEBUG"
    ] == [("1", "done"), ("2", "not JSON"), ("3", "EventTimestampInFuture")]


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    for level in ("DEBUG", "INFO", "WARNING", "ERROR"):
        log_as({"LOG_LEVEL": level})
        for each in ("DEBUG", "INFO", "WARNING", "ERROR"):
            log(each, "told")
    told = [json.loads(line)["level"] for line in capsys.readouterr().out.splitlines()]
    assert [told.count(each) for each in ("DEBUG", "INFO", "WARNING", "ERROR")] == [1, 2, 3, 4]


def test_without_the_variable_the_level_is_info() -> None:
    log_as({"LOG_LEVEL": "DEBUG"})
    log_as({})
    assert structured_log.is_logged("INFO")
    assert not structured_log.is_logged("DEBUG")


@pytest.mark.parametrize("value", ["debug", "TRACE", ""])
def test_a_level_that_there_is_not_stops_the_function(value: str) -> None:
    with pytest.raises(ConfigurationError, match="LOG_LEVEL"):
        log_as({"LOG_LEVEL": value})
