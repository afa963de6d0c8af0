"""IAM roles that an estate has before anything of ours."""

import json
from typing import Any

from tests.local_cloud.cloud import ACCOUNT_ID, LocalCloud


def deployment_role(cloud: LocalCloud, name: str) -> str:
    """Make a role with every right, which the account's principals may assume; its ARN."""
    iam = cloud.client("iam")
    trusted = {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    made = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=_allowing(Action="sts:AssumeRole", Principal=trusted),
    )
    iam.put_role_policy(
        RoleName=name,
        PolicyName="everything",
        PolicyDocument=_allowing(Action="*", Resource="*"),
    )
    return str(made["Role"]["Arn"])


def _allowing(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
