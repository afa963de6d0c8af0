"""Amazon Connect writes to the stream under a customer-managed key, by the grant of the module."""

import json
import time
from collections.abc import Sequence
from typing import Any

from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step
from tests.acceptance.naming import streaming
from tests.acceptance.printing import say

TITLE = "Have Amazon Connect write under a customer-managed key"

_ASSOCIATION = "An apply switches agent events on"
_WRITES = "Does the grant on the key let Amazon Connect write?"

_EVENT_WITHIN_SECONDS = 600


def connect_streaming(deployment: Deployment, step: Step) -> None:
    instance = deployment.options.connect_instance
    if instance is None:
        step.skips(_WRITES, "no --connect-instance was named")
        return
    if elsewhere := agent_event_streams(deployment, instance):
        step.skips(
            _ASSOCIATION,
            f"the instance streams agent events to {', '.join(elsewhere)} already; left as it is",
        )
        return
    key = deployment.make_kms_key()
    deployment.apply(streaming(instance, key))
    stream = deployment.outputs["agent_event_stream_arn"]
    step.expects(agent_event_streams(deployment, instance) == [stream], _ASSOCIATION)
    grants = deployment.account.client("kms").list_grants(KeyId=key)["Grants"]
    step.expects(
        len(grants) == 1 and grants[0]["Operations"] == ["GenerateDataKey"],
        "The instance's role is granted the key, to encrypt for this stream",
    )
    if reason := deployment.lacks.get("connect"):
        step.skips(_WRITES, reason)
        return
    say("   Sign in to that instance as an agent now, and change the state: ten minutes from here.")
    arrived = await_event(
        deployment.account.client("kinesis"), stream, instance, _EVENT_WITHIN_SECONDS
    )
    if arrived is None:
        step.answers(
            _WRITES,
            "not answered: no event came in ten minutes. If an agent was signed in, Amazon Connect "
            "could not write: compare docs/security.md, and run again",
        )
    else:
        step.answers(_WRITES, f"yes: its first event came after {arrived:.0f} s")


def agent_event_streams(deployment: Deployment, instance: str) -> list[str]:
    """Where an instance writes its agent events: the ARNs of streams, one at most."""
    found = deployment.account.client("connect").list_instance_storage_configs(
        InstanceId=instance.rpartition("/")[2], ResourceType="AGENT_EVENTS"
    )["StorageConfigs"]
    return [
        next(
            each[name][arn]
            for name, arn in (
                ("KinesisStreamConfig", "StreamArn"),
                ("KinesisFirehoseConfig", "FirehoseArn"),
            )
            if name in each
        )
        for each in found
    ]


def switch_off(deployment: Deployment) -> str:
    """Switch agent events of the instance off if they still go to the stream of the run, as after
    an interrupted apply."""
    instance = deployment.options.connect_instance
    if instance is None:
        return "no instance was named"
    connect = deployment.account.client("connect")
    of = {"InstanceId": instance.rpartition("/")[2], "ResourceType": "AGENT_EVENTS"}
    switched_off = 0
    for each in connect.list_instance_storage_configs(**of)["StorageConfigs"]:
        stream = each.get("KinesisStreamConfig", {}).get("StreamArn", "")
        if deployment.names.owns(stream.rpartition("/")[2]):
            connect.disassociate_instance_storage_config(AssociationId=each["AssociationId"], **of)
            switched_off += 1
    return f"{switched_off} associations were left"


def await_event(
    kinesis: Any, stream: str, instance: str, seconds: float, pause: float = 1.0
) -> float | None:
    """Read the stream until there is an event of an instance; after how many seconds, None if there
    was none in `seconds`. Nothing but the instance of an event is looked at."""
    begun = time.monotonic()
    iterators = [
        kinesis.get_shard_iterator(
            StreamARN=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        for shard in kinesis.list_shards(StreamARN=stream)["Shards"]
    ]
    while time.monotonic() - begun < seconds:
        following = []
        for iterator in iterators:
            answer = kinesis.get_records(ShardIterator=iterator, StreamARN=stream)
            if _is_of(answer["Records"], instance):
                return time.monotonic() - begun
            if answer.get("NextShardIterator"):
                following.append(answer["NextShardIterator"])
        iterators = following
        time.sleep(pause)
    return None


def _is_of(records: Sequence[Any], instance: str) -> bool:
    instance_id = instance.rpartition("/")[2]
    for each in records:
        try:
            event = json.loads(each["Data"])
        except ValueError:
            continue
        if isinstance(event, dict) and str(event.get("InstanceARN", "")).endswith(instance_id):
            return True
    return False
