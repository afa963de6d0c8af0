"""What carries the events, with the settings that it is deployed with.

A design has more fields than the modules have variables, since benchmarks/designs compares ours
with others.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from agent_classifier.classifier import METRICS as CLASSIFIER_METRICS
from heartbeat.heartbeat import METRICS as HEARTBEAT_METRICS
from rta_relay.relay import METRICS as RELAY_METRICS


class TableWrites(Enum):
    """How a state change gets into the state table.

    TRANSACTION: put and condition check on the table of sign-outs, up to 50 changes a call.
    IF_PRESENT: a plain write on the condition that the agent has an item, and an older one, up to
    25 a call; the transaction for what that refuses, and for sign-outs.
    PLAIN: a plain conditional write a change, and no memory of sign-outs.
    READ_THEN_WRITE: a read and a write a change, as in the Quick Start.
    """

    TRANSACTION = "transaction"
    IF_PRESENT = "plain write if present"
    PLAIN = "plain write"
    READ_THEN_WRITE = "read, then write"


@dataclass(frozen=True, slots=True)
class Stream:
    """The agent event stream, with this many shards, or more if the peak needs them; `encrypted`
    with the AWS-managed key aws/kinesis."""

    shards: int = 1
    on_demand: bool = False
    retention_hours: int = 24
    fan_out: bool = False
    encrypted: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """A function and its event source mapping; `parallelization_factor` batches of a shard run
    side by side."""

    memory_mb: int = 256
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    batch_size: int = 100
    window_seconds: float = 0.0
    parallelization_factor: int = 1


@dataclass(frozen=True, slots=True)
class Design:
    """Agent Productivity (`classifier`; None for Kinesis Data Analytics) and Real-Time Adherence.

    With `flink`, an application of Managed Service for Apache Flink makes the batches of
    `classifier`, and no function does.
    `packed` lines share Firehose records; of records, up to `records_a_call` go with one call. Of
    its sends, and of its writes to the table, the relay has `calls_at_once` under way. A
    provisioned table has capacity for the peak, day and night. Queues with one message group an
    agent have SQS's high throughput.
    The functions write `custom_metrics`; alarms look at `alarm_metrics`, and for each queue at
    `alarm_metrics_a_queue`.
    `log_bytes_a_batch` and `log_bytes_an_event` are what one function logs, Lambda's own lines and
    CloudWatch's 26 bytes a line included; events with `logs_whole_events` add themselves.
    """

    name: str
    stream: Stream
    classifier: Function | None
    relay: Function
    flink: bool = False
    heartbeat_memory_mb: int = 128
    packed: bool = True
    records_a_call: int = 500
    reads_status_table: bool = True
    table_writes: TableWrites = TableWrites.IF_PRESENT
    table_provisioned: bool = False
    table_recovery: bool = True
    table_key_managed_by_aws: bool = True
    messages_a_call: int = 10
    calls_at_once: int = 8
    message_groups: Literal["shared", "agent"] = "shared"
    flag_in_table: bool = False
    relay_without_heartbeats: bool = False
    alarm_metrics: int = 0
    alarm_metrics_a_queue: int = 0
    custom_metrics: int = 0
    dashboards: int = 0
    log_bytes_a_batch: int = 600
    log_bytes_an_event: int = 0
    logs_whole_events: bool = False
    log_months_kept: float = 3.0


# START, END and REPORT, which Lambda adds to the function's own line, with CloudWatch's overhead.
PLATFORM_LOG_BYTES = 353

# The defaults of modules/agent_stream, modules/agent_productivity and modules/rta.
CLASSIFIER = Function(batch_size=1_000, window_seconds=5.0)
RELAY = Function(memory_mb=1_024, batch_size=1_000)
OURS = Design(
    name="ours",
    stream=Stream(),
    classifier=CLASSIFIER,
    relay=RELAY,
    alarm_metrics=23,
    alarm_metrics_a_queue=2,
    custom_metrics=len(CLASSIFIER_METRICS) + len(HEARTBEAT_METRICS) + len(RELAY_METRICS),
    dashboards=2,
    # The relay's line, in which a metric takes about 58 bytes.
    log_bytes_a_batch=644 + 58 * len(RELAY_METRICS),
)

# Ours with `engine` = `flink`: without the function's alarms, with the application's. The job
# publishes the classifier's metrics.
ON_FLINK = replace(OURS, name="on Flink", flink=True, alarm_metrics=20)
