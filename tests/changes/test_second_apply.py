"""A second apply under names that are taken adopts nothing (docs/changes.md).

A fresh clone, a lost state and a workspace without its var file all apply the same names from an
empty state. Each example is applied, applied again from an empty state, and destroyed from there.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.changes.taken import (
    EMAILS,
    IN_US_EAST_1,
    INSTANCE_ID,
    WITH_A_GRANT,
    WITH_TWO_QUEUES,
    variables,
    what_is_there,
)
from tests.examples import OPTIONS, OTHERS
from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.connect_service import Instance, connect_service, with_connect
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.workspace import TerraformError, Workspace, workspace
from tests.terraform_files import blocks

pytestmark = pytest.mark.xdist_group("second-apply")

# The local AWS does not support event source mappings on consumers.
NOT_APPLIED = {"module.rta.aws_kinesis_stream_consumer.relay"}

# Outputs that somebody enters in a product, or makes a key for.
_TO_ENTER = (
    "ap_s3_bucket_name",
    "config_table_name",
    "dynamodb_table_name",
    "rta_role_arn",
    "rta_user_name",
    "wfm_adapter_role_arn",
    "wfm_adapter_user_name",
)

Ids = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FewerQueues:
    """What the guard of the queues told, and what an apply that follows it came to: its error, and
    the type and id of each managed resource in the state."""

    told: str
    error: str
    ids: Ids


@dataclass(frozen=True, slots=True)
class Second:
    """What a second apply, and the destroy after it, came to.

    `first` and `second` are the type and id of each managed resource in the states. Of the first
    deployment, `addresses` are those of its resources without their keys, `actions` are the alarm
    and OK actions of each alarm, `addressees` are the subscribers of its topic, `kept` is what is
    left of the data `put`, `changes` is the next plan, and `outputs` are those of the apply.
    """

    error: str
    addresses: frozenset[str]
    actions: dict[str, tuple[list[str], list[str]]]
    addressees: list[str]
    first: Ids
    second: Ids
    put: list[str]
    kept: list[str]
    changes: dict[str, list[str]]
    fewer_queues: FewerQueues | None
    outputs: Mapping[str, Any]


@pytest.fixture(scope="module")
def seconds(
    cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Second]]:
    there = what_is_there(cloud)
    with connect_service(Instance(INSTANCE_ID)) as connect:

        def tried(example: str) -> Second:
            here = cloud
            if example == IN_US_EAST_1:
                here = replace(cloud, region="us-east-1")
            if example == WITH_A_GRANT:
                here = with_connect(cloud, connect)
            given = variables(example, there)
            return _tried(example, here, given, tmp_path_factory.mktemp(example))

        # Side by side, because they wait more than they compute.
        examples = OPTIONS + OTHERS
        with ThreadPoolExecutor(len(examples)) as pool:
            yield dict(zip(examples, pool.map(tried, examples), strict=True))


@pytest.mark.parametrize("example", OPTIONS + OTHERS)
def test_a_second_apply_adopts_nothing_and_its_destroy_takes_nothing(
    seconds: Mapping[str, Second], example: str
) -> None:
    second = seconds[example]
    assert "lready exist" in second.error or "ResourceInUse" in second.error
    assert second.first
    assert second.second & second.first == set()
    # A grant without a name is always another one.
    assert {kind for kind, _ in second.second} <= {"aws_kms_grant"}
    assert second.put
    assert second.kept == second.put
    assert second.changes == {}


def test_a_bucket_of_the_same_account_is_not_adopted_in_us_east_1(
    seconds: Mapping[str, Second],
) -> None:
    kinds = {kind for kind, _ in seconds[IN_US_EAST_1].first}
    assert "aws_s3_bucket" in kinds
    assert "aws_s3_bucket" not in {kind for kind, _ in seconds[IN_US_EAST_1].second}


def test_each_state_has_its_own_grant(seconds: Mapping[str, Second]) -> None:
    first, second = (
        {each for each in ids if each[0] == "aws_kms_grant"}
        for ids in (seconds[WITH_A_GRANT].first, seconds[WITH_A_GRANT].second)
    )
    assert len(first) == len(second) == 1
    assert first != second


def test_from_an_empty_state_the_guard_of_the_queues_says_that_they_may_be_anothers(
    seconds: Mapping[str, Second],
) -> None:
    guard = seconds[WITH_TWO_QUEUES].fewer_queues
    assert guard
    told = guard.told
    assert "-events-2.fifo exists" in told
    assert "Set num_retired_sqs_queues to 1 and apply" in told
    assert "If this state does not hold it, another deployment uses the name taken-bes" in told


def test_the_queue_of_another_that_is_retired_from_an_empty_state_is_not_adopted(
    seconds: Mapping[str, Second],
) -> None:
    guard = seconds[WITH_TWO_QUEUES].fewer_queues
    assert guard
    assert "lready exist" in guard.error
    assert guard.ids == frozenset()


def test_every_resource_of_the_modules_and_examples_has_been_applied(
    seconds: Mapping[str, Second],
) -> None:
    written = {
        f"module.{folder.name}.{address}"
        for folder in (REPOSITORY / "modules").iterdir()
        for address in blocks(folder, "resource")
    } | {
        address
        for example in OPTIONS + OTHERS
        for address in blocks(REPOSITORY / "examples" / example, "resource")
    }
    applied = frozenset[str]().union(*(each.addresses for each in seconds.values()))
    assert written - applied == NOT_APPLIED


@pytest.mark.parametrize("option", OPTIONS)
def test_every_alarm_notifies_the_topic_of_the_email_addresses(
    seconds: Mapping[str, Second], option: str
) -> None:
    second = seconds[option]
    (topic,) = (arn for kind, arn in second.first if kind == "aws_sns_topic")
    alarms = {name for kind, name in second.first if kind == "aws_cloudwatch_metric_alarm"}
    assert alarms
    assert second.actions == {name: ([topic], [topic]) for name in alarms}
    assert second.addressees == EMAILS


@pytest.mark.parametrize("example", OPTIONS + OTHERS)
def test_the_next_steps_have_the_real_names(seconds: Mapping[str, Second], example: str) -> None:
    outputs = seconds[example].outputs
    steps = "\n".join(outputs["next_steps"])
    named = [
        made[name]
        for made in _deployments(outputs)
        for name in _TO_ENTER
        if made.get(name) is not None
    ]
    assert len(named) > 1
    assert [name for name in named if name not in steps] == []
    assert [
        url
        for made in _deployments(outputs)
        for url in made.get("sqs_queue_urls", [])
        if url not in steps
    ] == []
    assert steps.endswith("change state, and check the deployment again.")


def _tried(example: str, cloud: LocalCloud, given: dict[str, Any], scratch: Path) -> Second:
    first = workspace(f"examples/{example}", scratch / "first", cloud)
    shutil.copytree(scratch / "first", scratch / "second", symlinks=True)
    second = replace(first, folder=scratch / "second" / "examples" / example)
    outputs = first.apply(given)
    put = _put_data(cloud, outputs)

    fewer_queues = None
    if example == WITH_TWO_QUEUES:
        fewer_queues = _fewer_queues(second, given)
    with pytest.raises(TerraformError) as failed:
        second.apply(given)
    managed = _managed(first)
    ids = _ids(managed), _ids(_managed(second))
    second.destroy()
    return Second(
        str(failed.value),
        frozenset(map(_address, managed)),
        _actions(cloud, ids[0]),
        _addressees(cloud, ids[0]),
        *ids,
        put,
        _kept_data(cloud, outputs),
        first.changes(given),
        fewer_queues,
        outputs,
    )


def _fewer_queues(second: Workspace, given: Mapping[str, Any]) -> FewerQueues:
    """Ask for one queue from an empty state, and then for the other as a retired one."""
    one = {**given, "num_sqs_queues": 1}
    with pytest.raises(TerraformError) as refused:
        second.changes(one)
    with pytest.raises(TerraformError) as failed:
        second.apply(one | {"num_retired_sqs_queues": 1})
    told = " ".join(str(refused.value).replace("│", " ").split())
    return FewerQueues(told, str(failed.value), _ids(_managed(second)))


def _managed(made: Workspace) -> list[dict[str, Any]]:
    """The managed resources in a state."""
    state = json.loads(made.run("state", "pull") or "{}")
    return [each for each in state.get("resources", []) if each["mode"] == "managed"]


def _ids(managed: Iterable[Mapping[str, Any]]) -> Ids:
    return frozenset(
        (resource["type"], instance["attributes"]["id"])
        for resource in managed
        for instance in resource["instances"]
    )


def _address(resource: Mapping[str, Any]) -> str:
    """Its address without the keys of the resource and its module."""
    module = resource.get("module", "").partition("[")[0]
    return ".".join(filter(None, (module, resource["type"], resource["name"])))


def _actions(cloud: LocalCloud, ids: Ids) -> dict[str, tuple[list[str], list[str]]]:
    """The alarm actions and OK actions of each alarm."""
    names = sorted(name for kind, name in ids if kind == "aws_cloudwatch_metric_alarm")
    found = cloud.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    return {each["AlarmName"]: (each["AlarmActions"], each["OKActions"]) for each in found}


def _addressees(cloud: LocalCloud, ids: Ids) -> list[str]:
    """The subscribers of each topic."""
    sns = cloud.client("sns")
    return sorted(
        each["Endpoint"]
        for kind, arn in ids
        if kind == "aws_sns_topic"
        for each in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    )


def _deployments(outputs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The outputs of the modules, which the estate has as objects."""
    if "rta" not in outputs:
        return [outputs]
    return [outputs["agent_productivity"], *outputs["rta"].values()]


def _put_data(cloud: LocalCloud, outputs: Mapping[str, Any]) -> list[str]:
    """Put a message on every queue and a report file into every bucket for them; their names."""
    for made in _deployments(outputs):
        for url in made.get("sqs_queue_urls", []):
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody=url, MessageGroupId="agents")
        if bucket := made.get("ap_s3_bucket_name"):
            cloud.client("s3").put_object(Bucket=bucket, Key="OUTPUT/report", Body=b"line\n")
    return sorted(
        name
        for made in _deployments(outputs)
        for name in [*made.get("sqs_queue_urls", []), *_report_buckets(made)]
    )


def _kept_data(cloud: LocalCloud, outputs: Mapping[str, Any]) -> list[str]:
    """The names of queues and buckets that still hold what was put there."""
    kept = []
    for made in _deployments(outputs):
        sqs = cloud.client("sqs")
        for url in made.get("sqs_queue_urls", []):
            with suppress(sqs.exceptions.QueueDoesNotExist):
                received = sqs.receive_message(QueueUrl=url).get("Messages", [])
                kept += [each["Body"] for each in received]
        for bucket in _report_buckets(made):
            found = cloud.client("s3").list_objects_v2(Bucket=bucket, Prefix="OUTPUT/report")
            kept += [bucket for _ in found.get("Contents", [])]
    return sorted(kept)


def _report_buckets(made: Mapping[str, Any]) -> list[str]:
    return [made["ap_s3_bucket_name"]] if "ap_s3_bucket_name" in made else []
