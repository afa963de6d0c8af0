"""What the WFM Adapter and the RTA server work as: a user with an access key, or a role."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from aspect_wfm.aws import Aws
from aspect_wfm.deployment import Deployment
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, failure, ok, warning

_OLD_KEY = timedelta(days=90)


def look_at_identity(
    aws: Aws, deployment: Deployment, product: str, kind: str, now: datetime
) -> Iterator[Finding]:
    """`kind` is how its outputs begin: `rta` or `wfm_adapter`."""
    user, role = deployment.get(f"{kind}_user_name"), deployment.get(f"{kind}_role_arn")
    if user:
        keys = aws.ask("iam", "list_access_keys", UserName=user)["AccessKeyMetadata"]
        yield check_keys(
            product, user, [(each["Status"], each["CreateDate"]) for each in keys], now
        )
    if role:
        name = role.rpartition("/")[2]
        trust = aws.ask("iam", "get_role", RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        yield check_trust(product, name, _document(trust))
    if not user and not role:
        yield warning(
            "identity.present",
            f"Not looked at: neither {kind}_user_name nor {kind}_role_arn is among the outputs, so "
            f"what the {product} works as is not known.",
            "Put the two outputs of the module out, too.",
        )


def check_keys(product: str, user: str, keys: list[tuple[str, datetime]], now: datetime) -> Finding:
    """`keys` are the status of each access key of the user, and when it was made."""
    active = [made for status, made in keys if status == "Active"]
    if not active:
        return warning(
            "identity.keys",
            f"User {user} has no {'active ' if keys else ''}access key: the {product} cannot "
            "connect with it.",
            f"Make one (aws iam create-access-key --user-name {user}) and give it to the "
            f"{product}.",
        )
    if len(active) > 1:
        return warning(
            "identity.keys",
            f"User {user} has {len(active)} active access keys.",
            f"After a rotation, when the {product} works with the new one, deactivate and then "
            "delete the old one: docs/security.md says how.",
        )
    age = now - active[0]
    if age > _OLD_KEY:
        return warning(
            "identity.keys",
            f"The access key of user {user} is {duration(age)} old.",
            "Rotate it: docs/security.md says how. A role needs none: authorization_mode.",
        )
    return ok("identity.keys", f"User {user} has an access key, made {duration(age)} ago.")


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
            f"Nobody may assume role {role}: the {product} cannot connect.",
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
            f"Role {role} may be assumed by {who} without an external id.",
            "Apply again, which sets the trust policy back: it asks for external_id.",
        )
    return ok("identity.trust", f"Role {role} may be assumed by {who}, with the external id.")


def _document(value: Any) -> Mapping[str, Any]:
    """A policy as botocore gives it: parsed, or as text."""
    document: Mapping[str, Any] = json.loads(unquote(value)) if isinstance(value, str) else value
    return document
