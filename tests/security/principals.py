"""The principals of an estate, found in the state by the type and name of their blocks."""

import json
import re
from dataclasses import dataclass

from tests.security.estate import Deployment, Estate
from tests.security.oracle import Document

# The block's name by which a principal is known, and which product has it.
KINDS = {
    "application": "ap",
    "relay": "rta",
    "rta": "rta",
    "classifier": "ap",
    "firehose": "ap",
    "heartbeat": "ap",
    "wfm_adapter": "ap",
}
PRODUCTS_IDENTITIES = ("rta", "wfm_adapter")

# What gives permissions, by the looks of its type, and those of it that the checks look at.
_PERMISSIONS = re.compile(r"^aws_iam_|_(acl|attachment|grant|permission|policy|url)$")
_LOOKED_AT = {
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_user",
    "aws_iam_user_policy",
    "aws_lambda_permission",
    "aws_s3_bucket_policy",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A user or role with its only policy; `trust` is a role's, None for a user."""

    kind: str
    deployment: Deployment
    arn: str
    path: str
    boundary_arn: str | None
    policy: Document
    trust: Document | None

    def __str__(self) -> str:
        return f"{self.kind} of {self.deployment.configuration.label}"


def principals(estate: Estate) -> list[Principal]:
    """Every user and role. Raises ValueError for one that has not exactly one inline policy."""
    return [each for deployment in estate.deployments for each in _principals(deployment)]


def overlooked(deployment: Deployment) -> list[str]:
    """What makes a deployment's permissions other than the policies that are looked at."""
    found = [
        f"{deployment.configuration.label}: {each.type}.{each.name} is not looked at"
        for each in deployment.resources
        if _PERMISSIONS.search(each.type) and each.type not in _LOOKED_AT
    ]
    found += [
        f"{deployment.configuration.label}: who may call the {each.name} is not looked at"
        for each in deployment.of_type("aws_lambda_permission")
        if each.name != "heartbeat"
    ]
    for role in deployment.of_type("aws_iam_role", "aws_iam_user"):
        if role.values.get("managed_policy_arns"):
            found.append(f"{role.values['arn']} has managed policies")
        if role.name not in KINDS:
            found.append(f"{role.values['arn']} is a principal that nobody has written needs for")
    other_engine = "classifier" if deployment.configuration.has("flink") else "application"
    wanted = {
        kind for kind, product in KINDS.items() if product == deployment.configuration.product
    } - {other_engine}
    there = {each.kind for each in _principals(deployment)}
    found += [f"{deployment.configuration.label} has no {kind}" for kind in sorted(wanted - there)]
    as_role = deployment.configuration.has("role")
    found += [
        f"{each} is {'a user' if each.trust is None else 'a role'}"
        for each in _principals(deployment)
        if each.kind in PRODUCTS_IDENTITIES and as_role == (each.trust is None)
    ]
    return found


def _principals(deployment: Deployment) -> list[Principal]:
    found = []
    for each in deployment.of_type("aws_iam_role", "aws_iam_user"):
        noun = each.type.removeprefix("aws_iam_")
        policies = [
            attached.values["policy"]
            for attached in deployment.of_type(f"{each.type}_policy")
            if attached.values[noun] == each.values["name"]
        ]
        if len(policies) != 1:
            raise ValueError(f"{each.values['arn']} has {len(policies)} inline policies, not one")
        trust = each.values.get("assume_role_policy")
        found.append(
            Principal(
                kind=each.name,
                deployment=deployment,
                arn=each.values["arn"],
                path=each.values["path"],
                boundary_arn=each.values["permissions_boundary"] or None,
                policy=json.loads(policies[0]),
                trust=trust and json.loads(trust),
            )
        )
    return found
