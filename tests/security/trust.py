"""Who may assume the roles, and who may call the heartbeat function.

The confused deputy: IAM User Guide, "The confused deputy problem". A service that acts for many
customers has to be told for whom (aws:SourceAccount, aws:SourceArn); a third party has to name an
external id.
"""

from collections.abc import Iterator
from copy import deepcopy

from tests.local_cloud.cloud import ACCOUNT_ID
from tests.security.configurations import EXTERNAL_ID, SOURCE_ACCOUNT
from tests.security.estate import Deployment
from tests.security.oracle import Caller, Context, Document, Request, resource_policy_decision
from tests.security.principals import PRODUCTS_IDENTITIES, Principal

ANOTHER_ACCOUNT = "999988887777"

_SERVICES = (
    "lambda.amazonaws.com",
    "firehose.amazonaws.com",
    "events.amazonaws.com",
    "kinesisanalytics.amazonaws.com",
    "ec2.amazonaws.com",
    "edgelambda.amazonaws.com",
    "scheduler.amazonaws.com",
)
_KNOWING: Context = (("sts:ExternalId", EXTERNAL_ID),)
_WRONG_IDS = ("", "other", EXTERNAL_ID.upper(), f"{EXTERNAL_ID}0", "*")

_OTHER_ACTIONS = (
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)


def trust_findings(principal: Principal) -> list[str]:
    """Who should be able to assume the role and is not, and who is and should not be."""
    if principal.trust is None:
        return []
    rightful = _rightful(principal)
    found = _form(principal.trust, principal)
    found += [
        f"{principal} cannot be assumed by {caller}"
        for caller in rightful
        if not _assumes(principal.trust, caller, principal.arn)
    ]
    return found + [
        f"{principal} can be assumed by {caller}"
        for caller in _strangers(principal)
        if _assumes(principal.trust, caller, principal.arn)
    ]


def useless_conditions(principal: Principal) -> list[str]:
    """The conditions of a trust policy that could be dropped with no stranger let in."""
    return [
        f"no stranger is kept out by {key} in the trust policy of {principal}"
        for key, trust in conditions(principal)
        if not any(_assumes(trust, caller, principal.arn) for caller in _strangers(principal))
    ]


def conditions(principal: Principal) -> list[tuple[str, Document]]:
    """The condition keys of a trust policy, each with the policy as it is without it."""
    if principal.trust is None:
        return []
    (statement,) = principal.trust["Statement"]
    found = []
    for operator, keys in statement.get("Condition", {}).items():
        for key in keys:
            without = deepcopy(principal.trust)
            del without["Statement"][0]["Condition"][operator][key]
            found.append((key, without))
    return found


def callers_tried(principal: Principal) -> int:
    """With how many callers a role's trust policy is tried."""
    if principal.trust is None:
        return 0
    return len(_rightful(principal)) + len(_strangers(principal))


def invocation_findings(deployment: Deployment, policy: Document) -> list[str]:
    """Whether the schedule's rule, and nothing else, may call the heartbeat function.

    `policy` is the function's own.
    """
    function = deployment.arn("aws_lambda_function", "heartbeat")
    request = Request("lambda:InvokeFunction", function)
    schedule = _schedule(deployment)
    may = resource_policy_decision(policy, schedule, request) == "Allow"
    found = [] if may else [f"the schedule cannot call {function}"]
    return found + [
        f"{caller} can call {function}"
        for caller in _other_callers(schedule)
        if resource_policy_decision(policy, caller, request) == "Allow"
    ]


def invocation_callers_tried(deployment: Deployment) -> int:
    """With how many callers the heartbeat function's policy is tried."""
    return 1 + len(_other_callers(_schedule(deployment)))


def _schedule(deployment: Deployment) -> Caller:
    rule = deployment.arn("aws_cloudwatch_event_rule", "heartbeat")
    context = (("aws:SourceAccount", ACCOUNT_ID), ("aws:SourceArn", rule))
    return Caller("events.amazonaws.com", context)


def _other_callers(schedule: Caller) -> list[Caller]:
    return [
        *(Caller(each, schedule.context) for each in _SERVICES if each != schedule.name),
        *_varied(schedule),
        *map(Caller, _of_account(ANOTHER_ACCOUNT)),
    ]


def _assumes(trust: Document, caller: Caller, role_arn: str) -> bool:
    return resource_policy_decision(trust, caller, Request("sts:AssumeRole", role_arn)) == "Allow"


def _form(trust: Document, principal: Principal) -> list[str]:
    """One statement, for one action and one principal, with a sid and conditions."""
    (statement,) = trust["Statement"]
    found = []
    if statement["Action"] != "sts:AssumeRole":
        found.append(f"{principal} trusts for {statement['Action']}")
    if not statement.get("Sid"):
        found.append(f"the trust policy of {principal} has no sid")
    if [type(name) for name in statement["Principal"].values()] != [str]:
        found.append(f"{principal} trusts {statement['Principal']}")
    found += [
        f"{principal} can be assumed by {caller} with {action}"
        for action in _OTHER_ACTIONS
        for caller in _rightful(principal)
        if resource_policy_decision(trust, caller, Request(action, principal.arn)) == "Allow"
    ]
    return found


def _rightful(principal: Principal) -> list[Caller]:
    if principal.kind in PRODUCTS_IDENTITIES:
        return [Caller(name, _KNOWING) for name in _of_account(SOURCE_ACCOUNT)]
    return [_service(principal)]


def _service(principal: Principal) -> Caller:
    """The service that works with the role, in this role's own matter."""
    deployment = principal.deployment
    if principal.kind == "firehose":
        name = "firehose.amazonaws.com"
        source = deployment.arn("aws_kinesis_firehose_delivery_stream", "reports")
    elif principal.kind == "application":
        name = "kinesisanalytics.amazonaws.com"
        source = deployment.arn("aws_kinesisanalyticsv2_application", "classifier")
    else:
        name = "lambda.amazonaws.com"
        source = deployment.arn("aws_lambda_function", principal.kind)
    return Caller(name, (("aws:SourceAccount", ACCOUNT_ID), ("aws:SourceArn", source)))


def _strangers(principal: Principal) -> list[Caller]:
    if principal.kind in PRODUCTS_IDENTITIES:
        wrong = [(), *((("sts:ExternalId", each),) for each in _WRONG_IDS)]
        return [
            *(Caller(name, each) for name in _of_account(SOURCE_ACCOUNT) for each in wrong),
            *(Caller(name, _KNOWING) for name in _of_account(ACCOUNT_ID)),
            *(Caller(name, _KNOWING) for name in _of_account(ANOTHER_ACCOUNT)),
            *(Caller(each, (*_KNOWING, ("aws:SourceAccount", ACCOUNT_ID))) for each in _SERVICES),
        ]
    own = _service(principal)
    return [
        *(Caller(each, own.context) for each in _SERVICES if each != own.name),
        # Which function is given a role of Lambda's is for iam:PassRole to decide.
        *_varied(own, by_source=principal.kind in ("application", "firehose")),
        *(
            Caller(name, own.context)
            for account in (ACCOUNT_ID, SOURCE_ACCOUNT, ANOTHER_ACCOUNT)
            for name in _of_account(account)
        ),
    ]


def _varied(own: Caller, *, by_source: bool = True) -> Iterator[Caller]:
    """The service, in the matter of another account, or of another resource of this one."""
    account, source = own.context
    another = source[1].replace(ACCOUNT_ID, ANOTHER_ACCOUNT)
    yield Caller(own.name)
    yield Caller(own.name, (source,))
    yield Caller(own.name, (("aws:SourceAccount", ANOTHER_ACCOUNT), source))
    yield Caller(own.name, (("aws:SourceAccount", ANOTHER_ACCOUNT), ("aws:SourceArn", another)))
    if by_source:
        yield Caller(own.name, (account,))
        for wrong in (another, f"{source[1]}-2", "*"):
            yield Caller(own.name, (account, ("aws:SourceArn", wrong)))


def _of_account(account_id: str) -> list[str]:
    return [
        f"arn:aws:iam::{account_id}:root",
        f"arn:aws:iam::{account_id}:user/someone",
        f"arn:aws:sts::{account_id}:assumed-role/server/session",
    ]
