import functools
import gc
import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from moto import mock_aws
from moto.core import responses
from moto.core.config import default_user_config

from tests.unit import examples  # noqa: F401 - loads the profile
from tests.unit.aws import REGION, Client, Ministack, Moto, create_table


def pytest_collection_finish() -> None:
    """What is imported by now stays: garbage collection need not look through it any more."""
    gc.freeze()


@pytest.fixture(scope="session")
def ministack() -> Iterator[Ministack]:
    services = Ministack()
    yield services
    services.close()


def botocore_session() -> Session:
    """A session whose clients do not compose a user agent, which botocore does twice a call."""
    session = Session()
    session.set_default_client_config(Config(user_agent="tests"))
    return session


@pytest.fixture(scope="session")
def moto(ministack: Ministack) -> Iterator[Moto]:
    """moto, with an environment that names no credentials or settings of this machine."""
    with pytest.MonkeyPatch.context() as patched:
        for name in [each for each in os.environ if each.startswith("AWS_")]:
            patched.delenv(name)
        patched.setenv("AWS_CONFIG_FILE", os.devnull)
        patched.setenv("AWS_DEFAULT_REGION", REGION)
        patched.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patched.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        # moto looks these up in every call.
        for name in ("camelcase_to_underscores", "method_names_from_class"):
            patched.setattr(responses, name, functools.cache(getattr(responses, name)))
        with mock_aws() as mocked:
            session = boto3.Session(botocore_session=botocore_session())
            for service in ministack.services:
                session.events.register(f"before-send.{service}", ministack.answer)
            # Signing is a fifth of a call, and only S3 (whose requests stay signed) looks at it.
            session.events.register("choose-signer", lambda **_: UNSIGNED)
            yield Moto(functools.cache(session.client), mocked.reset)


@pytest.fixture
def client(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Client:
    """`boto3.client`, for an AWS that is empty; no pause between tries takes time."""

    def stay_in_process(_session: URLLib3Session, request: AWSPreparedRequest) -> None:
        raise AssertionError(f"nothing in this process answers {request.url}")

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", stay_in_process)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    monkeypatch.setattr("boto3.client", moto.client)
    moto.reset()
    return moto.client


@pytest.fixture
def for_the_relay(client: Client, ministack: Ministack, monkeypatch: pytest.MonkeyPatch) -> Client:
    """`client` with DynamoDB and SQS by ministack: moto's PartiQL parser rejects an UPDATE with
    several SET clauses, as the relay's is, and its FIFO queues forget what was deleted, where those
    of AWS know a duplicate for five minutes."""
    passthrough = default_user_config["core"]["passthrough"]
    monkeypatch.setitem(passthrough, "services", list(ministack.services))
    monkeypatch.setattr(ministack, "enabled", True)
    ministack.reset()
    return client


@pytest.fixture
def dynamodb(for_the_relay: Client) -> Any:
    """DynamoDB with the relay's two tables of agents."""
    dynamodb = for_the_relay("dynamodb")
    for table in ("states", "signed-out"):
        create_table(dynamodb, table, "AgentARN")
    return dynamodb
