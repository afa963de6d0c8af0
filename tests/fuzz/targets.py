"""What is fuzzed: each target takes any bytes and raises when a promise is broken.

A target is a plain function: the unit tests call them with the corpus, on any platform.
"""

import ast
import csv
import json
import random
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from agent_classifier.report_line import report_line
from agent_classifier.status_table import StatusTableError, parse_status_table
from agent_events.agent_event import (
    AgentEvent,
    NotAnAgentEvent,
    Undeliverable,
    decode_agent_event,
)
from rta_relay.agent_state import item_size, state_change, table_item
from rta_relay.hierarchy_filter import HierarchyFilter
from rta_relay.message import message, queue_index
from tests.fuzz import contract
from tests.fuzz.expansion import expanded
from tests.fuzz.handlers import handlers_with_good_neighbours
from tests.fuzz.mutator import mutated_event, mutated_table
from tests.fuzz.operators import document_of, items_of, report_file_of
from tests.fuzz.promises import promise

Mutator = Callable[[bytes, int, random.Random], bytes | None]

_TABLE = {"available": "1", "lunch": "0", "project": "A"}
_FILTERS = ((0, set[str]()), (1, {"emea"}), (2, {"sales, retail", "ß"}))

_TABLE_ERROR = re.compile(
    r"ASPECT_AGENT_STATUS_INFO\.csv, row (?P<row>[0-9]+): ("
    r"the file is empty: write a row for each status, as in Lunch,1, or delete the file|"
    r"not UTF-8: save the file as CSV UTF-8|"
    r"[0-9]+ columns instead of 2: write .+, a name that holds a comma in double quotes|"
    r"the StateName is empty: write one, or delete the row|"
    r"StateType is (?P<quoted>.+): write A \(available\), 0 \(signed out\) or 1 \(signed in\)|"
    r"a StateName as in row [0-9]+ with another StateType: delete one of the two rows|"
    r"a value that begins with a double quote does not end with one: close it, .+)\."
)


@dataclass(frozen=True, slots=True)
class Target:
    """`promises` takes what an input stands for; inputs are as in the corpus."""

    promises: Callable[[bytes], None]
    mutator: Mutator

    def check(self, data: bytes) -> None:
        """Raises when an input breaks a promise."""
        self.promises(expanded(data))


def report_line_of(data: bytes) -> None:
    """The line is one line that reads back as the contract's columns, or there is none."""
    decoded = _decoded(data)
    if decoded is None:
        return
    event, document = decoded
    for table, thirteenth in (({}, False), (_TABLE, True)):
        line = report_line(event, table, thirteenth)
        promise("who has a Username has a line", (line is None) != contract.has_line(document))
        if line is not None:
            values = contract.columns(document, table, thirteenth)
            text = line.decode("utf-8")
            promise("a line of text", text.splitlines(keepends=True) == [text])
            promise("a line of bytes", line.splitlines(keepends=True) == [line])
            promise("read back by columns", list(csv.reader([text], strict=True)) == [values])
            promise("quoted only where needed", text == contract.line(values))


def state_and_message_of(data: bytes) -> None:
    """Filter, state change, item and message are those of the contract."""
    decoded = _decoded(data)
    if decoded is None:
        return
    event, document = decoded
    for level, groups in _FILTERS:
        hierarchy_filter = HierarchyFilter.of(level, groups)
        passes = contract.passes(document, "CurrentAgentSnapshot", level, groups)
        promise("the filter of 3.2", hierarchy_filter.passes(event.current) == passes)
        change = state_change("1", event, hierarchy_filter, "{}" if passes else None)
        gone = contract.gone(document, level, groups)
        promise("the table of 3.1", (change and change.item is None) == gone)
    condition = _unwritable(event)
    if condition == "NestedTooDeeply":
        promise("only what is deep", contract.nesting(data) > contract.DEEP)
        return
    expected = contract.message(document)
    promise("no message only for such numbers", bool(condition) == contract.has_infinity(expected))
    if condition:
        return
    sent = message("1", event)
    promise("the body of 3.4", sent.body == contract.body(document))
    promise("as it came", json.dumps(json.loads(sent.body)) == json.dumps(expected))
    promise("compact", not re.search(r"\s", contract.without_strings(sent.body)))
    promise("size in bytes", sent.size == len(sent.body.encode("utf-8")))
    item = table_item(event, sent.body)
    attributes = {**contract.attributes(document), "RawAgentEventJSon": sent.body}
    promise("the item of 3.1", item == attributes)
    promise("size as DynamoDB counts", item_size(item) == contract.size(item))
    for queues in (1, 3, 10):
        queue = contract.queue(event.agent_arn, queues)
        promise("the queue of 3.4", queue_index(event.agent_arn, queues) == queue)


def status_table_of(data: bytes) -> None:
    """A table is understood as a whole, or refused by row without a name in the error."""
    table, refusal = None, ""
    try:
        table = parse_status_table(data)
    except StatusTableError as error:
        refusal = str(error)
    with suppress(contract.Ambiguous):
        promise("the table of 2.2, or none", table == _expected_table(data))
    if table is None:
        told = _TABLE_ERROR.fullmatch(refusal)
        promise("an error without a name", told is not None and refusal.isprintable())
        rows = 1 + data.count(b"\n") + data.count(b"\r")
        promise("a row of the table", told is not None and 1 <= int(told["row"]) <= rows)
        quoted = ast.literal_eval(told["quoted"] or "''") if told else ""
        promise("no more than 20 characters", len(quoted) <= 20)
        return
    promise("A, 0 or 1", set(table.values()) <= set("A01"))
    lines = [each for each in contract.rows(data) if each.strip()]
    promise("no rows but these", len(table) <= len(lines))


TARGETS = {
    "report-line": Target(report_line_of, mutated_event),
    "state-and-message": Target(state_and_message_of, mutated_event),
    "status-table": Target(status_table_of, mutated_table),
    "handlers": Target(handlers_with_good_neighbours, mutated_event),
    "documents": Target(document_of, mutated_event),
    "items": Target(items_of, mutated_event),
    "report-files": Target(report_file_of, mutated_table),
}


def _decoded(data: bytes) -> tuple[AgentEvent, dict[str, Any]] | None:
    """The event as decoded, and the contract's reading of it; None where there is none."""
    event, condition = None, None
    try:
        event = decode_agent_event(data)
    except NotAnAgentEvent:
        pass
    except Undeliverable as told:
        condition = str(told)
    if condition is not None:
        promise("only what is deep", condition == "NestedTooDeeply")
        promise("only what is deep", contract.nesting(data) > contract.DEEP)
        return None
    try:
        document = contract.document_of(data)
    except contract.NoJson:
        document = None
        if contract.nesting(data) > contract.DEEP:
            return None
    promise("an agent event or not", (event is not None) == contract.is_agent_event(document))
    if event is None:
        return None
    promise("its agent", event.agent_arn == document["AgentARN"])
    promise("its time", event.timestamp == contract.timestamp(document["EventTimestamp"]))
    return event, document


def _expected_table(data: bytes) -> dict[str, str] | None:
    try:
        return contract.status_table(data)
    except contract.NoTable:
        return None


def _unwritable(event: AgentEvent) -> str | None:
    try:
        message("1", event)
    except Undeliverable as condition:
        return str(condition)
    return None
