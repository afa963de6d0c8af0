"""An AWS inside the test's own process: boto3's real clients, answered without a socket.

What a client would send goes to ministack's service of the same name, which is the local AWS of the
end-to-end tests too. There is no IAM here: that is theirs.
"""

import asyncio
import importlib
import io
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.session import Session
from ministack.core.responses import request_scope  # type: ignore[import-untyped]

REGION = "eu-central-1"
ACCOUNT_ID = "123456789012"

# http, because boto3 then sends bodies as they are; a name that no resolver knows, so that a
# request that goes astray goes nowhere.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL": "http://aws.invalid",
    "AWS_REGION": REGION,
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}

# `boto3.client`: from the name of a service to a client for it.
Client = Callable[..., Any]

_SERVICES = ("dynamodb", "firehose", "s3", "sqs")


class InProcessAws:
    """Answers the requests of every client that is made while `clients` is patched in.

    Clients made with the same arguments are made once, because making one takes longer than most
    tests. Requests of several threads are answered one after another. `session` is to be boto3's
    own session.
    """

    def __init__(self) -> None:
        self.session = boto3.Session()
        self._clients: dict[tuple[Any, ...], Any] = {}
        self._create = Session.create_client
        self._loop = asyncio.new_event_loop()
        self._one_request_at_a_time = Lock()
        # DynamoDB's starts a thread that looks for expired items and then sleeps, which takes no
        # time in the tests; nothing expires here.
        with mock.patch("threading.Thread.start"):
            self._services = {
                name: importlib.import_module(f"ministack.services.{name}") for name in _SERVICES
            }

    def close(self) -> None:
        self._loop.close()

    def reset(self) -> None:
        """Empty every service."""
        for service in self._services.values():
            service.reset()

    def clients(self) -> Any:
        """A patch with which boto3 makes clients of this AWS; to be entered and left."""

        def create_client(session: Session, service: str, *values: Any, **options: Any) -> Any:
            key = (service, values, tuple(sorted(options.items())))
            if key not in self._clients:
                client = self._create(session, service, *values, **options)
                client.meta.events.register("before-send", self._answer)
                # Nobody here looks at a signature, and it is a fifth of what a call takes.
                client.meta.events.register("choose-signer", lambda **_: UNSIGNED)
                self._clients[key] = client
            return self._clients[key]

        return mock.patch.object(Session, "create_client", create_client)

    def _service(self, identifier: str) -> Any:
        name = identifier.replace("-", "")  # as in kinesis-analytics-v2
        if name not in self._services:  # one that few tests ask
            with mock.patch("threading.Thread.start"):
                self._services[name] = importlib.import_module(f"ministack.services.{name}")
        return self._services[name]

    def _answer(self, request: AWSPreparedRequest, event_name: str, **_rest: Any) -> AWSResponse:
        """What a client takes for the response to `request`; `before-send.sqs.SendMessage` is the
        event's name."""
        service = self._service(event_name.split(".")[1])
        url = urlsplit(request.url)
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        body = request.body
        with self._one_request_at_a_time, request_scope(ACCOUNT_ID, REGION):
            status, headers, content = self._loop.run_until_complete(
                service.handle_request(
                    request.method,
                    unquote(url.path),
                    {"host": url.netloc, **headers},
                    _bytes(body.read() if hasattr(body, "read") else body),
                    parse_qs(url.query, keep_blank_values=True),
                )
            )
        return AWSResponse(request.url, status, headers, _Body(_bytes(content)))


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


class _Body(io.BytesIO):
    """The content of a response, with what botocore asks for beyond reading."""

    def stream(self, amount: int = 65_536, **_options: Any) -> Iterator[bytes]:
        while chunk := self.read(amount):
            yield chunk


def _bytes(value: str | bytes | None) -> bytes:
    return value.encode() if isinstance(value, str) else value or b""


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
