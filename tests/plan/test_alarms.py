"""Alarms and dashboards look at metrics that there are, and each alarm has its section."""

import functools
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from aspect_wfm.cost.designs import ON_FLINK, OURS
from aspect_wfm.doctor.alarms import OF_AGENT_PRODUCTIVITY, OF_REAL_TIME_ADHERENCE, OF_STREAM
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.metrics import METRICS, OF_AWS, OF_FLINK
from tests.plan.alarm_histories import HISTORIES, OPEN, History
from tests.plan.alarm_rules import LIMITS, RULES, rule
from tests.plan.alarm_states import ALARM, planned_alarm, states
from tests.plan.metric_math import Reading, evaluate
from tests.plan.planned import Planned
from tests.terraform_files import blocks, defaults

pytestmark = pytest.mark.xdist_group("plan")

RUNBOOK = (REPOSITORY / "docs" / "alarms.md").read_text()

PERIODS = {60, 300}

# What a plan does not know yet of a mapping, and of a stream that it makes.
UNKNOWN: dict[str, dict[str, None]] = {
    "AWS/Kinesis": {"StreamName": None},
    "AWS/Lambda": {"EventSourceMappingUUID": None},
}


class Metric(NamedTuple):
    """A metric that is looked at; `value` is of its one dimension, None while it is unknown."""

    namespace: str
    name: str
    dimension: str
    value: str | None


class Plan(NamedTuple):
    """What is planned, by type."""

    alarms: dict[str, dict[str, Any]]
    dashboards: dict[str, dict[str, Any]]
    names: set[str]


@pytest.fixture(scope="module")
def plan(plans: dict[str, Planned]) -> Plan:
    """Everything, with one name for all deployments."""
    made = watching(plans["alarms"])
    assert len(made.dashboards) == 2
    return made


@pytest.fixture(scope="module", params=["", "-with-a-consumer"], ids=["shared reads", "a consumer"])
def flink(request: pytest.FixtureRequest, plans: dict[str, Planned]) -> Plan:
    """Agent Productivity on Flink."""
    return watching(plans[f"alarms-on-flink{request.param}"])


def watching(planned: Planned) -> Plan:
    def values(kind: str) -> list[dict[str, Any]]:
        return [each["values"] for each in planned.managed if each["type"] == kind]

    alarms = values("aws_cloudwatch_metric_alarm")
    dashboards = values("aws_cloudwatch_dashboard")
    by_name = {each["alarm_name"]: each for each in alarms}
    assert len(by_name) == len(alarms), "also where deployments have the same name"
    pages = {each["dashboard_name"]: json.loads(each["dashboard_body"]) for each in dashboards}
    names = {
        each[name]
        for kind, name in (
            ("aws_lambda_function", "function_name"),
            ("aws_sqs_queue", "name"),
            ("aws_kinesis_firehose_delivery_stream", "name"),
            ("aws_kinesis_stream", "name"),
        )
        for each in values(kind)
    }
    return Plan(by_name, pages, names)


def suffixes(plan: Plan) -> set[str]:
    return {name.removeprefix("acme-") for name in plan.alarms}


class Section(NamedTuple):
    """A section of the runbook."""

    alarms: set[str]
    text: str


def runbook() -> dict[str, Section]:
    """The sections about alarms, by their anchors. The alarms are in a section's first line, unless
    its title is the only one's name."""
    sections = {}
    for section in RUNBOOK.split("\n## ")[2:]:
        title, _, text = section.partition("\n\n")
        first = text.partition("\n")[0]
        names = set(re.findall(r"`([\w-]+)`", first)) if first.startswith("`") else {title}
        sections[title.lower()] = Section(names, text)
    return sections


def suffix_of(name: str) -> str:
    return re.sub(r"\d+", "N", name.removeprefix("acme-"))


def of_alarm(alarm: dict[str, Any]) -> Iterator[Metric]:
    queries = [query["metric"] for query in alarm["metric_query"] or [] if query["metric"]]
    for (each,) in queries or [[alarm]]:
        ((dimension, value),) = (each.get("dimensions") or UNKNOWN[each["namespace"]]).items()
        yield Metric(each["namespace"], each["metric_name"], dimension, value)


def of_dashboard(page: dict[str, Any]) -> Iterator[Metric]:
    for widget in page["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            yield Metric(*metric)


def test_every_metric_is_one_that_something_of_the_plan_writes(plan: Plan) -> None:
    looked_at = {
        *(metric for alarm in plan.alarms.values() for metric in of_alarm(alarm)),
        *(metric for page in plan.dashboards.values() for metric in of_dashboard(page)),
    }
    for each in looked_at:
        if each.namespace == "AspectWFM":
            function = (each.value or "").removeprefix("acme-")
            assert each.dimension == "FunctionName"
            assert each.name in METRICS[function], each
        else:
            assert each.name in OF_AWS[(each.namespace, each.dimension)], each
        assert each.value in plan.names or each.value is None, each
    own = {(each.value, each.name) for each in looked_at if each.namespace == "AspectWFM"}
    written = {(f"acme-{name}", metric) for name, metrics in METRICS.items() for metric in metrics}
    assert own == written, "and every metric that is paid for is looked at"


def test_every_alarm_leads_to_its_section_and_every_section_to_its_alarms(
    plan: Plan, flink: Plan
) -> None:
    sections = runbook()
    alarms = plan.alarms | flink.alarms
    named = {name for section in sections.values() for name in section.alarms}
    assert named == {suffix_of(name) for name in alarms}
    for name, alarm in alarms.items():
        anchor = alarm["alarm_description"].rpartition(" What to do: docs/alarms.md#")[2]
        assert suffix_of(name) in sections[anchor].alarms
        assert len(alarm["alarm_description"]) <= 1_024
    for section in sections.values():
        steps = re.findall(r"^\*\*([\w ]+)\.\*\*", section.text, re.MULTILINE)
        assert steps == ["Meaning", "Find the cause", "Fix it"]


def test_deployments_with_different_names_never_have_an_alarm_of_the_same_name(plan: Plan) -> None:
    for one, other in itertools.permutations(suffixes(plan), 2):
        assert not one.endswith(f"-{other}")


def test_alarms_are_such_as_cloudwatch_takes(plan: Plan) -> None:
    for name, alarm in plan.alarms.items():
        queries = alarm["metric_query"] or []
        ids = [query["id"] for query in queries]
        assert all(re.fullmatch(r"[a-z][A-Za-z0-9_]*", each) for each in ids), name
        assert len(set(ids)) == len(ids)
        returned = [query for query in queries if query["return_data"]]
        assert len(returned) == (1 if queries else 0), name
        periods = {query["metric"][0]["period"] for query in queries if query["metric"]}
        (period,) = periods or {alarm["period"]}
        assert period in PERIODS
        assert period * alarm["evaluation_periods"] <= 3_600, "it goes on within the hour"
        for expression in (query["expression"] for query in queries if query["expression"]):
            used = set(re.findall(r"\b[a-z]\w*", expression))
            assert used == set(ids) - {"result"}, name


@pytest.mark.parametrize("number", [1, 2])
def test_a_queue_is_only_to_be_read_while_the_flag_is_on(plan: Plan, number: int) -> None:
    alarm = plan.alarms[f"acme-queue-{number}-is-not-read"]
    queries = {query["id"]: query for query in alarm["metric_query"]}
    assert queries["result"]["expression"] == "IF(FILL(flag, REPEAT) > 0, age, 0)"
    ((age,), (flag,)) = (queries[each]["metric"] for each in ("age", "flag"))
    assert age["dimensions"] == {"QueueName": f"acme-events-{number}.fifo"}
    assert (flag["metric_name"], flag["stat"]) == ("WriteEventsToQueue", "Minimum")


def test_missing_data_means_what_is_right_for_each(plan: Plan) -> None:
    missing = {name.removeprefix("acme-"): each for name, each in plan.alarms.items()}
    by_kind: dict[str, set[str]] = {}
    for suffix, alarm in missing.items():
        by_kind.setdefault(alarm["treat_missing_data"], set()).add(suffix)
    assert by_kind["breaching"] == {"no-heartbeat"}
    assert by_kind["ignore"] == {
        *("relay-reads-late", "classifier-reads-late"),
        *("queue-1-is-not-read", "queue-2-is-not-read"),
    }
    assert by_kind.keys() == {"breaching", "ignore", "notBreaching"}


def test_a_dashboard_shows_the_state_of_the_deployments_alarms(plan: Plan) -> None:
    shown = {
        arn.rpartition(":")[2]
        for page in plan.dashboards.values()
        for arn in page["widgets"][0]["properties"]["alarms"]
    }
    assert shown == plan.alarms.keys() - {"acme-writes-are-refused"}


def test_each_alarm_is_on_when_it_says(plan: Plan) -> None:
    expected = {
        suffix: each for suffix, each in RULES.items() if not suffix.startswith("application-")
    }
    assert {
        name.removeprefix("acme-"): rule(each) for name, each in plan.alarms.items()
    } == expected


def test_a_description_names_the_limit_that_was_chosen(plan: Plan) -> None:
    for alarm, limit in (
        ("relay-reads-late", "more than 7 minutes"),
        ("queue-1-is-not-read", "more than 3 minutes"),
        ("report-files-are-late", "more than 20 minutes"),
        ("relay-skips-records", "more than 12 percent"),
        ("classifier-skips-records", "more than 12 percent"),
    ):
        assert limit in plan.alarms[f"acme-{alarm}"]["alarm_description"]


def test_the_runbooks_defaults_are_those_of_every_module() -> None:
    documented = re.findall(r"^\| `(\w+)` \| (\d+) \| `", RUNBOOK, re.MULTILINE)
    assert {name for name, _ in documented} == LIMITS.keys()
    found = {
        (name, str(value))
        for module in (REPOSITORY / "modules").iterdir()
        for name, value in defaults(blocks(module, "variable")["alarms"]["type"]).items()
        if name != "sns_topic_arns"
    }
    assert found == set(documented)


def test_on_flink_four_alarms_are_about_the_application(flink: Plan) -> None:
    about = [each for each in RULES if each.startswith("application-")]
    expected = {
        suffix: RULES[suffix]
        for suffix in (*about, "no-heartbeat", "no-report-files", "report-files-are-late")
    }
    found = {name.removeprefix("acme-"): rule(each) for name, each in flink.alarms.items()}
    assert found == expected


def test_after_a_restart_the_graph_of_events_shows_what_came_since(flink: Plan) -> None:
    (page,) = flink.dashboards.values()
    shown = [
        value["expression"]
        for widget in page["widgets"]
        for metric in widget["properties"].get("metrics", [])
        for value in metric
        if isinstance(value, dict) and "expression" in value
    ]
    totals = {1: 4.0, 2: 6.0, 3: 1.0}
    for expression in shown:
        (metric,) = set(re.findall(r"\b[a-z]+\b", expression))
        found = evaluate(expression, {metric: totals}, list(totals), Reading())
        assert found == {2: 2.0, 3: 1.0}
    assert len(shown) == len(METRICS["classifier"])


def test_on_flink_metrics_are_those_of_the_application(
    flink: Plan, request: pytest.FixtureRequest
) -> None:
    metrics = [
        (each["namespace"], each["metric_name"], each["dimensions"])
        for alarm in flink.alarms.values()
        for query in alarm["metric_query"]
        for each in query["metric"]
    ]
    (page,) = flink.dashboards.values()
    for widget in page["widgets"]:
        shown = [
            [value for value in metric if isinstance(value, str)]
            for metric in widget["properties"].get("metrics", [])
        ]
        for namespace, name, *dimensions in filter(None, shown):
            pairs = zip(dimensions[::2], dimensions[1::2], strict=True)
            metrics.append((namespace, name, dict(pairs)))
    of_application = [each for each in metrics if each[0] in OF_FLINK]
    for namespace, name, dimensions in of_application:
        assert dimensions == OF_FLINK[namespace][name]
    own = {name for namespace, name, _ in of_application if name in METRICS["classifier"]}
    assert own == METRICS["classifier"].keys(), "every metric that is paid for is looked at"
    with_consumer = "a consumer" in request.node.name
    ages = {name for namespace, name, _ in of_application if namespace == "AWS/Kinesis"}
    assert ages == {list(OF_FLINK["AWS/Kinesis"])[with_consumer]}
    functions = {
        each[2]["FunctionName"] for each in metrics if each[0] in ("AWS/Lambda", "AspectWFM")
    }
    assert functions == {"acme-heartbeat"}


def test_the_cost_model_counts_the_metrics_of_the_alarms(plan: Plan, flink: Plan) -> None:
    def count(plan: Plan, prefix: str = "") -> int:
        alarms = [each for name, each in plan.alarms.items() if name.startswith(f"acme-{prefix}")]
        return sum(len(planned_alarm(each, str).metrics) for each in alarms)

    assert count(plan, "queue-1-") == OURS.alarm_metrics_a_queue
    assert count(plan) - count(plan, "queue-") == OURS.alarm_metrics
    assert count(flink) + count(plan, "relay-") + count(plan, "writes-") == ON_FLINK.alarm_metrics
    assert len(plan.dashboards) == OURS.dashboards


def test_the_doctor_knows_every_alarm(plan: Plan, flink: Plan) -> None:
    known = {*OF_STREAM, *OF_REAL_TIME_ADHERENCE, *OF_AGENT_PRODUCTIVITY}
    planned_suffixes = suffixes(plan) | suffixes(flink)
    assert known == {re.sub(r"\d+", "N", each) for each in planned_suffixes}


def subject(alarm: str, metric: Mapping[str, Any]) -> str:
    """What a metric is about, in the words of the histories."""
    ((dimension, value),) = (
        (name, value)
        for name, value in (metric.get("dimensions") or UNKNOWN[metric["namespace"]]).items()
        if name != "ConsumerName"
    )
    match dimension:
        case "FunctionName":
            return str(value).removeprefix("acme-")
        case "EventSourceMappingUUID":
            return f"{alarm.partition('-')[0]} mapping"
        case "QueueName":
            return f"queue {str(value).removeprefix('acme-events-').removesuffix('.fifo')}"
    return {
        "Application": "application",
        "DeliveryStreamName": "firehose",
        "StreamName": "stream",
    }[dimension]


@pytest.mark.parametrize("history", HISTORIES.values(), ids=list(HISTORIES))
def test_each_alarm_has_the_state_that_aws_documents(
    history: History, plan: Plan, flink: Plan
) -> None:
    for name, planned in {**plan.alarms, **flink.alarms}.items():
        suffix = name.removeprefix("acme-")
        alarm = planned_alarm(planned, functools.partial(subject, suffix))
        found = states(alarm, history.metrics, history.minutes)
        if suffix not in history.states:
            assert not any(ALARM in each for each in found), suffix
            continue
        assert timeline(found) == history.states[suffix], suffix


def timeline(found: list[set[str]]) -> dict[int, str]:
    """From which minute on an alarm has which state."""
    names = [next(iter(each)) if len(each) == 1 else OPEN for each in found]
    return {
        minute: name
        for minute, name in enumerate(names, start=1)
        if minute == 1 or name != names[minute - 2]
    }


def test_every_alarm_has_a_history_in_which_it_goes_on(plan: Plan, flink: Plan) -> None:
    go_on = {
        suffix
        for history in HISTORIES.values()
        for suffix, changes in history.states.items()
        if ALARM in changes.values()
    }
    assert go_on == suffixes(plan) | suffixes(flink)
