"""Every example on one local AWS, taken through a day: the facts that the tests look at.

Three deployments have a stream of their own: `rta-new`, `ap-new` and `both-new`. Four share one, as
in an estate with two Agent Productivity applications and three RTA servers: `ap-existing`,
`both-existing`, `rta-table` (its flag in a table, three queues) and `rta-filtered` (ten queues,
EMEA only, its zip from a bucket).
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

import publish_zips
from tests.local_cloud.agent_stream import as_record, await_batches, put_events, sample_events
from tests.local_cloud.cloud import (
    REGION,
    LocalCloud,
    access_key,
    local_cloud,
)
from tests.local_cloud.rta_client import AgentState, ReceivedEvent, RtaClient
from tests.local_cloud.together import (
    Configuration,
    outputs_by_label,
    root_module,
    write_calls,
)
from tests.local_cloud.wfm_adapter import WfmAdapter
from tests.local_cloud.workspace import Workspace

ZIP_BUCKET, ZIP_PREFIX = "own-copy-of-the-assets", "connect-integration-aspect-wfm/"
CONNECT_BUCKET, CONNECT_PREFIX = "amazon-connect-0123456789ab", "connect/acme/Reports/Aspect/"

RTA = ["rta-new", "both-new", "both-existing", "rta-table", "rta-filtered"]
AP = ["ap-new", "both-new", "ap-existing", "both-existing"]
FLAG_IN_EITHER_LOCATION = ("rta-new", "rta-table")

STATUS_TABLE = b"StateName,StateType\r\nAvailable,A\r\nOffline,O\r\nProject,0\r\n"
TABLE_IS_NOTICED_WITHIN_SECONDS = 61

# What was played on the shared cloud is looked at first; then operators work on it.
ORDER = (
    "test_agent_productivity.py",
    "test_real_time_adherence.py",
    "test_replay_and_rebuild.py",
    "test_doctor.py",
    "test_second_plan_and_removal.py",
)

NOON = "2026-03-02T12:30"


@dataclass(frozen=True, slots=True)
class Example:
    """One of the examples that are applied together, by its label in their root module."""

    name: str
    root: Workspace
    configurations: dict[str, Configuration]

    def write(self, variables: Mapping[str, Any]) -> None:
        """Give it these variables, for the next plan or apply."""
        known = self.configurations[self.name]
        self.configurations[self.name] = Configuration(known.folder, variables)
        write_calls(self.root.folder, self.configurations)


@dataclass(frozen=True, slots=True)
class Deployment:
    """An applied example, with the RTA server and the WFM Adapter that work with it."""

    example: Example
    variables: dict[str, Any]
    outputs: dict[str, Any]
    cloud: LocalCloud
    server: RtaClient | None
    adapter: WfmAdapter | None

    @property
    def rta(self) -> RtaClient:
        assert self.server is not None, "this option has no RTA"
        return self.server

    @property
    def wfm(self) -> WfmAdapter:
        assert self.adapter is not None, "this option has no Agent Productivity"
        return self.adapter

    def relay(self) -> dict[str, Any]:
        """The relay function's configuration, seen as root."""
        configuration: dict[str, Any] = self.cloud.client("lambda").get_function_configuration(
            FunctionName=self.outputs["rta_lambda_function_name"]
        )
        return configuration

    def functions(self) -> list[str]:
        """The names of the functions that read the stream."""
        names = ("rta_lambda_function_name", "classifier_lambda_function_name")
        return [self.outputs[name] for name in names if name in self.outputs]

    def users(self) -> list[str]:
        """The names of the identities for the products."""
        names = ("rta_user_name", "wfm_adapter_user_name")
        return [self.outputs[name] for name in names if name in self.outputs]


def apply_together(deployments: Sequence[Deployment], changed: Mapping[str, Any]) -> None:
    """Apply these deployments with `changed` variables, and nothing of the others."""
    for each in deployments:
        each.example.write({**each.variables, **changed})
    targets = [f"-target=module.{each.example.name}" for each in deployments]
    deployments[0].example.root.apply({}, *targets)


@dataclass(frozen=True, slots=True)
class Day:
    """What an RTA server saw: the table at noon and in the evening with the flag off, the messages
    of the same day played again with the flag on, and the table after that."""

    noon: dict[str, AgentState]
    evening: dict[str, AgentState]
    received: list[ReceivedEvent]
    folded: dict[str, AgentState]
    evening_again: dict[str, AgentState]
    queues_with_flag_off: list[ReceivedEvent]


@dataclass(frozen=True, slots=True)
class Reports:
    """What a WFM Adapter read: the lines of the day, and those that came when it was played again
    (after a table had been uploaded to `both-new`)."""

    first: list[bytes]
    again: list[bytes]


@dataclass(frozen=True, slots=True)
class Facts:
    days: dict[str, Day]
    reports: dict[str, Reports]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, since it waits more than it computes."""

    def place(item: pytest.Item) -> int:
        name = item.path.name
        return ORDER.index(name) if name in ORDER else len(ORDER) + ("e2e" not in item.path.parts)

    items.sort(key=place)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("local-cloud")) as running:
        yield running


@pytest.fixture(scope="session")
def deployments(
    cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Deployment]]:
    kinesis, s3 = cloud.client("kinesis"), cloud.client("s3")
    kinesis.create_stream(StreamName="existing", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="existing", WaiterConfig={"Delay": 1})
    summary = kinesis.describe_stream_summary(StreamName="existing")["StreamDescriptionSummary"]
    for bucket in (ZIP_BUCKET, CONNECT_BUCKET):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=CONNECT_BUCKET, Key=f"{CONNECT_PREFIX}report.csv", Body=b"exported")
    s3.put_object(Bucket=CONNECT_BUCKET, Key="connect/acme/CallRecordings/a.wav", Body=b"private")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in cloud.environment().items():
            patched.setenv(name, value)
        publish_zips.publish(ZIP_BUCKET, ZIP_PREFIX)

    stream = {"agent_event_stream_arn": summary["StreamARN"]}
    connect = {"connect_s3_bucket": CONNECT_BUCKET, "connect_s3_prefix": CONNECT_PREFIX}
    copy = {"qss3_bucket_name": ZIP_BUCKET, "qss3_key_prefix": ZIP_PREFIX}
    wanted: dict[str, tuple[str, dict[str, Any]]] = {
        "rta-new": ("real-time-adherence-new-stream", {}),
        "ap-new": (
            "agent-productivity-new-stream",
            {**connect, "agent_event_stream_name": "ap-new", "kda_application_name": "ap-new"},
        ),
        "both-new": (
            "both-new-stream",
            {
                **connect,
                "agent_event_stream_name": "both-new",
                "kda_application_name": "Both-New",
                "name": "both-new",
            },
        ),
        "ap-existing": (
            "agent-productivity-existing-stream",
            {
                **stream,
                **connect,
                **copy,
                "agent_statuses": {"Available": "A", "Offline": "0", "Project": "0"},
                "aspect_ap_data_s3_prefix": "wfm/reports/",
            },
        ),
        "both-existing": (
            "both-existing-stream",
            {
                **stream,
                **connect,
                "include_agent_status_type": True,
                "kda_application_name": "both-existing",
                "name": "both-existing",
            },
        ),
        "rta-table": (
            "real-time-adherence-existing-stream",
            {
                **stream,
                "lambda_config_location": "table",
                "name": "rta-table",
                "num_sqs_queues": 3,
            },
        ),
        "rta-filtered": (
            "real-time-adherence-existing-stream",
            {
                **stream,
                **copy,
                "ahg_filter_level": 1,
                "ahg_filter_separator": ";",
                "ahg_filter_values": ["EMEA", "Sales, Retail"],
                "name": "rta-filtered",
                "num_sqs_queues": 10,
            },
        ),
    }

    configurations = {
        name: Configuration(f"examples/{example}", variables)
        for name, (example, variables) in wanted.items()
    }
    made = root_module(configurations, cloud, tmp_path_factory.mktemp("deployments"))
    with made.on_one_provider() as root:
        # As many at a time as wait: the provider waits for each queue and each bucket's rules.
        root.apply({}, "-parallelism=60")
        yield _deployed(cloud, root, configurations)


def _deployed(
    cloud: LocalCloud, root: Workspace, configurations: dict[str, Configuration]
) -> dict[str, Deployment]:
    outputs = outputs_by_label(root)

    def deployed(name: str) -> Deployment:
        found, server, adapter = outputs[name], None, None
        if "rta_user_name" in found:
            server = RtaClient(cloud, access_key(cloud, found["rta_user_name"]), found)
        if "wfm_adapter_user_name" in found:
            key = access_key(cloud, found["wfm_adapter_user_name"])
            prefix = configurations[name].variables.get("aspect_ap_data_s3_prefix", "OUTPUT/")
            adapter = WfmAdapter(cloud, key, found, prefix)
        example = Example(name, root, configurations)
        variables = dict(configurations[name].variables)
        return Deployment(example, variables, found, cloud, server, adapter)

    return {name: deployed(name) for name in configurations}


@pytest.fixture(scope="session")
def facts(cloud: LocalCloud, deployments: dict[str, Deployment]) -> Facts:
    events = sample_events()
    morning = [event for event in events if event["EventTimestamp"] < NOON]
    afternoon = events[len(morning) :]
    streams = {each.outputs["agent_event_stream_arn"] for each in deployments.values()}
    rta = {name: deployments[name].rta for name in RTA}
    put = 0

    def play(part: list[dict[str, Any]]) -> None:
        nonlocal put
        for stream in streams:
            put_events(cloud, stream, [as_record(event) for event in part])
        put += len(part)
        for each in deployments.values():
            for function in each.functions():
                await_batches(cloud, function, put)

    play(morning)
    noon = {name: dict(server.read_states()) for name, server in rta.items()}
    play(afternoon)
    evening = {name: dict(server.read_states()) for name, server in rta.items()}
    unasked = {name: server.poll() for name, server in rta.items()}
    first = {name: deployments[name].wfm.lines() for name in AP}

    cloud.client("s3").put_object(
        Bucket=deployments["both-new"].outputs["ap_s3_bucket_name"],
        Key="ASPECT_AGENT_STATUS_INFO.csv",
        Body=STATUS_TABLE,
    )
    uploaded = time.monotonic()
    for server in rta.values():
        server.states.clear()
        server.set_flag(True)
    time.sleep(max(0, uploaded + TABLE_IS_NOTICED_WITHIN_SECONDS - time.monotonic()))
    play(events)
    received = {name: server.poll() for name, server in rta.items()}
    folded = {name: dict(server.states) for name, server in rta.items()}
    evening_again = {name: dict(server.read_states()) for name, server in rta.items()}
    return Facts(
        {
            name: Day(
                noon[name],
                evening[name],
                received[name],
                folded[name],
                evening_again[name],
                unasked[name],
            )
            for name in RTA
        },
        {
            name: Reports(first[name], _without(deployments[name].wfm.lines(), first[name]))
            for name in AP
        },
    )


def _without(lines: list[bytes], earlier: list[bytes]) -> list[bytes]:
    """`lines` less one of each of `earlier`."""
    return sorted((Counter(lines) - Counter(earlier)).elements())
