from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.relay_environment import relay_environment
from tests.unit.aws import (
    ACCOUNT_ID,
    REGION,
    Client,
    create_application,
    create_bucket,
    create_stream,
    create_table,
)
from tests.unit.doctor.aws import CannedAws
from tools.doctor.outputs import Deployment

RELAY, CLASSIFIER, HEARTBEAT = "wfm-relay", "wfm-classifier", "wfm-heartbeat"


@dataclass(frozen=True, slots=True)
class Estate:
    """A deployment of both products that works; Lambda's answers are in `aws.answers`."""

    aws: CannedAws
    deployment: Deployment
    stream_arn: str
    queue_url: str
    environments: dict[str, dict[str, str]]
    mappings: dict[str, list[dict[str, Any]]]


@pytest.fixture
def estate(client: Client) -> Estate:
    for table, key in (("states", "AgentARN"), ("signed-out", "AgentARN"), ("flags", "Setting")):
        create_table(client("dynamodb"), table, key)
    for bucket in ("reports", "failed"):
        create_bucket(client("s3"), bucket)
    create_stream(client("firehose"), "wfm-kda-to-s3", "reports")
    client("kinesis").create_stream(StreamName="events", ShardCount=1)
    summary = client("kinesis").describe_stream_summary(StreamName="events")
    stream_arn = summary["StreamDescriptionSummary"]["StreamARN"]
    queue_url = client("sqs").create_queue(
        QueueName="events-1.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
    )["QueueUrl"]
    for user in ("rta", "adapter"):
        client("iam").create_user(UserName=user)
        client("iam").create_access_key(UserName=user)
    heartbeat_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{HEARTBEAT}"
    client("events").put_rule(Name="every-five", ScheduleExpression="rate(5 minutes)")
    client("events").put_targets(Rule="every-five", Targets=[{"Id": "1", "Arn": heartbeat_arn}])

    environments = {
        RELAY: relay_environment([queue_url]),
        CLASSIFIER: {
            "FAILED_RECORDS_BUCKET": "failed",
            "FIREHOSE_STREAM": "wfm-kda-to-s3",
            "INCLUDE_AGENT_STATUS_TYPE": "False",
            "STATUS_TABLE_BUCKET": "reports",
        },
        HEARTBEAT: {},
    }
    mappings = {
        name: [
            {
                "UUID": f"mapping-of-{name}",
                "EventSourceArn": stream_arn,
                "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}",
                "State": "Enabled",
                "LastProcessingResult": "OK",
                "MaximumRecordAgeInSeconds": 82_800,
            }
        ]
        for name in (RELAY, CLASSIFIER)
    }

    def configuration(asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["FunctionName"]
        return {
            "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}",
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "LastModified": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "Environment": {"Variables": environments[name]},
        }

    def mappings_of(asked: dict[str, Any]) -> dict[str, Any]:
        found = mappings.get(asked.get("FunctionName", ""))
        if found is None:
            found = [
                each
                for several in mappings.values()
                for each in several
                if each["EventSourceArn"] == asked.get("EventSourceArn")
            ]
        return {"EventSourceMappings": found}

    aws = CannedAws(
        {
            ("lambda", "get_function_configuration"): configuration,
            ("lambda", "list_event_source_mappings"): mappings_of,
            ("kinesis", "list_stream_consumers"): {"Consumers": []},
        }
    )
    deployment = Deployment(
        "",
        {
            "classifier_lambda_function_name": CLASSIFIER,
            "heartbeat_lambda_function_name": HEARTBEAT,
            "rta_lambda_function_name": RELAY,
            "rta_user_name": "rta",
            "wfm_adapter_user_name": "adapter",
        },
    )
    return Estate(aws, deployment, stream_arn, queue_url, environments, mappings)


APPLICATION = f"arn:aws:kinesisanalytics:{REGION}:{ACCOUNT_ID}:application/wfm"


@pytest.fixture
def on_flink(estate: Estate, client: Client) -> Estate:
    """The same with an application that runs in the place of the classifier function."""
    properties = estate.environments.pop(CLASSIFIER) | {"AGENT_EVENT_STREAM_ARN": estate.stream_arn}
    del estate.mappings[CLASSIFIER]
    assert create_application(client("kinesisanalyticsv2"), "wfm", properties) == APPLICATION
    found = client("kinesisanalyticsv2").describe_application(ApplicationName="wfm")
    found["ApplicationDetail"]["ApplicationStatus"] = "RUNNING"
    estate.aws.answers["kinesisanalyticsv2", "describe_application"] = found
    outputs = {
        **estate.deployment.outputs,
        "classifier_lambda_function_name": None,
        "flink_application_arn": APPLICATION,
    }
    return replace(estate, deployment=replace(estate.deployment, outputs=outputs))
