"""An apply that is interrupted halfway is finished by the next one (docs/changes.md)."""

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.terraform_cli import cli_environment, terraform_binary
from tests.local_cloud.workspace import TerraformError, Workspace, workspace

pytestmark = pytest.mark.xdist_group("interrupted")

STREAM_ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/existing"
VARIABLES = {"name": "interrupted", "agent_event_stream_arn": STREAM_ARN}

# Terraform waits for a queue's attributes, and for a bucket's lifecycle rules; all but the function
# and its mapping is made in the meantime.
QUEUE = "module.rta.aws_sqs_queue.agent_events[0]"
TABLE = "module.rta.aws_dynamodb_table.agent_states"
BUCKET = "module.rta.aws_s3_bucket.failed_records"
LIFECYCLE = "module.rta.aws_s3_bucket_lifecycle_configuration.failed_records"
MAPPING = "module.rta.aws_lambda_event_source_mapping.relay"


def test_an_interrupted_apply_is_finished_by_the_next(cloud: LocalCloud, tmp_path: Path) -> None:
    cloud.client("kinesis").create_stream(StreamName="existing", ShardCount=1)
    made = workspace("examples/real-time-adherence-existing-stream", tmp_path, cloud)
    printed = _apply_until_it_waits(made)
    assert "Interrupt received" in printed
    begun = set(made.run("state", "list").split())
    assert {TABLE, BUCKET} < begun
    assert MAPPING not in begun

    made.apply(VARIABLES)
    finished = set(made.run("state", "list").split())
    assert begun | {MAPPING} < finished | {QUEUE, LIFECYCLE}
    assert made.changes(VARIABLES) == {}

    # What a killed Terraform had made but not yet written down.
    made.run("state", "rm", TABLE, BUCKET)
    with pytest.raises(TerraformError, match=r"already exists|BucketAlreadyOwnedByYou"):
        made.apply(VARIABLES)
    made.run("import", "-no-color", TABLE, "interrupted-agent-states")
    made.run("import", "-no-color", BUCKET, f"interrupted-failed-records-{ACCOUNT_ID}")
    assert [each for each in made.changes(VARIABLES).values() if "delete" in each] == []
    made.apply(VARIABLES)
    assert set(made.run("state", "list").split()) == finished

    made.destroy()
    tables = cloud.client("dynamodb").list_tables()["TableNames"]
    assert not [name for name in tables if name.startswith("interrupted")]


def _apply_until_it_waits(made: Workspace) -> str:
    """Interrupt a first apply when it waits for nothing else; what it printed."""
    assert made.cloud
    (made.folder / "terraform.tfvars.json").write_text(json.dumps(VARIABLES))
    with subprocess.Popen(
        [terraform_binary(), "apply", "-auto-approve", "-no-color"],
        cwd=made.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=cli_environment() | made.cloud.environment(),
        start_new_session=True,
        text=True,
    ) as applying:
        assert applying.stdout
        printed: list[str] = []
        under_way: set[str] = set()
        interrupted = False
        for line in applying.stdout:
            printed.append(line)
            if begun := re.match(r"(\S+): Creating\.\.\.", line):
                under_way.add(begun[1])
            elif ended := re.match(r"(\S+): Creation complete", line):
                under_way.discard(ended[1])
            elif re.match(r"\S+: Still creating", line) and QUEUE in under_way <= {
                QUEUE,
                LIFECYCLE,
            }:
                if not interrupted:
                    applying.send_signal(signal.SIGINT)
                interrupted = True
    assert interrupted, "".join(printed)
    assert applying.returncode != 0
    return "".join(printed)
