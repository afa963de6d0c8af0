"""What is checked, in which order, and what happens if a check is not possible."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from aspect_wfm.aws import Aws, Denied, Missing, Refused, Unanswered
from aspect_wfm.deployment import RELAY, Deployment, application_name, is_application
from aspect_wfm.doctor import heartbeat
from aspect_wfm.doctor.adapter_names import look_at_connect_bucket, look_at_names
from aspect_wfm.doctor.age import deployment_age
from aspect_wfm.doctor.alarms import (
    OF_AGENT_PRODUCTIVITY,
    OF_REAL_TIME_ADHERENCE,
    OF_STREAM,
    look_at_alarms,
)
from aspect_wfm.doctor.application import look_at_application, look_at_restarts, read_application
from aspect_wfm.doctor.configuration import (
    application_stream,
    classifier_configuration,
    look_at_configuration,
    look_at_properties,
    relay_configuration,
)
from aspect_wfm.doctor.failed_records import look_at_failed_records
from aspect_wfm.doctor.findings import Finding, Section, absence, note
from aspect_wfm.doctor.firehose import look_at_delivery, look_at_firehose, look_at_newest_report
from aspect_wfm.doctor.function import look_at_errors, look_at_function, read_function
from aspect_wfm.doctor.identity import look_at_identity
from aspect_wfm.doctor.mapping import (
    look_at_lag,
    look_at_mappings,
    look_at_retention,
    read_mappings,
)
from aspect_wfm.doctor.queues import look_at_queues, look_at_retired_queues
from aspect_wfm.doctor.reference_table import look_at_statuses, look_at_table
from aspect_wfm.doctor.state_table import look_at_states, look_at_tables
from aspect_wfm.doctor.stream import (
    look_at_arrivals,
    look_at_instance,
    look_at_key,
    look_at_order,
    look_at_shards,
    look_at_stream,
    read_stream,
    stream_name,
)
from aspect_wfm.doctor.write_flag import look_at_flag
from function_runtime.environment import ConfigurationError

# A check of something: the first part of its findings' names, and what makes them.
Look = tuple[str, Callable[[], Iterable[Finding]]]

# Is given the name of a check before it is made.
Watch = Callable[[str], None]


def examine(
    aws: Aws, deployments: Sequence[Deployment], now: datetime, watch: Watch = lambda _check: None
) -> Iterator[Section]:
    """The streams, each once, and then each deployment; `now` is in UTC.

    A deployment's `connect_instance_id` is checked if it has one.
    """
    instances: dict[str, str | None] = {}
    ages: dict[str, timedelta] = {}
    absent: set[str] = set()
    for each in deployments:
        age = deployment_age(aws, each, now)
        for stream in streams(aws, each):
            instances[stream] = instances.get(stream) or each.get("connect_instance_id")
            ages[stream] = max(age, ages.get(stream, age))
    for stream, instance in instances.items():
        looks = _looks_at_stream(aws, stream, instance, now, ages[stream])
        yield Section("stream", stream, tuple(findings(looks, absent, watch)))
    for each in deployments:
        relay, classifier = each.get(RELAY), each.classifier
        age = deployment_age(aws, each, now)
        if relay:
            looks = _looks_at_relay(aws, each, relay, now, age)
            name = deployment_name(relay)
            yield Section("real-time-adherence", name, tuple(findings(looks, absent, watch)))
        if classifier:
            looks = _looks_at_agent_productivity(aws, each, classifier, now, age)
            name = deployment_name(classifier)
            yield Section("agent-productivity", name, tuple(findings(looks, absent, watch)))


def streams(aws: Aws, deployment: Deployment) -> list[str]:
    """The ARNs of the streams that a deployment reads, each once.

    If mappings or the application cannot be read, it is the stream in the outputs.
    """
    named = deployment.get("agent_event_stream_arn")
    found = {named: None} if named else {}
    for reader in filter(None, (deployment.get(RELAY), deployment.classifier)):
        try:
            found |= dict.fromkeys(_streams_of(aws, reader))
        except (Refused, ConfigurationError):  # a finding of the deployment's
            continue
    return list(found)


def _streams_of(aws: Aws, reader: str) -> list[str]:
    if is_application(reader):
        return [application_stream(aws, reader)]
    return [each.stream_arn for each in read_mappings(aws, reader)]


def deployment_name(reader: str) -> str:
    """The `name` or `kda_application_name` that a function or an application is named after."""
    if is_application(reader):
        return application_name(reader)
    return reader.removesuffix("-relay").removesuffix("-classifier")


def findings(looks: Iterable[Look], absent: set[str], watch: Watch) -> Iterator[Finding]:
    """The findings of the checks. What cannot be checked is a note, and the others go on.

    A resource that does not exist is one failure: `absent` collects what was reported.
    """
    for check, look in looks:
        watch(check)
        try:
            for each in look():
                yield _once(each, absent)
        except Missing as missing:
            yield _once(absence(check, missing.thing), absent)
        except Denied as denied:
            yield note(
                check,
                f"Not checked: {denied}.",
                f"Allow {denied.action}, as the policy in docs/doctor.md does, or use other "
                "credentials.",
            )
        except Unanswered as unanswered:
            yield note(check, f"Not checked: {unanswered}.", "Run the doctor again in a minute.")
        except ConfigurationError as error:
            yield note(check, f"Not checked, because the configuration is wrong: {error}")


def _once(finding: Finding, absent: set[str]) -> Finding:
    if finding.missing is None or finding.missing not in absent:
        if finding.missing:
            absent.add(finding.missing)
        return finding
    return note(finding.check, f"Not checked, because {finding.missing} does not exist.")


def _unless_missing(
    exists: Callable[[], object], look: Callable[[], Iterable[Finding]]
) -> Callable[[], Iterable[Finding]]:
    """`look`, but Missing if `exists` raises that: CloudWatch and lists are silent about it."""

    def looked() -> Iterable[Finding]:
        with suppress(Denied, Unanswered):
            exists()
        return look()

    return looked


def _looks_at_stream(
    aws: Aws, arn: str, instance: str | None, now: datetime, age: timedelta
) -> Iterator[Look]:
    yield "stream.status", lambda: look_at_stream(aws, arn)
    yield "stream.order", lambda: look_at_order(aws, arn)
    yield "stream.key", lambda: look_at_key(aws, arn)
    yield (
        "stream.arrivals",
        _unless_missing(
            lambda: read_stream(aws, arn), lambda: look_at_arrivals(aws, arn, now, age)
        ),
    )
    yield "stream.shards", lambda: look_at_shards(aws, arn, now)
    yield "alarms.state", lambda: look_at_alarms(aws, stream_name(arn), OF_STREAM, age)
    if instance:
        yield "stream.instance", lambda: look_at_instance(aws, arn, instance)
    else:
        yield (
            "stream.instance",
            lambda: [
                _no_instance("stream.instance", "which stream the instance writes agent events to")
            ],
        )


def _looks_at_relay(
    aws: Aws, deployment: Deployment, relay: str, now: datetime, age: timedelta
) -> Iterator[Look]:
    yield from _looks_at_consumer(aws, relay, now, age, relay=True)
    yield (
        "function.configuration",
        lambda: look_at_configuration(lambda: relay_configuration(aws, relay)),
    )
    yield "flag.value", lambda: look_at_flag(aws, relay)
    yield "table.status", lambda: look_at_tables(aws, relay)
    yield "table.states", lambda: look_at_states(aws, relay, now)
    yield "queue.messages", lambda: look_at_queues(aws, relay, now)
    retired = deployment.urls("retired_sqs_queue_urls")
    yield "queue.retired", lambda: look_at_retired_queues(aws, retired)
    yield (
        "identity.present",
        lambda: look_at_identity(aws, deployment, "RTA server", "rta", now, age),
    )
    yield (
        "failed_records.kept",
        lambda: look_at_failed_records(
            aws, relay, relay_configuration(aws, relay).failed_records_bucket, now
        ),
    )
    yield (
        "alarms.state",
        lambda: look_at_alarms(aws, deployment_name(relay), OF_REAL_TIME_ADHERENCE, age),
    )


def _looks_at_agent_productivity(
    aws: Aws, deployment: Deployment, classifier: str, now: datetime, age: timedelta
) -> Iterator[Look]:
    if is_application(classifier):
        yield "application.state", lambda: look_at_application(aws, classifier)
        yield "application.restarts", lambda: look_at_restarts(aws, classifier, now)
        yield "application.configuration", lambda: look_at_properties(aws, classifier)
    else:
        yield from _looks_at_consumer(aws, classifier, now, age, relay=False)
        yield (
            "function.configuration",
            lambda: look_at_configuration(lambda: classifier_configuration(aws, classifier)),
        )
    yield "reference_table.content", lambda: look_at_table(aws, classifier)
    instance = deployment.get("connect_instance_id")
    if instance:
        yield "reference_table.unnamed", lambda: look_at_statuses(aws, classifier, instance)
    else:
        yield (
            "reference_table.unnamed",
            lambda: [
                _no_instance("reference_table.unnamed", "which agent statuses the instance has")
            ],
        )
    yield "firehose.status", lambda: look_at_firehose(aws, classifier)
    yield "firehose.delivery", lambda: look_at_delivery(aws, classifier, now)
    yield "report.newest", lambda: look_at_newest_report(aws, classifier, now)
    beating = deployment.get("heartbeat_lambda_function_name")
    if beating:
        yield "function.state", lambda: look_at_function(aws, beating)
        yield (
            "function.errors",
            _unless_missing(
                lambda: read_function(aws, beating), lambda: look_at_errors(aws, beating, now)
            ),
        )
        yield "heartbeat.rule", lambda: heartbeat.look_at_rule(aws, beating)
        yield (
            "heartbeat.beat",
            lambda: heartbeat.look_at_beats(aws, beating, lambda: _is_fed(aws, classifier), now),
        )
    else:
        yield "heartbeat.beat", lambda: [_no_heartbeat()]
    yield "adapter.mapping", lambda: look_at_names(aws, classifier)
    yield (
        "adapter.connect_bucket",
        lambda: look_at_connect_bucket(aws, deployment, classifier),
    )
    yield (
        "identity.present",
        lambda: look_at_identity(aws, deployment, "WFM Adapter", "wfm_adapter", now, age),
    )
    yield (
        "failed_records.kept",
        lambda: look_at_failed_records(
            aws, classifier, classifier_configuration(aws, classifier).failed_records_bucket, now
        ),
    )
    yield (
        "alarms.state",
        lambda: look_at_alarms(aws, deployment_name(classifier), OF_AGENT_PRODUCTIVITY, age),
    )


def _looks_at_consumer(
    aws: Aws, function: str, now: datetime, age: timedelta, relay: bool
) -> Iterator[Look]:
    def given(look: Callable[[], Iterable[Finding]]) -> Callable[[], Iterable[Finding]]:
        return _unless_missing(lambda: read_function(aws, function), look)

    yield "function.state", lambda: look_at_function(aws, function)
    yield "function.errors", given(lambda: look_at_errors(aws, function, now))
    yield "mapping.state", given(lambda: look_at_mappings(aws, function))
    yield "mapping.retention", given(lambda: look_at_retention(aws, function))
    yield "mapping.lag", given(lambda: look_at_lag(aws, function, now, age, relay))


def _is_fed(aws: Aws, classifier: str) -> bool:
    """Whether the classifier exists and is given events, as far as can be read."""
    with suppress(Denied, Unanswered):
        try:
            if is_application(classifier):
                return bool(read_application(aws, classifier)["ApplicationStatus"] == "RUNNING")
            read_function(aws, classifier)
            return any(each.state == "Enabled" for each in read_mappings(aws, classifier))
        except Missing:
            return False
    return True


def _no_instance(check: str, question: str) -> Finding:
    return note(
        check,
        f"Not checked: {question}, because no Amazon Connect instance is named.",
        "Name it with --connect-instance, or add the output connect_instance_id.",
    )


def _no_heartbeat() -> Finding:
    return note(
        "heartbeat.beat",
        "Not checked: heartbeat_lambda_function_name is not among the outputs.",
        "Add this output of the module to your outputs.",
    )
