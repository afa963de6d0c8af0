"""From an agent event on the stream to the RTA server, IAM enforced, nothing invoked by hand."""

import hashlib
import json
from collections import defaultdict
from functools import partial
from typing import Any

import pytest

from tests.e2e.conftest import (
    FLAG_IN_EITHER_LOCATION,
    RTA,
    ZIP_BUCKET,
    ZIP_PREFIX,
    Deployment,
    Facts,
    apply_together,
)
from tests.local_cloud.agent_stream import batch_logs, sample_events
from tests.local_cloud.cloud import is_allowed

pytestmark = pytest.mark.xdist_group("local-cloud")

MEI, JOERG, OKAFOR = (
    next(event["AgentARN"] for event in sample_events() if name in json.dumps(event))
    for name in ("mchen", "rg.m", "okafor")
)

EVERY_DEPLOYMENT = pytest.mark.parametrize("name", RTA)


def monitored(name: str, event: dict[str, Any]) -> bool:
    if name != "rta-filtered":
        return True
    configuration = (event["CurrentAgentSnapshot"] or {}).get("Configuration") or {}
    group = ((configuration.get("AgentHierarchyGroups") or {}).get("Level1") or {}).get("Name", "")
    return bool(group.upper() == "EMEA")


@EVERY_DEPLOYMENT
def test_at_noon_the_table_holds_each_signed_in_agents_latest_state(
    facts: Facts, name: str
) -> None:
    states = {arn: (state.username, state.state) for arn, state in facts.days[name].noon.items()}
    expected = {MEI: ("mchen", "Lunch, late"), JOERG: ("jörg.müller", "Project")}
    if name != "rta-filtered":
        expected[OKAFOR] = ("okafor@example.com", "Available")
    assert states == expected


@EVERY_DEPLOYMENT
def test_in_the_evening_the_table_holds_exactly_the_agents_still_signed_in(
    facts: Facts, name: str
) -> None:
    still_signed_in = set() if name == "rta-filtered" else {OKAFOR}
    assert set(facts.days[name].evening) == still_signed_in
    assert set(facts.days[name].evening_again) == still_signed_in, "also after the day came again"


@EVERY_DEPLOYMENT
def test_with_the_flag_off_no_message_is_sent(facts: Facts, name: str) -> None:
    assert facts.days[name].queues_with_flag_off == []


@EVERY_DEPLOYMENT
def test_with_the_flag_on_each_agents_events_arrive_in_order_on_the_right_queue(
    facts: Facts, deployments: dict[str, Deployment], name: str
) -> None:
    arrived, expected = defaultdict(list), defaultdict(list)
    for message in facts.days[name].received:
        arrived[message.event["AgentARN"]].append(message.event["EventId"])
    for event in sample_events():
        if monitored(name, event):
            expected[event["AgentARN"]].append(event["EventId"])
    assert arrived == expected
    queues = len(deployments[name].outputs["sqs_queue_urls"])
    for message in facts.days[name].received:
        digest = hashlib.sha256(message.event["AgentARN"].encode()).digest()
        assert message.queue == int.from_bytes(digest[:8], "little", signed=True) % queues
        assert message.message_group_id == "AspectConnectEventsForWfmRTListen_GroupId"
        body = message.body.encode()
        assert message.deduplication_id == hashlib.sha256(body).hexdigest(), "by content"
        assert "PreviousAgentSnapshot" not in message.event


@EVERY_DEPLOYMENT
def test_the_messages_alone_lead_to_the_states_of_the_table(facts: Facts, name: str) -> None:
    assert facts.days[name].folded == facts.days[name].evening_again


@EVERY_DEPLOYMENT
def test_the_table_is_encrypted_and_can_be_restored(
    deployments: dict[str, Deployment], name: str
) -> None:
    dynamodb = deployments[name].cloud.client("dynamodb")
    table = deployments[name].outputs["dynamodb_table_name"]
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    description = dynamodb.describe_table(TableName=table)["Table"]
    assert description["SSEDescription"]["Status"] == "ENABLED"
    assert description["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


@EVERY_DEPLOYMENT
def test_the_rta_identity_may_do_its_job(
    facts: Facts, deployments: dict[str, Deployment], name: str
) -> None:
    assert facts.days[name].received, "it has read, set the flag, received and deleted"
    outputs = deployments[name].outputs
    may = partial(is_allowed, deployments[name].cloud, deployments[name].rta.key)
    table = outputs["dynamodb_table_name"]
    assert may("dynamodb", "describe_table", TableName=table)
    assert may("dynamodb", "get_item", TableName=table, Key={"AgentARN": {"S": "x"}})
    for url in outputs["sqs_queue_urls"]:
        queue_name = url.rpartition("/")[2]
        assert may("sqs", "get_queue_url", QueueName=queue_name)
        assert may("sqs", "purge_queue", QueueUrl=url)
    if outputs.get("config_table_name"):
        configuration = outputs["config_table_name"]
        key = {"Setting": {"S": "WriteEventsToQueue"}}
        assert may("dynamodb", "describe_table", TableName=configuration)
        assert may(
            "dynamodb",
            "query",
            TableName=configuration,
            KeyConditionExpression="Setting = :setting",
            ExpressionAttributeValues={":setting": {"S": "WriteEventsToQueue"}},
        )
        assert may(
            "dynamodb",
            "update_item",
            TableName=configuration,
            Key=key,
            UpdateExpression="SET #value = :on",
            ExpressionAttributeNames={"#value": "Value"},
            ExpressionAttributeValues={":on": {"S": "true"}},
        )


@EVERY_DEPLOYMENT
def test_the_rta_identity_is_refused_everything_else(
    facts: Facts, deployments: dict[str, Deployment], name: str
) -> None:
    assert facts.days[name].received
    outputs = deployments[name].outputs
    may = partial(is_allowed, deployments[name].cloud, deployments[name].rta.key)
    other = deployments["rta-table" if name == "rta-new" else "rta-new"].outputs
    table, stream = outputs["dynamodb_table_name"], outputs["agent_event_stream_arn"]
    key = {"AgentARN": {"S": "x"}}
    reports = deployments["both-new"].outputs["ap_s3_bucket_name"]
    function = outputs["rta_lambda_function_name"]
    environment = {"Variables": {"WriteEventsToQueue": "True"}}
    attempts: list[tuple[str, str, dict[str, Any]]] = [
        ("dynamodb", "put_item", {"TableName": table, "Item": key}),
        ("dynamodb", "delete_item", {"TableName": table, "Key": key}),
        (
            "dynamodb",
            "update_item",
            {"TableName": table, "Key": key, "UpdateExpression": "REMOVE CurrentState"},
        ),
        ("dynamodb", "delete_table", {"TableName": table}),
        ("dynamodb", "list_tables", {}),
        ("dynamodb", "scan", {"TableName": table.replace("agent-states", "signed-out-agents")}),
        ("dynamodb", "scan", {"TableName": other["dynamodb_table_name"]}),
        *(
            ("sqs", "send_message", {"QueueUrl": url, "MessageBody": "x", "MessageGroupId": "x"})
            for url in outputs["sqs_queue_urls"]
        ),
        ("sqs", "delete_queue", {"QueueUrl": outputs["sqs_queue_urls"][0]}),
        ("sqs", "receive_message", {"QueueUrl": other["sqs_queue_urls"][0]}),
        ("kinesis", "describe_stream", {"StreamARN": stream}),
        ("kinesis", "list_shards", {"StreamARN": stream}),
        ("kinesis", "put_record", {"StreamARN": stream, "Data": b"x", "PartitionKey": "x"}),
        ("s3", "list_objects_v2", {"Bucket": outputs["rta_failed_records_bucket_name"]}),
        ("s3", "list_objects_v2", {"Bucket": reports}),
        ("s3", "get_object", {"Bucket": reports, "Key": "ASPECT_AGENT_STATUS_INFO.csv"}),
        ("s3", "get_object", {"Bucket": ZIP_BUCKET, "Key": f"{ZIP_PREFIX}rta_relay.zip"}),
        ("lambda", "invoke", {"FunctionName": function, "Payload": b"{}"}),
        ("lambda", "get_function", {"FunctionName": function}),
        ("lambda", "update_function_code", {"FunctionName": function, "ZipFile": b"x"}),
        (
            "lambda",
            "get_function_configuration",
            {"FunctionName": other["rta_lambda_function_name"]},
        ),
        (
            "lambda",
            "update_function_configuration",
            {"FunctionName": other["rta_lambda_function_name"], "Environment": environment},
        ),
        ("iam", "create_access_key", {"UserName": outputs["rta_user_name"]}),
        ("iam", "list_users", {}),
        ("logs", "filter_log_events", {"logGroupName": f"/aws/lambda/{function}"}),
    ]
    if outputs.get("config_table_name"):
        attempts += [
            ("lambda", "get_function_configuration", {"FunctionName": function}),
            (
                "lambda",
                "update_function_configuration",
                {"FunctionName": function, "Environment": environment},
            ),
            ("dynamodb", "scan", {"TableName": outputs["config_table_name"]}),
        ]
    allowed = [
        (service, operation, arguments)
        for service, operation, arguments in attempts
        if may(service, operation, **arguments)
    ]
    assert allowed == []


def test_an_apply_that_changes_another_variable_of_the_function_leaves_the_flag_as_it_is(
    facts: Facts, deployments: dict[str, Deployment]
) -> None:
    assert all(facts.days[name].received for name in FLAG_IN_EITHER_LOCATION)
    both = [deployments[name] for name in FLAG_IN_EITHER_LOCATION]
    changed = {"ahg_filter_level": 5, "ahg_filter_values": ["Night"]}
    # It stays on: the plan after this day of work has nothing to say about it.
    for on, change, level in ((False, changed, "5"), (True, {}, "0")):
        for deployment in both:
            deployment.rta.set_flag(on)
        apply_together(both, change)
        for deployment in both:
            assert deployment.relay()["Environment"]["Variables"]["AhgFilterLevel"] == level
            assert (deployment.rta.flag() or "").lower() == str(on).lower()


@EVERY_DEPLOYMENT
def test_every_batch_was_relayed_without_a_failure(
    facts: Facts, deployments: dict[str, Deployment], name: str
) -> None:
    assert facts.days[name].received
    logs = batch_logs(
        deployments[name].cloud, deployments[name].outputs["rta_lambda_function_name"]
    )
    assert sum(log["failed"] + log["EventsSkipped"] + log["EventsPutAside"] for log in logs) == 0
    assert sum(log["MessagesSent"] for log in logs) == len(facts.days[name].received)
