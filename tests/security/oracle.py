"""Whether policies allow a request: the evaluator with which the local AWS enforces IAM.

Called in this process, because iam:SimulateCustomPolicy there knows no condition keys and takes one
resource a call. test_oracle.py holds it against what AWS documents, enforcement.py against what the
local AWS really does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core.iam_evaluator import (  # type: ignore[import-untyped]
    EvalContext,
    evaluate,
    evaluate_resource_policy,
    parse_policy_document,
)

from tests.local_cloud.cloud import ACCOUNT_ID, REGION

Document = dict[str, Any]
Context = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, order=True)
class Request:
    """An IAM action on one resource; `context` are condition keys with their values."""

    action: str
    resource: str
    context: Context = ()

    @property
    def service(self) -> str:
        return self.action.partition(":")[0]

    def __str__(self) -> str:
        conditions = "".join(f" with {key} {value}" for key, value in self.context)
        return f"{self.action} on {self.resource}{conditions}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: an IAM principal by its ARN, or an AWS service by its name."""

    name: str
    context: Context = ()

    def __str__(self) -> str:
        conditions = ", ".join(f"{key} {value}" for key, value in self.context)
        return f"{self.name} ({conditions or 'no context'})"


Judge = Callable[[Request], bool]


def judge(policy: Document, boundary: Document | None = None) -> Judge:
    """A function that says whether an identity with `policy`, within `boundary`, is allowed.

    Source: IAM User Guide, "Policy evaluation logic": a Deny anywhere wins; else there must be an
    Allow in the identity's policy and, where there is a boundary, in that too.
    """
    policies = [parse_policy_document(policy)]
    limits = [] if boundary is None else [[parse_policy_document(boundary)]]

    def is_allowed(request: Request) -> bool:
        context = _context(f"arn:aws:iam::{ACCOUNT_ID}:role/any", request)
        return bool(evaluate(context, policies, *limits).decision == "Allow")

    return is_allowed


def resource_policy_decision(policy: Document, caller: Caller, request: Request) -> str:
    """What a resource's policy, or a role's trust policy, says of a caller.

    "Allow", "Deny" or "ImplicitDeny". A service is told from an IAM principal by its name.
    """
    is_service = not caller.name.startswith("arn:")
    context = _context(
        caller.name, Request(request.action, request.resource, request.context + caller.context)
    )
    service = caller.name if is_service else None
    decision: str = evaluate_resource_policy(policy, context, service=service).decision
    return decision


def _context(principal: str, request: Request) -> Any:
    given: Mapping[str, str] = dict(request.context)
    account = principal.split(":")[4] if principal.startswith("arn:") else ""
    return EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole",
        # The evaluator takes a bucket, whose ARN has no account, for one of the caller's.
        principal_account=given.get("s3:ResourceAccount", account),
        action=request.action,
        resource_arn=request.resource,
        region=REGION,
        service_context={key.lower(): value for key, value in given.items()},
        secure_transport=given.get("aws:SecureTransport", "true") == "true",
    )
