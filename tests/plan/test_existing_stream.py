"""An example for an existing stream fails at plan where the stream does not exist.

The examples are planned together, in one process.
"""

import re
from pathlib import Path

import pytest

from tests.examples import OPTIONS, OTHERS
from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.together import Configuration, root_module, write_calls
from tests.local_cloud.workspace import TerraformError
from tests.plan.configurations import ESTATE
from tests.terraform_files import blocks

pytestmark = pytest.mark.xdist_group("plan")

EXAMPLES = [example for example in OPTIONS + OTHERS if "existing" in example]

MISSING = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/missing"
OF_OTHERS = MISSING.replace(ACCOUNT_ID, "111122223333")

# Only what the stream is read for, and what that waits for: a plan of all takes much longer.
PLAN = (
    "plan",
    "-no-color",
    *(f"-target=module.{example}.data.aws_kinesis_stream.agent_events" for example in EXAMPLES),
)


def test_a_stream_that_is_missing_fails_the_plan_and_one_of_another_account_does_not(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    made = root_module(_configurations(MISSING), cloud, tmp_path)
    with pytest.raises(TerraformError) as refused:
        made.run(*PLAN)
    told = str(refused.value)
    assert told.count("reading Kinesis Stream (missing)") == len(EXAMPLES)
    failed = re.findall(r"with module\.([\w-]+)\.data\.aws_kinesis_stream\.agent_events", told)
    assert sorted(failed) == sorted(EXAMPLES)

    write_calls(made.folder, _configurations(OF_OTHERS))
    assert "reading Kinesis Stream" not in made.run(*PLAN)


def test_the_estate_reads_the_stream_in_the_contact_centres_account() -> None:
    (estate,) = OTHERS
    read = blocks(REPOSITORY / "examples" / estate, "data")["aws_kinesis_stream.agent_events"]
    assert read["provider"] == "${aws.contact_centre}"


def _configurations(stream_arn: str) -> dict[str, Configuration]:
    stream = {"agent_event_stream_arn": stream_arn}
    return {
        example: Configuration(f"examples/{example}", _required(example) | stream)
        for example in EXAMPLES
    }


def _required(example: str) -> dict[str, object]:
    if example in OTHERS:
        return ESTATE | {"rta_servers": {}}
    if "real-time-adherence" in example:
        return {}
    return {name: ESTATE[name] for name in ("connect_s3_bucket", "connect_s3_prefix")}
