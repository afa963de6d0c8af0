"""Reading the write-to-SQS flag where it lives in the configuration table (wire contract, 3.3)."""

from typing import Any

from agent_events.environment import ConfigurationError, boolean
from rta_relay.configuration import FLAG_NAME


def read_flag(dynamodb: Any, table: str) -> bool:
    """The flag as the RTA server last left it; no item means False.

    Raises ConfigurationError when the item holds no boolean.
    """
    item = dynamodb.get_item(
        TableName=table, Key={"Setting": {"S": FLAG_NAME}}, ConsistentRead=True
    ).get("Item")
    if item is None:
        return False
    where = f"Item {FLAG_NAME} of the table {table}"
    value = item.get("Value", {}).get("S")
    if value is None:
        raise ConfigurationError(f"{where} has no string attribute Value: set it to true or false.")
    return boolean(value, where)
