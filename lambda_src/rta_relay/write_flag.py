"""Reading the write-to-SQS flag where it lives in the configuration table (wire contract, 3.3)."""

from typing import Any

from function_runtime.environment import boolean
from rta_relay.configuration import FLAG_NAME


def read_flag(dynamodb: Any, table: str) -> bool:
    """The flag as the RTA server last left it. No item, no `Value`, an empty one or one that is no
    string means False.

    Raises ConfigurationError when `Value` is another string than true or false, in any case, and
    one of FAILED_CALL.
    """
    item = dynamodb.get_item(
        TableName=table, Key={"Setting": {"S": FLAG_NAME}}, ConsistentRead=True
    ).get("Item", {})
    value = item.get("Value", {}).get("S")
    return bool(value) and boolean(value, f"Item {FLAG_NAME} of the table {table}")
