"""What the local cloud leaves out of alarms, event source mappings and Firehose streams, put in.

An alarm's `Metrics` (metric math) are forgotten, and to Terraform's protocol it tells of an alarm
its state and threshold only, without actions, period or dimensions. The `MetricsConfig` of an event
source mapping is forgotten, and the time zone of a Firehose stream is not told. With these, a
second plan finds what the first one made.
"""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import (  # type: ignore[import-untyped]
    cloudwatch,
    firehose,
    lambda_svc,
)

_put_alarm = cloudwatch._put_metric_alarm
_describe_alarms = cloudwatch._describe_alarms
_create_mapping, _update_mapping = lambda_svc._create_esm, lambda_svc._update_esm
_mapping_response = lambda_svc._esm_response
_destination = firehose._dest_description

# What AWS does not tell of an alarm on metric math.
_OF_ONE_METRIC = (
    "Dimensions",
    "ExtendedStatistic",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
)

_TIMES = ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp")


def install() -> None:
    cloudwatch._put_metric_alarm = _put_alarm_with_metrics
    cloudwatch._describe_alarms = _describe_alarms_whole
    lambda_svc._create_esm = lambda data: _with_metrics(_create_mapping(data), data)
    firehose._dest_description = _destination_whole
    lambda_svc._update_esm = lambda uuid, data: _with_metrics(_update_mapping(uuid, data), data)


def _put_alarm_with_metrics(
    params: Mapping[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool = False
) -> Any:
    answer = _put_alarm(params, data, is_cbor, is_json)
    asked = data if is_cbor or is_json else _request(params)
    metrics, alarm = asked.get("Metrics"), cloudwatch._alarms.get(asked.get("AlarmName"))
    if metrics and alarm:
        alarm["Metrics"] = metrics
        for name in _OF_ONE_METRIC:
            alarm.pop(name, None)
    return answer


def _describe_alarms_whole(
    params: Mapping[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool = False
) -> Any:
    if is_cbor or is_json:
        return _describe_alarms(params, data, is_cbor, is_json)
    names = _request(params).get("AlarmNames", [])
    found = [
        {name: value for name, value in alarm.items() if name not in _TIMES}
        for alarm in cloudwatch._alarms.values()
        if alarm["AlarmName"] in names or not names
    ]
    answer = f"<DescribeAlarmsResult>{_xml({'MetricAlarms': found})}</DescribeAlarmsResult>"
    return cloudwatch._xml(200, "DescribeAlarmsResponse", answer)


def _request(params: Mapping[str, Any]) -> dict[str, Any]:
    """A request of the Query protocol as a tree: `Metrics.member.1.Id` is in a list."""
    tree: dict[str, Any] = {}
    for name in params:
        place = tree
        *path, last = name.split(".")
        for step in path:
            place = place.setdefault(step, {})
        place[last] = cloudwatch._p(params, name)
    return {name: _lists(value) for name, value in tree.items()}


def _lists(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    if "member" in tree:
        return [_lists(tree["member"][number]) for number in sorted(tree["member"], key=int)]
    return {name: _lists(value) for name, value in tree.items()}


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(
            f"<{name}>{_xml(each)}</{name}>" for name, each in value.items() if each is not None
        )
    if isinstance(value, list):
        return "".join(f"<member>{_xml(each)}</member>" for each in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def _with_metrics(answer: tuple[int, Any, bytes], data: Mapping[str, Any]) -> Any:
    """The answer for a mapping, which is kept and told with what `data` says of its metrics."""
    uuid = lambda_svc.json.loads(answer[2]).get("UUID")
    if "MetricsConfig" not in data or uuid not in lambda_svc._esms:
        return answer
    mapping = lambda_svc._esms[uuid]
    mapping["MetricsConfig"] = data["MetricsConfig"]
    return lambda_svc.json_response(_mapping_response(mapping), answer[0])


def _destination_whole(destination: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = _destination(destination)
    zone = destination["config"].get("CustomTimeZone")
    if zone and "ExtendedS3DestinationDescription" in told:
        told["ExtendedS3DestinationDescription"]["CustomTimeZone"] = zone
    return told
