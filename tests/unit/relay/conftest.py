from typing import Any

import pytest

from tests.relay_environment import relay_environment
from tests.unit.aws import Client, create_bucket, create_table
from tests.unit.relay.deployment import Aws


@pytest.fixture
def aws(client: Client, dynamodb: Any) -> Aws:
    sqs, s3 = client("sqs"), client("s3")
    create_table(dynamodb, "config", "Setting")
    urls = [
        sqs.create_queue(
            QueueName=f"events-{number}.fifo",
            Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
        )["QueueUrl"]
        for number in range(3)
    ]
    create_bucket(s3, "failed")
    return Aws(relay_environment(urls, WriteEventsToQueue="True"), dynamodb, sqs, s3)
