"""What operators' programs read: documents of failed records, items of tables, report files.

A document's payload is JSON in a string. In the corpus it may be a JSON value instead, so that a
mutation reaches what is in it.
"""

import json
from datetime import UTC, datetime
from typing import Any

from agent_events.failed_records import failed_record_key
from aspect_wfm.doctor.state_table import check_items
from aspect_wfm.rebuild.lines import line_key
from aspect_wfm.replay.documents import (
    UnreadableDocument,
    chunks,
    invocation,
    read_document,
    replayed_key,
    sequence_number,
    with_records,
)
from aspect_wfm.replay.superseded import changes, newest_known, superseded
from aspect_wfm.report_files import ReportObject
from aspect_wfm.reports.report_lines import MalformedReportError, read_report
from aspect_wfm.synthetic_agent import lines_of, without_lines_of
from rta_relay.hierarchy_filter import HierarchyFilter
from rta_relay.state_table import Tables
from tests.fuzz.json_text import Members, parsed, written
from tests.fuzz.promises import promise

_KEY = "aws/lambda/m/s/2026/03/02/1"
_NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
_TABLES = Tables("states", "signed-out")


def document_of(data: bytes) -> None:
    """All that replay does with a document works, or the document is refused as it is read."""
    try:
        document = read_document(_KEY, _with_payload_as_text(data))
    except UnreadableDocument as fault:
        promise("a fault without content", str(fault).isascii() and len(str(fault)) < 100)
        return
    promise("a place in the order", document.place <= document.place)
    numbers = [sequence_number(each) for each in document.records]
    for records in (document.records, document.records[:1]):
        again = read_document(_KEY, with_records(document, records))
        promise("written as it was read", again.records == records)
        promise("of the same function", again.function_name == document.function_name)
        promise("a key for S3", len(replayed_key(document, records).encode()) <= 1_024)
    for chunk in chunks(document.records, 100, 10_000):
        read = json.loads(invocation(chunk), parse_constant=_no_such_number)
        promise("an invocation that Lambda takes", read == {"Records": chunk})
    for each in document.records:
        failed_record_key("function", each).encode("utf-8")
    found = changes(document.records, HierarchyFilter.of(0, set()))
    known = {each.agent_arn: each.rank for each in found.values() if each.rank}
    promise("of these records", superseded(found, known) <= set(numbers))


def items_of(data: bytes) -> None:
    """Items of either table, whatever somebody has put there, are ranked and come to a finding."""
    try:
        items = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(items, list) or not all(map(_is_item, items)):
        return
    times = [each for each in items if not each or "LastEventTimeStamp" in each]
    for found in check_items(times, False, _NOW):
        promise("nothing of an item", found.text.isascii() and len(found.text) < 300)
    newest = newest_known(_Answering(items), _TABLES, {"agent"})
    promise("ranks that compare", sorted(newest.values()) is not None)


def report_file_of(data: bytes) -> None:
    """A report file is read as a whole, or refused by line; lines are taken out of any file."""
    try:
        report = read_report([ReportObject("file", data)])
        promise("every line counts", len(report.lines) + report.repeated <= data.count(b"\n"))
    except MalformedReportError as fault:
        promise("a line of the file", str(fault).startswith("Report file file, line "))
    lines = data.split(b"\n")
    for line in lines:
        promise("no more columns than a key has", len(line_key(line)) <= 11)
    columns = lines[0].split(b",", 2)
    username = (columns[1].decode("utf-8", "replace") if len(columns) == 3 else "") or "ann"
    rest = without_lines_of(data, {username})
    promise("none of theirs is left", lines_of(rest, {username}) == [])
    kept = [each for each in lines if lines_of(each, {username}) == []]
    promise("everything else is", rest == (b"\n".join(kept) or b"\n"))


class _Answering:
    """DynamoDB that has `items` in both tables."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    def batch_get_item(self, **asked: Any) -> Any:
        return {"Responses": dict.fromkeys(asked["RequestItems"], self._items)}


def _is_item(value: Any) -> bool:
    """As DynamoDB answers: attributes of one type each, whose strings are Unicode."""
    return (
        isinstance(value, dict)
        and all(isinstance(each, dict) and len(each) == 1 for each in value.values())
        and all(isinstance(each.get("S", ""), str) for each in value.values())
    )


def _with_payload_as_text(data: bytes) -> bytes:
    try:
        tree = parsed(data)
        if isinstance(tree, Members):
            tree.pairs = [
                (name, each if name != "payload" or isinstance(each, str) else _text(each))
                for name, each in tree.pairs
            ]
        return written(tree)
    except (ValueError, RecursionError):
        return data


def _text(tree: Any) -> str:
    return written(tree).decode("utf-8")


def _no_such_number(name: str) -> None:
    promise(f"no {name}", False)
