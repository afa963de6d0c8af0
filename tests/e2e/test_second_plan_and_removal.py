"""After a day of work: what a plan has to change, and what a destroy leaves. Runs last."""

from typing import Any

import pytest

from tests.e2e.conftest import (
    AP,
    CONNECT_BUCKET,
    FLAG_IN_EITHER_LOCATION,
    ZIP_BUCKET,
    ZIP_PREFIX,
    Deployment,
    Facts,
)
from tests.local_cloud.cloud import LocalCloud, delete_access_keys
from tests.local_cloud.workspace import STATE_BUCKET, TerraformError

pytestmark = pytest.mark.xdist_group("local-cloud")

ZIP = {"Bucket": ZIP_BUCKET, "Key": f"{ZIP_PREFIX}rta_relay.zip"}

BUCKETS = ("ap_s3_bucket_name", "ap_failed_records_bucket_name", "rta_failed_records_bucket_name")


def test_after_a_day_of_work_nothing_is_to_change_but_a_zip_that_did(
    facts: Facts, deployments: dict[str, Deployment], cloud: LocalCloud
) -> None:
    assert facts.reports["both-new"].again, "also where a reference table was uploaded by hand"
    flags = [deployments[name].rta.flag() or "" for name in FLAG_IN_EITHER_LOCATION]
    assert [each.lower() for each in flags] == ["true", "true"], "also where an RTA server set it"
    stopped = deployments["both-new"]
    for mapping in _mappings(stopped):  # also where an operator has stopped it
        stopped.cloud.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    s3 = cloud.client("s3")
    s3.put_object(**ZIP, Body=s3.get_object(**ZIP)["Body"].read() + b"\0")
    assert stopped.example.root.changes({}) == {
        "module.rta-filtered.module.rta.aws_lambda_function.relay": ["update"]
    }


def _mappings(deployment: Deployment) -> list[str]:
    found = deployment.cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    names = set(deployment.functions())
    return [each["UUID"] for each in found if each["FunctionArn"].split(":")[6] in names]


def test_a_destroy_leaves_report_files_and_nothing_else(
    facts: Facts, deployments: dict[str, Deployment], cloud: LocalCloud
) -> None:
    s3 = cloud.client("s3")

    def report_files(deployment: Deployment) -> set[str]:
        place = {"Bucket": deployment.outputs["ap_s3_bucket_name"], "Prefix": deployment.wfm.prefix}
        return {each["Key"] for each in s3.list_objects_v2(**place)["Contents"]}

    def left(operation: str, service: str, key: str) -> list[Any]:
        found: list[Any] = getattr(cloud.client(service), operation)()[key]
        return found

    assert all(facts.reports[name].first for name in AP)
    for deployment in deployments.values():
        for user in deployment.users():
            delete_access_keys(cloud, user)
    before = {name: report_files(deployments[name]) for name in AP}
    root = deployments["ap-new"].example.root
    with pytest.raises(TerraformError, match="BucketNotEmpty"):
        root.destroy("-refresh=false")
    for name in AP:
        assert before[name] <= report_files(deployments[name]), "a heartbeat may have come since"

    buckets = {
        each.outputs[name]
        for each in deployments.values()
        for name in BUCKETS
        if name in each.outputs
    }
    root.empty_and_destroy(*buckets)
    assert {each["Name"] for each in left("list_buckets", "s3", "Buckets")} == {
        *(ZIP_BUCKET, CONNECT_BUCKET, STATE_BUCKET)
    }
    assert left("list_tables", "dynamodb", "TableNames") == []
    assert left("list_users", "iam", "Users") == []
