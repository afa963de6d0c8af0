"""The identities of the WFM Adapter and the RTA server: a user with an access key, or a role."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import unquote

from aspect_wfm.aws import Aws
from aspect_wfm.deployment import Deployment
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, by_age, failure, note, ok, warning

_OLD_KEY = timedelta(days=90)


class Key(NamedTuple):
    """An access key without its secret; `status` is Active or Inactive."""

    id: str
    status: str
    created: datetime


def look_at_identity(
    aws: Aws, deployment: Deployment, product: str, kind: str, now: datetime, age: timedelta
) -> Iterator[Finding]:
    """`kind` is how its outputs begin: `rta` or `wfm_adapter`; `age` is the deployment's."""
    user, role = deployment.get(f"{kind}_user_name"), deployment.get(f"{kind}_role_arn")
    if user:
        keys = aws.ask("iam", "list_access_keys", UserName=user)["AccessKeyMetadata"]
        found = [Key(each["AccessKeyId"], each["Status"], each["CreateDate"]) for each in keys]
        yield check_keys(product, user, found, now, age)
    if role:
        name = role.rpartition("/")[2]
        trust = aws.ask("iam", "get_role", RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        yield check_trust(product, name, parsed_policy(trust))
    if not user and not role:
        yield note(
            "identity.present",
            f"Not checked: neither {kind}_user_name nor {kind}_role_arn is among the outputs, so "
            f"the identity of the {product} is unknown.",
            "Add these two outputs of the module to your outputs.",
        )


def check_keys(product: str, user: str, keys: list[Key], now: datetime, age: timedelta) -> Finding:
    """`keys` are all access keys of the user, and `age` is the deployment's."""
    active = [each.created for each in keys if each.status == "Active"]
    if not keys:
        return by_age(
            "identity.keys",
            age,
            f"User {user} has no access key: the {product} cannot connect.",
            f"Create one with aspect-wfm keys create, and enter it in the {product}.",
        )
    if not active:
        newest = max(keys, key=lambda each: each.created)
        return failure(
            "identity.keys",
            f"User {user} has no active access key: the {product} cannot connect.",
            "If nobody deactivated it on purpose, activate it: aws iam update-access-key "
            f"--user-name {user} --access-key-id {newest.id} --status Active",
        )
    if len(active) > 1:
        return warning(
            "identity.keys",
            f"User {user} has {len(active)} active access keys.",
            f"When the {product} works with the newer one, finish the rotation: aspect-wfm keys "
            "rotate --finish (docs/security.md).",
        )
    since = now - active[0]
    if since > _OLD_KEY:
        return warning(
            "identity.keys",
            f"The access key of user {user} is {duration(since)} old.",
            "Rotate it with aspect-wfm keys rotate (docs/security.md). With authorization_mode = "
            "role, no key is needed.",
        )
    return ok("identity.keys", f"User {user} has an access key, created {duration(since)} ago.")


def check_trust(product: str, role: str, trust: Mapping[str, Any]) -> Finding:
    """`trust` is the role's trust policy."""
    statements = trust.get("Statement", [])
    allowed = [
        each
        for each in ([statements] if isinstance(statements, dict) else statements)
        if each.get("Effect") == "Allow" and "AWS" in each.get("Principal", {})
    ]
    if not allowed:
        return failure(
            "identity.trust",
            f"No principal may assume role {role}: the {product} cannot connect.",
            "Apply again, with source_aws_account_id and external_id.",
        )
    guarded = all(
        "sts:externalid"
        in {key.lower() for test in each.get("Condition", {}).values() for key in test}
        for each in allowed
    )
    who = ", ".join(str(each["Principal"]["AWS"]) for each in allowed)
    if not guarded:
        return warning(
            "identity.trust",
            f"Role {role} may be assumed by {who} without an external ID.",
            "Apply again, which restores the trust policy: it requires external_id.",
        )
    return ok("identity.trust", f"Role {role} may be assumed by {who}, with the external ID.")


def parsed_policy(value: Any) -> Mapping[str, Any]:
    """A policy from an answer of IAM, which botocore returns parsed or as text."""
    document: Mapping[str, Any] = json.loads(unquote(value)) if isinstance(value, str) else value
    return document
