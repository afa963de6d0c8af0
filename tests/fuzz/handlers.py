"""Both functions as a whole, with a hostile record between two good ones."""

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unittest import mock

from agent_classifier.classifier import classifier_handler
from agent_events.invocation import Context, Handler
from agent_events.kinesis_batch import BatchResponse
from function_runtime.version import VERSION
from rta_relay.relay import relay_handler
from tests.fuzz import contract
from tests.fuzz.fake_aws import FakeAws
from tests.fuzz.promises import promise
from tests.metrics import METRICS
from tests.relay_environment import relay_environment
from tests.unit.events import FakeContext, event, invocation
from tests.unit.inline_executor import InlineExecutor

BEFORE, AFTER = event("neighbour-1", group="EMEA"), event("neighbour-2", group="EMEA")

CLASSIFIER = {
    "FAILED_RECORDS_BUCKET": "failed",
    "FIREHOSE_STREAM": "lines",
    "INCLUDE_AGENT_STATUS_TYPE": "True",
    "STATUS_TABLE_BUCKET": "reports",
}
QUEUES = ["https://sqs/events-1.fifo", "https://sqs/events-2.fifo"]
RELAY = relay_environment(
    QUEUES, AhgFilterLevel="1", AhgFilterValues="EMEA", WriteEventsToQueue="True"
)

GROUPS = {"emea"}

# The records of tests.unit.events arrive at 2026-03-02T09:00:00Z.
LATEST = "2026-03-03T09:00:00.000Z"

LARGEST_LINE = 1_000 * 1_024
LARGEST_MESSAGE = 262_144
LARGEST_ITEM = 400 * 1_024

# All that a log may consist of; whatever else is in one comes from an event.
_WORDS = frozenset(
    (
        *("level", "INFO", "WARNING", "ERROR", "message", "batch classified", "batch relayed"),
        *("an agent event cannot be delivered and is kept in the bucket for failed records",),
        *("_aws", "Timestamp", "CloudWatchMetrics", "Namespace", "AspectWFM", "Dimensions"),
        *("FunctionName", "none", "version", VERSION, "Metrics", "Name", "Unit", "Count"),
        *METRICS["relay"],
        *METRICS["classifier"],
        *("skippedRecords", "sequenceNumber", "reason", "failed"),
        *("withoutUsername", "firehoseRecords", "statesOutdated", "condition", "bucket", "key"),
        *("largestRecordBytes", "largestMessageBytes", "largestItemBytes", "1", "2", "3"),
        *("not UTF-8", "not JSON", "not an object", "no AgentARN", "AgentARN is not an ARN"),
        *("EventTimestamp is not a timestamp", "EventTimestampInFuture", "NestedTooDeeply"),
        *("NumberOutOfRange", "ReportLineTooLarge", "MessageTooLarge", "AgentStateTooLarge"),
        *(f"undeliverable/{name}/shardId-000000000000/2.json" for name in ("classifier", "relay")),
    )
)
_NUMBERS = frozenset((0, 1, 2, 3, LARGEST_LINE, LARGEST_MESSAGE, LARGEST_ITEM))


@dataclass(frozen=True, slots=True)
class Fate:
    """What the contract has in store for a record, each part for one of the functions.

    `kept` is the condition under which the record is kept whole.
    """

    skipped: bool = False
    kept: str | None = None
    line: str = ""
    body: str | None = None
    state: dict[str, str] | None = None
    gone: bool = False


def handlers_with_good_neighbours(data: bytes) -> None:
    """Neighbours are delivered; the hostile record is delivered, skipped or kept, as promised."""
    try:
        document = contract.document_of(data)
    except contract.NoJson:
        document = None
    if isinstance(document, dict) and document.get("AgentARN") in (_agent(BEFORE), _agent(AFTER)):
        return
    deep = contract.nesting(data) > contract.DEEP
    _check_classifier(data, document, deep)
    _check_relay(data, document, deep)
    if not deep and contract.is_agent_event(document):
        _check_relay_at_one_instant(data, document)


def handler_of(environment: Mapping[str, str], aws: FakeAws) -> Handler:
    """The handler of the function that `environment` is for."""
    clients = mock.patch("boto3.client", aws.client)
    inline = mock.patch("rta_relay.relay.ThreadPoolExecutor", return_value=InlineExecutor())
    with clients, inline:
        handler = (
            classifier_handler(environment, lambda: 0.0)
            if "FIREHOSE_STREAM" in environment
            else relay_handler(environment)
        )

    def handler_among_clients(event: Any, context: Context) -> BatchResponse:
        with clients:  # one is made only when it is needed
            return handler(event, context)

    return handler_among_clients


def context_of(environment: Mapping[str, str]) -> FakeContext:
    return FakeContext(function_name="classifier" if "FIREHOSE_STREAM" in environment else "relay")


def _from_the_future(document: dict[str, Any]) -> bool:
    return (contract.timestamp(document["EventTimestamp"]) or "") > LATEST


def _classified(document: Any) -> Fate:
    if not contract.is_agent_event(document):
        return Fate(skipped=True)
    if _from_the_future(document):
        return Fate(kept="EventTimestampInFuture")
    if not contract.has_line(document):
        return Fate()
    line = contract.line(contract.columns(document, {}, True))
    return (
        Fate(line=line) if len(line.encode()) <= LARGEST_LINE else Fate(kept="ReportLineTooLarge")
    )


def _relayed(document: Any) -> Fate:
    """With the filter of RELAY."""
    if not contract.is_agent_event(document):
        return Fate(skipped=True)
    if _from_the_future(document):
        return Fate(kept="EventTimestampInFuture")
    gone = contract.gone(document, 1, GROUPS)
    if not contract.passes(document, "CurrentAgentSnapshot", 1, GROUPS):
        return Fate(gone=gone is True)
    if contract.has_infinity(contract.message(document)):
        return Fate(kept="NumberOutOfRange", gone=gone is True)
    body = contract.body(document)
    item = contract.attributes(document) | {"RawAgentEventJSon": body}
    too_large_to_send = len(body.encode("utf-8")) > LARGEST_MESSAGE
    too_large_to_show = gone is False and contract.size(item) > LARGEST_ITEM
    too_large = "AgentStateTooLarge" if too_large_to_show else None
    return Fate(
        kept="MessageTooLarge" if too_large_to_send else too_large,
        body=None if too_large_to_send or too_large_to_show else body,
        state=item if gone is False and not too_large_to_show else None,
        gone=gone is True,
    )


_LINES = [_classified(each).line for each in (BEFORE, AFTER)]
_RELAYED = [(each, _relayed(each)) for each in (BEFORE, AFTER)]


def _check_classifier(data: bytes, document: Any, deep: bool) -> None:
    aws = FakeAws()
    fate = None if deep else _classified(document)
    _check_outcome(CLASSIFIER, aws, data, fate)
    lines = aws.reports.decode("utf-8")
    before, after = _LINES
    hostile = fate.line if fate else lines.removeprefix(before).removesuffix(after)
    promise("neighbours and a line as promised", lines == before + hostile + after)
    promise("at most a line", hostile.count("\n") == bool(hostile))


def _check_relay(data: bytes, document: Any, deep: bool) -> None:
    aws = FakeAws()
    fate = None if deep else _relayed(document)
    _check_outcome(RELAY, aws, data, fate)
    fates = list(_RELAYED)
    if fate:
        fates.insert(1, (document, fate))
        messages = [each.body for _, each in fates if each.body is not None]
        promise("no other message", len(messages) == sum(map(len, aws.messages.values())))
        states = [each.state for _, each in fates if each.state is not None]
        promise("no other state", len(states) == len(aws.states))
        promise("no other sign-out", len(aws.signed_out) == sum(each.gone for _, each in fates))
    for each, of_it in fates:
        if of_it.body is not None:
            queue = QUEUES[contract.queue(_agent(each), len(QUEUES))]
            promise("sent, on the agent's queue", of_it.body in aws.messages.get(queue, ()))
        if of_it.state is not None:
            promise("shown in the table", aws.states.get(_agent(each)) == of_it.state)
        if of_it.gone:
            moment = contract.timestamp(each["EventTimestamp"])
            promise("gone from the table", aws.signed_out.get(_agent(each)) == moment)


def _check_relay_at_one_instant(data: bytes, document: dict[str, Any]) -> None:
    """Another event of the same agent at the same instant, and with the same EventId, is a message
    like every other, and what the table shows, because it arrives later."""
    same = {name: document.get(name) for name in ("AgentARN", "EventId", "EventTimestamp")}
    later = event("later", group="EMEA") | {
        name: value for name, value in same.items() if isinstance(value, str)
    }
    fates = [_relayed(document), _relayed(later)]
    aws = FakeAws()
    with contextlib.redirect_stdout(io.StringIO()):
        handler_of(RELAY, aws)(invocation([data, later]), context_of(RELAY))
    queue = QUEUES[contract.queue(_agent(document), len(QUEUES))]
    bodies = [fate.body for fate in fates if fate.body is not None]
    promise("each a message, in the order of the stream", aws.messages.get(queue, []) == bodies)
    if fates[1].state is not None:
        promise("the later one in the table", aws.states == {_agent(document): fates[1].state})


def _check_outcome(
    environment: Mapping[str, str], aws: FakeAws, data: bytes, fate: Fate | None
) -> None:
    """Run a function and see that it logs no content, fails no record, and skips or keeps the
    hostile one as `fate` says; None for one nested so deeply that it may be kept for that."""
    batch = invocation([BEFORE, data, AFTER])
    with contextlib.redirect_stdout(io.StringIO()) as output:
        response = handler_of(environment, aws)(batch, context_of(environment))
    logs = [json.loads(line) for line in output.getvalue().splitlines()]
    promise("when it was", isinstance(logs[-1]["_aws"].pop("Timestamp"), int))
    promise("no record fails", response == {"batchItemFailures": []})
    for value in _values(logs):
        known = _WORDS if isinstance(value, str) else _NUMBERS
        promise("no content in a log", value in known)
    conditions = [each["requestContext"]["condition"] for each in aws.kept.values()]
    skipped = [each["sequenceNumber"] for each in logs[-1]["skippedRecords"]]
    for kept in aws.kept.values():
        records = json.loads(kept["payload"])["Records"]
        promise("kept whole", records == [batch["Records"][1]])
    if fate is None:
        promise("skipped or kept or neither", len(conditions) + len(skipped) <= 1)
    else:
        promise("kept as promised", conditions == ([fate.kept] if fate.kept else []))
        promise("skipped as promised", skipped == (["2"] if fate.skipped else []))


def _agent(document: Any) -> str:
    return str(document["AgentARN"])


def _values(tree: Any) -> Iterator[Any]:
    """Every key and value in what was logged."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from _values(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _values(value)
    else:
        yield tree
