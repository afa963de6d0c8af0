"""The agent event stream: whether it is usable, receives events, and is the one that Amazon
Connect writes to."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aspect_wfm.aws import Aws
from aspect_wfm.doctor.findings import DAY, Finding, failure, note, ok, warning
from aspect_wfm.metrics import Metric, last_hour, latest

_AWS_MANAGED_KEY = "alias/aws/kinesis"

STEP_4 = (
    "In the Amazon Connect console, select the stream under Data streaming, Agent events, or set "
    "connect_instance_id and apply."
)


@dataclass(frozen=True, slots=True)
class Stream:
    """`key` is the KMS key's id as the stream has it, None where it is not encrypted.

    `distribution` is how Kinesis chooses a record's shard; a provisioned stream has None.
    """

    arn: str
    status: str
    shards: int
    retention_hours: int
    key: str | None
    distribution: str | None = None
    mode: str = "PROVISIONED"


def stream_name(arn: str) -> str:
    """A stream's name, from its ARN or that of a consumer of it."""
    return arn.partition("/")[2].partition("/")[0]


def read_stream(aws: Aws, arn: str) -> Stream:
    """Raises as `Aws.ask` does."""
    summary = aws.ask("kinesis", "describe_stream_summary", StreamARN=arn)
    found = summary["StreamDescriptionSummary"]
    return Stream(
        arn=arn,
        status=found["StreamStatus"],
        shards=found["OpenShardCount"],
        retention_hours=found["RetentionPeriodHours"],
        key=found.get("KeyId") if found.get("EncryptionType") == "KMS" else None,
        distribution=found.get("RecordDistributionStrategy"),
        mode=found.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED"),
    )


def look_at_stream(aws: Aws, arn: str) -> Iterator[Finding]:
    """The stream's status. Raises as `Aws.ask` does."""
    yield check_status(read_stream(aws, arn))


def look_at_order(aws: Aws, arn: str) -> Iterator[Finding]:
    """Whether it keeps the order of each agent's events. Raises as `Aws.ask` does."""
    yield check_order(read_stream(aws, arn))


def look_at_key(aws: Aws, arn: str) -> Iterator[Finding]:
    """The key that encrypts it. Raises as `Aws.ask` does."""
    key = read_stream(aws, arn).key
    described = None
    if key is not None and not key.endswith(_AWS_MANAGED_KEY):
        described = aws.ask("kms", "describe_key", KeyId=key)["KeyMetadata"]
    yield check_key(key, described)


def look_at_shards(aws: Aws, arn: str, now: datetime) -> Iterator[Finding]:
    """Whether it had enough shards in the last hour. Raises as `Aws.ask` does."""
    name = "WriteProvisionedThroughputExceeded"
    (refused,) = last_hour(aws, now, [Metric("AWS/Kinesis", name, "StreamName", stream_name(arn))])
    yield check_shards(read_stream(aws, arn), refused.total or 0)


def look_at_arrivals(aws: Aws, arn: str, now: datetime, age: timedelta) -> Iterator[Finding]:
    """What arrived in the last hour or day; `age` is the deployment's. Raises as `Aws.ask` does."""
    metric = Metric("AWS/Kinesis", "IncomingRecords", "StreamName", stream_name(arn))
    (hour,) = last_hour(aws, now, [metric])
    of_day: float | None = None
    if not hour.total and age >= DAY:
        (day,) = latest(aws, now, DAY, [metric])
        of_day = day.total or 0
    yield check_arrivals(hour.total or 0, of_day)


def look_at_instance(aws: Aws, arn: str, instance_id: str) -> Iterator[Finding]:
    """Whether the Connect instance writes its agent events to it. Raises as `Aws.ask` does."""
    pages = aws.pages(
        "connect",
        "list_instance_storage_configs",
        InstanceId=instance_id,
        ResourceType="AGENT_EVENTS",
    )
    streams = [
        each["KinesisStreamConfig"]["StreamArn"]
        for page in pages
        for each in page["StorageConfigs"]
        if "KinesisStreamConfig" in each
    ]
    yield check_instance(arn, instance_id, streams)


def check_status(stream: Stream) -> Finding:
    """The finding on a stream's status."""
    shards = "1 shard" if stream.shards == 1 else f"{stream.shards} shards"
    if stream.status in ("ACTIVE", "UPDATING"):
        return ok(
            "stream.status",
            f"The stream is {stream.status}, has {shards} and keeps an event for "
            f"{stream.retention_hours} hours. {_next_step(stream)}",
        )
    return failure(
        "stream.status",
        f"The stream is {stream.status}: nothing can be written to it or read from it.",
        "If it is CREATING, wait. If it is DELETING, apply again to create a new one.",
    )


def _next_step(stream: Stream) -> str:
    """What one change of the number of shards can do. Source: Amazon Kinesis API Reference,
    UpdateShardCount."""
    counts = f"from {math.ceil(stream.shards / 2)} to {2 * stream.shards}"
    if stream.mode == "PROVISIONED":
        return f"One apply can set shard_count {counts}."
    return f"With stream_mode = PROVISIONED, the first apply can set shard_count {counts}."


def check_order(stream: Stream) -> Finding:
    """Source: Kinesis Data Streams Developer Guide, "Service-managed record distribution"."""
    if stream.distribution != "AUTO":
        return ok("stream.order", "Kinesis keeps the events of an agent in one shard, in order.")
    return failure(
        "stream.order",
        "The stream distributes records by itself (RecordDistributionStrategy AUTO) and ignores "
        "their partition keys: events of one agent are delivered out of order.",
        "Set it back: aws kinesis update-stream-record-distribution-strategy --stream-arn "
        f"{stream.arn} --record-distribution-strategy USER_PARTITION_KEY",
    )


def check_key(key: str | None, described: dict[str, Any] | None) -> Finding:
    """`described` is KMS's description of a key other than the one that AWS manages for Kinesis."""
    if key is None:
        return ok("stream.key", "The stream is not encrypted at rest, so it needs no key.")
    if described is None or described.get("KeyManager") == "AWS":
        return ok("stream.key", "The stream is encrypted with the key that AWS manages for it.")
    state = described["KeyState"]
    if state == "Enabled":
        return ok("stream.key", f"The stream's key {key} is enabled.")
    return failure(
        "stream.key",
        f"The stream's key {key} is {state}: Amazon Connect cannot write events, and the functions "
        "cannot read them.",
        "Cancel its deletion (aws kms cancel-key-deletion) and enable it (aws kms enable-key) "
        "before the stream's retention ends; until then, the stream keeps the events.",
    )


def check_shards(stream: Stream, refused: float) -> Finding:
    """The finding on the records that a stream `refused` within an hour. Source: Amazon Kinesis
    API Reference, UpdateShardCount."""
    if not refused:
        return ok("stream.shards", "The stream rejected no records in the last hour.")
    text = f"The stream rejected {refused:,.0f} records in the last hour, and some may be lost"
    if stream.mode != "PROVISIONED":
        return failure(
            "stream.shards",
            f"{text}. An on-demand stream accepts up to twice its peak of the last 30 days.",
            "See writes-are-refused in docs/alarms.md.",
        )
    shards = "1 open shard is" if stream.shards == 1 else f"{stream.shards} open shards are"
    return failure(
        "stream.shards",
        f"{text}: {shards} too few for its peak.",
        f"Set shard_count to {2 * stream.shards} and apply. One call can at most double and at "
        "least halve the number of open shards: for more, apply in steps. docs/growth.md says how "
        "many agents a shard supports.",
    )


def check_arrivals(hour: float, day: float | None) -> Finding:
    """The finding on the records of the last hour and of the last day, None for a deployment that
    is younger than a day."""
    if hour:
        return ok("stream.arrivals", f"{hour:,.0f} records arrived in the last hour.")
    reason = "each signed-in agent causes a record at least every two minutes"
    advice = (
        f"Have an agent sign in, and run the doctor again. {STEP_4} To send an event without an "
        "agent, use --send-test-event."
    )
    if day == 0:
        return warning(
            "stream.arrivals",
            "No record arrived in the last 24 hours. If agents were signed in, events are lost: "
            f"{reason}.",
            advice,
        )
    return note(
        "stream.arrivals",
        f"No record arrived in the last hour: nobody is signed in ({reason}), or Amazon Connect "
        "does not write to this stream.",
        advice,
    )


def check_instance(arn: str, instance_id: str, streams: list[str]) -> Finding:
    """`streams` are those that the instance writes agent events to: one or none."""
    if arn in streams:
        return ok(
            "stream.instance", f"Instance {instance_id} writes its agent events to this stream."
        )
    if streams:
        return failure(
            "stream.instance",
            f"Instance {instance_id} writes its agent events to {streams[0]}, not to this stream; "
            "an instance writes them to one stream only.",
            "If others need that stream, deploy an option with an existing stream and give its ARN "
            f"as agent_event_stream_arn. If not: {STEP_4}",
        )
    return failure(
        "stream.instance", f"Instance {instance_id} writes its agent events to no stream.", STEP_4
    )
