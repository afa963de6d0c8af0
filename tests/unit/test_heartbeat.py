import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from function_runtime.aws_calls import AWS_CALLS
from function_runtime.environment import ConfigurationError
from function_runtime.version import VERSION
from heartbeat.heartbeat import heartbeat_handler
from tests.unit.aws import (
    Client,
    create_application,
    create_bucket,
    create_function,
    create_function_role,
    create_stream,
)

APPLICATION = "aspect-wfm-ap"
ENVIRONMENT = {"FIREHOSE_STREAM": "lines", "EVENT_SOURCE_MAPPING_UUID": "mapping-1"}


@dataclass
class Aws:
    """A classifier, as a function and as a Flink application, and its Firehose stream."""

    client: Client
    monkeypatch: pytest.MonkeyPatch
    mapping: str

    def beat(self, **environment: str) -> dict[str, Any]:
        variables = ENVIRONMENT | {"EVENT_SOURCE_MAPPING_UUID": self.mapping} | environment
        return heartbeat_handler(variables)({"source": "aws.events"}, None)

    def put(self) -> list[bytes]:
        """What was put on the stream, each as Firehose delivered it."""
        s3 = self.client("s3")
        found = s3.list_objects_v2(Bucket="reports").get("Contents", [])
        return [s3.get_object(Bucket="reports", Key=each["Key"])["Body"].read() for each in found]

    def mapping_is(self, **said: str | None) -> None:
        """In moto, a mapping has no LastProcessingResult, and is Enabled or Disabled only."""
        self._answer("lambda", "get_event_source_mapping", lambda answer: {**answer, **said})

    def application_is(self, status: str | None) -> None:
        """In moto, an application is STARTING and stays so."""
        self._answer(
            "kinesisanalyticsv2",
            "describe_application",
            lambda answer: {
                "ApplicationDetail": answer["ApplicationDetail"] | {"ApplicationStatus": status}
            },
        )

    def _answer(self, service: str, method: str, change: Callable[[Any], Any]) -> None:
        client = self.client(service, config=AWS_CALLS)
        real = getattr(client, method)
        self.monkeypatch.setattr(client, method, lambda **request: change(real(**request)))


@pytest.fixture
def aws(client: Client, monkeypatch: pytest.MonkeyPatch) -> Aws:
    create_bucket(client("s3"), "reports")
    create_stream(client("firehose"), "lines", "reports")
    create_application(client("kinesisanalyticsv2"), APPLICATION, {})
    create_function_role(client)
    create_function(client, "classifier", {})
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="events", ShardCount=1)
    summary = kinesis.describe_stream_summary(StreamName="events")["StreamDescriptionSummary"]
    mapping = client("lambda").create_event_source_mapping(
        FunctionName="classifier",
        EventSourceArn=summary["StreamARN"],
        StartingPosition="TRIM_HORIZON",
    )
    return Aws(client, monkeypatch, mapping["UUID"])


def test_a_mapping_that_lambda_has_not_read_for_yet_counts_as_running(aws: Aws) -> None:
    assert aws.beat() == {
        "heartbeat": True,
        "mappingState": "Enabled",
        "lastProcessingResult": None,
    }
    assert aws.put() == [b"\n"]


@pytest.mark.parametrize("result", ["OK", "No records processed", "", None, "something new"])
def test_a_running_classifier_gets_exactly_one_line_end(
    aws: Aws, capsys: pytest.CaptureFixture[str], result: str | None
) -> None:
    aws.mapping_is(LastProcessingResult=result)
    outcome = aws.beat()
    assert aws.put() == [b"\n"]
    assert outcome == {
        "heartbeat": True,
        "mappingState": "Enabled",
        "lastProcessingResult": result,
    }
    (log,) = map(json.loads, capsys.readouterr().out.splitlines())
    del log["_aws"]
    told = {
        "level": "INFO",
        "message": "heartbeat put",
        "FunctionName": "none",
        "version": VERSION,
        "Heartbeats": 1,
    }
    assert log == {**told, **outcome}


@pytest.mark.parametrize(
    "mapping",
    [
        *(
            {"State": state, "LastProcessingResult": "OK"}
            for state in ("Creating", "Enabling", "Updating", "Disabling", "Disabled", "Deleting")
        ),
        {"State": None},
        {"State": "Enabled", "LastProcessingResult": "PROBLEM: Function call failed"},
        {"State": "Enabled", "LastProcessingResult": "PROBLEM: Lambda internal error"},
        {"State": "Enabled", "LastProcessingResult": "Problem: something new"},
    ],
)
def test_a_classifier_that_is_stopped_or_broken_gets_none(
    aws: Aws, capsys: pytest.CaptureFixture[str], mapping: dict[str, str | None]
) -> None:
    aws.mapping_is(**mapping)
    outcome = aws.beat()
    assert aws.put() == []
    assert outcome["heartbeat"] is False
    (log,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (log["level"], log["Heartbeats"]) == ("WARNING", 0)
    assert log["mappingState"] == mapping["State"]


def test_a_mapping_that_somebody_disabled_gets_none(aws: Aws, client: Client) -> None:
    client("lambda").update_event_source_mapping(UUID=aws.mapping, Enabled=False)
    assert aws.beat()["mappingState"] == "Disabled"
    assert aws.put() == []


def test_a_running_flink_application_gets_exactly_one_line_end(aws: Aws) -> None:
    aws.application_is("RUNNING")
    outcome = aws.beat(FLINK_APPLICATION=APPLICATION)
    assert aws.put() == [b"\n"]
    assert outcome == {"heartbeat": True, "applicationStatus": "RUNNING"}


@pytest.mark.parametrize(
    "status",
    [
        *("READY", "STARTING", "STOPPING", "FORCE_STOPPING", "UPDATING", "AUTOSCALING"),
        *("ROLLING_BACK", "ROLLED_BACK", "MAINTENANCE", "DELETING", "something new", None),
    ],
)
def test_a_flink_application_that_does_not_run_gets_none(aws: Aws, status: str | None) -> None:
    aws.application_is(status)
    outcome = aws.beat(FLINK_APPLICATION=APPLICATION)
    assert aws.put() == []
    assert outcome == {"heartbeat": False, "applicationStatus": status}


def test_a_failed_put_raises_so_that_it_is_tried_again(aws: Aws, client: Client) -> None:
    with Stubber(client("firehose", config=AWS_CALLS)) as firehose:
        firehose.add_client_error("put_record", "ServiceUnavailableException")
        with pytest.raises(ClientError, match="ServiceUnavailableException"):
            aws.beat()


def test_a_mapping_that_is_not_there_raises(aws: Aws) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.beat(EVENT_SOURCE_MAPPING_UUID="00000000-0000-4000-8000-000000000000")
    assert aws.put() == []


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_the_function_stops_at_start_when_a_variable_is_missing(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each, value in ENVIRONMENT.items():
        monkeypatch.setenv(each, value)
    monkeypatch.delenv(name)
    sys.modules.pop("heartbeat.handler", None)
    with pytest.raises(ConfigurationError, match=f"{name} is missing: set it to "):
        importlib.import_module("heartbeat.handler")
