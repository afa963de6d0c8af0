"""What the model assumes is what the modules deploy, the functions write, and the pages show."""

import re
from dataclasses import fields
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from agent_classifier.report_line import report_line
from agent_events.agent_event import decode_agent_event
from aspect_wfm.cost.designs import CLASSIFIER, ON_FLINK, OURS, RELAY, Function
from aspect_wfm.cost.prices import UNVERIFIED, read_prices
from aspect_wfm.cost.quantities import month
from aspect_wfm.cost.tables import dollars
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from rta_relay.agent_state import is_signed_out, item_size, table_item
from rta_relay.concurrent_calls import CALLS_AT_ONCE
from rta_relay.message import message
from tests.document_boxes import boxes
from tests.terraform_files import blocks, defaults

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
ENGINES = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
TIMING = Timing()


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_every_price_has_a_unit_a_date_and_a_source(region: str) -> None:
    prices = read_prices(region)
    assert list(prices) == list(read_prices("us-east-1"))
    for price in prices.values():
        assert price.dollars >= 0
        assert price.per > 0
        assert price.unit
        assert price.day.year >= 2020
        assert price.source == UNVERIFIED or price.source.startswith("https://")


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
    assert workload.event_bytes == round(mean(len(each) for each in raw))
    assert workload.message_bytes == round(mean(each.size for each in bodies))
    assert workload.item_bytes == round(mean(items))
    assert workload.line_bytes == round(mean(len(each) for each in lines))


def of_modules(module: str, kind: str) -> dict[str, dict[str, Any]]:
    return blocks(ROOT / "modules" / module, kind)


@pytest.mark.parametrize(
    ("module", "function"), [("agent_productivity", CLASSIFIER), ("rta", RELAY)]
)
def test_ours_is_what_the_modules_deploy(module: str, function: Function) -> None:
    variable = "classifier_function" if function is CLASSIFIER else "relay_function"
    kind = of_modules(module, "variable")[variable]["type"]
    assert defaults(kind) == {
        "batch_size": function.batch_size,
        "batch_window_seconds": function.window_seconds,
        "memory_size": function.memory_mb,
        "parallelization_factor": function.parallelization_factor,
    }


@pytest.mark.parametrize(
    ("module", "variable", "default"),
    [
        ("agent_stream", "shard_count", OURS.stream.shards),
        ("agent_stream", "stream_mode", "ON_DEMAND" if OURS.stream.on_demand else "PROVISIONED"),
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


def test_ours_has_what_the_modules_and_functions_fix() -> None:
    deployed = of_modules("agent_productivity", "resource") | of_modules("rta", "resource")
    heartbeat = deployed["aws_lambda_function.heartbeat"]
    assert heartbeat["memory_size"] == OURS.heartbeat_memory_mb
    for name, function in (("classifier", CLASSIFIER), ("relay", RELAY)):
        architectures = deployed[f"aws_lambda_function.{name}"].get("architectures", ["x86_64"])
        assert architectures == [function.architecture]
    assert OURS.calls_at_once == CALLS_AT_ONCE


def test_the_page_shows_the_defaults_of_ours() -> None:
    section = DOCUMENT.partition("\n## The modules' defaults\n")[2].partition("\n## ")[0]
    shown = dict(re.findall(r"^\| ([^|]+) \|[^|]*\| ([^|]+) \|", section, re.MULTILINE))
    writes = shown["writes to the state table"]
    assert writes.endswith(f"up to {OURS.calls_at_once} calls in parallel")
    # The page shows one number for both functions.
    ((size, factor),) = {
        (each.batch_size, each.parallelization_factor) for each in (CLASSIFIER, RELAY)
    }
    ours = {
        "architecture": CLASSIFIER.architecture,
        "batch sizes": f"{size:,}",
        "classifier's window": f"{CLASSIFIER.window_seconds:g} s",
        "memory": f"{CLASSIFIER.memory_mb} and {RELAY.memory_mb:,} MB",
        "messages in a call to SQS": f"{OURS.messages_a_call}",
        "parallel batches": f"{factor}",
        "queues, their message groups": f"{Workload(1).queues}, `{OURS.message_groups}`",
        "relay's window": f"{RELAY.window_seconds:g} s",
        "retention of the stream": f"{OURS.stream.retention_hours} h",
    }
    assert shown | ours == shown


def test_every_assumption_is_in_the_document_with_its_value() -> None:
    for each in fields(Workload):
        if each.name != "agents":
            assert f"| `{each.name}` | {getattr(Workload(1), each.name):,g} |" in DOCUMENT


def test_every_timing_is_in_the_document_and_says_whether_it_was_measured() -> None:
    for each in fields(Timing):
        row = rf"^\| `{each.name}` \| {getattr(TIMING, each.name):,g} \| (measured|assumed): \w"
        assert re.search(row, DOCUMENT, re.MULTILINE), each.name


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


def test_the_readme_has_todays_cost_of_100_and_1000_agents() -> None:
    box = next(each for each in boxes(DOCUMENT) if each.command == "aspect-wfm cost")
    header, total = (
        re.search(rf"^{row} +(\S+) +(\S+)", box.printed, re.MULTILINE) for row in ("agents", "all")
    )
    assert header
    assert header.groups() == ("100", "1,000")
    assert total
    few, many = (round(float(each), -1) for each in total.groups())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"about ${few:.0f} a month for 100 agents and ${many:.0f} for 1,000" in readme
