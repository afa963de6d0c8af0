"""DynamoDB, SQS, Firehose and S3 in memory: what the functions call, as a benchmark needs it.

Conditions hold or fail by what is in the tables, queues take a deduplication id once, calls beyond
AWS's sizes are refused, and everything is counted. Of the protocols only as much is read as
decides; bodies are JSON as AWS writes it.
"""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from benchmarks.speed.conditions import NotUnderstood, condition, update
from benchmarks.speed.limits import SQS_CALLS_A_SECOND, WRITE_UNITS_A_SECOND, TokenBucket

_DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
_SQS = "com.amazonaws.sqs#"

_STATEMENTS_A_BATCH = 25
_ACTIONS_A_TRANSACTION = 100
_MESSAGES_A_BATCH = 10
_BYTES_OF_MESSAGES = 262_144
_RECORDS_A_BATCH = 500

# Tables whose partition key is not the agent's.
KEYS = {"configuration": "Setting"}
_AGENT = "AgentARN"

Attributes = dict[str, dict[str, str]]
Answer = tuple[int, bytes]


class Refused(Exception):
    """An error that the service answers with."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = json.dumps({"__type": kind, "message": message, **more}).encode()


def write_units(*versions: Attributes | None) -> int:
    """What a write costs of an item that was and is as in `versions`."""
    return max([1, *(-(-_size(each) // 1_024) for each in versions if each)])


class Services:
    """All four services; `throttled` puts them under the limits of benchmarks/speed/limits.py."""

    def __init__(self, throttled: bool = False) -> None:
        self.calls: Counter[str] = Counter()
        self.amounts: Counter[str] = Counter()
        self.tables: dict[str, dict[str, Attributes]] = {}
        self.messages: dict[str, list[str]] = {}
        self.records: list[bytes] = []
        self.objects: dict[str, bytes] = {}
        self._deduplication_ids: set[tuple[str, str]] = set()
        self._throttled = throttled
        self._sqs_buckets: dict[tuple[str, str], TokenBucket] = {}
        self._write_buckets: dict[str, TokenBucket] = {}
        self._operations: dict[str, Callable[[dict[str, Any]], bytes]] = {
            "GetItem": self._get_item,
            "PutItem": self._put_item,
            "DeleteItem": self._delete_item,
            "UpdateItem": self._update_item,
            "TransactWriteItems": self._transact_write_items,
            "BatchExecuteStatement": self._batch_execute_statement,
            "SendMessage": self._send_message,
            "SendMessageBatch": self._send_message_batch,
            "PutRecord": self._put_record,
            "PutRecordBatch": self._put_record_batch,
        }

    def answer(self, operation: str, body: bytes) -> Answer:
        """Carry out an operation of a JSON protocol."""
        self.calls[operation] += 1
        try:
            return 200, self._operations[operation](json.loads(body))
        except Refused as refusal:
            return refusal.status, refusal.body
        except NotUnderstood as problem:
            kind = f"{_DYNAMODB}ValidationException"
            return 400, Refused(400, kind, f"not understood by the benchmark: {problem}").body

    def get_object(self, path: str, if_none_match: str | None) -> Answer:
        """S3's GetObject of a path with its bucket."""
        self.calls["GetObject"] += 1
        content = self.objects.get(path)
        if content is None:
            return 404, b"<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>"
        return (304, b"") if if_none_match == etag(content) else (200, content)

    def put_object(self, path: str, content: bytes) -> Answer:
        """S3's PutObject."""
        self.calls["PutObject"] += 1
        self.objects[path] = content
        return 200, b""

    def get_event_source_mapping(self) -> Answer:
        """Lambda's, of a mapping that works."""
        self.calls["GetEventSourceMapping"] += 1
        return 200, b'{"State":"Enabled","LastProcessingResult":"OK"}'

    # DynamoDB

    def _get_item(self, request: dict[str, Any]) -> bytes:
        item = self._table(request).get(_key_of(request, request["Key"]))
        return b"{}" if item is None else json.dumps({"Item": item}).encode()

    def _put_item(self, request: dict[str, Any]) -> bytes:
        return self._alone(request, request["Item"], request["Item"])

    def _delete_item(self, request: dict[str, Any]) -> bytes:
        return self._alone(request, request["Key"], None)

    def _update_item(self, request: dict[str, Any]) -> bytes:
        """`SET a = :a, b = :b` and nothing else."""
        names = request.get("ExpressionAttributeNames", {})
        known = self._table(request).get(_key_of(request, request["Key"]))
        item = dict(known or request["Key"])
        kind, _, changes = request["UpdateExpression"].strip().partition(" ")
        if kind.upper() != "SET":
            raise NotUnderstood(request["UpdateExpression"])
        for change in changes.split(","):
            name, _, value = (part.strip() for part in change.partition("="))
            item[names.get(name, name)] = request["ExpressionAttributeValues"][value]
        return self._alone(request, request["Key"], item)

    def _alone(self, request: dict[str, Any], key: Attributes, item: Attributes | None) -> bytes:
        """A write of one item: of `item`, or None where it is to be gone."""
        table, place = self._table(request), _key_of(request, key)
        known = table.get(place)
        if not self._units(request["TableName"], write_units(known, item)):
            raise Refused(
                400,
                f"{_DYNAMODB}ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded.",
            )
        if not _holds(request, known):
            kind = f"{_DYNAMODB}ConditionalCheckFailedException"
            raise Refused(400, kind, "The conditional request failed")
        _write(table, place, item)
        return b"{}"

    def _transact_write_items(self, request: dict[str, Any]) -> bytes:
        actions = [next(iter(each.items())) for each in request["TransactItems"]]
        if len(actions) > _ACTIONS_A_TRANSACTION:
            raise Refused(400, f"{_DYNAMODB}ValidationException", "more than 100 actions")
        self.amounts["actions"] += len(actions)
        writes: list[tuple[dict[str, Attributes], str, Attributes | None]] = []
        reasons: list[dict[str, str]] = []
        units: Counter[str] = Counter()
        for kind, action in actions:
            table = self._table(action)
            item = action.get("Item")
            place = _key_of(action, item or action["Key"])
            known = table.get(place)
            units[action["TableName"]] += 2 * write_units(known, item)
            holds = _holds(action, known)
            reasons.append({"Code": "None" if holds else "ConditionalCheckFailed"})
            if kind != "ConditionCheck":
                writes.append((table, place, item))
        granted = [self._units(name, amount) for name, amount in units.items()]
        if not all(granted):
            reasons = [{"Code": "ThrottlingError"}] * len(actions)
        if any(reason["Code"] != "None" for reason in reasons):
            codes = ", ".join(reason["Code"] for reason in reasons)
            raise Refused(
                400,
                f"{_DYNAMODB}TransactionCanceledException",
                f"Transaction cancelled, please refer cancellation reasons [{codes}]",
                CancellationReasons=reasons,
            )
        for write in writes:
            _write(*write)
        return b"{}"

    def _batch_execute_statement(self, request: dict[str, Any]) -> bytes:
        statements = request["Statements"]
        if len(statements) > _STATEMENTS_A_BATCH:
            raise Refused(400, f"{_DYNAMODB}ValidationException", "more than 25 statements")
        self.amounts["statements"] += len(statements)
        prepared = []
        for each in statements:
            parameters = each["Parameters"]
            wanted = update(each["Statement"], _AGENT)
            prepared.append((wanted, parameters, parameters[wanted.key_parameter]["S"]))
        if len({(wanted.table, place) for wanted, _, place in prepared}) < len(prepared):
            message = "Provided list of item keys contains duplicates"
            raise Refused(400, f"{_DYNAMODB}ValidationException", message)
        responses = []
        for wanted, parameters, place in prepared:
            table = self.tables.setdefault(wanted.table, {})
            known = table.get(place)
            item = dict(known or {}) | dict(zip(wanted.assigned, parameters, strict=False))
            for name in wanted.removed:
                item.pop(name, None)
            response: dict[str, Any] = {"TableName": wanted.table}
            if not self._units(wanted.table, write_units(known, item)):
                response["Error"] = {
                    "Code": "ThrottlingError",
                    "Message": "Throughput exceeds the current capacity of your table or index.",
                }
            elif known is None or not wanted.applies(known, parameters):
                response["Error"] = {
                    "Code": "ConditionalCheckFailed",
                    "Message": "The conditional request failed",
                }
            else:
                table[place] = item
            responses.append(response)
        return json.dumps({"Responses": responses}).encode()

    def _table(self, request: Mapping[str, Any]) -> dict[str, Attributes]:
        return self.tables.setdefault(request["TableName"], {})

    def _units(self, table: str, units: int) -> bool:
        """Whether the table's one partition gives so many write units now."""
        if self._throttled:
            bucket = self._write_buckets.setdefault(table, TokenBucket(WRITE_UNITS_A_SECOND))
            if not bucket.take(units):
                self.amounts["throttled writes"] += 1
                return False
        self.amounts["write units"] += units
        return True

    # SQS

    def _send_message(self, request: dict[str, Any]) -> bytes:
        self._queue_call("SendMessage", request["QueueUrl"])
        return json.dumps(self._enqueued(request["QueueUrl"], request)).encode()

    def _send_message_batch(self, request: dict[str, Any]) -> bytes:
        url, entries = request["QueueUrl"], request["Entries"]
        self._queue_call("SendMessageBatch", url)
        if not 1 <= len(entries) <= _MESSAGES_A_BATCH:
            raise Refused(400, f"{_SQS}TooManyEntriesInBatchRequest", "1 to 10 entries")
        if sum(len(each["MessageBody"].encode()) for each in entries) > _BYTES_OF_MESSAGES:
            raise Refused(400, f"{_SQS}BatchRequestTooLong", "more than 262,144 bytes")
        taken = [{"Id": each["Id"], **self._enqueued(url, each)} for each in entries]
        return json.dumps({"Successful": taken}).encode()

    def _enqueued(self, url: str, entry: Mapping[str, Any]) -> dict[str, str]:
        body = entry["MessageBody"]
        encoded = body.encode()
        deduplication_id = entry.get("MessageDeduplicationId")
        if deduplication_id is None:
            deduplication_id = hashlib.sha256(encoded).hexdigest()
        if (url, deduplication_id) in self._deduplication_ids:
            self.amounts["duplicates"] += 1
        else:
            self._deduplication_ids.add((url, deduplication_id))
            self.messages.setdefault(url, []).append(body)
            self.amounts["messages"] += 1
        md5 = hashlib.md5(encoded, usedforsecurity=False).hexdigest()
        return {"MessageId": deduplication_id, "MD5OfMessageBody": md5, "SequenceNumber": "1"}

    def _queue_call(self, action: str, url: str) -> None:
        if not self._throttled:
            return
        bucket = self._sqs_buckets.setdefault((action, url), TokenBucket(SQS_CALLS_A_SECOND))
        if not bucket.take(1):
            self.amounts["throttled sends"] += 1
            raise Refused(403, f"{_SQS}RequestThrottled", "Request is throttled.")

    # Firehose

    def _put_record(self, request: dict[str, Any]) -> bytes:
        self._take_records([request["Record"]])
        return b'{"RecordId":"r","Encrypted":false}'

    def _put_record_batch(self, request: dict[str, Any]) -> bytes:
        records = request["Records"]
        if not 1 <= len(records) <= _RECORDS_A_BATCH:
            raise Refused(400, "InvalidArgumentException", "1 to 500 records")
        self._take_records(records)
        answers = [{"RecordId": "r"}] * len(records)
        return json.dumps({"FailedPutCount": 0, "RequestResponses": answers}).encode()

    def _take_records(self, records: Iterable[Mapping[str, str]]) -> None:
        for each in records:
            data = base64.b64decode(each["Data"])
            self.records.append(data)
            self.amounts["records"] += 1
            self.amounts["lines"] += data.count(b"\n")


def etag(content: bytes) -> str:
    """The ETag of an object, in its quotes."""
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def _key_of(request: Mapping[str, Any], attributes: Attributes) -> str:
    return attributes[KEYS.get(request["TableName"], _AGENT)]["S"]


def _holds(request: Mapping[str, Any], known: Attributes | None) -> bool:
    expression = request.get("ConditionExpression")
    if expression is None:
        return True
    return condition(expression)(known or {}, request.get("ExpressionAttributeValues", {}))


def _write(table: dict[str, Attributes], place: str, item: Attributes | None) -> None:
    if item is None:
        table.pop(place, None)
    else:
        table[place] = item


def _size(item: Attributes) -> int:
    """As DynamoDB counts it, in bytes."""
    return sum(len(name) + len(next(iter(value.values())).encode()) for name, value in item.items())
