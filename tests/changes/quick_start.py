"""A stack as the Quick Start made it, on the local AWS: what holds data, and who may read it.

Nested as there, with its logical ids, names, deletion policies and inline policies. Its functions
and its analytics application are left out: the local AWS runs no .NET, and AWS has deleted the
latter.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.local_cloud.cloud import REGION, LocalCloud

KDA_APPLICATION_NAME = "aspect-wfm-ap"
TEMPLATE_BUCKET = "quick-start-templates"

_STREAM_ARN = {"Fn::GetAtt": ["CreateStreamStack", "Outputs.KinesisStreamArn"]}


@dataclass(frozen=True, slots=True)
class QuickStart:
    """A stack that was made: its name, its outputs, and its nested stacks by logical id."""

    cloud: LocalCloud
    name: str
    outputs: dict[str, str]
    nested: dict[str, str]

    def resource(self, nested: str, logical_id: str) -> str:
        """The physical id of a resource in a nested stack."""
        found: str = self.cloud.client("cloudformation").describe_stack_resource(
            StackName=self.nested[nested], LogicalResourceId=logical_id
        )["StackResourceDetail"]["PhysicalResourceId"]
        return found

    def retain(self, nested: str, logical_ids: Iterable[str]) -> None:
        """Give resources of a nested stack the deletion policy Retain, by an update of it."""
        cloudformation = self.cloud.client("cloudformation")
        template = self.template(nested)
        for logical_id in logical_ids:
            resource = template["Resources"][logical_id]
            resource["DeletionPolicy"] = "Retain"
            resource["Metadata"] = resource.get("Metadata", {}) | {"Moved": "2026"}
        parameters = cloudformation.describe_stacks(StackName=self.nested[nested])["Stacks"][0].get(
            "Parameters", []
        )
        cloudformation.update_stack(
            StackName=self.nested[nested],
            TemplateBody=json.dumps(template),
            Parameters=[
                {"ParameterKey": each["ParameterKey"], "UsePreviousValue": True}
                for each in parameters
            ],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        waiter = cloudformation.get_waiter("stack_update_complete")
        waiter.wait(StackName=self.nested[nested], WaiterConfig={"Delay": 1})

    def template(self, nested: str) -> dict[str, Any]:
        """The template that a nested stack has now."""
        body = self.cloud.client("cloudformation").get_template(StackName=self.nested[nested])[
            "TemplateBody"
        ]
        found: dict[str, Any] = body if isinstance(body, dict) else json.loads(body)
        return found

    def delete(self) -> None:
        """Delete the stack. Raises WaiterError when that fails.

        The nested stacks go first, each by itself: with their root, the local AWS deletes them
        without a look at their deletion policies.
        """
        cloudformation = self.cloud.client("cloudformation")
        waiter = cloudformation.get_waiter("stack_delete_complete")
        for stack in (*self.nested.values(), self.name):
            cloudformation.delete_stack(StackName=stack)
            waiter.wait(StackName=stack, WaiterConfig={"Delay": 1})


def quick_start(
    cloud: LocalCloud, name: str, connect_bucket: str, connect_prefix: str
) -> QuickStart:
    """Make the stack of option 3: a new stream, Agent Productivity and Real-Time Adherence."""
    s3, cloudformation = cloud.client("s3"), cloud.client("cloudformation")
    place = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=TEMPLATE_BUCKET, CreateBucketConfiguration=place)
    templates = {
        "stream": _stream_template(),
        "ap": _agent_productivity_template(connect_bucket, connect_prefix),
        "rta": _real_time_adherence_template(),
    }
    for key, template in templates.items():
        s3.put_object(Bucket=TEMPLATE_BUCKET, Key=f"{key}.json", Body=json.dumps(template))
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(_root_template()),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=name, WaiterConfig={"Delay": 1})
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return QuickStart(
        cloud,
        name,
        {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]},
        {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources},
    )


def _root_template() -> dict[str, Any]:
    def output(nested: str, name: str) -> dict[str, Any]:
        return {"Value": {"Fn::GetAtt": [nested, f"Outputs.{name}"]}}

    return {
        "Resources": {
            "CreateStreamStack": _nested_stack("stream"),
            "ApStack": _nested_stack("ap", {"AgentEventStreamArn": _STREAM_ARN}),
            "RtaStack": _nested_stack("rta", {"AgentEventStreamArn": _STREAM_ARN}),
        },
        "Outputs": {
            "AgentEventStreamArn": output("CreateStreamStack", "KinesisStreamArn"),
            "APS3BucketName": output("ApStack", "APS3BucketName"),
            "WFMAdapterUserName": output("ApStack", "WFMAdapterUserName"),
            "DynamoDbTableName": output("RtaStack", "DynamoDbTableName"),
            "SqsQueueUrl1": output("RtaStack", "SqsQueueUrl1"),
            "RTAUserName": output("RtaStack", "RTAUserName"),
        },
    }


def _nested_stack(template: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
    url = f"https://s3.{REGION}.amazonaws.com/{TEMPLATE_BUCKET}/{template}.json"
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": url, "Parameters": dict(parameters or {})},
    }


def _stream_template() -> dict[str, Any]:
    return {
        "Resources": {
            "KinesisStream": {
                "Type": "AWS::Kinesis::Stream",
                "Properties": {"RetentionPeriodHours": 24, "ShardCount": 1},
            },
        },
        "Outputs": {"KinesisStreamArn": {"Value": {"Fn::GetAtt": ["KinesisStream", "Arn"]}}},
    }


def _agent_productivity_template(connect_bucket: str, connect_prefix: str) -> dict[str, Any]:
    bucket_arn = {"Fn::GetAtt": ["S3Bucket", "Arn"]}
    reports = {"Fn::Sub": "arn:aws:s3:::${S3Bucket}/OUTPUT/*"}
    return {
        "Parameters": {"AgentEventStreamArn": {"Type": "String"}},
        "Resources": {
            "S3Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
            "FirehoseRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": _trust("firehose.amazonaws.com")},
            },
            "FirehoseS3Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "s3",
                    "Roles": [{"Ref": "FirehoseRole"}],
                    "PolicyDocument": _allow(["s3:PutObject"], [reports]),
                },
            },
            "OutputKinesisFirehose": {
                "Type": "AWS::KinesisFirehose::DeliveryStream",
                "Properties": {
                    "DeliveryStreamName": f"{KDA_APPLICATION_NAME}-kda-to-s3",
                    "DeliveryStreamType": "DirectPut",
                    "S3DestinationConfiguration": {
                        "BucketARN": bucket_arn,
                        "BufferingHints": {"IntervalInSeconds": 300, "SizeInMBs": 5},
                        "CompressionFormat": "UNCOMPRESSED",
                        "Prefix": "OUTPUT/",
                        "RoleARN": {"Fn::GetAtt": ["FirehoseRole", "Arn"]},
                    },
                },
            },
            "WFMAdapterUser": {
                "Type": "AWS::IAM::User",
                "Properties": {"Path": "/", "UserName": f"WFMAdapter-{KDA_APPLICATION_NAME}"},
            },
            "WFMAdapterReadS3Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "WFMAdapter_ReadS3Policy",
                    "Users": [{"Ref": "WFMAdapterUser"}],
                    "PolicyDocument": _allow(
                        ["s3:GetObject", "s3:ListBucket"],
                        [
                            bucket_arn,
                            reports,
                            f"arn:aws:s3:::{connect_bucket}",
                            f"arn:aws:s3:::{connect_bucket}/{connect_prefix}*",
                        ],
                    ),
                },
            },
        },
        "Outputs": {
            "APS3BucketName": {"Value": {"Ref": "S3Bucket"}},
            "WFMAdapterUserName": {"Value": {"Ref": "WFMAdapterUser"}},
        },
    }


def _real_time_adherence_template() -> dict[str, Any]:
    table_arn, queue_arn = (
        {"Fn::GetAtt": [name, "Arn"]} for name in ("DynamoDbAgentEvent", "SqsQ")
    )
    return {
        "Parameters": {"AgentEventStreamArn": {"Type": "String"}},
        "Resources": {
            "DynamoDbAgentEvent": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "AttributeDefinitions": [{"AttributeName": "AgentARN", "AttributeType": "S"}],
                    "KeySchema": [{"AttributeName": "AgentARN", "KeyType": "HASH"}],
                    "BillingMode": "PAY_PER_REQUEST",
                },
            },
            "SqsQ": {
                "Type": "AWS::SQS::Queue",
                "Properties": {"ContentBasedDeduplication": True, "FifoQueue": True},
            },
            "RtaUser": {"Type": "AWS::IAM::User"},
            "RtaReadAgentEventTablePolicy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "RTA_ReadAgentEventTablePolicy",
                    "Users": [{"Ref": "RtaUser"}],
                    "PolicyDocument": _allow(
                        ["dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Scan"], [table_arn]
                    ),
                },
            },
            "RtaReadWriteQueuePolicy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "RTA_ReadWriteSqsPolicy",
                    "Users": [{"Ref": "RtaUser"}],
                    "PolicyDocument": _allow(
                        ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], [queue_arn]
                    ),
                },
            },
        },
        "Outputs": {
            "DynamoDbTableName": {"Value": {"Ref": "DynamoDbAgentEvent"}},
            "SqsQueueUrl1": {"Value": {"Ref": "SqsQ"}},
            "RTAUserName": {"Value": {"Ref": "RtaUser"}},
        },
    }


def _trust(service: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _allow(actions: list[str], resources: list[Any]) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {"Version": "2012-10-17", "Statement": [statement]}
