import gc
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from hypothesis import settings

from tests.unit.aws import ENVIRONMENT, Client, InProcessAws, create_table
from tests.unit.examples import PROFILE

settings.load_profile(PROFILE)


def pytest_collection_finish() -> None:
    """What is imported by now stays: garbage collection need not look through it any more."""
    gc.freeze()


@pytest.fixture(scope="session")
def in_process_aws() -> Iterator[InProcessAws]:
    aws = InProcessAws()
    yield aws
    aws.close()


@pytest.fixture
def client(in_process_aws: InProcessAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """`boto3.client`, for an AWS that is empty; no pause between tries takes time."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", in_process_aws.session)
    in_process_aws.reset()
    with in_process_aws.clients():
        yield boto3.client


@pytest.fixture
def dynamodb(client: Client) -> Any:
    """DynamoDB with the relay's two tables of agents."""
    dynamodb = client("dynamodb")
    for table in ("states", "signed-out"):
        create_table(dynamodb, table, "AgentARN")
    return dynamodb
