"""An example for an existing stream fails at plan where the stream does not exist.

The examples are planned together, in one process.
"""

import re
from pathlib import Path

import pytest

from tests.examples import OPTIONS, OTHERS
from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.together import Configuration, root_module
from tests.local_cloud.workspace import TerraformError
from tests.plan.configurations import ESTATE
from tests.terraform_files import blocks

pytestmark = pytest.mark.xdist_group("plan")

EXAMPLES = [example for example in OPTIONS + OTHERS if "existing" in example]

MISSING = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/missing"
OF_OTHERS = MISSING.replace(ACCOUNT_ID, "111122223333")


def test_a_stream_that_is_missing_fails_the_plan_and_one_of_another_account_does_not(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    streams = {"missing": MISSING, "of-others": OF_OTHERS}
    configurations = {
        f"{label}-{example}": Configuration(
            f"examples/{example}", _required(example) | {"agent_event_stream_arn": stream}
        )
        for label, stream in streams.items()
        for example in EXAMPLES
    }
    made = root_module(configurations, cloud, tmp_path)
    # Only what the stream is read for, and what that waits for: a plan of all takes much longer.
    stream = "data.aws_kinesis_stream.agent_events"
    with pytest.raises(TerraformError) as refused:
        made.run(
            "plan", "-no-color", *(f"-target=module.{label}.{stream}" for label in configurations)
        )
    told = str(refused.value)
    assert told.count("reading Kinesis Stream (missing)") == len(EXAMPLES)
    failed = re.findall(r"with module\.([\w-]+)\.data\.aws_kinesis_stream\.agent_events", told)
    assert sorted(failed) == [f"missing-{example}" for example in sorted(EXAMPLES)]


def test_the_estate_reads_the_stream_in_the_contact_centres_account() -> None:
    (estate,) = OTHERS
    read = blocks(REPOSITORY / "examples" / estate, "data")["aws_kinesis_stream.agent_events"]
    assert read["provider"] == "${aws.contact_centre}"


def _required(example: str) -> dict[str, object]:
    if example in OTHERS:
        return ESTATE | {"rta_servers": {}}
    if "real-time-adherence" in example:
        return {}
    return {name: ESTATE[name] for name in ("connect_s3_bucket", "connect_s3_prefix")}
