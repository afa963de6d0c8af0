"""After a day of work: nothing to change, and nothing removed that holds data. Runs last."""

import pytest

from tests.e2e.conftest import Deployment, Facts
from tests.local_cloud.cloud import delete_access_keys
from tests.local_cloud.workspace import TerraformError

pytestmark = pytest.mark.xdist_group("local-cloud")


def test_after_a_day_of_work_no_example_has_anything_to_change(
    facts: Facts, deployments: dict[str, Deployment]
) -> None:
    assert facts.reports["both-new"].again, "also where a reference table was uploaded by hand"
    stopped = deployments["both-new"]
    for mapping in _mappings(stopped):
        stopped.cloud.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    assert stopped.example.root.changes({}) == {}, "also where an operator has stopped it"


def _mappings(deployment: Deployment) -> list[str]:
    found = deployment.cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    names = set(deployment.functions())
    return [each["UUID"] for each in found if each["FunctionArn"].split(":")[6] in names]


def test_a_destroy_refuses_to_take_report_files_along(
    facts: Facts, deployments: dict[str, Deployment]
) -> None:
    assert facts.reports["ap-new"].first
    deployment = deployments["ap-new"]
    delete_access_keys(deployment.cloud, deployment.outputs["wfm_adapter_user_name"])
    bucket = deployment.outputs["ap_s3_bucket_name"]
    s3 = deployment.cloud.client("s3")

    def keys() -> set[str]:
        return {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]}

    before = keys()
    with pytest.raises(TerraformError, match="BucketNotEmpty"):
        deployment.example.destroy()
    assert before <= keys(), "a heartbeat may have come in the meantime"
