"""Policies against the service authorization reference, as parliament and policy_sentry pack it.

Run by an interpreter that has both, those of requirements-security.txt. Standard input is a JSON
object of policies by name; standard output one of findings by name.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services".
"""

import json
import sys
import warnings
from collections.abc import Iterator
from typing import Any

# parliament imports pkg_resources, which says that it will go.
with warnings.catch_warnings(action="ignore"):
    from parliament import analyze_policy_string

from policy_sentry.querying.actions import get_action_data
from policy_sentry.querying.all import get_all_service_prefixes

_NOT_OF_THE_REFERENCE = {
    "MISMATCHED_TYPE",  # as ArnLike with kms:EncryptionContext, which AWS's own policies have
    "RESOURCE_STAR",  # for the reader to judge; tests/security does for the roles
}


def findings(policy: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What AWS does not know of a policy, or does not grant in that way: kind, subject, detail.

    The subject is an action, where the finding is about one.
    """
    statements = [_on_something(each) for each in policy["Statement"]]
    analysed = analyze_policy_string(json.dumps({**policy, "Statement": statements}))
    for each in analysed.findings:
        if each.issue == "RESOURCE_MISMATCH":
            for one in each.detail:
                yield each.issue, one["action"], f"is granted on {one['required_format']} only"
        elif each.issue not in _NOT_OF_THE_REFERENCE:
            yield each.issue, str(each.location.get("string", "")), str(each.detail)
    for statement in statements:
        actions = statement.get("Action", [])
        for action in [actions] if isinstance(actions, str) else actions:
            service, _, name = action.partition(":")
            known = service in get_all_service_prefixes()
            if known and "*" not in name and not get_action_data(service, name):
                yield "UNKNOWN_ACTION", action, "policy_sentry does not know it"


def _on_something(statement: dict[str, Any]) -> dict[str, Any]:
    """A trust policy names no resource: it is about the role that has it."""
    return statement if "Resource" in statement else {**statement, "Resource": "*"}


if __name__ == "__main__":
    found = {name: list(findings(policy)) for name, policy in json.load(sys.stdin).items()}
    json.dump(found, sys.stdout)
