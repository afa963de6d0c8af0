"""What DynamoDB makes of the relay's conditioned statements, and what a refused one costs.

The statement is the relay's own (lambda_src/rta_relay/state_table.py, a test compares them), on an
item of an invented agent in the deployment's own state table.
"""

from collections.abc import Mapping
from typing import Any

from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step

TITLE = "Try the relay's PartiQL statements"

_AGENT = "arn:aws:connect:eu-central-1:111122223333:instance/acceptance/agent/partiql"
_ABSENT = f"{_AGENT}-absent"
_NOW, _EARLIER, _LATER = (f"2026-03-02T09:0{minute}:00.000Z" for minute in (1, 0, 2))

_COLUMNS = (
    "AgentUsername",
    "LastEventType",
    "LastEventTimeStamp",
    "LastStateChangeTimeStamp",
    "CurrentState",
    "RawAgentEventJSon",
)

# The item takes three write units with this, and one without.
_LARGE = "x" * 2_300


def partiql(deployment: Deployment, step: Step) -> None:
    dynamodb = deployment.account.client("dynamodb")
    table = deployment.outputs["dynamodb_table_name"]
    stored = {"AgentARN": {"S": _AGENT}} | {
        name: {"S": value} for name, value in values(_NOW, _LARGE).items()
    }
    dynamodb.put_item(TableName=table, Item=stored)
    try:
        _ask(dynamodb, table, step)
    finally:
        dynamodb.delete_item(TableName=table, Key={"AgentARN": {"S": _AGENT}})


def _ask(dynamodb: Any, table: str, step: Step) -> None:
    newer = statement(table, _AGENT, values(_LATER, _LARGE))
    older = statement(table, _AGENT, values(_EARLIER, ""))
    absent = statement(table, _ABSENT, values(_LATER, ""))
    refused = "ConditionalCheckFailed"
    for question, asked, expected in (
        ("A statement of 1 KB that is older than its item of 3 KB", older, refused),
        ("A statement of 1 KB for an agent without an item", absent, refused),
        ("A statement of 3 KB that is newer than its item of 3 KB", newer, None),
    ):
        (code,), units = execute(dynamodb, [asked])
        step.expects(code == expected, question, code or "written")
        step.answers(f"{question}: write units", f"{units:g}")
    codes, units = execute(dynamodb, [older, newer, absent])
    step.expects(
        codes == [refused, None, refused],
        "Statements of one call are refused one by one",
        f"{', '.join(code or 'written' for code in codes)}; write units: {units:g}",
    )
    item = dynamodb.get_item(TableName=table, Key={"AgentARN": {"S": _ABSENT}}, ConsistentRead=True)
    step.expects("Item" not in item, "A refused statement creates no item")


def values(timestamp: str, raw: str) -> dict[str, str]:
    """The attributes that a statement sets."""
    return {
        "AgentUsername": "acceptance",
        "LastEventType": "STATE_CHANGE",
        "LastEventTimeStamp": timestamp,
        "LastStateChangeTimeStamp": timestamp,
        "CurrentState": "Available",
        "RawAgentEventJSon": raw or "{}",
    }


def statement(table: str, agent_arn: str, item: Mapping[str, str]) -> dict[str, Any]:
    """An update of an agent's item that is not newer."""
    assignments = " ".join(f'SET "{name}"=?' for name in _COLUMNS)
    parameters = [*(item[name] for name in _COLUMNS), agent_arn, item["LastEventTimeStamp"]]
    condition = '"AgentARN"=? AND "LastEventTimeStamp"<=?'
    return {
        "Statement": f'UPDATE "{table}" {assignments} WHERE {condition}',
        "Parameters": [{"S": each} for each in parameters],
    }


def execute(dynamodb: Any, statements: list[dict[str, Any]]) -> tuple[list[str | None], float]:
    """The error code of each statement (None: written), and the write units of the call."""
    answer = dynamodb.batch_execute_statement(Statements=statements, ReturnConsumedCapacity="TOTAL")
    codes = [each.get("Error", {}).get("Code") for each in answer["Responses"]]
    units = sum(each["CapacityUnits"] for each in answer.get("ConsumedCapacity", []))
    return codes, units
