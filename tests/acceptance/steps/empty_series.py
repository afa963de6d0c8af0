"""What CloudWatch makes of a series without any data point: in GetMetricData and in alarms.

Three alarms watch from right after the apply on, and are read once events have flowed. AWS
documents what IF and a subtraction make of a missing point, but not what FILL does with a series
that is empty.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step

TITLE_START = "Watch metrics that have no data"
TITLE_READ = "Read what alarms make of metrics without data"

_LACKS = "metric math"
_PERIOD = 60


def start(deployment: Deployment, step: Step) -> None:
    """Make the alarms."""
    if reason := deployment.lacks.get(_LACKS):
        step.skips("Alarms on metrics without data", reason)
        return
    cloudwatch = deployment.account.client("cloudwatch")
    for name, queries, comparison, threshold in probes(deployment):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="An acceptance run looks at it and removes it.",
            ActionsEnabled=False,
            Metrics=queries,
            ComparisonOperator=comparison,
            Threshold=threshold,
            EvaluationPeriods=1,
            TreatMissingData="notBreaching",
        )
    step.passes("Three alarms watch", ", ".join(each[0] for each in probes(deployment)))


def read(deployment: Deployment, step: Step) -> None:
    """Tell which went on, and how many data points GetMetricData has for each expression."""
    if reason := deployment.lacks.get(_LACKS):
        step.skips("Does FILL make points out of an empty series?", reason)
        return
    cloudwatch = deployment.account.client("cloudwatch")
    now = datetime.now(UTC)
    for name, queries, _, _ in probes(deployment):
        points = cloudwatch.get_metric_data(
            MetricDataQueries=queries, StartTime=now - timedelta(hours=1), EndTime=now
        )["MetricDataResults"]
        history = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="StateUpdate")
        state = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"]
        step.answers(
            f"{_expression(queries)}, with `none` a series without data",
            f"{sum(len(each['Values']) for each in points)} data points in GetMetricData; "
            f"{alarm_answer(history['AlarmHistoryItems'], state)}",
        )


def alarm_names(deployment: Deployment) -> list[str]:
    return [each[0] for each in probes(deployment)]


def alarm_answer(history: Sequence[Any], state: str) -> str:
    """Whether an alarm has ever been on, from its history and its state now."""
    on = [each for each in history if " to ALARM" in each["HistorySummary"]]
    return f"the alarm {'was on' if on or state == 'ALARM' else 'never was on'}, and is {state}"


def probes(deployment: Deployment) -> list[tuple[str, list[dict[str, Any]], str, float]]:
    """Name, queries, comparison and threshold of each alarm, which is on if a missing point counts
    as 0."""
    prefix = deployment.names.prefix
    nobody = [{"Name": "FunctionName", "Value": f"{prefix}-nobody"}]
    stream = [{"Name": "StreamName", "Value": deployment.variables["agent_event_stream_name"]}]
    vended = _metric("none", "AWS/Lambda", "Invocations", nobody)
    custom = _metric("none", "AspectWFM", "Heartbeats", nobody)
    events = _metric("events", "AWS/Kinesis", "IncomingRecords", stream)
    filled, difference = "FILL(none, 0)", "IF(events > 0, 1, 0) - IF(none > 0, 1, 0)"
    return [
        (f"{prefix}-probe-fill-vended", _queries(filled, vended), "LessThanThreshold", 1),
        (f"{prefix}-probe-fill-custom", _queries(filled, custom), "LessThanThreshold", 1),
        (
            f"{prefix}-probe-difference",
            _queries(difference, events, vended),
            "GreaterThanThreshold",
            0,
        ),
    ]


def _metric(name: str, namespace: str, metric: str, dimensions: Any) -> dict[str, Any]:
    of = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
    return {
        "Id": name,
        "MetricStat": {"Metric": of, "Period": _PERIOD, "Stat": "Sum"},
        "ReturnData": False,
    }


def _queries(expression: str, *metrics: dict[str, Any]) -> list[dict[str, Any]]:
    return [*metrics, {"Id": "result", "Expression": expression, "ReturnData": True}]


def _expression(queries: Sequence[Any]) -> str:
    namespace = next(
        each["MetricStat"]["Metric"]["Namespace"] for each in queries if each["Id"] == "none"
    )
    return f"{queries[-1]['Expression']} ({namespace})"
