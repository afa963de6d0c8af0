"""The local cloud for a run: the same program on it, without what the local cloud lacks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.deployment import Lacks
from tests.acceptance.naming import RUN_TAG
from tests.local_cloud.cloud import ACCOUNT_ID, local_cloud
from tests.local_cloud.connect_service import Instance, connect_service

INSTANCE_ID = "12345678-90ab-cdef-1234-567890abcdef"

# What no run on the local cloud tries: tests/unit/acceptance tries it on documented answers.
LACKS = Lacks(
    {
        "role check": "the local cloud creates a Firehose stream with any role",
        "metric math": "the local cloud evaluates no alarms and no metric math",
        "connect": "the local stand-in for Amazon Connect writes no events",
        "events after a reshard": "the local cloud keeps its place in a shard that is gone",
        "stream_mode to ON_DEMAND": "the local cloud has no UpdateStreamMode",
        "stream_mode back to PROVISIONED": "the local cloud has no UpdateStreamMode",
        "enhanced_fan_out": "an event source mapping of the local cloud reads no stream consumer",
        "flink": "the local cloud runs no Flink application",
    },
    frozenset({("aws_kinesis_stream", RUN_TAG)}),
)


@contextmanager
def local(folder: Path) -> Iterator[str]:
    """Start the local cloud and make it the ambient one; its account. Nothing of the environment's
    own AWS settings is used while it runs."""
    before = dict(os.environ)
    with (
        local_cloud(folder, own_session=True) as cloud,
        connect_service(Instance(INSTANCE_ID)) as connect,
    ):
        for name in [each for each in os.environ if each.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(cloud.environment() | {"AWS_ENDPOINT_URL_CONNECT": connect.endpoint})
        try:
            yield ACCOUNT_ID
        finally:
            os.environ.clear()
            os.environ.update(before)
