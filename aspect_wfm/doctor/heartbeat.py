"""The heartbeat: invoked every five minutes, to put an empty line (wire contract, 2.4)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from aspect_wfm.aws import Aws
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, failure, note, ok
from aspect_wfm.doctor.function import read_function
from aspect_wfm.metrics import Metric, Series, last_hour

# Three calls; CloudWatch may not know of the last one yet.
_RECENT = timedelta(minutes=15)


def look_at_rule(aws: Aws, function: str) -> Iterator[Finding]:
    """The schedule of the heartbeat function. Raises as `Aws.ask` does."""
    yield check_rule(function, _rules(aws, function))


def look_at_beats(
    aws: Aws, function: str, at_work: Callable[[], bool], now: datetime
) -> Iterator[Finding]:
    """Its heartbeats in the last hour; `at_work` is whether the classifier is. Raises as `Aws.ask`
    does."""
    if not _enabled(_rules(aws, function)):
        yield note("heartbeat.beat", f"Not checked, because no enabled rule invokes {function}.")
        return
    if not at_work():
        yield note(
            "heartbeat.beat",
            "Not checked: no heartbeat is sent until the classifier works.",
        )
        return
    deployed = datetime.fromisoformat(read_function(aws, function)["LastModified"])
    beats, invocations, errors = last_hour(
        aws,
        now,
        [
            Metric("AspectWFM", "Heartbeats", "FunctionName", function),
            Metric("AWS/Lambda", "Invocations", "FunctionName", function),
            Metric("AWS/Lambda", "Errors", "FunctionName", function),
        ],
    )
    recent = now - _RECENT
    yield check_beats(
        beats.since(recent), invocations.since(recent), errors.since(recent), now - deployed
    )


def check_rule(function: str, rules: list[tuple[str, str]]) -> Finding:
    """`rules` are the names and states of those that invoke the function."""
    enabled = _enabled(rules)
    if enabled:
        return ok("heartbeat.rule", f"Rule {enabled[0]} invokes {function} every five minutes.")
    advice = "Apply again, which creates and enables it."
    if rules:
        return failure("heartbeat.rule", f"Rule {rules[0][0]} is {rules[0][1]}.", advice)
    return failure("heartbeat.rule", f"No rule invokes {function}.", advice)


def _rules(aws: Aws, function: str) -> list[tuple[str, str]]:
    arn = read_function(aws, function)["FunctionArn"]
    names = aws.ask("events", "list_rule_names_by_target", TargetArn=arn)["RuleNames"]
    rules = [aws.ask("events", "describe_rule", Name=name) for name in names]
    return [(each["Name"], each["State"]) for each in rules]


def _enabled(rules: list[tuple[str, str]]) -> list[str]:
    return [name for name, state in rules if state.startswith("ENABLED")]


def check_beats(beats: Series, invocations: Series, errors: Series, age: timedelta) -> Finding:
    """The result of the last invocations; `age` is the function's since it was last deployed."""
    withheld = (
        "No heartbeat is sent, so that WFM does not mistake the gap for a time without agents"
    )
    if beats.total:
        return ok("heartbeat.beat", "A heartbeat was sent in the last 15 minutes.")
    if beats.total is not None:
        return failure(
            "heartbeat.beat",
            f"{withheld}: the classifier is not working.",
            "See the findings on the classifier above.",
        )
    called = invocations.total or 0
    if called > (errors.total or 0):
        return ok("heartbeat.beat", "The heartbeat function was invoked in the last 15 minutes.")
    if called:
        return failure(
            "heartbeat.beat",
            "Every invocation of the heartbeat function failed in the last 15 minutes: no report "
            "file is written while no agent is signed in.",
            "Read its log: an ERROR line names the cause.",
        )
    if age <= _RECENT:
        return note(
            "heartbeat.beat",
            f"No heartbeat yet; the function was deployed {duration(age)} ago.",
            f"Run the doctor again when that is {duration(_RECENT)} ago.",
        )
    return failure(
        "heartbeat.beat",
        "The heartbeat function was not invoked in the last 15 minutes: no report file is written "
        "while no agent is signed in.",
        "Check its rule, and the function's permission for events.amazonaws.com, and apply again.",
    )
