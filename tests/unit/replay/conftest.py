"""The deployment of the tests."""

import boto3
import pytest

from tests.unit.aws import (
    Client,
)
from tests.unit.replay.deployment import Deployment, deployed


@pytest.fixture
def deployment(for_the_relay: Client) -> Deployment:
    return deployed(for_the_relay)


@pytest.fixture
def command_line(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """`main` works with the deployment."""
    real = boto3.client
    monkeypatch.setattr(
        "boto3.client",
        lambda service, **options: (
            deployment.functions if service == "lambda" else real(service, **options)
        ),
    )
    return deployment
