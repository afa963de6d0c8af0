import importlib
import json
import sys
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from agent_events.aws_calls import AWS_CALLS
from agent_events.environment import ConfigurationError
from heartbeat.heartbeat import heartbeat_handler
from tests.unit.aws import Client, create_bucket, create_stream

ENVIRONMENT = {"FIREHOSE_STREAM": "lines", "EVENT_SOURCE_MAPPING_UUID": "mapping-1"}


class FakeAws:
    """Lambda with one mapping, and Firehose: what was put, or the error that it answers with."""

    meta = mock.Mock()

    def __init__(self, mapping: dict[str, Any], error: ClientError | None = None) -> None:
        self.mapping = mapping
        self.error = error
        self.put: list[tuple[str, bytes]] = []

    def get_event_source_mapping(self, **request: Any) -> dict[str, Any]:
        if request["UUID"] != "mapping-1":
            raise ClientError(
                {"Error": {"Code": "ResourceNotFoundException"}}, "GetEventSourceMapping"
            )
        return self.mapping

    def describe_application(self, **request: Any) -> dict[str, Any]:
        assert request == {"ApplicationName": "aspect-wfm-ap"}
        return {"ApplicationDetail": self.mapping}

    def put_record(self, **request: Any) -> dict[str, Any]:
        if self.error:
            raise self.error
        self.put.append((request["DeliveryStreamName"], request["Record"]["Data"]))
        return {"RecordId": "1"}


def beat(aws: FakeAws, monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    monkeypatch.setattr("boto3.client", lambda _service, **_options: aws)
    return heartbeat_handler(ENVIRONMENT | environment)({"source": "aws.events"}, None)


@pytest.mark.parametrize("result", ["OK", "No records processed", "", None, "something new"])
def test_a_running_classifier_gets_exactly_one_line_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], result: str | None
) -> None:
    aws = FakeAws({"State": "Enabled", "LastProcessingResult": result})
    outcome = beat(aws, monkeypatch)
    assert aws.put == [("lines", b"\n")]
    assert outcome == {
        "heartbeat": True,
        "mappingState": "Enabled",
        "lastProcessingResult": result,
    }
    (log,) = map(json.loads, capsys.readouterr().out.splitlines())
    del log["_aws"]
    told = {"level": "INFO", "message": "heartbeat put", "FunctionName": "none", "Heartbeats": 1}
    assert log == {**told, **outcome}


@pytest.mark.parametrize(
    "mapping",
    [
        *(
            {"State": state, "LastProcessingResult": "OK"}
            for state in ("Creating", "Enabling", "Updating", "Disabling", "Disabled", "Deleting")
        ),
        {},
        {"State": "Enabled", "LastProcessingResult": "PROBLEM: Function call failed"},
        {"State": "Enabled", "LastProcessingResult": "PROBLEM: Lambda internal error"},
        {"State": "Enabled", "LastProcessingResult": "Problem: something new"},
    ],
)
def test_a_classifier_that_is_stopped_or_broken_gets_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mapping: dict[str, str]
) -> None:
    aws = FakeAws(mapping)
    outcome = beat(aws, monkeypatch)
    assert aws.put == []
    assert outcome["heartbeat"] is False
    (log,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (log["level"], log["Heartbeats"]) == ("WARNING", 0)
    assert log["mappingState"] == mapping.get("State")


def test_a_running_flink_application_gets_exactly_one_line_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws = FakeAws({"ApplicationStatus": "RUNNING"})
    outcome = beat(aws, monkeypatch, FLINK_APPLICATION="aspect-wfm-ap")
    assert aws.put == [("lines", b"\n")]
    assert outcome == {"heartbeat": True, "applicationStatus": "RUNNING"}


@pytest.mark.parametrize(
    "status",
    [
        *("READY", "STARTING", "STOPPING", "FORCE_STOPPING", "UPDATING", "AUTOSCALING"),
        *("ROLLING_BACK", "ROLLED_BACK", "MAINTENANCE", "DELETING", "something new", None),
    ],
)
def test_a_flink_application_that_does_not_run_gets_none(
    monkeypatch: pytest.MonkeyPatch, status: str | None
) -> None:
    aws = FakeAws({"ApplicationStatus": status})
    outcome = beat(aws, monkeypatch, FLINK_APPLICATION="aspect-wfm-ap")
    assert aws.put == []
    assert outcome == {"heartbeat": False, "applicationStatus": status}


def test_a_failed_put_raises_so_that_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ClientError({"Error": {"Code": "ServiceUnavailableException"}}, "PutRecord")
    with pytest.raises(ClientError, match="ServiceUnavailableException"):
        beat(FakeAws({"State": "Enabled"}, error), monkeypatch)


def test_a_mapping_that_is_not_there_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = FakeAws({"State": "Enabled"})
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        beat(aws, monkeypatch, EVENT_SOURCE_MAPPING_UUID="other")
    assert aws.put == []


def test_the_requests_are_such_that_lambda_and_firehose_take(client: Client) -> None:
    s3, aws_lambda = client("s3"), client("lambda", config=AWS_CALLS)
    create_bucket(s3, "reports")
    create_stream(client("firehose"), "lines", "reports")
    mapping = "00000000-0000-0000-0000-000000000001"
    with Stubber(aws_lambda) as stub:
        stub.add_response("get_event_source_mapping", {"State": "Enabled"}, {"UUID": mapping})
        heartbeat_handler(ENVIRONMENT | {"EVENT_SOURCE_MAPPING_UUID": mapping})({}, None)
    (written,) = s3.list_objects_v2(Bucket="reports")["Contents"]
    assert s3.get_object(Bucket="reports", Key=written["Key"])["Body"].read() == b"\n"


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
