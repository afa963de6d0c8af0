import json
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from agent_classifier.report_line import report_line
from agent_events.agent_event import decode_agent_event
from aspect_wfm.command import main
from aspect_wfm.cost.designs import (
    CLASSIFIER,
    ON_FLINK,
    OURS,
    RELAY,
    Capacity,
    Design,
    Function,
    Stream,
    TableWrites,
)
from aspect_wfm.cost.flink_tasks import fullest_task
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
from aspect_wfm.cost.prices import PRICE_FILE, UNVERIFIED, PriceError, read_prices
from aspect_wfm.cost.quantities import month, table_write_units
from aspect_wfm.cost.rules import (
    firehose_bytes,
    gb_seconds,
    heartbeats_per_hour,
    invocations_per_second,
    mean_calls,
    on_demand_bytes,
    put_payload_units,
    read_units,
    refused_write_units,
    sqs_requests,
    vcpu_share,
    write_units,
)
from aspect_wfm.cost.tables import dollars
from aspect_wfm.cost.timing import Timing, read_figures, read_timing
from aspect_wfm.cost.workload import Workload
from aspect_wfm.outcome import Status
from rta_relay.agent_state import is_signed_out, item_size, table_item
from rta_relay.concurrent_calls import CALLS_AT_ONCE
from rta_relay.message import message
from tests.document_boxes import boxes
from tests.terraform_files import blocks, local_values

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
ENGINES = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
REGIONS = ("eu-central-1", "us-east-1")
TIMING = read_timing()
NO_TIME = Timing(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1)


def cost(arguments: list[str]) -> int:
    """`aspect-wfm cost`."""
    return main(["cost", *arguments])


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
    workload = Workload(50, working_days=20, late_share=0)
    changes, days = 192_000, 1_000
    assert table_write_units(workload, TableWrites.TRANSACTION) == (changes + days) * (4 + 2)
    assert table_write_units(workload, TableWrites.PLAIN) == (changes + days) * 2
    assert table_write_units(workload, TableWrites.IF_PRESENT) == (
        (changes - days) * 2 + days * (1 + 6) + days * 6
    )
    half = replace(workload, monitored_share=0.5)
    assert table_write_units(half, TableWrites.PLAIN) == (changes + days)
    assert table_write_units(half, TableWrites.IF_PRESENT) == (
        table_write_units(workload, TableWrites.IF_PRESENT) / 2
    )


def test_a_late_change_pays_for_the_refused_write_and_the_transaction() -> None:
    workload = Workload(50, working_days=20, late_share=0.1)
    late = (192_000 - 1_000) / 10
    on_time = table_write_units(replace(workload, late_share=0), TableWrites.IF_PRESENT)
    assert table_write_units(workload, TableWrites.IF_PRESENT) == pytest.approx(on_time + late * 6)


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1_024, 1), (1_025, 2)])
def test_a_refused_write_pays_for_the_item_that_is_there_or_one_unit(size: int, units: int) -> None:
    assert refused_write_units(size) == units


def test_provisioned_capacity_is_paid_by_the_hour() -> None:
    workload = Workload(1_000)
    writes = quantities(workload, OURS)["dynamodb.write_request_units"]
    scaled = quantities(workload, replace(OURS, table_capacity=Capacity.SCALED))
    assert scaled["dynamodb.write_capacity_unit_hours"] == pytest.approx(writes / 3_600 / 0.7)
    assert "dynamodb.write_request_units" not in scaled


def test_a_batch_takes_its_cpu_time_at_its_share_and_its_waits() -> None:
    timing = replace(
        NO_TIME, batch_cpu_ms=2, classify_event_cpu_us=1_000, call_cpu_ms=1, firehose_wait_ms=15
    )
    one_by_one = replace(OURS, packed=False, records_a_call=1)
    half_a_cpu = replace(CLASSIFIER, memory_mb=1_769 // 2 + 1)
    assert classifier_ms(10, half_a_cpu, OURS, timing) == pytest.approx(2 * 13 + 15, rel=0.01)
    assert classifier_ms(10, half_a_cpu, one_by_one, timing) == pytest.approx(
        2 * 22 + 150, rel=0.01
    )
    slower = replace(timing, vcpu_factor=1.5)
    assert classifier_ms(10, half_a_cpu, OURS, slower) == pytest.approx(3 * 13 + 15, rel=0.01)


@pytest.mark.parametrize(
    ("number", "waited"), [(0.5, 6), (1, 12), (5, 12), (8, 12), (16, 24), (20, 30)]
)
def test_calls_that_are_under_way_together_wait_together(number: float, waited: float) -> None:
    assert Calls(number, 12, at_once=8).waited_ms == pytest.approx(waited)
    assert Calls(number, 12).waited_ms == pytest.approx(number * 12)


def test_ours_has_as_many_calls_under_way_as_the_relay() -> None:
    assert OURS.calls_at_once == CALLS_AT_ONCE


def test_changes_go_25_a_call_and_sign_ins_and_sign_outs_50_a_transaction() -> None:
    workload = replace(Workload(1_000), heartbeat_seconds=1e9, heartbeat_hours_after=0)
    plain, transactions = table_calls(1_000, workload, OURS, TIMING)
    assert plain.number == pytest.approx(mean_calls(1_000 * 192 / 193, 25))
    assert transactions.number == pytest.approx(mean_calls(1_000 * (2 + 0.191) / 193, 50))
    (only,) = table_calls(
        1_000, workload, replace(OURS, table_writes=TableWrites.TRANSACTION), TIMING
    )
    assert only.number == pytest.approx(mean_calls(1_000, 50))


def test_batches_side_by_side_keep_up_with_so_many_times_the_events() -> None:
    workload = Workload(10_000)
    twice = replace(
        OURS,
        relay=replace(RELAY, parallelization_factor=2),
        classifier=replace(CLASSIFIER, parallelization_factor=2),
    )
    assert relay_events_per_second(workload, twice, TIMING, 1) == pytest.approx(
        2 * relay_events_per_second(workload, OURS, TIMING, 1)
    )
    assert twice.classifier
    assert classifier_events_per_second(twice.classifier, twice, TIMING) == pytest.approx(
        2 * classifier_events_per_second(CLASSIFIER, OURS, TIMING)
    )
    one, two = month(workload, OURS, TIMING), month(workload, twice, TIMING)
    assert two.relay.events == pytest.approx(one.relay.events / 2, rel=0.01)
    assert two.relay.invocations * two.relay.events == pytest.approx(
        one.relay.invocations * one.relay.events
    )


def test_only_heartbeats_to_nobody_can_be_filtered() -> None:
    filtered = replace(OURS, relay_without_heartbeats=True)
    with pytest.raises(ValueError, match="heartbeats"):
        month(Workload(100), filtered, TIMING)
    nobody = Workload(100, connected_share=0)
    assert month(nobody, filtered, TIMING).relay.invocations < (
        month(nobody, OURS, TIMING).relay.invocations
    )


def test_queues_are_added_where_the_deletes_are_too_many_for_one() -> None:
    assert queues_needed(Workload(1_000), OURS) == 1
    assert queues_needed(Workload(1_000, queues=3), OURS) == 3
    assert queues_needed(Workload(100_000), OURS) == 7
    assert queues_needed(Workload(100_000, deletes_per_message=0.1), OURS) == 1
    assert queues_needed(Workload(100_000), replace(OURS, message_groups="agent")) == 1
    assert queues_needed(Workload(100_000, connected_share=0), OURS) == 1


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
    both = quantities(workload, replace(OURS, stream=Stream(fan_out=True, on_demand=True)))
    assert both["kinesis.on_demand_fan_out_gb"] == both["kinesis.on_demand_gb_in"] * 2
    assert both.keys().isdisjoint(
        {"kinesis.fan_out_consumer_shard_hours", "kinesis.fan_out_gb", "kinesis.on_demand_gb_out"}
    )


def test_a_flink_application_is_paid_by_the_kpu_and_by_one_more() -> None:
    # An example of a bill on AWS's page "Per second billing": 20 KPUs day and night for 30 days.
    prices = read_prices("us-east-1")
    assert prices["analytics.kpu_hours"].of(30 * 24 * (20 + 1)) == pytest.approx(1_663.20)
    assert prices["analytics.running_storage_gb_months"].of(20 * 50) == pytest.approx(100)
    least = quantities(Workload(1), ON_FLINK)
    assert least["analytics.kpu_hours"] == 2 * 730
    assert least["analytics.running_storage_gb_months"] == 50
    many = Workload(100_000)
    assert flink_kpus_needed(many, 6, TIMING) == 3
    assert quantities(many, ON_FLINK)["analytics.kpu_hours"] == 4 * 730
    # Ten snapshots of a full batch.
    assert least["analytics.snapshot_gb_months"] == pytest.approx(10 * 1_000 * 2_797 / 1_024**3)


def test_a_flink_application_has_the_kpus_that_its_fullest_task_needs() -> None:
    # Six shards of 303 events a second: on two tasks one of them has four, on three it has three.
    many = Workload(100_000)
    assert [fullest_task(6, tasks) for tasks in (1, 2, 3, 6)] == [6, 4, 3, 2]
    assert flink_kpus_needed(many, 6, TIMING) == 3
    assert flink_kpus_needed(many, 6, replace(TIMING, events_per_second_a_kpu=2_000)) == 1
    assert [flink_kpus_needed(Workload(each), 1, TIMING) for each in (0, 50_000)] == [1, 1]


def test_more_than_a_flink_application_takes_is_said_to_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = replace(TIMING, events_per_second_a_kpu=1)
    monkeypatch.setattr("aspect_wfm.commands.cost.read_timing", lambda: slow)
    for option in (["--engines"], ["--engine", "flink"]):
        assert cost([*option, "--agents", "10000"]) == Status.NOTHING_SAID
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("10,000 agents are too many for a Flink application")


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


def test_on_flink_the_alarms_are_those_of_the_module() -> None:
    engine = {}
    alarms = local_values(ROOT / "modules" / "agent_productivity")["alarms"]
    for suffix, alarm in re.findall(
        r"\b((?:classifier|application)-[a-z-]+) = \{(.*?)\}(?=, [a-z-]+ = \{meaning|\})", alarms
    ):
        engine[suffix] = len(re.findall(r'stat = "', alarm))
    function, application = (
        sum(number for suffix, number in engine.items() if suffix.startswith(of))
        for of in ("classifier-", "application-")
    )
    assert function
    assert application
    assert OURS.alarm_metrics - ON_FLINK.alarm_metrics == function - application
    assert OURS.custom_metrics == ON_FLINK.custom_metrics, (
        "the job publishes what the function does"
    )


@pytest.mark.parametrize("region", REGIONS)
def test_every_price_has_a_unit_a_date_and_a_source(region: str) -> None:
    prices = read_prices(region)
    assert list(prices) == list(read_prices("us-east-1"))
    for price in prices.values():
        assert price.dollars >= 0
        assert price.per > 0
        assert price.unit
        assert price.day.year >= 2020
        assert price.source == UNVERIFIED or price.source.startswith("https://")


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


def of_modules(module: str, kind: str) -> dict[str, dict[str, Any]]:
    return blocks(ROOT / "modules" / module, kind)


@pytest.mark.parametrize(
    ("module", "function"), [("agent_productivity", CLASSIFIER), ("rta", RELAY)]
)
def test_ours_is_what_the_modules_deploy(module: str, function: Function) -> None:
    variable = "classifier_function" if function is CLASSIFIER else "relay_function"
    kind = of_modules(module, "variable")[variable]["type"]
    defaults = dict(re.findall(r"(\w+) = optional\(number, ([\d.]+)\)", kind))
    assert {name: float(value) for name, value in defaults.items()} == {
        "batch_size": function.batch_size,
        "batch_window_seconds": function.window_seconds,
        "memory_size": function.memory_mb,
        "parallelization_factor": function.parallelization_factor,
    }


@pytest.mark.parametrize(
    ("module", "variable", "default"),
    [
        ("agent_stream", "shard_count", 1),
        ("agent_stream", "stream_mode", "PROVISIONED"),
        ("agent_stream", "agent_event_stream_retention_hours", OURS.stream.retention_hours),
        ("agent_stream", "encrypted", OURS.stream.encrypted),
        ("agent_productivity", "enhanced_fan_out", OURS.stream.fan_out),
        ("rta", "enhanced_fan_out", OURS.stream.fan_out),
        ("rta", "message_groups", OURS.message_groups),
        ("rta", "num_sqs_queues", Workload(1).queues),
    ],
)
def test_ours_has_the_modules_other_defaults(module: str, variable: str, default: Any) -> None:
    assert of_modules(module, "variable")[variable]["default"] == default


def test_ours_has_the_heartbeat_functions_memory() -> None:
    functions = of_modules("agent_productivity", "resource")
    assert functions["aws_lambda_function.heartbeat"]["memory_size"] == OURS.heartbeat_memory_mb


def test_ours_runs_on_the_architecture_of_the_modules() -> None:
    for module, name, function in (
        ("agent_productivity", "classifier", CLASSIFIER),
        ("rta", "relay", RELAY),
    ):
        deployed = of_modules(module, "resource")[f"aws_lambda_function.{name}"]
        assert deployed.get("architectures", ["x86_64"]) == [function.architecture]


def test_every_assumption_is_in_the_document_with_its_value() -> None:
    for each in fields(Workload):
        if each.name != "agents":
            assert f"| `{each.name}` | {getattr(Workload(1), each.name):,g} |" in DOCUMENT


def test_every_timing_says_whether_it_was_measured_and_by_what() -> None:
    figures = read_figures()
    assert list(figures) == [each.name for each in fields(Timing)]
    for figure in figures.values():
        assert figure.what
        assert figure.source
        assert figure.measured == figure.source.startswith("make bench"), figure


def test_a_basis_that_is_neither_measured_nor_assumed_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "timings.toml"
    file.write_text('[a]\nwhat = "w"\nvalue = 1\nunit = "ms"\nbasis = "guessed"\nsource = "s"\n')
    with pytest.raises(ValueError, match="basis of a"):
        read_figures(file)


def test_the_page_on_engines_shows_what_they_cost_and_names_the_prices() -> None:
    (box,) = boxes(ENGINES)
    assert "--engines" in box.command
    prices = read_prices("us-east-1")
    for name in ("kpu_hours", "running_storage_gb_months", "snapshot_gb_months"):
        assert re.search(rf"\${prices[f'analytics.{name}'].dollars}0?\b", ENGINES), name
    least = dollars(month(Workload(1), ON_FLINK, TIMING), prices, "analytics")
    assert f"${least:.2f}" in ENGINES
    a_kpu = prices["analytics.kpu_hours"].of(730) + prices[
        "analytics.running_storage_gb_months"
    ].of(50)
    assert f"${a_kpu:.2f}" in ENGINES
    function = dollars(month(Workload(1_000_000), OURS, TIMING), prices, "lambda") - dollars(
        month(Workload(1_000_000), ON_FLINK, TIMING), prices, "lambda"
    )
    assert f"${function:.2f} for a million agents" in ENGINES
    assert least > function


def test_an_unknown_region_ends_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost(["--region", "mars-1"]) == Status.NOTHING_SAID
    assert "mars-1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--agents", "0"], ["--connected-share", "2"], ["--hours-signed-in", "nan"]]
)
def test_inputs_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        cost(arguments)


def test_json_has_every_unit(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost(["--json", "--agents", "100", "500", "--region", "us-east-1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["agents"] for each in found] == [100, 500]
    for each in found:
        assert each["region"] == "us-east-1"
        assert sum(unit["dollars"] for unit in each["units"]) == pytest.approx(
            each["dollars"], abs=0.01
        )


def test_the_readme_has_todays_cost_of_100_and_1000_agents() -> None:
    box = next(each for each in boxes(DOCUMENT) if each.command == "aspect-wfm cost")
    header, total = (
        re.search(rf"^{row} +(\S+) +(\S+)", box.printed, re.MULTILINE) for row in ("agents", "all")
    )
    assert header
    assert header.groups() == ("100", "1,000")
    assert total
    few, many = (round(float(each)) for each in total.groups())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"about ${few} a month for 100 agents and ${many} for 1,000" in readme
