"""An AWS in memory that takes what the real one takes, by the services' documented limits.

Whatever a service would refuse is a finding at once: the refusal of one bad record would hold up,
or take along, the good ones beside it.
"""

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError

from tests.fuzz.promises import promise
from tests.unit.events import ACCOUNT

# SQS: the characters of XML 1.0 that a message may hold.
_MESSAGE = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
_LARGEST_MESSAGE = 262_144
_GROUP = "AspectConnectEventsForWfmRTListen_GroupId"

_STATEMENT = re.compile(
    r'UPDATE "states"( SET "[A-Za-z]+"=\?)+ WHERE "AgentARN"=\? AND "LastEventTimeStamp"<=\?'
)
_SET = re.compile(r'SET "([A-Za-z]+)"=\?')

_LARGEST_ITEM = 400 * 1_024
_LARGEST_KEY = 2_048

_LARGEST_RECORD = 1_000 * 1_024

# Called with an operation's name and its request before it is carried out; may raise.
Failure = Callable[[str, dict[str, Any]], None]


class TransactionCanceledException(Exception):
    """As DynamoDB's client has it; nothing here raises it."""

    def __init__(self, response: dict[str, Any]) -> None:
        super().__init__()
        self.response = response


@dataclass
class FakeAws:
    """The resources of a deployment, empty; `failure` may make any call fail."""

    status_table: bytes | None = None
    failure: Failure = lambda _operation, _request: None
    client_type: type["Client"] | None = None
    reports: bytes = b""
    states: dict[str, dict[str, str]] = field(default_factory=dict)
    signed_out: dict[str, str] = field(default_factory=dict)
    messages: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def client(self, _service: str, **_options: Any) -> "Client":
        return (self.client_type or Client)(self)


class Client:
    """All clients in one: their operations have different names."""

    meta = mock.Mock()

    class exceptions:  # noqa: N801 - as in boto3
        TransactionCanceledException = TransactionCanceledException

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws

    def get_object(self, **request: Any) -> dict[str, Any]:
        self.aws.failure("GetObject", request)
        promise("the bucket's owner", request.get("ExpectedBucketOwner") == ACCOUNT)
        if self.aws.status_table is None:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")
        return {"Body": io.BytesIO(self.aws.status_table), "ETag": '"e"'}

    def put_object(self, **request: Any) -> None:
        self.aws.failure("PutObject", request)
        promise("the bucket's owner", request.get("ExpectedBucketOwner") == ACCOUNT)
        self.aws.kept[request["Key"]] = json.loads(request["Body"])

    def put_record_batch(self, **request: Any) -> dict[str, Any]:
        """Firehose: 500 records and 4 MiB a call, 1,000 KiB a record."""
        self.aws.failure("PutRecordBatch", request)
        data = [each["Data"] for each in request["Records"]]
        promise("records a call", 1 <= len(data) <= 500)
        promise("size of a record", all(0 < len(each) <= _LARGEST_RECORD for each in data))
        promise("size of a call", sum(map(len, data)) <= 4 * 1_024 * 1_024)
        self.aws.reports += b"".join(data)
        return {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "r"} for _ in data]}

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        """SQS FIFO: 10 messages and 256 KiB a call, of characters that XML knows."""
        self.aws.failure("SendMessageBatch", request)
        entries = request["Entries"]
        promise("messages a call", 1 <= len(entries) <= 10)
        promise("an id each", len({each["Id"] for each in entries}) == len(entries))
        for each in entries:
            promise("what SQS takes", _MESSAGE.fullmatch(each["MessageBody"]) is not None)
            promise("deduplicated by its content", "MessageDeduplicationId" not in each)
            promise("the group of 3.4", each["MessageGroupId"] == _GROUP)
        sizes = sum(len(each["MessageBody"].encode("utf-8")) for each in entries)
        promise("size of a call", sizes <= _LARGEST_MESSAGE)
        sent = self.aws.messages.setdefault(request["QueueUrl"], [])
        sent += [each["MessageBody"] for each in entries]
        return {"Successful": [{"Id": each["Id"]} for each in entries]}

    def batch_execute_statement(self, **request: Any) -> dict[str, Any]:
        """DynamoDB: 25 statements, each on another item, which is there and older."""
        self.aws.failure("BatchExecuteStatement", request)
        statements = request["Statements"]
        promise("statements a call", 1 <= len(statements) <= 25)
        answers: list[dict[str, Any]] = []
        keys: set[str] = set()
        for each in statements:
            promise(
                "a statement of the one form", _STATEMENT.fullmatch(each["Statement"]) is not None
            )
            names = _SET.findall(each["Statement"])
            *values, key, timestamp = (value["S"] for value in each["Parameters"])
            keys.add(key)
            item = {"AgentARN": key} | dict(zip(names, values, strict=True))
            size = sum(len((name + value).encode("utf-8")) for name, value in item.items())
            promise("size of an item", size <= _LARGEST_ITEM)
            known = self.aws.states.get(key)
            if known is not None and known["LastEventTimeStamp"] <= timestamp:
                self.aws.states[key] = known | item
                answers.append({"TableName": "states"})
            else:
                answers.append({"Error": {"Code": "ConditionalCheckFailed", "Message": ""}})
        promise("an item each", len(keys) == len(statements))
        return {"Responses": answers}

    def transact_write_items(self, **request: Any) -> None:
        """DynamoDB: 100 actions and 4 MB, each on another item; keys and items have their size."""
        self.aws.failure("TransactWriteItems", request)
        actions = [next(iter(each.items())) for each in request["TransactItems"]]
        promise("actions a call", 1 <= len(actions) <= 100)
        places: set[tuple[str, str]] = set()
        sizes = 0
        for kind, action in actions:
            item = action["Item"] if kind == "Put" else action["Key"]
            key = item["AgentARN"]["S"]
            places.add((action["TableName"], key))
            promise("size of a key", 1 <= len(key.encode("utf-8")) <= _LARGEST_KEY)
            size = sum(
                len((name + next(iter(value.values()))).encode("utf-8"))
                for name, value in item.items()
            )
            promise("size of an item", size <= _LARGEST_ITEM)
            sizes += size
        promise("an item each", len(places) == len(actions))
        promise("size of a call", sizes <= 4_000_000)
        for kind, action in actions:
            self._write(kind, action)

    def _write(self, kind: str, action: dict[str, Any]) -> None:
        """Without the conditions: each execution starts with empty tables."""
        if kind == "Delete":
            self.aws.states.pop(action["Key"]["AgentARN"]["S"], None)
        elif kind == "Put":
            values = {name: next(iter(value.values())) for name, value in action["Item"].items()}
            if action["TableName"] == "states":
                self.aws.states[values["AgentARN"]] = values
            else:
                self.aws.signed_out[values["AgentARN"]] = values["LastEventTimeStamp"]
