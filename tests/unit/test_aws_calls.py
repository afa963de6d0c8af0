"""An answer that something on the way has cut short or replaced is a failed call."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError, ClientError

from function_runtime.aws_calls import aws_client

CALLS: dict[str, Callable[[Any], Any]] = {
    "dynamodb": lambda client: client.get_item(TableName="t", Key={"Setting": {"S": "x"}}),
    "firehose": lambda client: client.put_record_batch(
        DeliveryStreamName="s", Records=[{"Data": b"x"}]
    ),
    "sqs": lambda client: client.send_message_batch(
        QueueUrl="https://sqs/1.fifo", Entries=[{"Id": "0", "MessageBody": "x"}]
    ),
}


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_options: Any) -> Any:
        yield self._content


def answered(service: str, status: int, body: bytes) -> Any:
    client = aws_client(service)

    def answer(request: Any, **_rest: Any) -> AWSResponse:
        return AWSResponse(request.url, status, {}, _Body(body))

    client.meta.events.register_first("before-send", answer, unique_id="answered")
    try:
        return CALLS[service](client)
    finally:
        client.meta.events.unregister("before-send", unique_id="answered")


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize(
    "body",
    [b"", b'{"Item": {"Value": {"S": "Tr', b"<html>", b"[]", b"null", b"\xff", b'{"Item": {}'],
)
def test_a_malformed_answer_is_a_failed_call_and_not_an_empty_answer(
    service: str, body: bytes
) -> None:
    with pytest.raises(BotoCoreError):
        answered(service, 200, body)


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"__type": "Th', b"[]", b"\xff", b"{}"])
def test_a_malformed_error_is_a_failed_call(service: str, body: bytes) -> None:
    with pytest.raises((BotoCoreError, ClientError)):
        answered(service, 503, body)


@pytest.mark.usefixtures("client")
def test_what_does_not_exist_is_told_from_what_cannot_be_read() -> None:
    assert "Item" not in answered("dynamodb", 200, b"{}")


@pytest.mark.usefixtures("client")
def test_an_answer_that_is_not_json_is_left_to_boto3() -> None:
    s3 = aws_client("s3")
    s3.create_bucket(
        Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket="bucket", Key="k", Body=b"<html>")
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"<html>"
