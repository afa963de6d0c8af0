"""The steps' own decisions: what counts as proven."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rta_relay.agent_state import StateChange
from rta_relay.state_table import Tables, write_changes
from tests.acceptance import local
from tests.acceptance.deployment import Deployment
from tests.acceptance.events import by_agent, first_of_each, folded, message, sample_day
from tests.acceptance.evidence import Kind, Step
from tests.acceptance.naming import (
    EXAMPLE,
    FLAG_IN_TABLE,
    RUN_TAG,
    Names,
    streaming,
    variables,
)
from tests.acceptance.steps import doctor, latency, partiql, second_plan, stream_changes
from tests.acceptance.terraform import Change, changes
from tests.acceptance.wfm_adapter import ReportFile, found_at, missing
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks
from tests.unit.acceptance.conftest import FakeTerraform

ACCEPTANCE = REPOSITORY / "tests" / "acceptance"

DRIFT = Change("aws_sqs_queue.a", "aws_sqs_queue", ("update",), frozenset({"delay_seconds"}))
KNOWN = Change("aws_kinesis_stream.a", "aws_kinesis_stream", ("update",), frozenset({RUN_TAG}))


def test_the_example_has_every_variable_and_output_that_is_used() -> None:
    example = REPOSITORY / EXAMPLE
    first = variables(Names("0a1b2c3d", "123456789012"), "flink")
    changed = (FLAG_IN_TABLE, *stream_changes.CHANGES.values(), streaming("instance", "key"))
    assert {name for each in (first, *changed) for name in each} <= set(blocks(example, "variable"))
    source = "".join(each.read_text() for each in ACCEPTANCE.rglob("*.py"))
    used = set(re.findall(r"""outputs(?:\[|\.get\()"([a-z_0-9]+)""", source))
    assert used <= set(blocks(example, "output"))
    assert {"sqs_queue_urls", "config_table_name"} < used


def kinds(step: Step) -> list[Kind]:
    return [each.kind for each in step.findings]


def planned(deployment: Deployment, terraform: FakeTerraform, *found: Change) -> list[Kind]:
    terraform.planned.extend(found)
    step = Step("")
    second_plan.second_plan(deployment, step)
    return kinds(step)


def test_an_empty_plan_passes(deployment: Deployment, terraform: FakeTerraform) -> None:
    assert planned(deployment, terraform) == [Kind.PASSED]


@pytest.mark.parametrize("found", [DRIFT, KNOWN])
def test_on_aws_every_change_is_drift(
    deployment: Deployment, terraform: FakeTerraform, found: Change
) -> None:
    assert planned(deployment, terraform, found) == [Kind.FAILED]


def test_on_the_local_cloud_only_what_it_forgets_is_skipped(
    deployment: Deployment, terraform: FakeTerraform
) -> None:
    deployment.lacks = local.LACKS
    assert planned(deployment, terraform, KNOWN) == [Kind.SKIPPED, Kind.PASSED]
    both = Change(KNOWN.address, KNOWN.type, ("update",), KNOWN.attributes | {"shard_count"})
    for other in (DRIFT, both, Change(KNOWN.address, KNOWN.type, ("delete",), frozenset())):
        terraform.planned.clear()
        assert Kind.FAILED in planned(deployment, terraform, KNOWN, other), other


def test_a_plan_is_read_with_its_attributes_and_outputs() -> None:
    def change(actions: list[str], before: Any, after: Any) -> dict[str, Any]:
        return {
            "address": "a.b",
            "type": "a",
            "change": {"actions": actions, "before": before, "after": after},
        }

    plan = {
        "resource_changes": [
            change(["no-op"], {"x": 1}, {"x": 1}),
            change(["read"], None, {"x": 1}),
            change(
                ["update"], {"c": [{"x": 1, "y": 2}], "z": 1}, {"c": [{"x": 2, "y": 2}], "z": 1}
            ),
            change(["create"], None, {"x": 1}),
        ],
        "output_changes": {"same": {"actions": ["no-op"]}, "new": {"actions": ["create"]}},
    }
    assert list(map(str, changes(plan))) == ["a.b: update (x)", "a.b: create", "output.new: create"]


@pytest.mark.parametrize(
    ("level", "check", "expected"),
    [
        ("warning", "adapter.mapping", [Kind.PASSED, Kind.PASSED]),
        ("note", "stream.arrivals", [Kind.PASSED, Kind.PASSED]),
        ("warning", "failed_records.kept", [Kind.PASSED, Kind.FAILED, Kind.PASSED]),
        ("failure", "adapter.mapping", [Kind.PASSED, Kind.FAILED, Kind.PASSED]),
    ],
)
def test_the_doctor_may_warn_only_of_what_is_normal_for_a_fresh_deployment(
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    level: str,
    check: str,
    expected: list[Kind],
) -> None:
    findings = [
        {"check": "stream.status", "level": "ok", "text": "It is active."},
        {"check": check, "level": level, "text": "Something."},
    ]
    report = {"sections": [{"findings": findings}]}
    monkeypatch.setattr(doctor, "examine", lambda *_: report)
    step = Step("")
    doctor.doctor(deployment, step)
    assert kinds(step) == expected


def test_the_statement_that_is_tried_is_the_relays() -> None:
    item = {"AgentARN": "agent"} | partiql.values("2026-03-02T09:00:00.000Z", "{}")
    asked: list[Any] = []

    class DynamoDb:
        class exceptions:  # noqa: N801 - as a client of boto3 has it
            TransactionCanceledException = KeyError

        def batch_execute_statement(self, **arguments: Any) -> dict[str, Any]:
            asked.extend(arguments["Statements"])
            return {"Responses": [{}]}

    change = StateChange("1", "agent", "2026-03-02T09:00:00.000Z", item)
    with ThreadPoolExecutor(1) as executor:
        write_changes(
            DynamoDb(), Tables("states", "gone"), [change], lambda: True, lambda _: None, executor
        )
    assert asked == [partiql.statement("states", "agent", item)]


def test_percentiles_are_of_the_measurements_themselves() -> None:
    found = latency.percentiles([number / 1_000 for number in range(1, 1_002)])
    assert str(found) == "median 0.50 s, p95 0.95 s, p99 0.99 s"
    assert latency.percentiles([1.0, 1.0]) == (1.0, 1.0, 1.0)


def test_each_sample_day_is_a_day_of_its_own_with_events_of_its_own() -> None:
    (morning, afternoon, lines), (_, _, next_lines) = sample_day(1), sample_day(2)
    events = morning + afternoon
    assert len(events) == 14
    assert {each["EventTimestamp"][:10] for each in events} == {"2026-03-03"}
    assert "2026-03-02" not in json.dumps(events)
    assert all(b",2026-03-03 " in line for line in lines)
    assert not set(lines) & set(next_lines)
    again = {each["EventId"] for each in sample_day(1)[0]}
    assert not again & {each["EventId"] for each in morning}, "SQS would drop what it has had"


def test_the_day_leads_to_the_states_of_the_wire_contract() -> None:
    morning, afternoon, _ = sample_day(0)
    at_noon = dict(folded(morning).values())
    assert at_noon == {
        "mchen": "Lunch, late",
        "jörg.müller": "Project",
        "okafor@example.com": "Available",
    }
    assert [username for username, _ in folded(morning + afternoon).values()] == [
        "okafor@example.com"
    ]
    assert folded(afternoon, folded(morning)) == folded(morning + afternoon)


def test_a_message_is_the_event_without_what_the_contract_leaves_out() -> None:
    for event in (each for part in sample_day(0)[:2] for each in part):
        made = message(event)
        assert "PreviousAgentSnapshot" in event, "the event itself stays whole"
        assert "PreviousAgentSnapshot" not in made
        assert "RoutingProfile" not in json.dumps(made)
        assert made["EventId"] == event["EventId"]


def test_a_repetition_changes_no_order() -> None:
    a, b = ({"EventId": name, "AgentARN": "x"} for name in "ab")
    assert first_of_each([a, b, a, b, b]) == [a, b]
    assert by_agent([a, b]) != by_agent([b, a])


def test_a_line_has_to_be_there_as_often_as_it_was_written() -> None:
    files = [ReportFile("1", 10, (b"a", b"b")), ReportFile("2", 20, (b"a",))]
    assert missing((b"a", b"a", b"b"), files) == []
    assert missing((b"a", b"a", b"b", b"c"), files[:1]) == [b"a", b"c"]
    assert found_at((b"a",), files) == 10
    assert found_at((b"a", b"b"), list(reversed(files))) == 10
