"""Clients that agree to everything at once: the handlers' work without its AWS calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import Mock, patch

from botocore.exceptions import ClientError


class WillingClient:
    """All clients in one. S3 holds nothing."""

    meta = Mock()

    class exceptions:  # noqa: N801 - as in boto3
        class TransactionCanceledException(Exception):
            pass

    def batch_execute_statement(self, **request: Any) -> dict[str, Any]:
        """DynamoDB executes every statement."""
        return {"Responses": [{} for _ in request["Statements"]]}

    def transact_write_items(self, **_request: Any) -> dict[str, Any]:
        """DynamoDB writes all items."""
        return {}

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        """SQS accepts every message."""
        return {"Successful": [{"Id": each["Id"]} for each in request["Entries"]]}

    def put_record_batch(self, **request: Any) -> dict[str, Any]:
        """Firehose accepts every record."""
        return {"RequestResponses": [{"RecordId": "r"} for _ in request["Records"]]}

    def get_object(self, **_request: Any) -> dict[str, Any]:
        """S3 has no such object. Raises ClientError."""
        raise ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")


@contextmanager
def willing_aws() -> Iterator[None]:
    """`boto3.client` makes these clients within the block."""
    with patch("boto3.client", lambda _service, **_options: WillingClient()):
        yield
