"""Every policy holds only what the service authorization reference knows: `make security`.

Those in docs/policies, those of the modules in every configuration that `python -m tests.security`
applies, and those that the plans of tests/plan know, the examples' own among them.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.roles import deployment_role
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.plan.configurations import (
    CONFIGURATIONS,
    DEPLOYMENT_ROLE,
    EXISTING_STREAMS,
    make_streams,
)
from tests.plan.planned import plan_together
from tests.policies.checked import ACCEPTED, findings
from tests.security.estate import Estate
from tests.terraform_files import blocks

DOCUMENTED = {
    path.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((REPOSITORY / "docs" / "policies").glob("*.json"))
}

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:events.fifo"
STREAM = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/events"


def allow(action: str, resource: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize(
    ("policy", "kind"),
    [
        (allow("sqs:SendMessages", QUEUE), "UNKNOWN_ACTION"),
        (allow("sqss:SendMessage", QUEUE), "UNKNOWN_PREFIX"),
        (allow("sqs:SendMessage", STREAM), "RESOURCE_MISMATCH"),
        (allow("kinesis:ListStreams", STREAM), "RESOURCE_MISMATCH"),
        (
            allow("sqs:SendMessage", QUEUE, Bool={"sqs:Fifo": "true"}),
            "UNKNOWN_CONDITION_FOR_ACTION",
        ),
        (
            allow("sqs:SendMessage", QUEUE, StringEquals={"aws:Acount": ACCOUNT_ID}),
            "UNKNOWN_CONDITION_FOR_ACTION",
        ),
    ],
)
def test_what_the_reference_does_not_have_is_found(policy: dict[str, Any], kind: str) -> None:
    assert kind in {each.kind for each in findings({"bad": policy}) if not each.accepted}


def test_what_the_reference_has_is_not_found() -> None:
    good = allow("sqs:SendMessage", QUEUE, StringEquals={"aws:ResourceAccount": ACCOUNT_ID})
    assert findings({"good": good}) == []


def test_documented_policies_are_in_the_reference() -> None:
    assert DOCUMENTED
    assert findings(DOCUMENTED) == []


def test_the_modules_policies_are_in_the_reference_but_for_what_is_accepted(estate: Estate) -> None:
    policies = {
        f"{deployment.configuration.label}: {each.type}.{each.name}, {attribute}": policy
        for deployment in estate.deployments
        for each in deployment.resources
        for attribute, policy in _policies(each.values)
    }
    assert len(policies) > 100
    found = findings(policies)
    assert [each for each in found if not each.accepted] == []
    assert {(each.kind, each.subject) for each in found} == ACCEPTED.keys(), (
        "every exception is needed"
    )


def test_the_examples_policies_are_in_the_reference_but_for_what_is_accepted(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    deployment_role(cloud, DEPLOYMENT_ROLE)
    make_streams(cloud, EXISTING_STREAMS)
    policies = {
        f"{label}: {each['address']}, {attribute}": policy
        for label, planned in plan_together(CONFIGURATIONS, cloud, tmp_path).items()
        for each in (*planned.read, *planned.resources)
        for attribute, policy in _policies(each["values"])
    }
    own = {
        f"{label}: data.{address}, json"
        for label, configuration in CONFIGURATIONS.items()
        for address in blocks(REPOSITORY / configuration.folder, "data")
        if configuration.folder.startswith("examples/")
        and address.startswith("aws_iam_policy_document.")
    }
    assert own
    assert own <= policies.keys(), "a plan knows the examples' own"
    assert [each for each in findings(policies) if not each.accepted] == []


def _policies(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The attributes of a resource that hold a policy."""
    for attribute, value in values.items():
        if isinstance(value, str) and '"Statement"' in value:
            yield attribute, json.loads(value)
