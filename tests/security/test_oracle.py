"""The oracle decides as AWS documents it, where our policies depend on it.

Source: IAM User Guide, "IAM JSON policy elements" (Action, Resource, Condition operators),
"Policy evaluation logic" and "Permissions boundaries for IAM entities".
"""

import json
from typing import Any

import pytest

from tests.local_cloud.cloud import LocalCloud
from tests.security.oracle import Caller, Request, judge, resource_policy_decision

pytestmark = pytest.mark.xdist_group("security")

QUEUE = "arn:aws:sqs:eu-central-1:000000000000:a-events-1.fifo"
KEY = "arn:aws:kms:eu-central-1:000000000000:key/1"
VIA = "kms:ViaService"
KINESIS = "kinesis.eu-central-1.amazonaws.com"


def allow(action: str | list[str], resource: str | list[str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource}


def if_(operator: str, key: str, value: str | list[str]) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    ("statement", "request_", "expected"),
    [
        (allow("sqs:SendMessage", QUEUE), Request("sqs:SendMessage", QUEUE), True),
        (allow("sqs:SendMessage", QUEUE), Request("sqs:SendMessage", f"{QUEUE}x"), False),
        (allow("sqs:SendMessage", QUEUE), Request("sqs:SendMessage", QUEUE.upper()), False),
        (allow("sqs:SendMessage", QUEUE), Request("sqs:SendMessageBatch", QUEUE), False),
        (allow("sqs:sendmessage", QUEUE), Request("sqs:SendMessage", QUEUE), True),
        (allow("sqs:Send*", QUEUE), Request("sqs:SendMessageBatch", QUEUE), True),
        (allow("sqs:SendMessag?", QUEUE), Request("sqs:SendMessage", QUEUE), True),
        (allow("*", "*"), Request("iam:CreateUser", "*"), True),
        (allow(["s3:GetObject"], ["b", QUEUE]), Request("s3:GetObject", QUEUE), True),
        (
            allow("s3:GetObject", "arn:aws:s3:::b/a/*"),
            Request("s3:GetObject", "arn:aws:s3:::b/a/c/d"),
            True,
        ),
        (
            allow("s3:GetObject", "arn:aws:s3:::b/a/*"),
            Request("s3:GetObject", "arn:aws:s3:::b/a"),
            False,
        ),
        (
            allow("s3:GetObject", "arn:aws:s3:::b/a*"),
            Request("s3:GetObject", "arn:aws:s3:::b/ab"),
            True,
        ),
        (
            allow("s3:ListBucket", "arn:aws:s3:::b/*"),
            Request("s3:ListBucket", "arn:aws:s3:::b"),
            False,
        ),
        (allow("s3:ListBucket", "arn:aws:s3:::b"), Request("s3:ListBucket", "*"), False),
        (allow("s3:Get*", "arn:a[w]s:s3:::b"), Request("s3:GetObject", "arn:aws:s3:::b"), False),
        (
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            Request("sqs:SendMessage", QUEUE),
            True,
        ),
        (
            {"Effect": "Allow", "Action": "sqs:*", "NotResource": QUEUE},
            Request("sqs:SendMessage", QUEUE),
            False,
        ),
    ],
)
def test_actions_and_resources_match_as_documented(
    statement: dict[str, Any], request_: Request, expected: bool
) -> None:
    assert judge({"Statement": [statement]})(request_) is expected


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        (if_("StringEquals", VIA, KINESIS), ((VIA, KINESIS),), True),
        (if_("StringEquals", VIA, KINESIS), (("KMS:viaservice", KINESIS),), True),
        (if_("StringEquals", VIA, KINESIS), ((VIA, KINESIS.upper()),), False),
        (if_("StringEquals", VIA, KINESIS), ((VIA, "s3.eu-central-1.amazonaws.com"),), False),
        (if_("StringEquals", VIA, KINESIS), (), False),
        (if_("StringEquals", VIA, "kinesis.*"), ((VIA, KINESIS),), False),
        (if_("StringLike", VIA, "kinesis.*"), ((VIA, KINESIS),), True),
        (if_("StringEquals", VIA, ["other", KINESIS]), ((VIA, KINESIS),), True),
        (if_("StringEqualsIfExists", VIA, KINESIS), (), True),
        (if_("StringNotEquals", VIA, KINESIS), (), True),
        (if_("ArnEquals", "aws:SourceArn", QUEUE), (("aws:SourceArn", QUEUE),), True),
        (if_("ArnEquals", "aws:SourceArn", QUEUE), (("aws:SourceArn", f"{QUEUE}x"),), False),
        (if_("ArnEquals", "aws:SourceArn", QUEUE), (), False),
        (if_("Bool", "aws:SecureTransport", "false"), (("aws:SecureTransport", "true"),), False),
        (if_("Bool", "aws:SecureTransport", "false"), (("aws:SecureTransport", "false"),), True),
        (
            {"Condition": {"StringEquals": {VIA: KINESIS, "aws:SourceAccount": "1"}}},
            ((VIA, KINESIS),),
            False,
        ),
        (
            {"Condition": {"StringEquals": {VIA: KINESIS}, "Bool": {"aws:Any": "true"}}},
            ((VIA, KINESIS),),
            False,
        ),
    ],
)
def test_conditions_match_as_documented(
    condition: dict[str, Any], context: tuple[tuple[str, str], ...], expected: bool
) -> None:
    is_allowed = judge({"Statement": [allow("kms:Decrypt", KEY, **condition)]})
    assert is_allowed(Request("kms:Decrypt", KEY, context)) is expected


def test_a_deny_wins_and_a_boundary_only_takes_away() -> None:
    request = Request("sqs:SendMessage", QUEUE)
    everything, nothing_of_it = allow("*", "*"), deny("sqs:*", "*")
    assert not judge({"Statement": [everything, nothing_of_it]})(request)
    assert not judge({"Statement": [nothing_of_it, everything]})(request)
    assert not judge({"Statement": []})(request)
    assert judge({"Statement": [everything]}, {"Statement": [everything]})(request)
    assert not judge({"Statement": [everything]}, {"Statement": [nothing_of_it]})(request)
    assert not judge({"Statement": [everything]}, {"Statement": [allow("s3:*", "*")]})(request)
    assert not judge({"Statement": []}, {"Statement": [everything]})(request)


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        ({"Service": "lambda.amazonaws.com"}, "lambda.amazonaws.com", "Allow"),
        ({"Service": "lambda.amazonaws.com"}, "edgelambda.amazonaws.com", "ImplicitDeny"),
        ({"Service": "lambda.amazonaws.com"}, "arn:aws:iam::111122223333:root", "ImplicitDeny"),
        ({"AWS": "arn:aws:iam::111122223333:root"}, "arn:aws:iam::111122223333:role/a", "Allow"),
        ({"AWS": "arn:aws:iam::111122223333:root"}, "lambda.amazonaws.com", "ImplicitDeny"),
        (
            {"AWS": "arn:aws:iam::111122223333:root"},
            "arn:aws:iam::999988887777:role/a",
            "ImplicitDeny",
        ),
        (
            {"AWS": "arn:aws:iam::111122223333:role/a"},
            "arn:aws:iam::111122223333:role/b",
            "ImplicitDeny",
        ),
        ("*", "arn:aws:iam::999988887777:user/a", "Allow"),
    ],
)
def test_a_trust_policy_lets_in_whom_it_names(principal: Any, caller: str, expected: str) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]}
    request = Request("sts:AssumeRole", "arn:aws:iam::000000000000:role/r")
    assert resource_policy_decision(trust, Caller(caller), request) == expected


def test_the_local_aws_decides_with_the_same_evaluator(cloud: LocalCloud) -> None:
    statements = [allow(["sqs:Send*", "s3:GetObject"], [QUEUE]), deny("sqs:SendMessageBatch", "*")]
    actions = ["sqs:SendMessage", "sqs:SendMessageBatch", "s3:GetObject", "s3:PutObject"]
    answered = cloud.client("iam").simulate_custom_policy(
        PolicyInputList=[json.dumps({"Version": "2012-10-17", "Statement": statements})],
        ActionNames=actions,
        ResourceArns=[QUEUE],
    )["EvaluationResults"]
    is_allowed = judge({"Statement": statements})
    assert {each["EvalActionName"]: each["EvalDecision"] == "allowed" for each in answered} == {
        action: is_allowed(Request(action, QUEUE)) for action in actions
    }
