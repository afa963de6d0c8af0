"""A month by the model: each rule, function, table and stream by hand."""

import math
from dataclasses import replace

import pytest

from aspect_wfm.cost import rules
from aspect_wfm.cost.designs import (
    CLASSIFIER,
    ON_FLINK,
    OURS,
    RELAY,
    Design,
    Stream,
    TableWrites,
)
from aspect_wfm.cost.functions import (
    Calls,
    classifier_events_per_second,
    classifier_ms,
    flink_kpus_needed,
    queues_needed,
    relay_events_per_second,
    shards_needed,
    table_calls,
)
from aspect_wfm.cost.prices import read_prices
from aspect_wfm.cost.quantities import month, table_write_units
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload

TIMING = Timing()


def quantities(workload: Workload, design: Design) -> dict[str, float]:
    return dict(month(workload, design, TIMING).quantities)


@pytest.mark.parametrize(
    ("unit", "kilobytes"),
    [
        (rules.PUT_PAYLOAD_UNIT, 25),
        (rules.ON_DEMAND_UNIT, 1),
        (rules.FIREHOSE_UNIT, 5),
        (rules.WRITE_UNIT, 1),
        (rules.READ_UNIT, 4),
        (rules.SQS_REQUEST, 64),
    ],
)
def test_each_unit_that_is_begun_is_paid(unit: int, kilobytes: int) -> None:
    full = kilobytes * 1_024
    sizes = (0, 1, full, full + 1, 3 * full)
    assert [rules.units(size, unit) for size in sizes] == [1, 1, 1, 2, 3]


@pytest.mark.parametrize(
    ("found", "by_hand"),
    [
        (rules.gb_seconds(1_000_000, 512, 100.0), 50_000),
        (rules.gb_seconds(1_000_000, 512, 99.1), 50_000),  # each rounded up to a millisecond
        (rules.vcpu_share(256), 256 / 1_769),
        (rules.vcpu_share(1_769), 1),
        (rules.vcpu_share(3_000), 1),
        # Few events are invoked for one by one, many once a second.
        (rules.invocations_per_second(0, 0, 100), 0),
        (rules.invocations_per_second(0.001, 0, 100), 0.001),
        (rules.invocations_per_second(50, 0, 100), 1),
        # A window of a second changes nothing, and a full batch does not wait for it.
        (rules.invocations_per_second(50, 1, 1_000), 1),
        (rules.invocations_per_second(50, 5, 1_000), 1 / 5),
        (rules.invocations_per_second(500, 5, 100), 5),
        # Calls are never more than what they carry.
        (rules.mean_calls(0.5, 10), 0.5),
        (rules.mean_calls(7, 1), 7),
        (rules.mean_calls(100, 10), 10.45),
        # Heartbeats fill the gaps between events.
        (rules.heartbeats_per_hour(0, 120), 30),
        (rules.heartbeats_per_hour(30, 120), 30 / (2.718281828 - 1)),
    ],
)
def test_the_rules_by_hand(found: float, by_hand: float) -> None:
    assert found == pytest.approx(by_hand, rel=0.001)


def test_a_month_of_events_by_hand() -> None:
    workload = Workload(10, hours_signed_in=8, working_days=20, state_changes_per_hour=30)
    heartbeats = 8 * 30 / (2.718281828 - 1) + 30
    assert workload.state_changes == 48_000
    assert workload.events == pytest.approx(200 * (8 * 30 + heartbeats + 1))


# 1,000 agent-days of 8 hours with 24 changes, and a sign-out each; items of 1.3 KB.
@pytest.mark.parametrize(
    ("writes", "late_share", "by_hand"),
    [
        (TableWrites.TRANSACTION, 0, 193_000 * (4 + 2)),
        (TableWrites.PLAIN, 0, 193_000 * 2),
        (TableWrites.IF_PRESENT, 0, 191_000 * 2 + 1_000 * (1 + 6) + 1_000 * 6),
        # A late change pays for the refused write and the transaction.
        (TableWrites.IF_PRESENT, 0.1, 191_000 * 2 + 13_000 + 19_100 * 6),
    ],
)
def test_write_units_by_hand(writes: TableWrites, late_share: float, by_hand: float) -> None:
    workload = Workload(50, working_days=20, late_share=late_share)
    assert table_write_units(workload, writes) == pytest.approx(by_hand)
    half = replace(workload, monitored_share=0.5)
    assert table_write_units(half, writes) == pytest.approx(by_hand / 2)


def test_provisioned_capacity_is_paid_by_the_hour() -> None:
    workload = Workload(1_000)
    writes = quantities(workload, OURS)["dynamodb.write_request_units"] / workload.events
    provisioned = quantities(workload, replace(OURS, table_provisioned=True))
    capacity = math.ceil(workload.peak_events_per_second * writes / 0.7)
    assert provisioned["dynamodb.write_capacity_unit_hours"] == 730 * capacity
    assert "dynamodb.write_request_units" not in provisioned


def test_a_batch_takes_its_cpu_time_at_its_share_and_its_waits() -> None:
    timing = Timing(batch_cpu_ms=2, classify_event_cpu_us=1_000, call_cpu_ms=1, firehose_wait_ms=15)
    one_by_one = replace(OURS, packed=False, records_a_call=1)
    half_a_cpu = replace(CLASSIFIER, memory_mb=1_769 // 2 + 1)
    assert classifier_ms(10, half_a_cpu, OURS, timing) == pytest.approx(2 * 13 + 15, rel=0.01)
    assert classifier_ms(10, half_a_cpu, one_by_one, timing) == pytest.approx(
        2 * 22 + 150, rel=0.01
    )


@pytest.mark.parametrize(
    ("number", "waited"), [(0.5, 6), (1, 12), (5, 12), (8, 12), (16, 24), (20, 30)]
)
def test_calls_that_are_under_way_together_wait_together(number: float, waited: float) -> None:
    assert Calls(number, 12, at_once=8).waited_ms == pytest.approx(waited)
    assert Calls(number, 12).waited_ms == pytest.approx(number * 12)


def test_changes_go_25_a_call_and_sign_ins_and_sign_outs_50_a_transaction() -> None:
    workload = replace(Workload(1_000), heartbeat_seconds=1e9, heartbeat_hours_after=0)
    plain, transactions = table_calls(1_000, workload, OURS, TIMING)
    assert plain.number == pytest.approx(rules.mean_calls(1_000 * 192 / 193, 25))
    assert transactions.number == pytest.approx(rules.mean_calls(1_000 * (2 + 0.191) / 193, 50))
    (only,) = table_calls(
        1_000, workload, replace(OURS, table_writes=TableWrites.TRANSACTION), TIMING
    )
    assert only.number == pytest.approx(rules.mean_calls(1_000, 50))


def test_batches_side_by_side_keep_up_with_so_many_times_the_events() -> None:
    workload = Workload(10_000)
    relay, classifier = (replace(each, parallelization_factor=2) for each in (RELAY, CLASSIFIER))
    twice = replace(OURS, relay=relay, classifier=classifier)
    assert relay_events_per_second(workload, twice, TIMING, 1) == pytest.approx(
        2 * relay_events_per_second(workload, OURS, TIMING, 1)
    )
    assert classifier_events_per_second(twice, TIMING) == pytest.approx(
        2 * classifier_events_per_second(OURS, TIMING)
    )
    one, two = month(workload, OURS, TIMING), month(workload, twice, TIMING)
    assert two.relay.events == pytest.approx(one.relay.events / 2, rel=0.01)
    assert two.relay.invocations * two.relay.events == pytest.approx(
        one.relay.invocations * one.relay.events
    )


@pytest.mark.parametrize(
    ("workload", "design", "queues"),
    [
        (Workload(1_000), OURS, 1),
        (Workload(1_000, queues=3), OURS, 3),
        (Workload(100_000), OURS, 7),
        (Workload(100_000, deletes_per_message=0.1), OURS, 1),
        (Workload(100_000), replace(OURS, message_groups="agent"), 1),
        (Workload(100_000, connected_share=0), OURS, 1),
    ],
)
def test_queues_are_added_where_the_deletes_are_too_many_for_one(
    workload: Workload, design: Design, queues: int
) -> None:
    assert queues_needed(workload, design) == queues


def test_the_rta_server_pays_for_polls_that_find_nothing() -> None:
    idle = quantities(Workload(1, queues=2), OURS)["sqs.fifo_requests"]
    assert idle == pytest.approx(2 * 730 * 3_600, rel=0.02)


EVENTS = Workload(100).events
GB_IN = EVENTS * 3 / 1_024**2
SHARDS = {"shard_hours": 730, "put_payload_units": EVENTS}
ON_DEMAND = {"on_demand_stream_hours": 730, "on_demand_gb_in": GB_IN}
FAN_OUT = {"fan_out_consumer_shard_hours": 2 * 730, "fan_out_gb": 2 * EVENTS * 2_797 / 1_024**3}


@pytest.mark.parametrize(
    ("stream", "by_hand"),
    [
        (Stream(), SHARDS),
        (Stream(retention_hours=168), SHARDS | {"extended_retention_shard_hours": 730}),
        (Stream(fan_out=True), SHARDS | FAN_OUT),
        (Stream(on_demand=True), ON_DEMAND | {"on_demand_gb_out": 2 * GB_IN}),
        (Stream(on_demand=True, fan_out=True), ON_DEMAND | {"on_demand_fan_out_gb": 2 * GB_IN}),
    ],
)
def test_a_stream_of_each_kind_by_hand(stream: Stream, by_hand: dict[str, float]) -> None:
    found = quantities(Workload(100), replace(OURS, stream=stream))
    of_stream = {name[8:]: each for name, each in found.items() if name.startswith("kinesis.")}
    assert of_stream == pytest.approx(by_hand)


def test_a_flink_application_is_paid_by_the_kpu_and_by_one_more() -> None:
    # An example of a bill on AWS's page "Per second billing": 20 KPUs day and night for 30 days.
    prices = read_prices("us-east-1")
    assert prices["analytics.kpu_hours"].of(30 * 24 * (20 + 1)) == pytest.approx(1_663.20)
    assert prices["analytics.running_storage_gb_months"].of(20 * 50) == pytest.approx(100)
    least = quantities(Workload(1), ON_FLINK)
    assert least["analytics.kpu_hours"] == 2 * 730
    assert least["analytics.running_storage_gb_months"] == 50
    assert quantities(Workload(100_000), ON_FLINK)["analytics.kpu_hours"] == 4 * 730
    # Ten snapshots of a full batch.
    assert least["analytics.snapshot_gb_months"] == pytest.approx(10 * 1_000 * 2_797 / 1_024**3)


@pytest.mark.parametrize(
    ("agents", "shards", "events_a_kpu", "kpus"),
    [
        # Six shards of 303 events a second: the fullest of two tasks has four, of three three.
        (100_000, 6, 1_000, 3),
        (100_000, 6, 2_000, 1),
        (50_000, 1, 1_000, 1),
        (0, 1, 1_000, 1),
    ],
)
def test_a_flink_application_has_the_kpus_that_its_fullest_task_needs(
    agents: int, shards: int, events_a_kpu: float, kpus: int
) -> None:
    timing = replace(TIMING, events_per_second_a_kpu=events_a_kpu)
    assert flink_kpus_needed(Workload(agents), shards, timing) == kpus


def test_on_flink_no_classifier_function_is_paid_and_reports_cost_the_same() -> None:
    workload = Workload(1_000)
    function, application = (quantities(workload, design) for design in (OURS, ON_FLINK))
    classified = month(workload, OURS, TIMING).classifier.invocations
    assert function["lambda.requests"] - application["lambda.requests"] == pytest.approx(classified)
    differing = {name for name in function if function[name] != application.get(name)}
    assert differing == {
        "cloudwatch.alarm_metrics",
        "lambda.gb_seconds_x86_64",
        "lambda.requests",
    }


def test_on_flink_the_function_no_longer_asks_for_shards() -> None:
    slow = replace(TIMING, classify_event_cpu_us=100_000)
    workload = Workload(10_000)
    assert shards_needed(workload, OURS, slow) > shards_needed(workload, ON_FLINK, slow) == 1
