"""What the other tests take for granted of their AWS."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from tests.unit.aws import REGION, Client, create_bucket, create_table

SHOW = (
    'UPDATE "states" SET "CurrentState"=? REMOVE "AgentUsername" '
    'WHERE "AgentARN"=? AND "LastEventTimeStamp"<?'
)


def put(dynamodb: Any, agent: str, timestamp: str) -> None:
    item = {"AgentARN": agent, "LastEventTimeStamp": timestamp, "AgentUsername": agent}
    dynamodb.put_item(TableName="states", Item={name: {"S": item[name]} for name in item})


def test_a_batched_statement_changes_an_item_only_where_its_condition_holds(dynamodb: Any) -> None:
    put(dynamodb, "older", "09:00")
    put(dynamodb, "newer", "11:00")
    answers = dynamodb.batch_execute_statement(
        Statements=[
            {"Statement": SHOW, "Parameters": [{"S": "Lunch"}, {"S": agent}, {"S": "10:00"}]}
            for agent in ("older", "newer", "missing")
        ]
    )["Responses"]
    codes = [each.get("Error", {}).get("Code") for each in answers]
    assert codes == [None, "ConditionalCheckFailed", "ConditionalCheckFailed"]
    items = dynamodb.scan(TableName="states")["Items"]
    shown = {each["AgentARN"]["S"]: each.get("CurrentState") for each in items}
    assert shown == {"older": {"S": "Lunch"}, "newer": None}
    assert ["AgentUsername" in each for each in items if "CurrentState" in each] == [False]


def test_a_cancelled_transaction_changes_nothing_and_says_of_each_action_why(dynamodb: Any) -> None:
    put(dynamodb, "known", "09:00")
    new = {"ConditionExpression": "attribute_not_exists(AgentARN)", "TableName": "states"}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as told:
        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {"Item": {"AgentARN": {"S": agent}}, **new}} for agent in ("new", "known")
            ]
        )
    reasons = [each["Code"] for each in told.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert dynamodb.scan(TableName="states")["Count"] == 1


def test_requests_of_many_threads_are_answered_and_leave_the_process_by_no_socket(
    client: Client, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", None)
    s3 = client("s3")
    create_bucket(s3, "many")

    def both(number: int) -> bytes:
        put(dynamodb, f"agent-{number}", "09:00")
        s3.put_object(Bucket="many", Key=f"{number} é", Body=b"%d" % number)
        body: bytes = s3.get_object(Bucket="many", Key=f"{number} é")["Body"].read()
        return body

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(both, range(16))) == [b"%d" % number for number in range(16)]
    assert dynamodb.scan(TableName="states")["Count"] == 16


@pytest.mark.usefixtures("client")
def test_a_request_that_nothing_in_the_process_answers_is_not_sent() -> None:
    s3 = boto3.client("s3", endpoint_url="http://127.0.0.1:9")
    with pytest.raises(
        AssertionError, match=r"nothing in this process answers http://127\.0\.0\.1"
    ):
        s3.list_buckets()


@pytest.mark.usefixtures("client")
def test_no_credentials_or_settings_of_the_machine_are_read() -> None:
    given = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    assert given == {
        "AWS_ACCESS_KEY_ID": "FOOBARKEY",  # these two are moto's
        "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@pytest.mark.parametrize("tables", ["moto", "ministack"])
@pytest.mark.parametrize("_again", range(2))
def test_a_test_begins_with_nothing_in_it(
    client: Client, request: pytest.FixtureRequest, tables: str, _again: int
) -> None:
    if tables == "ministack":
        request.getfixturevalue("for_the_relay")
    assert client("s3").list_buckets()["Buckets"] == []
    assert client("dynamodb").list_tables()["TableNames"] == []
    create_bucket(client("s3"), "left-behind")
    create_table(client("dynamodb"), "left-behind", "Key")
