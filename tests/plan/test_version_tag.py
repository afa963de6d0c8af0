"""What has the version as a tag: what runs or carries the code of a release, and nothing else."""

import pytest

from function_runtime.version import VERSION
from tests.plan.planned import Planned

pytestmark = pytest.mark.xdist_group("plan")

TAG = "aspect-wfm-version"
TAGGED = {"aws_kinesis_stream", "aws_kinesisanalyticsv2_application", "aws_lambda_function"}


def test_functions_applications_and_streams_have_the_version_as_a_tag(
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


def test_the_tag_is_beside_the_estates_own(plans: dict[str, Planned]) -> None:
    (stream,) = (
        each
        for each in plans["module-agent-stream"].managed
        if each["type"] == "aws_kinesis_stream"
    )
    assert stream["values"]["tags"] == {TAG: VERSION, "team": "wfm"}
