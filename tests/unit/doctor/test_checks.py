"""Every check, from facts to what is said of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aspect_wfm.doctor import (
    adapter_names,
    alarms,
    application,
    configuration,
    failed_records,
    findings,
    firehose,
    function,
    heartbeat,
    identity,
    mapping,
    queues,
    reference_table,
    state_table,
    stream,
    write_flag,
)
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, Level, worst
from aspect_wfm.doctor.reference_table import AgentStatus
from aspect_wfm.metrics import Series
from function_runtime.environment import ConfigurationError

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

OK, NOTE, WARNING, FAILURE = Level

STREAM = stream.Stream("arn:aws:kinesis:r:1:stream/events", "ACTIVE", 2, 24, None)
MAPPING = mapping.Mapping("uuid-1", "Enabled", "OK", STREAM.arn, 23 * 3_600)
REPORTS = firehose.ReportStream(
    "aspect-wfm-ap-kda-to-s3",
    "ACTIVE",
    NOW - DAY,
    "reports",
    "OUTPUT/",
    {"CompressionFormat": "UNCOMPRESSED", "CustomTimeZone": "UTC", "FileExtension": ""},
    (300, 5),
)
KEY = {"KeyManager": "CUSTOMER", "KeyState": "Enabled"}


def series(*values: float) -> Series:
    return Series(tuple((NOW - number * MINUTE, each) for number, each in enumerate(values)))


def key(days: int, status: str = "Active") -> identity.Key:
    return identity.Key(f"AKIA{days}", status, NOW - timedelta(days=days))


def trust(**condition: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::1:root"},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


CASES: list[tuple[Finding, Level, str]] = [
    (stream.check_status(STREAM), OK, "2 shards and keeps an event for 24 hours"),
    (stream.check_status(replace(STREAM, status="UPDATING", shards=1)), OK, "1 shard "),
    (stream.check_status(STREAM), OK, "One apply can set shard_count from 1 to 4."),
    (stream.check_status(replace(STREAM, shards=7)), OK, "set shard_count from 4 to 14."),
    (stream.check_status(replace(STREAM, mode="ON_DEMAND")), OK, "With stream_mode = PROVISIONED,"),
    (stream.check_status(replace(STREAM, status="DELETING")), FAILURE, "is DELETING"),
    (stream.check_order(STREAM), OK, "in order"),
    (stream.check_order(replace(STREAM, distribution="USER_PARTITION_KEY")), OK, "in order"),
    (stream.check_order(replace(STREAM, distribution="AUTO")), FAILURE, "out of order"),
    (stream.check_key(None, None), OK, "not encrypted"),
    (stream.check_key("alias/aws/kinesis", None), OK, "AWS manages"),
    (stream.check_key("k", {"KeyManager": "AWS"}), OK, "AWS manages"),
    (stream.check_key("k", KEY), OK, "k is enabled"),
    (stream.check_key("k", KEY | {"KeyState": "PendingDeletion"}), FAILURE, "is PendingDeletion"),
    (stream.check_key("k", KEY | {"KeyState": "Disabled"}), FAILURE, "cannot write events"),
    (stream.check_arrivals(1_234, None), OK, "1,234 records arrived"),
    (stream.check_arrivals(0, None), NOTE, "nobody is signed in"),
    (stream.check_arrivals(0, 7), NOTE, "nobody is signed in"),
    (stream.check_arrivals(0, 0), WARNING, "in the last 24 hours"),
    (stream.check_shards(STREAM, 0), OK, "rejected no records"),
    (stream.check_shards(STREAM, 1_234), FAILURE, "rejected 1,234 records"),
    (stream.check_shards(replace(STREAM, mode="ON_DEMAND"), 1), FAILURE, "on-demand"),
    (stream.check_instance(STREAM.arn, "i", [STREAM.arn]), OK, "to this stream"),
    (stream.check_instance(STREAM.arn, "i", ["other"]), FAILURE, "to other, not to this"),
    (stream.check_instance(STREAM.arn, "i", []), FAILURE, "to no stream"),
    (mapping.check_number("f", [MAPPING]), OK, "feeds f"),
    (mapping.check_number("f", [MAPPING, MAPPING]), WARNING, "more than once"),
    (mapping.check_number("f", []), FAILURE, "receives no agent events"),
    (mapping.check_state(MAPPING), OK, "enabled"),
    (mapping.check_state(replace(MAPPING, state="Enabling")), WARNING, "is Enabling"),
    (mapping.check_state(replace(MAPPING, state="Disabled")), FAILURE, "is Disabled"),
    (mapping.check_result(MAPPING), OK, "OK"),
    (mapping.check_result(replace(MAPPING, last_result="No records processed")), OK, "No records"),
    (mapping.check_result(replace(MAPPING, last_result=None)), OK, "not read the stream"),
    (
        mapping.check_result(replace(MAPPING, last_result="PROBLEM: Function call failed")),
        FAILURE,
        "stops retrying them when they are 23 hours old",
    ),
    (mapping.check_retention(MAPPING, 24), OK, "after 23 hours"),
    (mapping.check_retention(replace(MAPPING, maximum_age=604_800), 8_760), OK, "7 days"),
    (mapping.check_retention(MAPPING, 23), WARNING, "when the stream has already dropped it"),
    (mapping.check_retention(replace(MAPPING, maximum_age=-1), 24), WARNING, "any time"),
    (mapping.check_retention(MAPPING, 48), WARNING, "although the stream keeps it longer"),
    (
        mapping.check_retention(replace(MAPPING, maximum_age=86_000), 24),
        WARNING,
        "shortly before the stream drops it",
    ),
    (mapping.check_lag(None, 0, 0, 82_800, True, DAY), OK, "nothing to read"),
    (mapping.check_lag(None, 0, 5, 82_800, True, DAY), FAILURE, "was not invoked"),
    (mapping.check_lag(None, 5, 5, 82_800, True, DAY), OK, "nothing to read"),
    (mapping.check_lag(60, 5, 5, 82_800, True, DAY), OK, "60 seconds after"),
    (mapping.check_lag(61, 5, 5, 82_800, True, DAY), WARNING, "shows old states"),
    (mapping.check_lag(300, 5, 5, 82_800, False, DAY), OK, "5 minutes"),
    (mapping.check_lag(301, 5, 5, 82_800, False, DAY), WARNING, "Reports are just as late"),
    (mapping.check_lag(899, 5, 5, 82_800, False, DAY), WARNING, "14 minutes"),
    (mapping.check_lag(900, 5, 5, 82_800, False, DAY), FAILURE, "15 minutes"),
    (mapping.check_lag(900, 5, 5, 82_800, True, HOUR), FAILURE, "15 minutes"),
    (mapping.check_lag(900, 5, 5, 82_800, True, 59 * MINUTE), WARNING, "15 minutes"),
    (
        mapping.check_lag(41_401, 5, 5, 82_800, False, MINUTE),
        FAILURE,
        "gives them up after 23 hours",
    ),
    (mapping.check_lag(41_401, 5, 5, -1, False, DAY), FAILURE, "11 hours"),
    (function.check_state("f", {}), OK, "f is Active"),
    (
        function.check_state("f", {"State": "Failed", "StateReason": "no key"}),
        FAILURE,
        "state Failed, last update Successful (no key)",
    ),
    (
        function.check_state("f", {"LastUpdateStatus": "Failed", "LastUpdateStatusReason": "r"}),
        FAILURE,
        "last update Failed (r)",
    ),
    (function.check_state("f", {"LastUpdateStatus": "InProgress"}), WARNING, "is being changed"),
    (function.check_state("f", {"State": "Pending"}), WARNING, "state Pending"),
    (function.check_errors("f", 7, 0), OK, "7 times"),
    (function.check_errors("f", 7, 1), WARNING, "1 of 7 invocations"),
    (function.check_errors("f", 7, 7), FAILURE, "none succeeded"),
    (function.check_throttles("f", 0), OK, "not throttled"),
    (function.check_throttles("f", 2), WARNING, "throttled 2 times"),
    (configuration.check_configuration(None), OK, "complete"),
    (configuration.check_configuration(ConfigurationError("X is missing.")), FAILURE, "X is"),
    (application.check_state("a", "RUNNING"), OK, "a is RUNNING"),
    (application.check_state("a", "READY"), FAILURE, "a is READY, not RUNNING"),
    (application.check_state("a", "UPDATING"), WARNING, "no heartbeat is sent"),
    (application.check_version("a", {"ApplicationVersionId": 7}), OK, "version is 7"),
    (
        application.check_version(
            "a", {"ApplicationVersionId": 7, "ApplicationVersionRolledBackFrom": 6}
        ),
        WARNING,
        "after version 6 was rolled back",
    ),
    (application.check_restarts("a", series()), OK, "did not restart"),
    (application.check_restarts("a", series(4, 4, 4)), OK, "did not restart"),
    # It was stopped and started in between, and counts from 0 again.
    (application.check_restarts("a", series(0, 4)), OK, "did not restart"),
    (application.check_restarts("a", series(2, 0, 5, 4)), WARNING, "restarted 3 times"),
    (configuration.check_properties(None), OK, "complete"),
    (configuration.check_properties(ConfigurationError("X is missing.")), FAILURE, "X is"),
    (write_flag.check_flag(True), OK, "is connected"),
    (write_flag.check_flag(False), OK, "no RTA server is connected"),
    (write_flag.check_flag(ConfigurationError("It is 'maybe'.")), FAILURE, "'maybe'"),
    (queues.check_queue("q", 0, 900, True), OK, "q is empty"),
    (
        queues.check_queue("q", 3, None, True),
        WARNING,
        "3 messages wait in q; CloudWatch has no age",
    ),
    (queues.check_queue("q", 3, 60, True), OK, "none for longer than 60 seconds"),
    (queues.check_queue("q", 1, 61, True), WARNING, "1 message waits in q, the oldest for 61"),
    (queues.check_queue("q", 3, 301, True), FAILURE, "does not read"),
    (queues.check_queue("q", 3, 301, False), WARNING, "no RTA server is connected"),
    (queues.check_retired_queue("q", 0), OK, "retired and empty"),
    (queues.check_retired_queue("q", 2), OK, "2 messages are still in it"),
    (state_table.check_table("t", {"TableStatus": "ACTIVE"}), OK, "t is ACTIVE"),
    (state_table.check_table("t", {"TableStatus": "DELETING"}), FAILURE, "t is DELETING"),
    (state_table.check_states([], False, NOW), NOTE, "nobody is signed in"),
    (
        state_table.check_states([NOW - HOUR, NOW - MINUTE], True, NOW),
        OK,
        "more than 2 agents signed in; the newest change is 60 seconds old",
    ),
    (state_table.check_states([NOW + MINUTE], False, NOW), OK, "all new"),
    (state_table.check_states([NOW - DAY - MINUTE], False, NOW), WARNING, "24 hours"),
    (state_table.check_timestamps(0), OK, "is a timestamp"),
    (state_table.check_timestamps(2), FAILURE, "2 items have a LastEventTimeStamp that is not"),
    (reference_table.check_table(None), WARNING, "counts by its type"),
    (reference_table.check_table(b"StateName,StateType\nA,A\n"), OK, "names 1 status"),
    (reference_table.check_table(b"StateName,StateType\nA,x\n"), FAILURE, "row 2: StateType is"),
    (
        reference_table.check_unnamed({"lunch": "0"}, [AgentStatus(" LUNCH ", "CUSTOM")]),
        OK,
        "every status",
    ),
    (
        reference_table.check_unnamed(
            {"lunch": "0"},
            [
                AgentStatus("Lunch", "CUSTOM"),
                AgentStatus("Free", "ROUTABLE"),
                AgentStatus("Gone", "OFFLINE"),
                AgentStatus("Project", "CUSTOM"),
            ],
        ),
        WARNING,
        "3 of 4 statuses: Free (ROUTABLE) counts as A, available; Gone (OFFLINE) counts as 0, "
        "signed out; Project (CUSTOM) counts as 1, signed in.",
    ),
    (
        reference_table.check_unnamed({}, [AgentStatus(f"S{n}", "CUSTOM") for n in range(25)]),
        WARNING,
        "; 5 more.",
    ),
    (reference_table.check_unknown({"a": "1"}, [AgentStatus("A", "CUSTOM")]), OK, "every status"),
    (
        reference_table.check_unknown({"a": "1"}, []),
        WARNING,
        "no status of the instance has (1): a",
    ),
    (firehose.check_status(REPORTS), OK, "s3://reports/OUTPUT/"),
    (firehose.check_status(replace(REPORTS, status="CREATING")), FAILURE, "is CREATING"),
    (firehose.check_naming(REPORTS), OK, "No setting changes"),
    *(
        (
            firehose.check_naming(replace(REPORTS, naming={**REPORTS.naming, name: value})),
            FAILURE,
            f"{name} is {value}",
        )
        for name, value in {
            "CompressionFormat": "GZIP",
            "CustomTimeZone": "Europe/Berlin",
            "FileExtension": ".csv",
        }.items()
    ),
    (firehose.check_naming(replace(REPORTS, prefix="a/!{x}/")), FAILURE, "a/!{x}/ contains"),
    (firehose.check_naming(replace(REPORTS, buffering=(60, 1))), FAILURE, "60 seconds or 1 MB"),
    (firehose.check_delivery(None, None), OK, "no record of a delivery"),
    (firehose.check_delivery(1, 301), OK, "5 minutes"),
    (firehose.check_delivery(1, None), OK, "no record of a delivery"),
    (firehose.check_delivery(0.25, 301), FAILURE, "could not write 75%"),
    (firehose.check_delivery(1, 901), FAILURE, "15 minutes old"),
    (firehose.check_newest_report(NOW - 15 * MINUTE, NOW - DAY, NOW), OK, "15 minutes old"),
    (firehose.check_newest_report(NOW - 16 * MINUTE, NOW - DAY, NOW), WARNING, "16 minutes old"),
    (firehose.check_newest_report(NOW - 61 * MINUTE, NOW - DAY, NOW), FAILURE, "61 minutes old"),
    (
        firehose.check_newest_report(None, NOW - DAY, NOW),
        FAILURE,
        "No report file was written in the last 24 hours",
    ),
    (firehose.check_newest_report(None, NOW - 5 * MINUTE, NOW), NOTE, "5 minutes old"),
    (heartbeat.check_rule("f", [("r", "ENABLED")]), OK, "r invokes f"),
    (heartbeat.check_rule("f", [("r", "DISABLED")]), FAILURE, "r is DISABLED"),
    (heartbeat.check_rule("f", []), FAILURE, "No rule invokes f"),
    (heartbeat.check_beats(series(0, 1), series(), series(), DAY), OK, "was sent"),
    (
        heartbeat.check_beats(series(0, 0), series(1), series(), DAY),
        FAILURE,
        "No heartbeat is sent",
    ),
    (heartbeat.check_beats(series(), series(1, 1), series(1), DAY), OK, "was invoked"),
    (heartbeat.check_beats(series(), series(1, 1), series(2), DAY), FAILURE, "Every invocation"),
    (heartbeat.check_beats(series(), series(), series(), 5 * MINUTE), NOTE, "5 minutes ago"),
    (heartbeat.check_beats(series(), series(), series(), DAY), FAILURE, "was not invoked"),
    (identity.check_keys("p", "u", [key(3)], NOW, DAY), OK, "created 3 days ago"),
    (identity.check_keys("p", "u", [key(90), key(1, "Inactive")], NOW, DAY), OK, "90 days ago"),
    (identity.check_keys("p", "u", [key(91)], NOW, DAY), WARNING, "91 days old"),
    (identity.check_keys("p", "u", [], NOW, 59 * MINUTE), NOTE, "has no access key"),
    (identity.check_keys("p", "u", [], NOW, HOUR), WARNING, "has no access key"),
    (identity.check_keys("p", "u", [], NOW, DAY), FAILURE, "has no access key"),
    (identity.check_keys("p", "u", [], NOW, timedelta.max), FAILURE, "has no access key"),
    (
        identity.check_keys("p", "u", [key(1, "Inactive")], NOW, MINUTE),
        FAILURE,
        "no active access key",
    ),
    (identity.check_keys("p", "u", [key(1), key(2)], NOW, DAY), WARNING, "2 active access keys"),
    (identity.check_trust("p", "r", trust(StringEquals={"sts:ExternalId": "x"})), OK, "::1:root"),
    (identity.check_trust("p", "r", trust()), WARNING, "without an external ID"),
    (identity.check_trust("p", "r", {"Statement": []}), FAILURE, "No principal may assume"),
    (identity.check_trust("p", "r", {"Statement": trust()["Statement"][0]}), WARNING, "without"),
    (failed_records.check_failed_records("f", "b", [], NOW), OK, "wait in b"),
    (
        failed_records.check_failed_records("f", "b", [NOW - HOUR, NOW - DAY], NOW),
        FAILURE,
        "2 objects with failed batches in b, the oldest 24 hours old",
    ),
    (failed_records.check_failed_records("f", "b", [NOW] * 10_000, NOW), FAILURE, "At least"),
    (
        failed_records.check_failed_records("arn:aws:kinesisanalytics:r:1:a/b", "b", [NOW], NOW),
        FAILURE,
        "1 object ",
    ),
    (alarms.check_alarms({}, DAY), OK, "no alarms"),
    (alarms.check_topics([["arn:sns"], ["arn:sns"]]), OK, "notifies an SNS topic"),
    (alarms.check_topics([["arn:sns"], []]), WARNING, "1 of 2 alarms notifies no one"),
    (alarms.check_topics([[]]), WARNING, "No alarm notifies anyone"),
    (failed_records.check_put_aside("b", [], NOW), OK, "No single event"),
    (failed_records.check_put_aside("b", [NOW], NOW), WARNING, "1 object under undeliverable/"),
    (
        alarms.check_alarms({"a": "OK", "b": "INSUFFICIENT_DATA"}, DAY),
        OK,
        "No alarm is active (1 of 2 without data yet).",
    ),
    (
        alarms.check_alarms({"b": "ALARM", "a": "ALARM", "c": "OK"}, HOUR),
        FAILURE,
        "2 alarms are active: a, b.",
    ),
    (alarms.check_alarms({"a": "ALARM"}, 59 * MINUTE), NOTE, "An alarm is active: a."),
]


@pytest.mark.parametrize(
    ("finding", "level", "said"), CASES, ids=[f"{each[0].check}-{each[2]}" for each in CASES]
)
def test_facts_come_to(finding: Finding, level: Level, said: str) -> None:
    assert finding.level == level
    assert said in finding.text
    if level is not NOTE:
        assert (finding.advice is None) == (level is OK), "there is something to do, or not"


def test_an_inactive_key_is_to_be_activated_and_not_replaced() -> None:
    keys = [key(9, "Inactive"), key(3, "Inactive")]
    advice = identity.check_keys("p", "u", keys, NOW, DAY).advice
    assert "update-access-key --user-name u --access-key-id AKIA3 --status Active" in str(advice)


def test_the_next_step_of_a_stream_that_grows_is_named() -> None:
    advice = str(stream.check_shards(replace(STREAM, shards=3), 1).advice)
    assert "Set shard_count to 6 and apply" in advice
    assert "at most double and at least halve" in advice


def test_the_log_of_an_application_that_was_rolled_back_is_named() -> None:
    rolled_back = {"ApplicationVersionId": 7, "ApplicationVersionRolledBackFrom": 6}
    assert "/aws/kinesis-analytics/a;" in str(application.check_version("a", rolled_back).advice)


def test_every_check_that_can_fail_was_seen_to_and_every_one_was_seen_well() -> None:
    levels: dict[str, set[Level]] = {}
    for finding, _, _ in CASES:
        levels.setdefault(finding.check, set()).add(finding.level)
    assert {check for check, seen in levels.items() if OK not in seen} == set()
    assert {check for check, seen in levels.items() if seen == {OK}} == {"queue.retired"}


def test_the_adapter_is_told_of_names_that_it_does_not_expect() -> None:
    def told(**changes: Any) -> Iterable[Finding]:
        return adapter_names.check_names(replace(REPORTS, **changes))

    assert worst(told()) is OK
    (mapping_, root) = told(name="berlin-kda-to-s3", prefix="wfm/")
    assert "set Firehose Report Mapping to berlin-kda-to-s3" in str(mapping_.advice)
    assert "set Firehose Report Root Path to wfm/" in str(root.advice)


def test_the_worst_of_findings_counts() -> None:
    assert [worst([]), worst([CASES[0][0]])] == [OK, OK]
    bad = findings.failure("a.b", "text", "advice")
    assert [worst([bad]), worst([replace(bad, accepted=True)])] == [FAILURE, OK]
    assert worst(each for each, _, _ in CASES) is FAILURE


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (7_199, "119 minutes"),
        (7_200, "2 hours"),
        (172_800, "2 days"),
        (86_400 * 1_234, "1,234 days"),
    ],
)
def test_a_length_of_time_is_told_in_the_largest_unit_that_it_fills_twice(
    seconds: float, said: str
) -> None:
    assert duration(seconds) == duration(timedelta(seconds=seconds)) == said
