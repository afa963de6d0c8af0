"""How the relay asks for the write-to-SQS flag; what it makes of it is in test_relay."""

from typing import Any

from rta_relay.write_flag import read_flag


class Table:
    """A DynamoDB that notes what it is asked for."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return {"Item": {"Setting": {"S": "WriteEventsToQueue"}, "Value": {"S": "true"}}}


def test_the_flag_is_read_as_it_is_now_because_a_stale_false_would_lose_messages() -> None:
    dynamodb = Table()
    assert read_flag(dynamodb, "configuration")
    assert dynamodb.requests == [
        {
            "TableName": "configuration",
            "Key": {"Setting": {"S": "WriteEventsToQueue"}},
            "ConsistentRead": True,
        }
    ]
