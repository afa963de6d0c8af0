"""The checks of the identity policies. Each returns what it found, one sentence a finding."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass

from tests.security.actions import SERVICES, tried_actions
from tests.security.configurations import IAM_PATH
from tests.security.estate import Estate, resource_arns
from tests.security.needs import ANOTHERS, EVERY_WAY_TO_A_KEY, OURS, Need
from tests.security.oracle import Context, Document, Request, judge
from tests.security.principals import Principal

# The condition keys that a service's requests carry; those of other services have none.
_CONTEXTS: Mapping[str, tuple[Context, ...]] = {
    "kms": EVERY_WAY_TO_A_KEY,
    "s3": (OURS, ANOTHERS),
}


def refused_needs(principal: Principal, needs: Iterable[Need]) -> list[str]:
    """The needs that the policy does not allow."""
    is_allowed = judge(principal.policy)
    return [
        f"{principal} needs {need.request} and is refused it"
        for need in needs
        if not is_allowed(need.request)
    ]


def superfluous_parts(principal: Principal, needs: list[Need]) -> list[str]:
    """The parts of the policy that could be removed with every need still allowed."""
    found = []
    for part, less in taken_away(principal.policy):
        is_allowed = judge(less)
        if all(is_allowed(need.request) for need in needs):
            found.append(f"{principal} does not need {part}")
    return found


def taken_away(policy: Document) -> Iterator[tuple[str, Document]]:
    """The policy without each of its statements, and each of their actions, resources and the
    values of their conditions."""
    for index, statement in enumerate(policy["Statement"]):
        rest = policy["Statement"][:index] + policy["Statement"][index + 1 :]
        yield statement["Sid"], {"Statement": rest}
        for kind in ("Action", "Resource"):
            values = as_list(statement[kind])
            for value in values if len(values) > 1 else []:
                fewer = {**statement, kind: [other for other in values if other != value]}
                part = f"{kind.lower()} {value} of {statement['Sid']}"
                yield part, {"Statement": [*rest, fewer]}
        for operator, keys in statement.get("Condition", {}).items():
            for key, given in keys.items():
                values = as_list(given)
                for value in values if len(values) > 1 else []:
                    fewer = deepcopy(statement)
                    fewer["Condition"][operator][key] = [each for each in values if each != value]
                    yield f"{key} {value} of {statement['Sid']}", {"Statement": [*rest, fewer]}


def widened(policy: Document) -> Iterator[tuple[str, Document]]:
    """Statements of the policy with each action, resource and condition made to match more."""
    for statement in policy["Statement"]:
        sid = statement["Sid"]
        for service in sorted({each.partition(":")[0] for each in as_list(statement["Action"])}):
            yield f"{service}:* in {sid}", {**statement, "Action": f"{service}:*"}
        resources = as_list(statement["Resource"])
        for resource in resources:
            kept = [other for other in resources if other != resource]
            for wider in {f"{resource.rstrip('/:*')}*", _siblings(resource), "*"} - {resource}:
                change = f"{wider} for {resource} in {sid}"
                yield change, {**statement, "Resource": [*kept, wider]}
        for operator, keys in statement.get("Condition", {}).items():
            for key in keys:
                less = deepcopy(statement)
                del less["Condition"][operator][key]
                yield f"{sid} without {key}", less


def _siblings(resource: str) -> str:
    """Everything beside a resource: `arn:aws:sqs:eu-central-1:000000000000:*` for a queue."""
    stem = resource.rstrip("/:*")
    last = max(stem.rfind(separator) for separator in "/:")
    return f"{stem[: last + 1]}*"


@dataclass(frozen=True, slots=True)
class Grid:
    """Every request that is tried with every principal, by action."""

    requests: Mapping[str, tuple[Request, ...]]

    @property
    def size(self) -> int:
        return sum(map(len, self.requests.values()))


def grid(estate: Estate, needs: Iterable[Need]) -> Grid:
    """Every action of our services on everything of its service in the estate.

    That includes what any principal needs, so every need of one is tried with all others.
    """
    arns: dict[str, set[str]] = {service: {"*"} for service in SERVICES}
    for arn in [*resource_arns(estate), *(need.request.resource for need in needs)]:
        arns[arn.split(":")[2]].add(arn)
        if ":role/" in arn:
            arns["sts"].add(arn)
    requests = {}
    for action in sorted(tried_actions()):
        service = action.partition(":")[0]
        requests[action] = tuple(
            Request(action, arn, context)
            for arn in sorted(arns[service])
            for context in _CONTEXTS.get(service, ((),))
        )
    return Grid(requests)


def unneeded_permissions(principal: Principal, needs: list[Need], tried: Grid) -> list[str]:
    """What the policy allows of `tried`, and no need explains."""
    return [
        f"{principal} is allowed {request} and does not need it"
        for request in _unneeded(principal.policy["Statement"], needs, tried)
    ]


def _unneeded(statements: list[Document], needs: list[Need], tried: Grid) -> Iterator[Request]:
    """What statements, all of which allow, allow of `tried` beyond `needs`.

    An action that they would refuse on every resource and under all conditions is refused on each:
    only the others are tried one by one.
    """
    anything = [{**each, "Resource": "*", "Condition": {}} for each in statements]
    is_ever_allowed = judge({"Statement": anything})
    is_allowed = judge({"Statement": statements})
    for action, requests in tried.requests.items():
        if is_ever_allowed(Request(action, "*")):
            for request in requests:
                if is_allowed(request) and not any(need.covers(request) for need in needs):
                    yield request


def unnoticed_widenings(principal: Principal, needs: list[Need], tried: Grid) -> list[str]:
    """The ways of widening the policy that the other checks would not notice."""
    return [
        f"nothing notices {change} in the policy of {principal}"
        for change, statement in widened(principal.policy)
        if next(_unneeded([statement], needs, tried), None) is None
    ]


def wrong_boundary_or_path(principal: Principal, boundary_arn: str) -> list[str]:
    """Whether the principal lacks the boundary and the path of its configuration."""
    bounded = principal.deployment.configuration.has("bounded")
    expected = (boundary_arn, IAM_PATH) if bounded else (None, "/")
    found = (principal.boundary_arn, principal.path)
    return [] if found == expected else [f"{principal} has {found}, not {expected}"]


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
