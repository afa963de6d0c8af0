"""An option for an existing stream fails at plan where there is none (existing_stream.tf)."""

from pathlib import Path

import pytest

from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.workspace import TerraformError, workspace
from tests.plan.planned import plan

pytestmark = pytest.mark.xdist_group("plan")


def test_a_stream_that_is_missing_fails_the_plan_and_one_of_another_account_does_not(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    made = workspace("examples/real-time-adherence-existing-stream", tmp_path, cloud)
    missing = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/missing"
    with pytest.raises(TerraformError, match=r"reading Kinesis Stream \(missing\)"):
        plan(made, {"agent_event_stream_arn": missing})
    of_others = missing.replace(ACCOUNT_ID, "111122223333")
    assert plan(made, {"agent_event_stream_arn": of_others})["resource_changes"]
