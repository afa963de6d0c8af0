"""The report bucket of the tests."""

from typing import Any

import pytest

from tests.unit.aws import (
    Client,
    create_bucket,
)


@pytest.fixture
def s3(client: Client) -> Any:
    s3 = client("s3")
    create_bucket(s3, "reports")
    return s3
