"""What the text of every policy has to look like, whatever it allows."""

import re

from tests.security.actions import known_actions
from tests.security.needs import Need
from tests.security.principals import Principal
from tests.security.proof import as_list

# At the end, after a separator or a prefix that ends in one: objects, and what is in a log group.
_WILDCARD_AT_THE_END = re.compile(r"^[^*?]+[/:]\*$")

_ARN = re.compile(r"^arn:aws:(?P<service>[a-z0-9]+):[a-z0-9-]*:[0-9]*:(?P<name>[^$]+)$")


def loose_wording(principal: Principal, needs: list[Need]) -> list[str]:
    """Where an identity policy is broader, or less readable, than it could be written."""
    not_on_aws = {need.request.action for need in needs if not need.on_aws}
    actions = known_actions() | not_on_aws
    sids = [statement.get("Sid") for statement in principal.policy["Statement"]]
    found = [] if len(set(sids)) == len(sids) else ["two statements have the same sid"]
    for statement in principal.policy["Statement"]:
        sid = statement.get("Sid")
        if not sid:
            found.append("a statement has no sid")
        if statement["Effect"] != "Allow":
            found.append(f"{sid} denies, which the other checks do not look at")
        found += [
            f"{sid} has {part}, which matches more than it names"
            for part in ("NotAction", "NotResource", "NotPrincipal")
            if part in statement
        ]
        found += [
            f"{sid} names {action}, which is no action of IAM's"
            for action in as_list(statement.get("Action", []))
            if action not in actions
        ]
        found += [
            f"{sid} is on {resource}, which is not spelled out"
            for resource in as_list(statement.get("Resource", []))
            if not _is_spelled_out(resource)
        ]
    return [f"{principal}: {each}" for each in found]


def _is_spelled_out(resource: str) -> bool:
    arn = _ARN.fullmatch(resource)
    if arn is None:
        return False
    return not re.search(r"[*?]", resource) or bool(_WILDCARD_AT_THE_END.fullmatch(resource))
