"""Option 3 on a local AWS of its own, after the sample day, with the flag on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import publish_zips
from tests.local_cloud.agent_stream import as_record, await_batches, put_events, sample_events
from tests.local_cloud.cloud import (
    REGION,
    LocalCloud,
    access_key,
    delete_access_keys,
    local_cloud,
)
from tests.local_cloud.rta_client import RtaClient
from tests.local_cloud.workspace import Workspace, workspace

CONNECT_BUCKET, OTHER_BUCKET = "amazon-connect-0123456789ab", "own-copy-of-the-assets"

BEFORE: dict[str, Any] = {
    "agent_statuses": {"Available": "A"},
    "connect_s3_bucket": CONNECT_BUCKET,
    "connect_s3_prefix": "connect/acme/Reports/Aspect/",
    "num_sqs_queues": 2,
}


@dataclass(frozen=True, slots=True)
class Running:
    """The deployment, its outputs when it was first applied, and the RTA server on it."""

    cloud: LocalCloud
    workspace: Workspace
    outputs: dict[str, Any]
    rta: RtaClient


@pytest.fixture(scope="package")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("local-cloud")) as running:
        s3 = running.client("s3")
        for bucket in (CONNECT_BUCKET, OTHER_BUCKET):
            place = {"LocationConstraint": REGION}
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        with pytest.MonkeyPatch.context() as patched:
            for name, value in running.environment().items():
                patched.setenv(name, value)
            publish_zips.publish(OTHER_BUCKET, "zips/")
        yield running


@pytest.fixture(scope="package")
def running(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = workspace("examples/both-new-stream", tmp_path_factory.mktemp("running"), cloud)
    outputs = made.apply(BEFORE)
    rta = RtaClient(cloud, access_key(cloud, outputs["rta_user_name"]), outputs)
    rta.set_flag(True)
    put_events(cloud, outputs["agent_event_stream_arn"], map(as_record, sample_events()))
    for function in ("rta_lambda_function_name", "classifier_lambda_function_name"):
        await_batches(cloud, outputs[function], len(sample_events()))
    yield Running(cloud, made, outputs, rta)
    for user in cloud.client("iam").list_users()["Users"]:
        delete_access_keys(cloud, user["UserName"])
    made.empty_and_destroy(outputs["ap_s3_bucket_name"], outputs["ap_failed_records_bucket_name"])
