"""The facts as AWS gives them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aspect_wfm.aws import Aws
from aspect_wfm.deployment import Deployment
from aspect_wfm.doctor.age import UNKNOWN, deployment_age
from aspect_wfm.doctor.examination import examine, streams
from aspect_wfm.doctor.findings import Level
from aspect_wfm.doctor.firehose import newest_report, read_report_stream
from aspect_wfm.metrics import Metric, last_hour
from tests.unit.aws import Client
from tests.unit.doctor.aws import CannedAws, refused
from tests.unit.doctor.conftest import CLASSIFIER, RELAY, Estate
from tests.unit.doctor.looked import looked, now, put_metric


def test_what_works_is_found_to_work(estate: Estate) -> None:
    sections = list(examine(estate.aws, [estate.deployment], now()))
    assert [(each.kind, each.name) for each in sections] == [
        ("stream", estate.stream_arn),
        ("real-time-adherence", "wfm"),
        ("agent-productivity", "wfm"),
    ]
    levels = {each.check: each.level for section in sections for each in section.findings}
    assert Level.FAILURE not in levels.values()
    assert {check for check, level in levels.items() if level is Level.WARNING} == {
        "adapter.mapping",  # it is not called aspect-wfm-ap
        "reference_table.content",
    }
    assert {check for check, level in levels.items() if level is Level.NOTE} == {
        "heartbeat.beat",  # it was deployed just now
        "reference_table.unnamed",
        "stream.arrivals",
        "stream.instance",
        "table.states",  # nobody is signed in
    }


def test_a_deployment_is_as_old_as_the_oldest_of_its_resources(estate: Estate) -> None:
    later = now() + timedelta(hours=1)
    age = deployment_age(estate.aws, estate.deployment, later)
    assert timedelta(minutes=59) < age < timedelta(minutes=61)
    table = estate.aws.ask("dynamodb", "describe_table", TableName="states")["Table"]
    table["CreationDateTime"] -= timedelta(days=9)
    assert deployment_age(estate.aws, estate.deployment, later) > timedelta(days=9)
    for question in (("dynamodb", "describe_table"), ("sqs", "get_queue_attributes")):
        estate.aws.answers[question] = refused("AccessDenied", "Any")
    fresh = CannedAws(estate.aws.answers)
    assert deployment_age(fresh, estate.deployment, later) < timedelta(hours=2)
    assert deployment_age(fresh, Deployment("", {}), later) == UNKNOWN


def test_alarms_of_deployments_whose_names_begin_alike_are_kept_apart(
    estate: Estate, client: Client
) -> None:
    def alarm(name: str, state: str = "OK") -> None:
        client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )
        client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")

    def texts() -> list[tuple[str, str]]:
        sections = examine(type(estate.aws)(estate.aws.answers), [estate.deployment], now())
        return [
            (section.kind, finding.text)
            for section in sections
            for finding in section.findings
            if finding.check == "alarms.state"
        ]

    for name in ("wfm-berlin-relay-fails", "wfm-relay-relay-fails", "wfm-2-queue-1-is-not-read"):
        alarm(name, "ALARM")
    assert [kind for kind, text in texts() if "has no alarms" in text] == [
        "real-time-adherence",
        "agent-productivity",
    ]
    assert "No alarm of this account and region watches" in dict(texts())["stream"]
    alarm("wfm-queue-10-is-not-read", "ALARM")
    alarm("wfm-relay-fails")
    alarm("wfm-no-heartbeat")
    found = dict(texts())
    assert "An alarm is active: wfm-queue-10-is-not-read" in found["real-time-adherence"]
    assert "No alarm is active." in found["agent-productivity"]


def test_metrics_of_the_last_hour_come_newest_first(client: Client) -> None:
    at = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
    metric = Metric("N", "M", "D", "v")
    put_metric(client, metric, [(0, 1.0), (10, 2.0), (30, 4.0)], at)
    found, none = last_hour(
        Aws(), at + timedelta(minutes=5), [metric, metric._replace(value="other")]
    )
    assert [value for _, value in found.values] == [1.0, 2.0, 4.0]
    assert (found.total, found.newest) == (7.0, 1.0)
    assert found.since(at - timedelta(minutes=15)).total == 3.0
    assert (none.total, none.newest) == (None, None)


def test_iterator_age_and_errors_are_the_functions_own(estate: Estate, client: Client) -> None:
    for name, value in (("IteratorAge", 120_000.0), ("Errors", 3.0), ("Invocations", 3.0)):
        put_metric(client, Metric("AWS/Lambda", name, "FunctionName", RELAY), [(2, value)], now())
    found = looked(estate)
    assert "2 minutes" in found["mapping.lag"].text
    assert f"3 of 3 invocations of {RELAY}" in found["function.errors"].text


def test_a_consumer_of_the_stream_is_fed_by_the_stream(estate: Estate) -> None:
    mappings = estate.aws.answers["lambda", "list_event_source_mappings"]

    def of_a_consumer(asked: dict[str, Any]) -> Any:
        """moto has mappings of streams only."""
        found = mappings(asked)
        for each in found["EventSourceMappings"]:
            each["EventSourceArn"] += "/consumer/relay:1"
        return found

    estate.aws.answers["lambda", "list_event_source_mappings"] = of_a_consumer
    assert streams(estate.aws, estate.deployment) == [estate.stream_arn]


def test_a_stream_that_ignores_partition_keys_is_a_failure(estate: Estate, client: Client) -> None:
    assert looked(estate)["stream.order"].level is Level.OK
    answer = client("kinesis").describe_stream_summary(StreamName="events")
    answer["StreamDescriptionSummary"]["RecordDistributionStrategy"] = "AUTO"
    fresh = replace(estate, aws=type(estate.aws)({("kinesis", "describe_stream_summary"): answer}))
    assert looked(fresh)["stream.order"].level is Level.FAILURE


def test_the_key_of_a_stream_is_asked_for_only_if_it_is_not_that_of_aws(
    estate: Estate, client: Client
) -> None:
    def encrypt(key: str) -> None:
        client("kinesis").start_stream_encryption(
            StreamName="events", EncryptionType="KMS", KeyId=key
        )

    encrypt("alias/aws/kinesis")
    estate.aws.answers["kms", "describe_key"] = AssertionError("asked")
    assert looked(estate)["stream.key"].level is Level.OK
    del estate.aws.answers["kms", "describe_key"]
    key = client("kms").create_key()["KeyMetadata"]
    encrypt(key["Arn"])
    client("kms").schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    fresh = replace(estate, aws=type(estate.aws)(estate.aws.answers))
    assert "PendingDeletion" in looked(fresh)["stream.key"].text


@pytest.mark.parametrize(
    ("value", "level", "said"),
    [
        (None, Level.OK, "is off"),
        ("false", Level.OK, "is off"),
        ("TRUE", Level.OK, "is on"),
        ("maybe", Level.FAILURE, "'maybe'"),
    ],
)
def test_the_flag_is_read_where_it_lives(
    estate: Estate, client: Client, value: str | None, level: Level, said: str
) -> None:
    estate.configure(RELAY, ConfigTableName="flags")
    if value:
        client("dynamodb").put_item(
            TableName="flags", Item={"Setting": {"S": "WriteEventsToQueue"}, "Value": {"S": value}}
        )
    found = looked(estate)["flag.value"]
    assert (found.level, said in found.text) == (level, True)


def test_a_flag_in_the_environment_is_read_there(estate: Estate) -> None:
    estate.configure(RELAY, WriteEventsToQueue="TRUE")
    assert "is on" in looked(estate)["flag.value"].text


def test_an_environment_that_stops_the_function_is_named(estate: Estate) -> None:
    estate.configure(RELAY, SqsQueueUrl1=None)
    estate.configure(CLASSIFIER, FIREHOSE_STREAM=None)
    found = looked(estate)
    assert found["function.configuration"].level is Level.FAILURE
    assert "SqsQueueUrl1" in found["queue.messages"].text
    assert "FIREHOSE_STREAM" in found["firehose.status"].text


def test_messages_are_counted_and_never_received(estate: Estate, client: Client) -> None:
    client("sqs").send_message(QueueUrl=estate.queue_url, MessageBody="x", MessageGroupId="g")
    estate.aws.answers["sqs", "receive_message"] = AssertionError("received")
    assert "1 message waits in events-1.fifo" in looked(estate)["queue.messages"].text
    retired = looked(estate, retired_sqs_queue_urls=[estate.queue_url])["queue.retired"]
    assert "1 messages are still in it" in retired.text


def test_of_agents_only_the_time_of_their_last_event_is_read(
    estate: Estate, client: Client
) -> None:
    for number in range(3):
        client("dynamodb").put_item(
            TableName="states",
            Item={
                "AgentARN": {"S": f"agent-{number}"},
                "AgentUsername": {"S": "Zoe Q"},
                "LastEventTimeStamp": {"S": f"2026-03-0{number + 1}T09:00:00.000Z"},
            },
        )
    asked: list[dict[str, Any]] = []
    scan = client("dynamodb").scan

    def watched(parameters: dict[str, Any]) -> Any:
        asked.append(parameters)
        return scan(**parameters)

    estate.aws.answers["dynamodb", "scan"] = watched
    found = looked(estate)
    assert "3 agents signed in" in found["table.states"].text
    assert [each["ProjectionExpression"] for each in asked] == ["LastEventTimeStamp"]
    assert "Zoe Q" not in json.dumps([each.text for each in found.values()])


def test_a_timestamp_that_is_none_is_a_finding(estate: Estate, client: Client) -> None:
    for number, value in enumerate(
        ({"S": "yesterday"}, {"N": "1"}, {"S": "2026-03-02T09:00:00"}, {"NULL": True})
    ):
        item = {"AgentARN": {"S": f"agent-{number}"}, "LastEventTimeStamp": value}
        client("dynamodb").put_item(TableName="states", Item=item)
    found = looked(estate)
    assert "4 items have" in found["table.timestamps"].text
    assert found["table.states"].level is Level.NOTE


def test_a_table_that_cannot_be_understood_is_found_with_its_row(
    estate: Estate, client: Client
) -> None:
    key = {"Bucket": "reports", "Key": "ASPECT_AGENT_STATUS_INFO.csv"}
    client("s3").put_object(**key, Body=b"StateName,StateType\nLunch;0\n")
    found = looked(estate)["reference_table.content"]
    assert (found.level, "row 2" in found.text) == (Level.FAILURE, True)


def test_statuses_are_compared_with_those_of_the_instance(estate: Estate, client: Client) -> None:
    client("s3").put_object(
        Bucket="reports",
        Key="ASPECT_AGENT_STATUS_INFO.csv",
        Body=b"StateName,StateType\nLunch,0\nProjct,1\n",
    )
    statuses = [{"Name": "Lunch", "Type": "CUSTOM"}, {"Name": "Available", "Type": "ROUTABLE"}]
    estate.aws.answers |= {
        ("connect", "list_agent_statuses"): {"AgentStatusSummaryList": statuses},
        ("connect", "list_instance_storage_configs"): {
            "StorageConfigs": [{"KinesisStreamConfig": {"StreamArn": estate.stream_arn}}]
        },
    }
    found = looked(estate, instance="i")
    assert "Available (ROUTABLE) counts as A" in found["reference_table.unnamed"].text
    assert "projct" in found["reference_table.unknown"].text
    assert found["stream.instance"].level is Level.OK


def test_the_newest_report_is_looked_for_hour_by_hour(estate: Estate, client: Client) -> None:
    reports = read_report_stream(estate.aws, CLASSIFIER)
    at = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    assert newest_report(estate.aws, reports, at) is None
    for key in ("2026/03/01/08/old", "2026/03/02/07/newest", "2026/03/02/06/older"):
        client("s3").put_object(Bucket="reports", Key=f"OUTPUT/{key}", Body=b"\n")
    asked: list[str] = []
    pages = client("s3").list_objects_v2

    def watched(parameters: dict[str, Any]) -> Any:
        asked.append(parameters["Prefix"])
        return pages(**parameters)

    estate.aws.answers["s3", "list_objects_v2"] = watched
    assert newest_report(estate.aws, reports, at) is not None
    assert asked == [f"OUTPUT/2026/03/02/{hour}/" for hour in ("09", "08", "07")]


def test_what_was_given_up_on_is_counted(estate: Estate, client: Client) -> None:
    for key in ("aws/lambda/a/b.json", "undeliverable/f/s/1.json", "replayed/c.json"):
        client("s3").put_object(Bucket="failed", Key=key, Body=b"{}")
    found = looked(estate)
    assert "1 object with" in found["failed_records.kept"].text
    assert "aspect-wfm replay --function" in str(found["failed_records.kept"].advice)
    assert "1 object under undeliverable/" in found["failed_records.put_aside"].text


def test_a_rule_that_is_disabled_is_found(estate: Estate, client: Client) -> None:
    client("events").disable_rule(Name="every-five")
    assert "every-five is DISABLED" in looked(estate)["heartbeat.rule"].text


def test_roles_are_looked_at_by_their_trust(estate: Estate, client: Client) -> None:
    role = client("iam").create_role(
        RoleName="server", Path="/wfm/", AssumeRolePolicyDocument=json.dumps({"Statement": []})
    )["Role"]["Arn"]
    found = looked(estate, rta_user_name=None, rta_role_arn=role)
    assert "No principal may assume role server" in found["identity.trust"].text


def test_the_bucket_of_amazon_connect_is_looked_for(estate: Estate, client: Client) -> None:
    assert "bucket connect exists" in looked(estate)["adapter.connect_bucket"].text
    client("s3").delete_bucket(Bucket="connect")
    fresh = replace(estate, aws=CannedAws(estate.aws.answers))
    found = looked(fresh)["adapter.connect_bucket"]
    assert (found.level, "Bucket connect does not exist" in found.text) == (Level.FAILURE, True)
    policy = client("iam").get_user_policy(UserName="adapter", PolicyName="read-reports")
    role = client("iam").create_role(RoleName="adapter", AssumeRolePolicyDocument="{}")
    client("iam").put_role_policy(
        RoleName="adapter",
        PolicyName="read-reports",
        PolicyDocument=json.dumps(policy["PolicyDocument"]),
    )
    as_role = {"wfm_adapter_user_name": None, "wfm_adapter_role_arn": role["Role"]["Arn"]}
    assert looked(fresh, **as_role)["adapter.connect_bucket"].level is Level.FAILURE
