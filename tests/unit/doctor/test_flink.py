"""A deployment whose classifier is a Flink application."""

from dataclasses import replace

from aspect_wfm.deployment import Deployment
from aspect_wfm.doctor.examination import examine, streams
from aspect_wfm.doctor.findings import Level
from aspect_wfm.metrics import Metric
from tests.unit.aws import Client
from tests.unit.doctor.aws import refused
from tests.unit.doctor.conftest import APPLICATION, Estate
from tests.unit.doctor.looked import looked, now, put_metric


def test_a_flink_application_is_looked_at_instead_of_the_function(on_flink: Estate) -> None:
    *_, section = examine(on_flink.aws, [on_flink.deployment], now())
    assert (section.kind, section.name) == ("agent-productivity", "wfm")
    levels = {each.check: each.level for each in section.findings}
    assert Level.FAILURE not in levels.values()
    assert not [check for check in levels if check.startswith("mapping.")]
    assert levels.keys() >= {
        "adapter.mapping",
        "alarms.state",
        "application.configuration",
        "application.restarts",
        "application.state",
        "application.version",
        "failed_records.kept",
        "firehose.status",
        "heartbeat.beat",
        "identity.keys",
        "reference_table.content",
        "report.newest",
    }
    names = {
        each.text.partition(" ")[0] for each in section.findings if each.check == "function.state"
    }
    assert names == {"wfm-heartbeat"}
    assert streams(on_flink.aws, on_flink.deployment) == [on_flink.stream_arn]
    only = Deployment("", {"flink_application_arn": APPLICATION})
    assert streams(on_flink.aws, only) == [on_flink.stream_arn]


def test_an_application_that_nobody_started_is_found(on_flink: Estate, client: Client) -> None:
    found = on_flink.aws.answers["kinesisanalyticsv2", "describe_application"]
    found["ApplicationDetail"]["ApplicationStatus"] = "READY"
    client("s3").put_object(Bucket="failed", Key="undeliverable/wfm/s/1.json", Body=b"{}")
    found = looked(on_flink)
    state = found["application.state"]
    assert (state.level, "READY" in state.text) == (Level.FAILURE, True)
    assert "start-application --application-name wfm" in str(state.advice)
    assert found["failed_records.put_aside"].level is Level.WARNING


def test_restarts_of_an_application_are_counted(on_flink: Estate, client: Client) -> None:
    restarts = Metric("AWS/KinesisAnalytics", "fullRestarts", "Application", "wfm")
    put_metric(client, restarts, [(40, 3.0), (20, 5.0), (5, 9.0)], now())
    assert "restarted 6 times" in looked(on_flink)["application.restarts"].text


def test_a_property_that_stops_the_job_is_named(on_flink: Estate) -> None:
    answer = on_flink.aws.answers["kinesisanalyticsv2", "describe_application"]
    described = answer["ApplicationDetail"]["ApplicationConfigurationDescription"]
    groups = described["EnvironmentPropertyDescriptions"]["PropertyGroupDescriptions"]
    del groups[0]["PropertyMap"]["AGENT_EVENT_STREAM_ARN"]
    found = looked(on_flink)
    assert "AGENT_EVENT_STREAM_ARN" in found["application.configuration"].text
    del groups[0]["PropertyMap"]["FIREHOSE_STREAM"]
    found = looked(replace(on_flink, aws=type(on_flink.aws)(on_flink.aws.answers)))
    assert found["application.configuration"].level is Level.FAILURE
    assert "FIREHOSE_STREAM" in found["firehose.status"].text


def test_without_rights_on_the_application_the_action_is_named(on_flink: Estate) -> None:
    on_flink.aws.answers["kinesisanalyticsv2", "describe_application"] = refused(
        "AccessDeniedException", "DescribeApplication"
    )
    found = looked(on_flink, agent_event_stream_arn=on_flink.stream_arn)
    assert "Allow kinesisanalytics:DescribeApplication" in str(found["application.state"].advice)
    assert found["stream.status"].level is Level.OK
    assert found["heartbeat.rule"].level is Level.OK
