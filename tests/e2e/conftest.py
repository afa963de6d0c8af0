"""Three deployments on one local AWS, taken through a day: the facts that the tests look at.

`alone` is option 2 as it stands. `table` and `filtered` are option 5, twice on one stream, as for
two RTA servers: one with its flag in a table and three queues, one with ten queues that monitors
EMEA only and whose zip comes from a bucket.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import publish_zips
from tests.local_cloud.agent_stream import as_record, await_relayed, put_events, sample_events
from tests.local_cloud.cloud import LocalCloud, access_key, delete_access_keys, local_cloud
from tests.local_cloud.rta_client import AgentState, ReceivedEvent, RtaClient
from tests.local_cloud.workspace import Workspace, workspace

NEW_STREAM = "examples/real-time-adherence-new-stream"
EXISTING_STREAM = "examples/real-time-adherence-existing-stream"

ZIP_BUCKET, ZIP_PREFIX = "own-copy-of-the-assets", "connect-integration-aspect-wfm/"

NOON = "2026-03-02T12:30"


@dataclass(frozen=True, slots=True)
class Deployment:
    """An applied example, with the RTA server that works with it."""

    workspace: Workspace
    variables: dict[str, Any]
    outputs: dict[str, Any]
    server: RtaClient

    @property
    def cloud(self) -> LocalCloud:
        return self.server.cloud

    def function(self) -> dict[str, Any]:
        """The relay function's configuration, seen as root."""
        configuration: dict[str, Any] = self.cloud.client("lambda").get_function_configuration(
            FunctionName=self.outputs["rta_lambda_function_name"]
        )
        return configuration


@dataclass(frozen=True, slots=True)
class Day:
    """What a server saw: the table at noon and in the evening with the flag off, the messages of
    the same day played again with the flag on, and the table after that."""

    noon: dict[str, AgentState]
    evening: dict[str, AgentState]
    received: list[ReceivedEvent]
    folded: dict[str, AgentState]
    evening_again: dict[str, AgentState]
    queues_with_flag_off: list[ReceivedEvent]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("local-cloud")) as running:
        yield running


@pytest.fixture(scope="session")
def deployments(
    cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Deployment]]:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="existing", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="existing", WaiterConfig={"Delay": 1})
    stream = kinesis.describe_stream_summary(StreamName="existing")["StreamDescriptionSummary"]
    cloud.client("s3").create_bucket(
        Bucket=ZIP_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    with pytest.MonkeyPatch.context() as patched:
        for name, value in cloud.environment().items():
            patched.setenv(name, value)
        publish_zips.publish(ZIP_BUCKET, ZIP_PREFIX)

    wanted: dict[str, tuple[str, dict[str, Any]]] = {
        "alone": (NEW_STREAM, {}),
        "table": (
            EXISTING_STREAM,
            {
                "agent_event_stream_arn": stream["StreamARN"],
                "lambda_config_location": "table",
                "name": "rta-table",
                "num_sqs_queues": 3,
            },
        ),
        "filtered": (
            EXISTING_STREAM,
            {
                "agent_event_stream_arn": stream["StreamARN"],
                "ahg_filter_level": 1,
                "ahg_filter_separator": ";",
                "ahg_filter_values": ["EMEA", "Sales, Retail"],
                "name": "rta-filtered",
                "num_sqs_queues": 10,
                "qss3_bucket_name": ZIP_BUCKET,
                "qss3_key_prefix": ZIP_PREFIX,
            },
        ),
    }

    def deploy(name: str) -> Deployment:
        example, variables = wanted[name]
        folder: Path = tmp_path_factory.mktemp(name)
        made = workspace(example, folder, cloud)
        outputs = made.apply(variables)
        key = access_key(cloud, outputs["rta_user_name"])
        return Deployment(made, variables, outputs, RtaClient(cloud, key, outputs))

    # Side by side, because they wait more than they compute.
    with ThreadPoolExecutor() as pool:
        applied = dict(zip(wanted, pool.map(deploy, wanted), strict=True))
    yield applied
    for each in applied.values():
        delete_access_keys(cloud, each.outputs["rta_user_name"])
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda each: each.workspace.destroy(), applied.values()))
    kept = cloud.client("dynamodb").list_tables()["TableNames"]
    assert kept == [], "destroy leaves nothing behind"


@pytest.fixture(scope="session")
def days(cloud: LocalCloud, deployments: dict[str, Deployment]) -> dict[str, Day]:
    events = sample_events()
    morning = [event for event in events if event["EventTimestamp"] < NOON]
    afternoon = events[len(morning) :]
    streams = {each.outputs["agent_event_stream_arn"] for each in deployments.values()}
    put = 0

    def play(part: list[dict[str, Any]]) -> None:
        nonlocal put
        for stream in streams:
            put_events(cloud, stream, [as_record(event) for event in part])
        put += len(part)
        for each in deployments.values():
            await_relayed(cloud, each.outputs["rta_lambda_function_name"], put)

    play(morning)
    noon = {name: dict(each.server.read_states()) for name, each in deployments.items()}
    play(afternoon)
    evening = {name: dict(each.server.read_states()) for name, each in deployments.items()}
    unasked = {name: each.server.poll() for name, each in deployments.items()}
    for each in deployments.values():
        each.server.states.clear()
        each.server.set_flag(True)
    play(events)
    received = {name: each.server.poll() for name, each in deployments.items()}
    folded = {name: dict(each.server.states) for name, each in deployments.items()}
    again = {name: dict(each.server.read_states()) for name, each in deployments.items()}
    return {
        name: Day(
            noon[name], evening[name], received[name], folded[name], again[name], unasked[name]
        )
        for name in deployments
    }
