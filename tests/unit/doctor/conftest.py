import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from aspect_wfm.deployment import Deployment
from tests.relay_environment import relay_environment
from tests.unit.aws import (
    ACCOUNT_ID,
    REGION,
    Client,
    create_application,
    create_bucket,
    create_function,
    create_function_role,
    create_stream,
    create_table,
)
from tests.unit.doctor.aws import CannedAws

RELAY, CLASSIFIER, HEARTBEAT = "wfm-relay", "wfm-classifier", "wfm-heartbeat"


@dataclass(frozen=True, slots=True)
class Estate:
    """A deployment of both products that works."""

    aws: CannedAws
    deployment: Deployment
    stream_arn: str
    queue_url: str

    def environment(self, function: str) -> dict[str, str]:
        """The environment variables of a function."""
        found = self.aws.real_client("lambda").get_function_configuration(FunctionName=function)
        variables: dict[str, str] = found["Environment"]["Variables"]
        return variables

    def configure(self, function: str, **variables: str | None) -> None:
        """Set environment variables of a function, or delete them with None."""
        changed = self.environment(function) | variables
        self.aws.real_client("lambda").update_function_configuration(
            FunctionName=function,
            Environment={"Variables": {name: each for name, each in changed.items() if each}},
        )


@pytest.fixture
def estate(client: Client) -> Estate:
    for table, key in (("states", "AgentARN"), ("signed-out", "AgentARN"), ("flags", "Setting")):
        create_table(client("dynamodb"), table, key)
    for bucket in ("connect", "failed", "failed-events", "reports"):
        create_bucket(client("s3"), bucket)
    create_stream(client("firehose"), "wfm-kda-to-s3", "reports")
    client("firehose").put_record(DeliveryStreamName="wfm-kda-to-s3", Record={"Data": b"a line\n"})
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
    client("iam").put_user_policy(
        UserName="adapter",
        PolicyName="read-reports",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "ListReports",
                        "Effect": "Allow",
                        "Action": "s3:ListBucket",
                        "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::connect"],
                    }
                ],
            }
        ),
    )
    environments = {
        RELAY: relay_environment([queue_url]),
        CLASSIFIER: {
            "FAILED_RECORDS_BUCKET": "failed-events",
            "FIREHOSE_STREAM": "wfm-kda-to-s3",
            "INCLUDE_AGENT_STATUS_TYPE": "False",
            "STATUS_TABLE_BUCKET": "reports",
        },
        HEARTBEAT: {},
    }
    create_function_role(client)
    arns = {name: create_function(client, name, each) for name, each in environments.items()}
    for name in (RELAY, CLASSIFIER):
        client("lambda").create_event_source_mapping(
            FunctionName=name,
            EventSourceArn=stream_arn,
            StartingPosition="TRIM_HORIZON",
            MaximumRecordAgeInSeconds=82_800,
        )
    client("events").put_rule(Name="every-five", ScheduleExpression="rate(5 minutes)")
    client("events").put_targets(Rule="every-five", Targets=[{"Id": "1", "Arn": arns[HEARTBEAT]}])

    def mappings(asked: dict[str, Any]) -> Any:
        """moto's; a LastProcessingResult they never have there."""
        found = client("lambda").list_event_source_mappings(**asked)
        for each in found["EventSourceMappings"]:
            each["LastProcessingResult"] = "OK"
        return found

    aws = CannedAws({("lambda", "list_event_source_mappings"): mappings})
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
    return Estate(aws, deployment, stream_arn, queue_url)


APPLICATION = f"arn:aws:kinesisanalytics:{REGION}:{ACCOUNT_ID}:application/wfm"


@pytest.fixture
def on_flink(estate: Estate, client: Client) -> Estate:
    """The same with an application that runs instead of the classifier function."""
    properties = estate.environment(CLASSIFIER) | {"AGENT_EVENT_STREAM_ARN": estate.stream_arn}
    listed = client("lambda").list_event_source_mappings(FunctionName=CLASSIFIER)
    (mapping,) = listed["EventSourceMappings"]
    client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])
    client("lambda").delete_function(FunctionName=CLASSIFIER)
    assert create_application(client("kinesisanalyticsv2"), "wfm", properties) == APPLICATION
    found = client("kinesisanalyticsv2").describe_application(ApplicationName="wfm")
    # moto has no StartApplication.
    found["ApplicationDetail"]["ApplicationStatus"] = "RUNNING"
    estate.aws.answers["kinesisanalyticsv2", "describe_application"] = found
    outputs = {
        **estate.deployment.outputs,
        "classifier_lambda_function_name": None,
        "flink_application_arn": APPLICATION,
    }
    return replace(estate, deployment=replace(estate.deployment, outputs=outputs))
