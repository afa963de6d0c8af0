"""All checks, with what each promises: pytest runs them on the fewest configurations, `python -m
tests.security` on every one."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.local_cloud.cloud import ACCOUNT_ID
from tests.security.enforcement import attempts, enforcement_findings
from tests.security.evidence import Evidence
from tests.security.handler_calls import calls_in_the_code
from tests.security.needs import function_calls
from tests.security.oracle import Caller, Request, resource_policy_decision
from tests.security.principals import PRODUCTS_IDENTITIES, overlooked
from tests.security.proof import (
    refused_needs,
    superfluous_parts,
    taken_away,
    unneeded_permissions,
    unnoticed_widenings,
    widened,
    wrong_boundary_or_path,
)
from tests.security.static_rules import loose_wording
from tests.security.trust import (
    callers_tried,
    conditions,
    invocation_callers_tried,
    invocation_findings,
    trust_findings,
    useless_conditions,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many cases were tried, and a sentence for each that is not as it should be."""

    tried: int
    findings: list[str]


@dataclass(frozen=True, slots=True)
class Check:
    promise: str
    run: Callable[[Evidence], Outcome]


def _nothing_overlooked(evidence: Evidence) -> Outcome:
    deployments = evidence.estate.deployments
    return Outcome(
        sum(len(each.resources) for each in deployments),
        [finding for each in deployments for finding in overlooked(each)],
    )


def _calls_recorded(evidence: Evidence) -> Outcome:
    recorded = {call.operation for each, _ in evidence for call in function_calls(each)}
    called = calls_in_the_code()
    return Outcome(
        len(recorded | called),
        [f"the functions call {each}, which no run has" for each in sorted(called - recorded)]
        + [f"a run calls {each}, which no function does" for each in sorted(recorded - called)],
    )


def _needs_allowed(evidence: Evidence) -> Outcome:
    return Outcome(
        sum(len(needs) for _, needs in evidence),
        [finding for each, needs in evidence for finding in refused_needs(each, needs)],
    )


def _nothing_superfluous(evidence: Evidence) -> Outcome:
    return Outcome(
        sum(1 for each, _ in evidence for _ in taken_away(each.policy)),
        [finding for each, needs in evidence for finding in superfluous_parts(each, needs)],
    )


def _nothing_else_allowed(evidence: Evidence) -> Outcome:
    tried = evidence.tried
    return Outcome(
        tried.size * len(evidence.principals),
        [
            finding
            for each, needs in evidence
            for finding in unneeded_permissions(each, needs, tried)
        ],
    )


def _widenings_noticed(evidence: Evidence) -> Outcome:
    return Outcome(
        sum(1 for each, _ in evidence for _ in widened(each.policy)),
        [
            finding
            for each, needs in evidence
            for finding in unnoticed_widenings(each, needs, evidence.tried)
        ],
    )


def _spelled_out(evidence: Evidence) -> Outcome:
    return Outcome(
        sum(len(each.policy["Statement"]) for each, _ in evidence),
        [finding for each, needs in evidence for finding in loose_wording(each, needs)],
    )


def _assumed_by_the_right_ones(evidence: Evidence) -> Outcome:
    return Outcome(
        sum(callers_tried(each) for each, _ in evidence),
        [finding for each, _ in evidence for finding in trust_findings(each)],
    )


def _trust_conditions_matter(evidence: Evidence) -> Outcome:
    return Outcome(
        sum(len(conditions(each)) for each, _ in evidence),
        [finding for each, _ in evidence for finding in useless_conditions(each)],
    )


def _bounded(evidence: Evidence) -> Outcome:
    boundary = evidence.estate.given.boundary_arn
    return Outcome(
        len(evidence.principals),
        [finding for each, _ in evidence for finding in wrong_boundary_or_path(each, boundary)],
    )


def _buckets_only_deny(evidence: Evidence) -> Outcome:
    """The policy as it is on the bucket: it only denies, to everybody who comes without TLS."""
    found = []
    arns = [
        bucket.values["arn"]
        for deployment in evidence.estate.deployments
        for bucket in deployment.of_type("aws_s3_bucket")
    ]
    s3 = evidence.cloud.client("s3")
    for arn in arns:
        policy = json.loads(s3.get_bucket_policy(Bucket=arn.rpartition(":")[2])["Policy"])
        if {statement["Effect"] for statement in policy["Statement"]} != {"Deny"}:
            found.append(f"the policy of {arn} allows somebody something")
        caller = Caller(f"arn:aws:iam::{ACCOUNT_ID}:root")
        for resource, action in ((arn, "s3:ListBucket"), (f"{arn}/a", "s3:GetObject")):
            for secure, expected in (("true", "ImplicitDeny"), ("false", "Deny")):
                request = Request(action, resource, (("aws:SecureTransport", secure),))
                said = resource_policy_decision(policy, caller, request)
                if said != expected:
                    found.append(f"the policy of {arn} says {said} to {request}")
    return Outcome(len(arns), found)


def _only_the_schedule_calls(evidence: Evidence) -> Outcome:
    found, tried = [], 0
    functions = evidence.cloud.client("lambda")
    for deployment in evidence.estate.deployments:
        if deployment.configuration.product == "ap":
            name = deployment.arn("aws_lambda_function", "heartbeat").rpartition(":")[2]
            policy: dict[str, Any] = json.loads(functions.get_policy(FunctionName=name)["Policy"])
            found += invocation_findings(deployment, policy)
            tried += invocation_callers_tried(deployment)
    return Outcome(tried, found)


def _enforced_as_said(evidence: Evidence) -> Outcome:
    cloud, estate = evidence.cloud, evidence.estate
    products = [each for each in evidence if each[0].kind in PRODUCTS_IDENTITIES]
    return Outcome(
        sum(1 for each, _ in products for _ in attempts(estate, each)),
        [
            finding
            for each, needs in products
            for finding in enforcement_findings(cloud, estate, each, needs)
        ],
    )


CHECKS = [
    Check("every permission is one that is looked at", _nothing_overlooked),
    Check("every call of the functions' code is among the needs", _calls_recorded),
    Check("everything that a job needs is allowed", _needs_allowed),
    Check("nothing can be removed from a policy", _nothing_superfluous),
    Check("nothing else is allowed", _nothing_else_allowed),
    Check("a policy that is made wider is noticed", _widenings_noticed),
    Check("policies name what they allow", _spelled_out),
    Check("a role is assumed by its service or its account only", _assumed_by_the_right_ones),
    Check("every condition of a trust policy keeps somebody out", _trust_conditions_matter),
    Check("the boundary and the path are on every principal", _bounded),
    Check("buckets let nobody in, and nobody at all without TLS", _buckets_only_deny),
    Check("only the schedule calls the heartbeat", _only_the_schedule_calls),
    Check("the local cloud enforces what the policies say", _enforced_as_said),
]
