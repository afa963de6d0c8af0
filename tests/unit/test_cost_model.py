import json
import re
import shlex
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from agent_classifier.report_line import report_line
from agent_events.agent_event import decode_agent_event
from rta_relay.agent_state import is_signed_out, item_size, table_item
from rta_relay.message import message
from tools.cost_model.__main__ import main
from tools.cost_model.designs import (
    CLASSIFIER,
    DESIGNS,
    OURS,
    QUICK_START,
    RELAY,
    Capacity,
    Design,
    Stream,
    TableWrites,
)
from tools.cost_model.functions import classifier_ms, queues_needed, relay_ms, shards_needed
from tools.cost_model.prices import PRICE_FILE, REMEMBERED, PriceError, read_prices
from tools.cost_model.quantities import month, table_write_units
from tools.cost_model.rules import (
    firehose_bytes,
    gb_seconds,
    heartbeats_per_hour,
    invocations_per_second,
    mean_calls,
    on_demand_bytes,
    put_payload_units,
    read_units,
    sqs_requests,
    vcpu_share,
    write_units,
)
from tools.cost_model.sensitivity import variations
from tools.cost_model.tables import dollars
from tools.cost_model.workload import Timing, Workload

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
REGIONS = ("eu-central-1", "us-east-1")
TIMING = Timing()


def quantities(workload: Workload, design: Design) -> dict[str, float]:
    return dict(month(workload, design, TIMING).quantities)


@pytest.mark.parametrize(
    ("size", "billed"), [(1, 5_120), (5_120, 5_120), (5_121, 10_240), (12 * 1_024, 15 * 1_024)]
)
def test_a_firehose_record_is_rounded_up_to_5_kb(size: int, billed: int) -> None:
    assert firehose_bytes(size) == billed


@pytest.mark.parametrize(
    ("size", "units"), [(1, 1), (25 * 1_024, 1), (25 * 1_024 + 1, 2), (45 * 1_024, 2)]
)
def test_a_put_payload_unit_is_25_kb(size: int, units: int) -> None:
    assert put_payload_units(size) == units


def test_an_on_demand_stream_rounds_up_to_1_kb() -> None:
    assert on_demand_bytes(4.5 * 1_024) == 5 * 1_024


@pytest.mark.parametrize(
    ("size", "transactional", "units"),
    [(1_024, False, 1), (1_025, False, 2), (1_024, True, 2), (3 * 1_024, True, 6)],
)
def test_a_write_unit_is_1_kb_and_a_transaction_takes_two(
    size: int, transactional: bool, units: int
) -> None:
    assert write_units(size, transactional=transactional) == units


@pytest.mark.parametrize(
    ("size", "consistent", "units"), [(1, True, 1), (8 * 1_024, True, 2), (1, False, 0.5)]
)
def test_a_read_unit_is_4_kb(size: int, consistent: bool, units: float) -> None:
    assert read_units(size, consistent=consistent) == units


@pytest.mark.parametrize(
    ("size", "requests"), [(0, 1), (64 * 1_024, 1), (64 * 1_024 + 1, 2), (256 * 1_024, 4)]
)
def test_an_sqs_request_is_64_kb(size: int, requests: int) -> None:
    assert sqs_requests(size) == requests


def test_gb_seconds_round_each_invocation_up_to_a_millisecond() -> None:
    assert gb_seconds(1_000_000, 512, 100.0) == pytest.approx(50_000)
    assert gb_seconds(1_000_000, 512, 99.1) == pytest.approx(50_000)


def test_a_function_has_one_cpu_at_1769_mb_and_no_more() -> None:
    assert vcpu_share(1_769) == 1
    assert vcpu_share(3_000) == 1
    assert vcpu_share(256) == pytest.approx(256 / 1_769)


def test_few_events_are_invoked_for_one_by_one_and_many_once_a_second() -> None:
    assert invocations_per_second(0.001, 0, 100) == pytest.approx(0.001, rel=0.001)
    assert invocations_per_second(50, 0, 100) == pytest.approx(1)
    assert invocations_per_second(0, 0, 100) == 0


def test_a_window_makes_fewer_invocations_and_a_full_batch_does_not_wait_for_it() -> None:
    assert invocations_per_second(50, 5, 1_000) == pytest.approx(1 / 5)
    assert invocations_per_second(50, 1, 1_000) == invocations_per_second(50, 0, 1_000)
    assert invocations_per_second(500, 5, 100) == pytest.approx(5)


def test_calls_are_never_more_than_what_they_carry() -> None:
    assert mean_calls(0.5, 10) == 0.5
    assert mean_calls(100, 10) == pytest.approx(10.45)
    assert mean_calls(7, 1) == 7


def test_heartbeats_fill_the_gaps_between_events() -> None:
    assert heartbeats_per_hour(0, 120) == 30
    assert heartbeats_per_hour(30, 120) == pytest.approx(30 / (2.718281828 - 1))


def test_a_month_of_events_by_hand() -> None:
    workload = Workload(10, hours_signed_in=8, working_days=20, state_changes_per_hour=30)
    heartbeats = 8 * 30 / (2.718281828 - 1) + 30
    assert workload.state_changes == 48_000
    assert workload.events == pytest.approx(200 * (8 * 30 + heartbeats + 1))


def test_write_units_of_each_way_to_write_the_table_by_hand() -> None:
    # 1,000 agent-days of 8 hours with 24 changes, and a sign-out each; items of 1.3 KB.
    workload = Workload(100, working_days=10)
    changes, days = 192_000, 1_000
    assert table_write_units(workload, TableWrites.TRANSACTION) == (changes + days) * (4 + 2)
    assert table_write_units(workload, TableWrites.PLAIN) == (changes + days) * 2
    assert table_write_units(workload, TableWrites.IF_PRESENT) == (
        (changes - days) * 2 + days * (1 + 6) + days * 6
    )
    half = replace(workload, monitored_share=0.5)
    assert table_write_units(half, TableWrites.PLAIN) == (changes + days)


def test_provisioned_capacity_is_paid_by_the_hour() -> None:
    workload = Workload(1_000)
    writes = quantities(workload, OURS)["dynamodb.write_request_units"]
    scaled = quantities(workload, replace(OURS, table_capacity=Capacity.SCALED))
    assert scaled["dynamodb.write_capacity_unit_hours"] == pytest.approx(writes / 3_600 / 0.7)
    assert "dynamodb.write_request_units" not in scaled


def test_a_batch_takes_its_cpu_time_at_its_share_and_its_waits() -> None:
    timing = Timing(batch_cpu_ms=2, classify_event_cpu_us=1_000, call_cpu_ms=1, firehose_wait_ms=15)
    half_a_cpu = replace(CLASSIFIER, memory_mb=1_769 // 2 + 1)
    assert classifier_ms(10, half_a_cpu, OURS, timing) == pytest.approx(2 * 13 + 15, rel=0.01)
    assert classifier_ms(10, half_a_cpu, QUICK_START, timing) == pytest.approx(
        2 * 22 + 150, rel=0.01
    )


def test_the_quick_start_makes_three_calls_an_event_and_needs_shards_for_it() -> None:
    workload = replace(Workload(10_000), heartbeat_seconds=1e9, heartbeat_hours_after=0)
    timing = Timing(0, 0, 0, 0, item_wait_ms=5, send_wait_ms=12)
    assert relay_ms(100, workload, QUICK_START, timing) == pytest.approx(100 * (5 + 5 + 12))
    assert shards_needed(workload, QUICK_START, timing) == 3  # 100 a second at peak, 45 a shard


def test_only_heartbeats_to_nobody_can_be_filtered() -> None:
    filtered = replace(OURS, relay_without_heartbeats=True)
    with pytest.raises(ValueError, match="heartbeats"):
        month(Workload(100), filtered, TIMING)
    nobody = Workload(100, connected_share=0)
    assert month(nobody, filtered, TIMING).relay.invocations < (
        month(nobody, OURS, TIMING).relay.invocations
    )


def test_queues_are_added_where_the_deletes_are_too_many_for_one() -> None:
    assert queues_needed(Workload(1_000)) == 1
    assert queues_needed(Workload(1_000, queues=3)) == 3
    assert queues_needed(Workload(100_000)) == 7
    assert queues_needed(Workload(100_000, deletes_per_message=0.1)) == 1


def test_the_rta_server_pays_for_polls_that_find_nothing() -> None:
    idle = quantities(Workload(1, queues=2), OURS)["sqs.fifo_requests"]
    assert idle == pytest.approx(2 * 730 * 3_600, rel=0.02)


def test_a_stream_of_each_kind_by_hand() -> None:
    workload = Workload(100)
    provisioned = quantities(workload, OURS)
    assert provisioned["kinesis.shard_hours"] == 730
    assert provisioned["kinesis.put_payload_units"] == workload.events
    assert "kinesis.extended_retention_shard_hours" not in provisioned
    on_demand = quantities(workload, replace(OURS, stream=Stream(on_demand=True)))
    assert on_demand["kinesis.on_demand_gb_in"] == pytest.approx(workload.events * 3 / 1_024**2)
    assert on_demand["kinesis.on_demand_gb_out"] == 2 * on_demand["kinesis.on_demand_gb_in"]
    week = quantities(workload, replace(OURS, stream=Stream(retention_hours=168)))
    assert week["kinesis.extended_retention_shard_hours"] == 730
    fan_out = quantities(workload, replace(OURS, stream=Stream(fan_out=True)))
    assert fan_out["kinesis.fan_out_consumer_shard_hours"] == 2 * 730


def test_unpacked_lines_are_5_kb_each() -> None:
    workload = Workload(100)
    unpacked = quantities(workload, replace(OURS, packed=False))["firehose.gb"]
    assert unpacked == pytest.approx((workload.events + 8_760) * 5_120 / 1_024**3)
    assert quantities(workload, OURS)["firehose.gb"] < unpacked / 3


def test_only_kinesis_data_analytics_is_paid_by_the_unit() -> None:
    assert quantities(Workload(1), QUICK_START)["analytics.kpu_hours"] == 730
    assert "analytics.kpu_hours" not in quantities(Workload(1), OURS)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
@pytest.mark.parametrize("region", REGIONS)
def test_more_agents_never_cost_less(design: Design, region: str) -> None:
    prices = read_prices(region)
    sizes = [1, 10, 100, 500, 1_000, 3_000, 10_000, 30_000, 100_000]
    totals = [dollars(month(Workload(size), design, TIMING), prices) for size in sizes]
    assert totals == sorted(totals)


@pytest.mark.parametrize("region", REGIONS)
def test_every_price_has_a_unit_a_date_and_a_source(region: str) -> None:
    prices = read_prices(region)
    assert list(prices) == list(read_prices("us-east-1"))
    for price in prices.values():
        assert price.dollars >= 0
        assert price.per > 0
        assert price.unit
        assert price.day.year >= 2020
        assert price.source == REMEMBERED or price.source.startswith("https://")


def test_every_unit_of_every_design_has_a_price() -> None:
    used: set[str] = set()
    for variation in (*variations(), *(replace(variations()[0], design=each) for each in DESIGNS)):
        used |= set(quantities(variation.change(Workload(1_000)), variation.design))
    assert used <= set(read_prices("eu-central-1"))
    assert not set(read_prices("eu-central-1")) - used, "a price that nothing uses"


def test_a_region_without_prices_is_named() -> None:
    with pytest.raises(PriceError, match="mars-1"):
        read_prices("mars-1", PRICE_FILE)


def test_the_sizes_are_those_of_the_sample_events() -> None:
    raw = (ROOT / "tests" / "data" / "agent-events.ndjson").read_bytes().splitlines()
    events = [decode_agent_event(each) for each in raw]
    bodies = [message("1", each) for each in events]
    lines = [line for each in events if (line := report_line(each, {}, False))]
    items = [
        item_size(table_item(event, body.body))
        for event, body in zip(events, bodies, strict=True)
        if event.event_type != "HEART_BEAT" and not is_signed_out(event)
    ]
    workload = Workload(1)
    assert workload.event_bytes == round(mean([len(each) for each in raw]))
    assert workload.message_bytes == round(mean([each.size for each in bodies]))
    assert workload.item_bytes == round(mean(items))
    assert workload.line_bytes == round(mean([len(each) for each in lines]))


def mean(sizes: list[int]) -> float:
    return sum(sizes) / len(sizes)


@pytest.mark.parametrize(
    ("file", "setting", "value"),
    [
        ("agent_productivity/classifier_function.tf", "memory_size", CLASSIFIER.memory_mb),
        ("agent_productivity/classifier_function.tf", "batch_size", CLASSIFIER.batch_size),
        (
            "agent_productivity/classifier_function.tf",
            "maximum_batching_window_in_seconds",
            CLASSIFIER.window_seconds,
        ),
        ("agent_productivity/heartbeat_function.tf", "memory_size", OURS.heartbeat_memory_mb),
        ("rta/relay_function.tf", "memory_size", RELAY.memory_mb),
        ("rta/relay_function.tf", "batch_size", RELAY.batch_size),
        ("rta/relay_function.tf", "maximum_batching_window_in_seconds", RELAY.window_seconds),
    ],
)
def test_ours_is_what_the_modules_deploy(file: str, setting: str, value: float) -> None:
    text = (ROOT / "modules" / file).read_text(encoding="utf-8")
    assert [float(each) for each in re.findall(rf"^ +{setting} += (\d+)$", text, re.MULTILINE)] == [
        value
    ]


def test_ours_runs_on_the_architecture_of_the_modules() -> None:
    for file, function in (
        ("agent_productivity/classifier_function.tf", CLASSIFIER),
        ("rta/relay_function.tf", RELAY),
    ):
        text = (ROOT / "modules" / file).read_text(encoding="utf-8")
        on_arm = re.search(r'^ +architectures += \["arm64"\]$', text, re.MULTILINE)
        assert function.architecture == ("arm64" if on_arm else "x86_64")


@pytest.mark.parametrize("values", [Workload(1), TIMING], ids=["workload", "timing"])
def test_every_assumption_is_in_the_document_with_its_value(values: Any) -> None:
    for each in fields(values):
        if each.name != "agents":
            assert f"| `{each.name}` | {getattr(values, each.name):,g} |" in DOCUMENT


@pytest.mark.parametrize(
    ("command", "printed"), re.findall(r"```text\n\$ (.+)\n((?:.*\n)*?)```", DOCUMENT)
)
def test_the_document_shows_what_the_program_prints(
    command: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program, *arguments = shlex.split(command.removeprefix(".venv/bin/python -m "))
    assert program == "tools.cost_model"
    assert main(arguments) == 0
    assert capsys.readouterr().out == printed, f"paste what {command} prints into docs/cost.md"


def test_json_has_every_unit_of_every_design(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "--agents", "100", "--region", "us-east-1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["design"] for each in found] == [each.name for each in DESIGNS]
    for each in found:
        assert each["region"] == "us-east-1"
        assert sum(unit["dollars"] for unit in each["units"]) == pytest.approx(
            each["dollars"], abs=0.01
        )


def test_an_unknown_region_ends_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--region", "mars-1"]) == 1
    assert "mars-1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--agents", "0"], ["--connected-share", "2"], ["--hours-signed-in", "nan"]]
)
def test_inputs_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
