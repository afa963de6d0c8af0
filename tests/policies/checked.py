"""The check of policies by the scanners' interpreter, and what is accepted of its findings."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.local_cloud.terraform_cli import REPOSITORY

_PYTHON = REPOSITORY / ".venv-security" / "bin" / "python"
_REFERENCE = Path(__file__).parent / "reference.py"

# A kind of finding and an action, and why it is in a policy all the same.
ACCEPTED = {
    ("RESOURCE_MISMATCH", "lambda:ListEventSourceMappings"): (
        "On AWS GetEventSourceMapping is enough to look at one mapping. ministack 1.5 authorises "
        "that as ListEventSourceMappings on the mapping: without this, no heartbeat is put there."
    ),
    ("RESOURCE_MISMATCH", "logs:DescribeLogGroups"): (
        "AWS grants it on log-group:* in its own policy for this role (Managed Service for Apache "
        'Flink Developer Guide, "Create and run the application (CLI)").'
    ),
    ("UNKNOWN_ACTION", "sqs:SendMessageBatch"): (
        "On AWS the right to SendMessage covers batches. ministack 1.5 authorises a request as the "
        "action that it names: without this, the relay sends nothing there."
    ),
}


class Finding(NamedTuple):
    """What is wrong with a policy; the subject is an action, where it is about one."""

    policy: str
    kind: str
    subject: str
    detail: str

    @property
    def accepted(self) -> bool:
        return (self.kind, self.subject) in ACCEPTED


def findings(policies: Mapping[str, Any]) -> list[Finding]:
    """The findings in policies, which are by their names."""
    done = subprocess.run(
        [_PYTHON, _REFERENCE],
        input=json.dumps(policies),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [
        Finding(name, *each) for name, found in json.loads(done.stdout).items() for each in found
    ]
