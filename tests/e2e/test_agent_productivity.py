"""From an agent event on the stream to the WFM Adapter, IAM enforced."""

import json
import re
from functools import partial
from typing import Any

import pytest

from aspect_wfm.report_files import ReportObject
from aspect_wfm.reports.report_lines import read_report
from tests.e2e.conftest import AP, CONNECT_BUCKET, CONNECT_PREFIX, ZIP_BUCKET, Deployment, Facts
from tests.local_cloud.agent_stream import SAMPLE_DAY, sample_events
from tests.local_cloud.cloud import is_allowed

pytestmark = pytest.mark.xdist_group("local-cloud")

EVERY_DEPLOYMENT = pytest.mark.parametrize("name", AP)

BY_TYPE, PROJECT_SIGNED_OUT = (
    sorted((SAMPLE_DAY.parent / name).read_bytes().splitlines(keepends=True))
    for name in ("report-no-table.csv", "report-project-signed-out.csv")
)


def with_status_type(lines: list[bytes]) -> list[bytes]:
    """The lines with the thirteenth column, from the events themselves."""
    types = {}
    for event in sample_events():
        if event["CurrentAgentSnapshot"]:
            at = event["EventTimestamp"].replace("T", " ").removesuffix("Z").encode()
            status = event["CurrentAgentSnapshot"]["AgentStatus"]
            types[at] = status.get("Type", "null").encode()
    return sorted(
        line[:-1] + b"," + next(types[at] for at in types if at in line) + b"\n" for line in lines
    )


@pytest.mark.parametrize(
    ("name", "first", "again"),
    [
        pytest.param("ap-new", BY_TYPE, BY_TYPE, id="without a table"),
        pytest.param("ap-existing", PROJECT_SIGNED_OUT, PROJECT_SIGNED_OUT, id="with one"),
        pytest.param("both-new", BY_TYPE, PROJECT_SIGNED_OUT, id="uploaded while running"),
        pytest.param(
            "both-existing", with_status_type(BY_TYPE), with_status_type(BY_TYPE), id="13 columns"
        ),
    ],
)
def test_the_sample_day_gives_exactly_the_lines_of_the_golden_file(
    facts: Facts, name: str, first: list[bytes], again: list[bytes]
) -> None:
    assert facts.reports[name].first == first
    assert facts.reports[name].again == again


@EVERY_DEPLOYMENT
def test_the_adapter_finds_the_files_by_the_name_of_the_application(
    facts: Facts, deployments: dict[str, Deployment], name: str
) -> None:
    assert facts.reports[name].first
    deployment = deployments[name]
    application = deployment.variables.get("kda_application_name", "aspect-wfm-ap")
    assert deployment.outputs["firehose_stream_name"] == f"{application}-kda-to-s3"
    assert deployment.outputs["wfm_adapter_user_name"] == f"WFMAdapter-{application}"
    for each in deployment.wfm.objects():
        folder, _, file = each.key.rpartition("/")
        assert re.fullmatch(rf"{deployment.wfm.prefix}\d{{4}}/\d\d/\d\d/\d\d", folder)
        assert file.startswith(f"{application}-kda-to-s3-1-")
        assert "." not in file, "no extension"


def test_lines_that_come_twice_do_not_change_what_wfm_makes_of_them(facts: Facts) -> None:
    once = b"".join(facts.reports["ap-new"].first)
    twice = once + b"".join(facts.reports["ap-new"].again)
    assert (
        read_report([ReportObject("once", once)]).lines
        == read_report([ReportObject("twice", twice)]).lines
    )


def heartbeat(deployment: Deployment) -> dict[str, Any]:
    response = deployment.cloud.client("lambda").invoke(
        FunctionName=deployment.outputs["heartbeat_lambda_function_name"]
    )
    payload: dict[str, Any] = json.loads(response["Payload"].read())
    assert "FunctionError" not in response, payload
    return payload


def test_a_heartbeat_is_written_only_while_the_classifiers_mapping_is_enabled(
    facts: Facts, deployments: dict[str, Deployment]
) -> None:
    assert facts.reports["ap-new"].first
    deployment = deployments["ap-new"]
    functions = deployment.cloud.client("lambda")
    mapping = deployment.outputs["classifier_event_source_mapping_uuid"]

    before = deployment.wfm.report()
    assert heartbeat(deployment)["heartbeat"] is True
    enabled = deployment.wfm.report()
    more = enabled.heartbeats - before.heartbeats
    assert more == enabled.objects - before.objects
    assert more in (1, 2), "one by the schedule may have come at the same time"

    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    stopped = deployment.wfm.report()
    assert heartbeat(deployment)["heartbeat"] is False
    disabled = deployment.wfm.report()
    assert (disabled.heartbeats, disabled.objects) == (stopped.heartbeats, stopped.objects)

    functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    assert heartbeat(deployment)["heartbeat"] is True


def test_the_schedule_is_every_five_minutes_and_calls_the_heartbeat(
    deployments: dict[str, Deployment],
) -> None:
    deployment = deployments["ap-new"]
    name = deployment.outputs["heartbeat_lambda_function_name"]
    events, functions = (deployment.cloud.client(service) for service in ("events", "lambda"))
    rule = events.describe_rule(Name=name)
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(5 minutes)", "ENABLED")
    (target,) = events.list_targets_by_rule(Rule=name)["Targets"]
    function = functions.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    assert target["Arn"] == function
    (allowed,) = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"]["ArnLike"] == {"AWS:SourceArn": rule["Arn"]}


@EVERY_DEPLOYMENT
def test_the_adapter_identity_may_list_from_the_root_and_read_reports(
    facts: Facts, deployments: dict[str, Deployment], name: str
) -> None:
    assert facts.reports[name].first, "it has read our report files"
    may = partial(is_allowed, deployments[name].cloud, deployments[name].wfm.key)
    for bucket in (deployments[name].outputs["ap_s3_bucket_name"], CONNECT_BUCKET):
        assert may("s3", "list_objects_v2", Bucket=bucket)
        assert may("s3", "list_objects_v2", Bucket=bucket, Prefix="elsewhere/")
    assert may("s3", "get_object", Bucket=CONNECT_BUCKET, Key=f"{CONNECT_PREFIX}report.csv")


@EVERY_DEPLOYMENT
def test_the_adapter_identity_is_refused_everything_else(
    facts: Facts, deployments: dict[str, Deployment], name: str
) -> None:
    assert facts.reports[name].first
    deployment = deployments[name]
    outputs = deployment.outputs
    other = deployments["ap-existing" if name == "ap-new" else "ap-new"].outputs
    states = deployments["both-new"].outputs["dynamodb_table_name"]
    queue = deployments["both-new"].outputs["sqs_queue_urls"][0]
    reports = outputs["ap_s3_bucket_name"]
    report = deployment.wfm.objects()[0].key
    stream = outputs["agent_event_stream_arn"]
    firehose = outputs["firehose_stream_name"]
    function = outputs["classifier_lambda_function_name"]
    attempts: list[tuple[str, str, dict[str, Any]]] = [
        ("s3", "put_object", {"Bucket": reports, "Key": report, "Body": b""}),
        ("s3", "delete_object", {"Bucket": reports, "Key": report}),
        ("s3", "get_object", {"Bucket": reports, "Key": "ASPECT_AGENT_STATUS_INFO.csv"}),
        ("s3", "put_object", {"Bucket": reports, "Key": "ASPECT_AGENT_STATUS_INFO.csv"}),
        (
            "s3",
            "get_object",
            {"Bucket": CONNECT_BUCKET, "Key": "connect/acme/CallRecordings/a.wav"},
        ),
        ("s3", "list_objects_v2", {"Bucket": outputs["ap_failed_records_bucket_name"]}),
        ("s3", "list_objects_v2", {"Bucket": other["ap_s3_bucket_name"]}),
        ("s3", "list_objects_v2", {"Bucket": ZIP_BUCKET}),
        ("s3", "delete_bucket", {"Bucket": reports}),
        ("s3", "get_bucket_policy", {"Bucket": reports}),
        ("dynamodb", "scan", {"TableName": states}),
        ("sqs", "receive_message", {"QueueUrl": queue}),
        ("kinesis", "describe_stream", {"StreamARN": stream}),
        ("kinesis", "put_record", {"StreamARN": stream, "Data": b"x", "PartitionKey": "x"}),
        ("firehose", "put_record", {"DeliveryStreamName": firehose, "Record": {"Data": b"x"}}),
        ("firehose", "describe_delivery_stream", {"DeliveryStreamName": firehose}),
        ("lambda", "invoke", {"FunctionName": function}),
        ("lambda", "get_function_configuration", {"FunctionName": function}),
        ("iam", "create_access_key", {"UserName": outputs["wfm_adapter_user_name"]}),
        ("logs", "filter_log_events", {"logGroupName": f"/aws/lambda/{function}"}),
    ]
    allowed = [
        (service, operation, arguments)
        for service, operation, arguments in attempts
        if is_allowed(deployment.cloud, deployment.wfm.key, service, operation, **arguments)
    ]
    assert allowed == []


@EVERY_DEPLOYMENT
def test_the_buckets_are_private_encrypted_and_refuse_what_is_not(
    deployments: dict[str, Deployment], name: str
) -> None:
    s3 = deployments[name].cloud.client("s3")
    for output in ("ap_s3_bucket_name", "ap_failed_records_bucket_name"):
        bucket = deployments[name].outputs[output]
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        assert set(block.values()) == {True}
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
        default = rules["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        assert default["SSEAlgorithm"] == "AES256"
        (statement,) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
