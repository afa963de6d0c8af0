"""What has the version as a tag: what runs the code of a release, and nothing else."""

import pytest

from function_runtime.version import VERSION
from tests.plan.planned import Planned

pytestmark = pytest.mark.xdist_group("plan")

TAG = "aspect-wfm-version"
TAGGED = {"aws_kinesisanalyticsv2_application", "aws_lambda_function"}


def test_functions_and_applications_have_the_version_as_a_tag(
    plans: dict[str, Planned],
) -> None:
    managed = [each for plan in plans.values() for each in plan.managed]
    versions = {
        (each["type"], (each["values"].get("tags") or {}).get(TAG))
        for each in managed
        if each["type"] in TAGGED
    }
    assert versions == {(kind, VERSION) for kind in TAGGED}
    others = [each for each in managed if each["type"] not in TAGGED]
    assert [
        each["address"] for each in others if TAG in (each["values"].get("tags_all") or {})
    ] == []
