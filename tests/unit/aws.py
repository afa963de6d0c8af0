"""The AWS of the tests: what they create in moto, and ministack where moto does not do."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import MockRawResponse

REGION = "eu-central-1"
ACCOUNT_ID = "123456789012"

# `boto3.client`: from the name of a service to a client for it.
Client = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Moto:
    """`client` is `boto3.client`, but makes a client once for the same arguments, because making
    one takes longer than most tests. `reset` empties AWS."""

    client: Client
    reset: Callable[[], None]


class Ministack:
    """ministack's DynamoDB and SQS in the test's own process, instead of moto's while `enabled`.

    `answer` is a handler of botocore's events `before-send.dynamodb` and `before-send.sqs`, like
    moto's own. Requests of several threads are answered one after another.
    """

    def __init__(self) -> None:
        # DynamoDB starts a thread that looks for expired items; nothing expires in a test.
        with mock.patch("threading.Thread.start"):
            from ministack.core.responses import request_scope  # type: ignore[import-untyped]
            from ministack.services import dynamodb, sqs  # type: ignore[import-untyped]
        self.enabled = False
        self.services = {"dynamodb": dynamodb, "sqs": sqs}
        self._scope = request_scope
        self._loop = asyncio.new_event_loop()
        self._one_request_at_a_time = Lock()

    def close(self) -> None:
        self._loop.close()

    def reset(self) -> None:
        """Delete every table and queue."""
        for each in self.services.values():
            each.reset()

    def answer(
        self, request: AWSPreparedRequest, event_name: str, **_event: Any
    ) -> AWSResponse | None:
        if not self.enabled:
            return None
        service = self.services[event_name.split(".")[1]]
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        headers.setdefault("host", urlsplit(request.url).netloc)
        with self._one_request_at_a_time, self._scope(ACCOUNT_ID, REGION):
            status, headers, content = self._loop.run_until_complete(
                service.handle_request(request.method, "/", headers, request.body, {})
            )
        return AWSResponse(request.url, status, headers, MockRawResponse(content))


def create_table(dynamodb: Any, name: str, key: str) -> None:
    """A table whose partition key is the string attribute `key`."""
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def create_bucket(s3: Any, name: str) -> None:
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})


def create_stream(firehose: Any, name: str, bucket: str) -> None:
    """A Firehose stream that writes into `bucket`, under OUTPUT/, each record at once."""
    firehose.create_delivery_stream(
        DeliveryStreamName=name,
        ExtendedS3DestinationConfiguration={
            "RoleARN": f"arn:aws:iam::{ACCOUNT_ID}:role/firehose",
            "BucketARN": f"arn:aws:s3:::{bucket}",
            "Prefix": "OUTPUT/",
        },
    )


def create_application(flink: Any, name: str, properties: Mapping[str, str]) -> str:
    """The ARN of a Flink application whose job is told `properties`; it is not started."""
    created = flink.create_application(
        ApplicationName=name,
        RuntimeEnvironment="FLINK-1_20",
        ServiceExecutionRole=f"arn:aws:iam::{ACCOUNT_ID}:role/application",
        ApplicationConfiguration={
            "EnvironmentProperties": {
                "PropertyGroups": [
                    {"PropertyGroupId": "environment", "PropertyMap": dict(properties)},
                    {"PropertyGroupId": "other", "PropertyMap": {"python": "main.py"}},
                ]
            }
        },
    )
    arn: str = created["ApplicationDetail"]["ApplicationARN"]
    return arn


def create_function_role(client: Client) -> None:
    """The role of every function."""
    client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")


def create_function(client: Client, name: str, environment: Mapping[str, str]) -> str:
    """The ARN of a Lambda function with these environment variables; it has no code."""
    created = client("lambda").create_function(
        FunctionName=name,
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/function",
        Runtime="python3.13",
        Handler="handler.handle",
        Code={"ZipFile": b"none"},
        Environment={"Variables": dict(environment)},
    )
    arn: str = created["FunctionArn"]
    return arn


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
