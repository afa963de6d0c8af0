"""A function: deployed, configured, and without errors."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from aspect_wfm.aws import Aws, Denied
from aspect_wfm.doctor.findings import Finding, failure, ok, warning
from aspect_wfm.metrics import Metric, last_hour


def read_function(aws: Aws, name: str) -> dict[str, Any]:
    """A function's configuration. Raises as `Aws.ask` does."""
    found: dict[str, Any] = aws.ask("lambda", "get_function_configuration", FunctionName=name)
    return found


def read_environment(aws: Aws, name: str) -> Mapping[str, str]:
    """A function's environment variables. Raises as `Aws.ask` does; Denied also where they are
    encrypted with a key that these credentials may not use."""
    environment = read_function(aws, name).get("Environment", {})
    if "Error" in environment:
        raise Denied("kms:Decrypt")
    variables: Mapping[str, str] = environment.get("Variables", {})
    return variables


def look_at_function(aws: Aws, name: str) -> Iterator[Finding]:
    """The function's state. Raises as `Aws.ask` does."""
    yield check_state(name, read_function(aws, name))


def look_at_errors(aws: Aws, name: str, now: datetime) -> Iterator[Finding]:
    """Its errors and throttles in the last hour. Raises as `Aws.ask` does."""
    invocations, errors, throttles = last_hour(
        aws,
        now,
        [
            Metric("AWS/Lambda", metric, "FunctionName", name)
            for metric in ("Invocations", "Errors", "Throttles")
        ],
    )
    yield check_errors(name, invocations.total or 0, errors.total or 0)
    yield check_throttles(name, throttles.total or 0)


def check_state(name: str, configuration: Mapping[str, Any]) -> Finding:
    """The finding on a function's state; `configuration` is Lambda's answer."""
    state = configuration.get("State", "Active")
    update = configuration.get("LastUpdateStatus", "Successful")
    if state == "Failed" or update == "Failed":
        reason = configuration.get("StateReason") or configuration.get("LastUpdateStatusReason")
        return failure(
            "function.state",
            f"{name} is not as it was deployed: state {state}, last update {update}"
            f"{f' ({reason})' if reason else ''}.",
            "Fix the reason, and apply again.",
        )
    if state == "Pending" or update == "InProgress":
        return warning(
            "function.state",
            f"{name} is being changed: state {state}, last update {update}.",
            "Run the doctor again in a minute. An RTA server that sets its flag also changes the "
            "relay.",
        )
    return ok("function.state", f"{name} is {state}, its last update {update}.")


def check_errors(name: str, invocations: float, errors: float) -> Finding:
    """The finding on the errors of an hour."""
    if not errors:
        return ok(
            "function.errors",
            f"{name} was invoked {invocations:,.0f} times in the last hour, without an error.",
        )
    advice = (
        f"Read its log, /aws/lambda/{name}: an ERROR line names the cause. Lambda retries what "
        "failed."
    )
    text = f"{errors:,.0f} of {invocations:,.0f} invocations of {name} failed in the last hour"
    if errors >= invocations:
        return failure("function.errors", f"{text}: none succeeded.", advice)
    return warning("function.errors", f"{text}.", advice)


def check_throttles(name: str, throttles: float) -> Finding:
    """The finding on the throttled invocations of an hour."""
    if not throttles:
        return ok("function.throttles", f"{name} was not throttled in the last hour.")
    return warning(
        "function.throttles",
        f"{name} was throttled {throttles:,.0f} times in the last hour, which delays events.",
        "The account has no concurrent executions left, or the function's reserved concurrency is "
        "too low: request a higher quota, or raise the reservation.",
    )
