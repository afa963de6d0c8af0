"""Each zip under AWS's own runtime client: its answers, its errors, and its log in CloudWatch."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.deployment import REPORT_PREFIX, REPORTS, Deployment, Options, deploy
from tests.chaos.expectations import Filter
from tests.chaos.servers import servers
from tests.local_cloud.cloud import ACCOUNT_ID, REGION
from tests.local_cloud.runtime_client import Answer, Run, invoke, request_id
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.unit.events import arn, event, invocation

pytestmark = [
    pytest.mark.xdist_group("runtime-client"),
    pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only"),
]

CLASSIFIER = REPOSITORY / "modules/agent_productivity/lambda/agent_classifier.zip"
HEARTBEAT = REPOSITORY / "modules/agent_productivity/lambda/heartbeat.zip"
RELAY = REPOSITORY / "modules/rta/lambda/rta_relay.zip"

NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}
# Such an event is read and written again.
DEEP = 9_900 if sys.version_info >= (3, 13) else 800

NO_BATCH = "This function is invoked by a Kinesis event source mapping"

# An entry of a stack trace, with the line of the source that Python shows beneath it.
ENTRY = re.compile(r'  File "(?P<file>.+)", line (?P<line>\d+), in .+\n    (?P<source>.+)\n')


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    options = Options(1, flag_in_table=False, only=Filter(0, frozenset()), with_type=False)
    with servers(tmp_path_factory.mktemp("servers")) as running:
        yield deploy(running, options)


def test_the_relay_answers_lambda_and_is_understood_by_cloudwatch(
    deployed: Deployment, tmp_path: Path
) -> None:
    nested = json.dumps(event("bob", Unknown="U")).replace('"U"', "[" * DEEP + "]" * DEEP)
    batch = invocation([event("ann"), b"no event", nested.encode()])
    environment = deployed.servers.environment() | deployed.relay_environment()
    run = invoke(RELAY, environment, [{"wrong": "trigger"}, batch], tmp_path)
    assert_raised(run, "ValueError", NO_BATCH)
    assert run.answers[1:] == [response(1, NOTHING_FAILED)]
    assert deployed.states().keys() == {arn("ann"), arn("bob")}
    assert_metrics(run, EventsIn=3, EventsSkipped=1, StatesWritten=2, MessagesSent=2)


def test_the_classifier_answers_lambda_and_is_understood_by_cloudwatch(
    deployed: Deployment, tmp_path: Path
) -> None:
    batch = invocation([event("ann"), b"no event", event("bob")])
    environment = deployed.servers.environment() | deployed.classifier_environment()
    run = invoke(CLASSIFIER, environment, [{"wrong": "trigger"}, batch], tmp_path)
    assert_raised(run, "ValueError", NO_BATCH)
    assert run.answers[1:] == [response(1, NOTHING_FAILED)]
    lines = b"".join(deployed.objects(REPORTS, REPORT_PREFIX)).splitlines()
    assert [line.split(b",")[1] for line in lines] == [b"ann", b"bob"]
    assert_metrics(run, EventsIn=3, EventsSkipped=1, LinesWritten=2)


def test_the_heartbeat_answers_lambda_and_is_understood_by_cloudwatch(
    deployed: Deployment, tmp_path: Path
) -> None:
    environment = {
        **deployed.servers.environment(),
        "EVENT_SOURCE_MAPPING_UUID": event_source_mapping(deployed),
        "FIREHOSE_STREAM": deployed.classifier_environment()["FIREHOSE_STREAM"],
    }
    (tmp_path / "working").mkdir()
    run = invoke(HEARTBEAT, environment, [{}], tmp_path / "working")
    (answer,) = run.answers
    assert answer.path == response(0, None).path
    assert (answer.body["heartbeat"], answer.body["mappingState"]) == (True, "Enabled")
    assert run.messages == []
    assert_metrics(run, Heartbeats=1)

    (tmp_path / "failing").mkdir()
    run = invoke(HEARTBEAT, environment | {"FIREHOSE_STREAM": "gone"}, [{}], tmp_path / "failing")
    assert_raised(run, "ResourceNotFoundException", "An error occurred (ResourceNotFoundException)")
    assert run.lines == []


@pytest.mark.parametrize("path", [CLASSIFIER, HEARTBEAT, RELAY], ids=lambda path: path.stem)
def test_a_function_that_lacks_a_variable_fails_to_start_and_tells_which(
    deployed: Deployment, path: Path, tmp_path: Path
) -> None:
    run = invoke(path, deployed.servers.environment(), [], tmp_path)
    (answer,) = run.answers
    assert answer.path == "/init/error"
    assert answer.body["errorType"] == "ConfigurationError"
    assert re.match(r"Environment variable \w+ is missing: ", answer.body["errorMessage"])
    *_warnings, message = run.messages
    assert message.startswith(f"[ERROR] ConfigurationError: {answer.body['errorMessage']}\n")
    assert run.lines == []


def event_source_mapping(deployed: Deployment) -> str:
    """The UUID of a mapping that reads a stream for the classifier."""
    kinesis, aws_lambda = map(deployed.servers.client, ("kinesis", "lambda"))
    kinesis.create_stream(StreamName="agent-events", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="agent-events", WaiterConfig={"Delay": 1})
    aws_lambda.create_function(
        FunctionName="classifier",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/classifier",
        Handler="agent_classifier.handler.handler",
        Code={"ZipFile": CLASSIFIER.read_bytes()},
    )
    mapping = aws_lambda.create_event_source_mapping(
        EventSourceArn=f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/agent-events",
        FunctionName="classifier",
        StartingPosition="LATEST",
    )
    return str(mapping["UUID"])


def response(number: int, body: Any) -> Answer:
    return Answer(f"/invocation/{request_id(number)}/response", body)


def assert_raised(run: Run, error_type: str, message: str) -> None:
    """The first invocation ended with an error, which Lambda and the log have with its traceback,
    and the traceback's lines are those of the repository."""
    answer = run.answers[0]
    assert answer.path == f"/invocation/{request_id(0)}/error"
    assert answer.body["errorType"] == error_type
    assert answer.body["errorMessage"].startswith(message)
    assert answer.body["requestId"] == request_id(0)

    (logged,) = run.messages
    first, second, *trace = logged.split("\n")
    assert first.startswith(f"[ERROR] {error_type}: {message}")
    assert second == "Traceback (most recent call last):"
    assert "\n".join(trace).replace("\u00a0", " ") == "".join(answer.body["stackTrace"]).rstrip(
        "\n"
    )

    own = 0
    for entry in answer.body["stackTrace"]:
        found = ENTRY.match(entry)
        assert found, entry
        if Path(found["file"]).is_relative_to(run.folder):
            source = REPOSITORY / "lambda_src" / Path(found["file"]).relative_to(run.folder)
            lines = source.read_text("utf-8").splitlines()
            assert lines[int(found["line"]) - 1].strip() == found["source"]
            own += 1
    assert own


def assert_metrics(run: Run, **expected: int) -> None:
    """The function's last line is JSON of which CloudWatch makes metrics of the function. Lines
    before it are of calls that a busy machine answered too late, and that were tried again."""
    *_late, line = run.lines
    log = json.loads(line)
    (directive,) = log["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "AspectWFM"
    assert directive["Dimensions"] == [["FunctionName"]]
    names = {each["Name"] for each in directive["Metrics"]}
    assert {name: log[name] for name in names if name in expected} == expected
