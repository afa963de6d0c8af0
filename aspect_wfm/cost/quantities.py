"""What a month holds of each unit that AWS meters: pure functions of a workload and a design."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from aspect_wfm.cost.designs import Design, TableWrites
from aspect_wfm.cost.functions import (
    CONSUMERS,
    Runs,
    classifier_runs,
    flink_kpus_needed,
    queues_needed,
    relay_runs,
    sends,
    shards_needed,
)
from aspect_wfm.cost.rules import (
    FIREHOSE_UNIT,
    GB,
    GB_A_KPU,
    HOURS_A_MONTH,
    MB,
    ON_DEMAND_UNIT,
    ORCHESTRATION_KPUS,
    PUT_PAYLOAD_UNIT,
    READ_UNIT,
    SQS_REQUEST,
    TRANSACTION_FACTOR,
    WRITE_UNIT,
    gb_seconds,
    units,
)
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload

_HEARTBEATS = 12 * HOURS_A_MONTH
_FIREHOSE_FILE_BYTES = 5 * MB

# Of a Flink application, which makes one whenever it is stopped or updated, the last ones are kept.
_SNAPSHOTS = 10

# Under 1 KB: an agent's ARN and two times.
_SIGN_OUT_ITEM_BYTES = 250
_ITEM_OVERHEAD_BYTES = 100

# A table or stream asks KMS for its key again every five minutes, for each of its users. Kinesis
# Data Streams Developer Guide, "Costs, Regions, and performance considerations".
_KEY_REQUESTS_AN_HOUR = 12

# Provisioned capacity that is never used whole.
_UTILISATION = 0.7

# CloudWatch Logs stores compressed; the examples of CloudWatch pricing use this share.
_STORED_LOG_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Month:
    """`quantities` by the name of their price; the rest explains them."""

    quantities: Mapping[str, float]
    shards: int
    queues: int
    relay: Runs
    classifier: Runs


def month(workload: Workload, design: Design, timing: Timing) -> Month:
    """A month of `workload` on `design`. Raises ValueError as `flink_kpus_needed` does."""
    shards = shards_needed(workload, design, timing)
    relay = relay_runs(workload, design, timing, shards)
    classifier = classifier_runs(workload, design, timing, shards)
    parts = (
        _stream(workload, design, shards),
        _analytics(workload, design, timing, shards),
        _functions(design, timing, relay, classifier),
        _table(workload, design, relay),
        _queues(workload, design, relay),
        _reports(workload, design, classifier, shards),
        _logs(workload, design, relay, classifier),
        _watching(workload, design),
        _keys(design, shards),
    )
    quantities = {name: float(amount) for part in parts for name, amount in part.items() if amount}
    return Month(quantities, shards, queues_needed(workload, design), relay, classifier)


def _stream(workload: Workload, design: Design, shards: int) -> dict[str, float]:
    stream = design.stream
    gigabytes = workload.events * units(workload.event_bytes, ON_DEMAND_UNIT) * ON_DEMAND_UNIT / GB
    if stream.on_demand:
        found = {
            "kinesis.on_demand_stream_hours": HOURS_A_MONTH,
            "kinesis.on_demand_gb_in": gigabytes,
            f"kinesis.on_demand_{'fan_out_gb' if stream.fan_out else 'gb_out'}": gigabytes
            * CONSUMERS,
        }
    else:
        found = {
            "kinesis.shard_hours": shards * HOURS_A_MONTH,
            "kinesis.put_payload_units": workload.events
            * units(workload.event_bytes, PUT_PAYLOAD_UNIT),
        }
    if stream.retention_hours > 24:
        found["kinesis.extended_retention_shard_hours"] = shards * HOURS_A_MONTH
    if stream.fan_out and not stream.on_demand:
        found["kinesis.fan_out_consumer_shard_hours"] = shards * HOURS_A_MONTH * CONSUMERS
        found["kinesis.fan_out_gb"] = workload.events * workload.event_bytes * CONSUMERS / GB
    return found


def _analytics(workload: Workload, design: Design, timing: Timing, shards: int) -> dict[str, float]:
    """An application runs day and night on one unit at least. What is in a snapshot of ours is what
    waits for its batch to be full."""
    if not design.classifier:
        kpus = math.ceil(workload.peak_events_per_second / timing.events_per_second_a_kpu)
        return {"analytics.kpu_hours": max(1, kpus) * HOURS_A_MONTH}
    if not design.flink:
        return {}
    kpus = flink_kpus_needed(workload, shards, timing)
    snapshot = shards * design.classifier.batch_size * workload.event_bytes
    return {
        "analytics.kpu_hours": (kpus + ORCHESTRATION_KPUS) * HOURS_A_MONTH,
        "analytics.running_storage_gb_months": kpus * GB_A_KPU,
        "analytics.snapshot_gb_months": _SNAPSHOTS * snapshot / GB,
    }


def _functions(design: Design, timing: Timing, relay: Runs, classifier: Runs) -> dict[str, float]:
    classified = 0.0 if design.flink else classifier.invocations
    found = {
        "lambda.requests": relay.invocations + classified + _HEARTBEATS,
        "lambda.gb_seconds_x86_64": gb_seconds(
            _HEARTBEATS, design.heartbeat_memory_mb, timing.heartbeat_ms
        ),
        "lambda.gb_seconds_arm64": 0.0,
        "eventbridge.scheduled_invocations": _HEARTBEATS,
    }
    for function, runs in ((design.relay, relay), (design.classifier, classifier)):
        if function:
            found[f"lambda.gb_seconds_{function.architecture}"] += gb_seconds(
                runs.invocations, function.memory_mb, runs.milliseconds
            )
    return found


def _table(workload: Workload, design: Design, relay: Runs) -> dict[str, float]:
    writes = table_write_units(workload, design.table_writes)
    reads = workload.scans_per_month * units(workload.agents * workload.item_bytes, READ_UNIT) / 2
    if design.table_writes is TableWrites.READ_THEN_WRITE:
        changes = (workload.state_changes + workload.sign_outs) * workload.monitored_share
        reads += changes * units(workload.item_bytes, READ_UNIT) / 2
    if design.flag_in_table:
        reads += relay.invocations
    items = workload.agents * (workload.item_bytes + _ITEM_OVERHEAD_BYTES)
    if design.table_writes in (TableWrites.TRANSACTION, TableWrites.IF_PRESENT):
        items += workload.agents * (_SIGN_OUT_ITEM_BYTES + _ITEM_OVERHEAD_BYTES)
    found = {
        "dynamodb.read_request_units": reads,
        "dynamodb.storage_gb_months": items / GB,
        "dynamodb.recovery_gb_months": items / GB if design.table_recovery else 0.0,
    }
    if design.table_provisioned:
        peak = workload.peak_events_per_second * writes / workload.events
        capacity = math.ceil(peak / _UTILISATION)
        return found | {"dynamodb.write_capacity_unit_hours": capacity * HOURS_A_MONTH}
    return found | {"dynamodb.write_request_units": writes}


def table_write_units(workload: Workload, writes: TableWrites) -> float:
    """Write units of a month; several changes of an agent in one batch count each."""
    changes = workload.state_changes * workload.monitored_share
    sign_outs = workload.sign_outs * workload.monitored_share
    plain = units(workload.item_bytes, WRITE_UNIT)
    both = TRANSACTION_FACTOR * (plain + units(_SIGN_OUT_ITEM_BYTES, WRITE_UNIT))
    match writes:
        case TableWrites.TRANSACTION:
            return (changes + sign_outs) * both
        case TableWrites.IF_PRESENT:
            sign_ins = workload.sign_ins * workload.monitored_share
            late = workload.late_changes * workload.monitored_share
            refused = sign_ins * units(0, WRITE_UNIT) + late * plain
            written = (changes - sign_ins - late) * plain
            return written + refused + (sign_ins + late + sign_outs) * both
        case TableWrites.PLAIN | TableWrites.READ_THEN_WRITE:
            return (changes + sign_outs) * plain


def _queues(workload: Workload, design: Design, relay: Runs) -> dict[str, float]:
    """What the relay sends, and the RTA server's receives, found empty or not, and deletes."""
    connected = workload.connected_share
    messages = workload.events * workload.monitored_share * connected
    queues = queues_needed(workload, design)
    calls = relay.invocations * connected * sends(relay.events, workload, design, queues)
    sent = calls * units(design.messages_a_call * workload.message_bytes, SQS_REQUEST)
    polls = queues * workload.polls_per_second * HOURS_A_MONTH * 3_600 * connected
    received = max(polls, messages / 10) * units(10 * workload.message_bytes, SQS_REQUEST)
    deleted = messages * workload.deletes_per_message
    return {"sqs.fifo_requests": sent + received + deleted}


def _reports(workload: Workload, design: Design, classifier: Runs, shards: int) -> dict[str, float]:
    if design.packed:
        batch_bytes = classifier.events * workload.line_bytes
        ingested = classifier.invocations * units(batch_bytes, FIREHOSE_UNIT)
    else:
        ingested = workload.events * units(workload.line_bytes, FIREHOSE_UNIT)
    written = workload.events * workload.line_bytes
    # Firehose closes a file after five minutes, or earlier at 5 MB.
    busy_slots = workload.open_seconds / 300
    files = _HEARTBEATS + busy_slots * max(
        0, math.ceil(written / busy_slots / _FIREHOSE_FILE_BYTES) - 1
    )
    # Each running copy of the classifier asks for the reference table once a minute.
    table_reads = 0.0
    if design.classifier and design.reads_status_table:
        copies = shards * design.classifier.parallelization_factor
        table_reads = workload.open_seconds / 60 * copies
    return {
        "firehose.gb": (ingested + _HEARTBEATS) * FIREHOSE_UNIT / GB,
        "s3.put_requests": files + workload.adapter_listings_per_hour * HOURS_A_MONTH,
        "s3.get_requests": files + table_reads,
        "s3.storage_gb_months": written * workload.report_months_kept / GB,
    }


def _logs(workload: Workload, design: Design, relay: Runs, classifier: Runs) -> dict[str, float]:
    invocations = relay.invocations + classifier.invocations + _HEARTBEATS
    an_event = design.log_bytes_an_event
    if design.logs_whole_events:
        an_event += workload.event_bytes
    functions = 2 if design.classifier else 1
    written = invocations * design.log_bytes_a_batch + workload.events * an_event * functions
    return {
        "logs.ingested_gb": written / GB,
        "logs.stored_gb_months": written * _STORED_LOG_SHARE * design.log_months_kept / GB,
    }


def _watching(workload: Workload, design: Design) -> dict[str, float]:
    """An alarm on metric math is paid for each of its metrics."""
    queues = queues_needed(workload, design)
    return {
        "cloudwatch.alarm_metrics": design.alarm_metrics + queues * design.alarm_metrics_a_queue,
        "cloudwatch.custom_metrics": design.custom_metrics,
        "cloudwatch.dashboards": design.dashboards,
    }


def _keys(design: Design, shards: int) -> dict[str, float]:
    """Requests for the keys aws/kinesis (a producer and two consumers) and aws/dynamodb."""
    users = shards * (1 + CONSUMERS) if design.stream.encrypted else 0
    if design.table_key_managed_by_aws:
        users += 3 if design.flag_in_table else 2
    return {"kms.requests": users * _KEY_REQUESTS_AN_HOUR * HOURS_A_MONTH}
