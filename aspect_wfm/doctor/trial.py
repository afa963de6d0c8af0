"""A synthetic agent, taken through the pipeline and out of it again."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from aspect_wfm.aws import Aws, Refused
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, failure, ok, warning
from aspect_wfm.doctor.removal import ReportFiles, agent_item, delete_item
from aspect_wfm.doctor.stream_readers import Classifier, Readers, Relay, stream_readers
from aspect_wfm.doctor.waiting import Waiting
from aspect_wfm.synthetic_agent import (
    SIGNED_IN,
    SIGNED_OUT,
    SyntheticAgent,
    agent_event,
    run_start,
    synthetic_agents,
)

_TABLE_EVERY, _FILES_EVERY = 1.0, 10.0

# One for the sign-in, one for the sign-out.
_LINES_AN_AGENT = 2


def send_test_event(
    aws: Aws,
    stream: str,
    examined: Collection[str],
    run: str,
    waiting: Waiting,
    even_while_connected: bool,
) -> Iterator[Finding]:
    """Sign synthetic agents in and out on a stream, watch them pass, and take them out again.

    `examined` are the names of the functions, and the ARNs of the applications, that are tried. The
    agents reach every other reader of the stream too, so they are removed from all readers of this
    project; if one of them could not be cleaned, nothing is sent.
    """
    try:
        readers = stream_readers(aws, stream, examined)
        agents = _agents(run, stream, readers, examined)
        files = _report_files(aws, readers, agents, run)
        refusal = None if even_while_connected else _refusal(readers, agents)
        if refusal is None:
            _ask_for_the_rights(aws, readers, agents, files)
    except Refused as reason:
        yield failure(
            "test_event.sent",
            f"Nothing was sent, because it could not be watched and removed again: {reason}.",
            "docs/doctor.md lists the permissions that --send-test-event needs.",
        )
        return
    if refusal:
        yield refusal
        return
    yield from check_others(readers)
    try:
        yield from _passage(aws, readers, examined, agents, files, run, waiting)
    except Refused as reason:
        yield failure(
            "test_event.sent",
            f"The test event was interrupted: {reason}.",
            f"Fix the cause. {_remove_later(run)}",
        )


def _passage(
    aws: Aws,
    readers: Readers,
    examined: Collection[str],
    agents: Sequence[SyntheticAgent],
    files: Sequence[tuple[Classifier, ReportFiles]],
    run: str,
    waiting: Waiting,
) -> Iterator[Finding]:
    signed_in = waiting.now()
    try:
        _put(aws, agents, SIGNED_IN, signed_in)
        yield ok("test_event.sent", f"{_named(agents)} signed in, in run {run}.")
        for relay in readers.relays:
            if relay.function in examined:
                yield _arrival(aws, relay, agents, waiting)
    finally:
        _put(aws, agents, SIGNED_OUT, max(waiting.now(), signed_in + timedelta(milliseconds=1)))
    for relay in readers.relays:
        yield _departure(aws, relay, agents, run, waiting)
    for each, found in files:
        yield _lines(each, found, agents, run, waiting)


def remove_test_event(
    aws: Aws, stream: str, examined: Collection[str], run: str, waiting: Waiting
) -> Iterator[Finding]:
    """Remove what an interrupted run has left, as far as it has arrived by now."""
    try:
        readers = stream_readers(aws, stream, examined)
        agents = _agents(run, stream, readers, examined)
        present = [
            agent
            for agent in agents
            if any(agent_item(aws, relay.state_table, agent.arn) for relay in readers.relays)
        ]
        _put(aws, present, SIGNED_OUT, waiting.now())
        for relay in readers.relays:
            yield _departure(aws, relay, present, run, waiting)
            for agent in agents:
                delete_item(aws, relay.signed_out_table, agent.arn)
        for classifier, files in _report_files(aws, readers, agents, run):
            files.clean(waiting.now())
            yield ok(
                "test_event.lines",
                f"{files.removed.total()} lines of run {run} were removed from the report files of "
                f"{classifier.name}.",
            )
    except Refused as reason:
        yield failure(
            "test_event.removed",
            f"Not all of run {run} could be removed: {reason}.",
            "docs/doctor.md lists the permissions that this needs.",
        )


def check_others(readers: Readers) -> Iterator[Finding]:
    """A warning if readers receive the agent and it is not known what they do with it."""
    others = readers.uncleaned()
    if others:
        yield warning(
            "test_event.others",
            "Other readers of the stream also receive the synthetic agent, which is not removed "
            f"there: {', '.join(others)}.",
            "Tell their owners.",
        )


def _refusal(readers: Readers, agents: Sequence[SyntheticAgent]) -> Finding | None:
    connected = readers.seeing(agents)
    if not connected:
        return None
    return failure(
        "test_event.sent",
        "Nothing was sent, because an RTA server is connected, or may be, and would show the "
        f"synthetic agent until they sign out: {', '.join(connected)}.",
        "Send it while no RTA server is connected, or tell the server's users and use "
        "--even-while-connected.",
    )


def _agents(
    run: str, stream: str, readers: Readers, examined: Collection[str]
) -> list[SyntheticAgent]:
    tried = [each.filter for each in readers.relays if each.function in examined]
    return synthetic_agents(run, stream, tried)


def _report_files(
    aws: Aws, readers: Readers, agents: Sequence[SyntheticAgent], run: str
) -> list[tuple[Classifier, ReportFiles]]:
    usernames = [each.username for each in agents]
    start = run_start(run)
    return [
        (each, ReportFiles(aws, each.reports, usernames, start)) for each in readers.classifiers
    ]


def _ask_for_the_rights(
    aws: Aws,
    readers: Readers,
    agents: Sequence[SyntheticAgent],
    files: Sequence[tuple[Classifier, ReportFiles]],
) -> None:
    """Try all calls that removing needs, while there is nothing to remove. Raises Denied."""
    for relay in readers.relays:
        for table in (relay.state_table, relay.signed_out_table):
            agent_item(aws, table, agents[0].arn)
            delete_item(aws, table, agents[0].arn)
    for _, each in files:
        each.ask_for_the_rights()


def _put(
    aws: Aws, agents: Sequence[SyntheticAgent], status: Mapping[str, str], at: datetime
) -> None:
    for each in agents:
        aws.call(
            "kinesis",
            "put_record",
            StreamARN=each.stream,
            Data=json.dumps(agent_event(each, status, at)).encode(),
            PartitionKey=each.arn,
        )


def _arrival(aws: Aws, relay: Relay, agents: Sequence[SyntheticAgent], waiting: Waiting) -> Finding:
    monitored = [each for each in agents if relay.filter.passes(each.snapshot)]

    def arrived() -> bool:
        return all(agent_item(aws, relay.state_table, each.arn) for each in monitored)

    took = waiting.until(f"the agent in {relay.state_table}", arrived, _TABLE_EVERY)
    if took is None:
        return failure(
            "test_event.arrived",
            f"The agent did not appear in {relay.state_table} within {duration(waiting.timeout)}.",
            f"Check the mapping and the errors of {relay.function}.",
        )
    queues = "" if relay.connected else " The queues were not tested, because no RTA server is "
    "connected."
    return ok(
        "test_event.arrived",
        f"{relay.function} wrote the agent to {relay.state_table} after {duration(took)}.{queues}",
    )


def _departure(
    aws: Aws, relay: Relay, agents: Sequence[SyntheticAgent], run: str, waiting: Waiting
) -> Finding:
    """Once a sign-out is recorded, everything before it has been written. Only then is the record
    deleted, because it alone keeps a late sign-in out."""

    def left() -> bool:
        return all(agent_item(aws, relay.signed_out_table, each.arn) for each in agents)

    took = waiting.until(f"the sign-out in {relay.signed_out_table}", left, _TABLE_EVERY)
    for each in agents:
        delete_item(aws, relay.state_table, each.arn)
    if took is None:
        return failure(
            "test_event.left",
            f"{relay.function} did not process the sign-out within {duration(waiting.timeout)}. "
            f"The agent is not in {relay.state_table} now, but may appear later.",
            _remove_later(run),
        )
    for each in agents:
        delete_item(aws, relay.signed_out_table, each.arn)
    return ok(
        "test_event.left",
        f"{relay.function} signed the agent out after {duration(took)}; neither of its tables "
        "contains them any more.",
    )


def _lines(
    classifier: Classifier,
    files: ReportFiles,
    agents: Sequence[SyntheticAgent],
    run: str,
    waiting: Waiting,
) -> Finding:
    def all_came(files: ReportFiles) -> bool:
        files.clean(waiting.now())
        return all(files.removed[each.username] >= _LINES_AN_AGENT for each in agents)

    where = f"s3://{classifier.reports.bucket}/{classifier.reports.prefix}"
    waiting.tell("Firehose collects lines for 300 seconds before it writes a report file.")
    took = waiting.until(f"the lines under {where}", partial(all_came, files), _FILES_EVERY)
    if took is None:
        return failure(
            "test_event.lines",
            f"{files.removed.total()} of {_LINES_AN_AGENT * len(agents)} lines of the agent "
            f"arrived under {where} within {duration(waiting.timeout)}, and were removed.",
            f"Check the findings on {classifier.name} and on Firehose. {_remove_later(run)}",
        )
    return ok(
        "test_event.lines",
        f"{classifier.name}: the agent's lines arrived under {where} after {duration(took)}, and "
        "were removed.",
    )


def _named(agents: Sequence[SyntheticAgent]) -> str:
    return ", ".join(each.username for each in agents)


def _remove_later(run: str) -> str:
    return f"Remove what arrives later with --remove-test-event {run}."
