"""The relay function's environment, as modules/rta writes it."""

from collections.abc import Mapping, Sequence

MESSAGE_GROUP = "AspectConnectEventsForWfmRTListen_GroupId"


def relay_environment(queue_urls: Sequence[str], **more: str) -> dict[str, str]:
    """A relay without a filter, with its flag off and in the environment; `more` replaces."""
    return {
        "AhgFilterLevel": "0",
        "AhgFilterSeparator": ",",
        "AhgFilterValues": "",
        "DynamoDbTableName": "states",
        "FAILED_RECORDS_BUCKET": "failed",
        "MESSAGE_GROUPS": "shared",
        "SIGNED_OUT_AGENTS_TABLE": "signed-out",
        "SqsQueueMessageGroupId": MESSAGE_GROUP,
        "WriteEventsToQueue": "False",
        **queue_variables(queue_urls),
        **more,
    }


def queue_variables(urls: Sequence[str]) -> dict[str, str]:
    """The variables that name the queues."""
    numbered = {f"SqsQueueUrl{number}": url for number, url in enumerate(urls, 1)}
    return {"NumSqsQueues": str(len(urls)), **numbered}


def queue_urls(environment: Mapping[str, str]) -> list[str]:
    """The queues that messages are sent to, in order."""
    numbers = range(1, int(environment["NumSqsQueues"]) + 1)
    return [environment[f"SqsQueueUrl{number}"] for number in numbers]
