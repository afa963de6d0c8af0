"""The last release is applied, then the current code over it (docs/upgrading.md).

The last release is the newest tag `v1.2.3`. Until there is one, it is the commit that 1.0.0 is cut
from.
"""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from function_runtime.version import VERSION
from module_versions import MODULES, with_version
from tests.changes.conftest import CONNECT_BUCKET
from tests.changes.released import extract, last_release
from tests.local_cloud.agent_stream import (
    as_record,
    await_batches,
    batch_logs,
    put_events,
    sample_events,
)
from tests.local_cloud.cloud import LocalCloud, access_key, delete_access_keys
from tests.local_cloud.rta_client import RtaClient
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.workspace import Workspace, initialised, workspace
from tests.unit.events import event

pytestmark = pytest.mark.xdist_group("upgrade")

EXAMPLE = "examples/both-new-stream"
VARIABLES: dict[str, Any] = {
    "agent_event_stream_name": "upgraded",
    "agent_statuses": {"Available": "A"},
    "connect_s3_bucket": CONNECT_BUCKET,
    "connect_s3_prefix": "connect/acme/Reports/Aspect/",
    "kda_application_name": "upgraded",
    "name": "upgraded-rta",
    "num_sqs_queues": 2,
}
FUNCTIONS = (
    "classifier_lambda_function_name",
    "heartbeat_lambda_function_name",
    "rta_lambda_function_name",
)
READERS = ("classifier_lambda_function_name", "rta_lambda_function_name")

EARLIER = sample_events()
LATER = [event(agent, at="2026-03-04T09:00:00Z") for agent in ("dan", "eve", "fay")]


@dataclass(frozen=True, slots=True)
class Released:
    """A deployment of the last release that holds data, and the current code with its state.

    `held` is what it holds, see _held(); `changes` is what an apply of the current code would do.
    """

    cloud: LocalCloud
    current: Workspace
    outputs: dict[str, Any]
    rta: RtaClient
    held: dict[str, Any]
    changes: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The deployment after the current code was applied: its outputs, what it held before more
    events came, and the log lines of the batches with these, by function."""

    outputs: dict[str, Any]
    held: dict[str, Any]
    logs: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def released(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Released]:
    scratch = tmp_path_factory.mktemp("upgrade")
    extract(REPOSITORY, last_release(REPOSITORY), scratch / "released", "modules", EXAMPLE)
    made = initialised(scratch / "released" / EXAMPLE, cloud)
    outputs = made.apply(VARIABLES)
    rta = RtaClient(cloud, access_key(cloud, outputs["rta_user_name"]), outputs)
    rta.set_flag(True)
    put_events(cloud, outputs["agent_event_stream_arn"], map(as_record, EARLIER))
    for reader in READERS:
        await_batches(cloud, outputs[reader], len(EARLIER))
    for bucket in ("ap_failed_records_bucket_name", "rta_failed_records_bucket_name"):
        cloud.client("s3").put_object(Bucket=outputs[bucket], Key="undeliverable/1", Body=b"{}")
    held = _held(cloud, rta)

    current = workspace(EXAMPLE, scratch / "current", cloud)
    shutil.copy(made.folder / "terraform.tfstate", current.folder)
    yield Released(cloud, current, outputs, rta, held, current.changes(VARIABLES))
    delete_access_keys(cloud, outputs["rta_user_name"])
    current.empty_and_destroy(*(outputs[name] for name in _buckets(outputs)))


@pytest.fixture(scope="module")
def upgraded(released: Released) -> Upgraded:
    cloud = released.cloud
    outputs = released.current.apply(VARIABLES)
    held = _held(cloud, released.rta)
    logged = {reader: batch_logs(cloud, outputs[reader]) for reader in READERS}
    put_events(cloud, outputs["agent_event_stream_arn"], map(as_record, LATER))
    logs = {
        reader: [
            line
            for line in await_batches(cloud, outputs[reader], len(EARLIER) + len(LATER))
            if line not in logged[reader]
        ]
        for reader in READERS
    }
    return Upgraded(outputs, held, logs)


def test_an_upgrade_destroys_only_what_its_section_names(released: Released) -> None:
    section = _newest_section()
    destroyed = {
        re.sub(r"^module\.\w+\.|\[.*\]$", "", address)
        for address, actions in released.changes.items()
        if "delete" in actions
    }
    # Terraform's own: the path of a zip. The page says so of every version.
    in_aws = {address for address in destroyed if not address.startswith("terraform_data.")}
    assert {address for address in in_aws if f"`{address}`" not in section} == set()


def test_an_upgrade_keeps_what_the_deployment_holds_and_the_names_that_it_told(
    released: Released, upgraded: Upgraded
) -> None:
    assert all(released.held.values()), "there is something of everything"
    assert upgraded.held == released.held
    told = released.outputs.keys() - {"next_steps"}
    assert {name: upgraded.outputs[name] for name in told} == {
        name: released.outputs[name] for name in told
    }


def test_after_an_upgrade_the_functions_run_the_new_version(
    released: Released, upgraded: Upgraded
) -> None:
    for lines in upgraded.logs.values():
        assert sum(line["EventsIn"] for line in lines) == len(LATER)
        assert {line.get("version") for line in lines} == {VERSION}
    functions = released.cloud.client("lambda")
    for function in FUNCTIONS:
        found = functions.get_function_configuration(FunctionName=upgraded.outputs[function])
        tags = functions.list_tags(Resource=found["FunctionArn"])["Tags"]
        assert tags == {"aspect-wfm-version": VERSION}


@pytest.mark.usefixtures("upgraded")
def test_the_rta_server_reads_the_messages_from_before_and_after(released: Released) -> None:
    received = Counter(each.event["EventId"] for each in released.rta.poll())
    assert received == Counter(each["EventId"] for each in [*EARLIER, *LATER])


@pytest.mark.usefixtures("upgraded")
def test_after_an_upgrade_a_plan_is_empty(released: Released) -> None:
    assert released.current.changes(VARIABLES) == {}


@pytest.mark.usefixtures("upgraded")
def test_another_version_changes_nothing_but_tags(released: Released) -> None:
    """Runs last: it leaves another version in the modules' files."""
    current = released.current
    modules = current.folder.parents[1] / "modules"
    for module in MODULES:
        (modules / module.name / "main.tf").write_text(with_version(module, "9.9.9"))
    assert current.changes(VARIABLES) == {
        "module.agent_productivity.aws_lambda_function.classifier[0]": ["update"],
        "module.agent_productivity.aws_lambda_function.heartbeat": ["update"],
        "module.rta.aws_lambda_function.relay": ["update"],
    }
    plan = json.loads(current.run("show", "-json", "again.tfplan"))
    changed = {
        name
        for each in plan["resource_changes"]
        if each["change"]["actions"] == ["update"]
        for name, value in each["change"]["before"].items()
        if each["change"]["after"].get(name) != value
    }
    assert changed == {"tags", "tags_all"}


def _newest_section() -> str:
    """The section of the newest version, which may not be released yet."""
    page = (REPOSITORY / "docs" / "upgrading.md").read_text(encoding="utf-8")
    return re.split(r"^## \d+\.\d+\.\d+$", page, flags=re.MULTILINE)[1]


def _held(cloud: LocalCloud, rta: RtaClient) -> dict[str, Any]:
    """The agents in the table, what the buckets hold, the messages on the queues, and the flag.

    Without the heartbeats (a line feed each), which can come at any time.
    """
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    buckets = {
        name: {
            each["Key"]: each["ETag"]
            for each in s3.list_objects_v2(Bucket=rta.outputs[name]).get("Contents", [])
            if each["Size"] > 1
        }
        for name in _buckets(rta.outputs)
    }
    waiting = "ApproximateNumberOfMessages"
    messages = [
        int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[waiting])["Attributes"][waiting])
        for url in rta.outputs["sqs_queue_urls"]
    ]
    return {
        "agents": dict(rta.read_states()),
        **buckets,
        "messages": sum(messages),
        "flag": rta.flag() == "True",
    }


def _buckets(outputs: Mapping[str, Any]) -> list[str]:
    """The outputs that are names of buckets."""
    return [name for name in outputs if name.endswith("_bucket_name")]
