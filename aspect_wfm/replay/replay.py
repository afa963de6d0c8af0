"""Replaying the documents in the bucket through the function, one after another.

A document is moved once all its records are done. The progress of a large document is saved on the
way, so that after an interruption, a second replay repeats a few records at most.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from agent_events.failed_records import failed_record_key
from aspect_wfm.aws import AWS_ERRORS, asking, explained
from aspect_wfm.failed_records import ROOTS, UNDELIVERABLE
from aspect_wfm.output import counted, progress
from aspect_wfm.replay.documents import (
    FailedDocument,
    Place,
    Record,
    UnreadableDocument,
    chunks,
    is_failed_document,
    read_document,
    replayed_key,
    sequence_number,
    with_records,
)
from aspect_wfm.replay.function import FailedRecordsFunction
from aspect_wfm.replay.invoking import LARGEST_PAYLOAD, invoke
from aspect_wfm.replay.superseded import AGENTS_A_READ, changes, newest_known, superseded
from function_runtime.structured_log import described
from rta_relay.state_table import Tables

# Few, so that little time passes between the look at the tables and the sending.
_RECORDS_AN_INVOCATION = AGENTS_A_READ

# After this many records, the progress of a document is saved: at most this many are repeated.
_RECORDS_A_SETTLEMENT = 10 * _RECORDS_AN_INVOCATION

# After this many documents in a row of which the function processes nothing, the replay stops.
_FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Clients:
    """The boto3 clients that a replay calls."""

    s3: Any
    lambda_: Any
    dynamodb: Any


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents: those of `bucket` under `prefix` whose first record arrived on the stream
    from `after` on and before `before`."""

    bucket: str
    prefix: str = ""
    after: datetime | None = None
    before: datetime | None = None

    def has(self, document: FailedDocument) -> bool:
        """Whether the document is one of them."""
        arrived = document.arrived
        if arrived is None:
            return self.after is None and self.before is None
        return (self.after is None or arrived >= self.after) and (
            self.before is None or arrived < self.before
        )


@dataclass(frozen=True, slots=True)
class Left:
    """A document that stays, and the number of its records; None for one that cannot be read."""

    key: str
    records: int | None
    reason: str


@dataclass(slots=True)
class Summary:
    """The results of documents and records; `stopped` says why the documents `not_tried` were not.

    `would_be_taken` only counts in a dry run. `kept_again` are records of batches that the function
    put aside, each in a document of its own under `undeliverable/`.
    """

    documents: int = 0
    moved: int = 0
    records: int = 0
    taken: int = 0
    would_be_taken: int = 0
    superseded: int = 0
    kept_again: int = 0
    not_tried: int = 0
    left: list[Left] = field(default_factory=list)
    stopped: str | None = None

    @property
    def records_left(self) -> int:
        """Records in the documents that stay."""
        return sum(each.records or 0 for each in self.left)


def replay(
    clients: Clients,
    function: FailedRecordsFunction,
    selection: Selection,
    dry_run: bool,
    pause: Callable[[int], None],
) -> Summary:
    """Replay the documents, oldest first; with `dry_run`, only look.

    If AWS rejects a call, nothing is raised: the summary has the reason, and what was done before.
    """
    summary = Summary()
    failures = 0
    try:
        keys = _in_order(clients.s3, function, selection, summary)
        summary.not_tried = len(keys)
        with progress("Replaying documents", len(keys)) as advance:
            for key in keys:
                document = _read_again(clients.s3, selection.bucket, key, summary)
                advance(1)
                if document is None:
                    continue
                took_nothing = _replay_document(
                    clients, function, selection.bucket, document, dry_run, pause, summary
                )
                failures = failures + 1 if took_nothing else 0
                if failures == _FAILURES_IN_A_ROW:
                    summary.stopped = (
                        f"{function.name} processed nothing of {failures} documents in a row: "
                        "check its log first."
                    )
                if summary.stopped:
                    break
    except AWS_ERRORS as error:
        summary.stopped = explained(error)
    return summary


@dataclass(slots=True)
class _Done:
    """The records that are done, and why the others are left. `kept` are the keys under
    which the function put records aside again; `stopped` says why nothing more can be tried."""

    records: list[Record] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    reason: str | None = None
    stopped: str | None = None


def _replay_document(
    clients: Clients,
    function: FailedRecordsFunction,
    bucket: str,
    document: FailedDocument,
    dry_run: bool,
    pause: Callable[[int], None],
    summary: Summary,
) -> bool:
    """Whether the function processed nothing of it."""
    rest, took, done = document, False, _Done()
    for first in range(0, len(document.records), _RECORDS_A_SETTLEMENT):
        some = document.records[first : first + _RECORDS_A_SETTLEMENT]
        done = _through(clients, function, document, some, dry_run, pause, summary)
        took = took or bool(done.records)
        if not dry_run:
            try:
                rest = _settle(clients.s3, function, bucket, rest, done, summary)
            except AWS_ERRORS as error:
                done.stopped = (
                    f"{done.stopped or explained(error)} {counted(len(done.records), 'record')} "
                    f"of {document.key} were processed and are still in it: the next run replays "
                    "them again."
                )
        if done.reason or done.stopped:
            break
    summary.stopped = done.stopped
    if done.stopped and not took:
        return True
    summary.not_tried -= 1
    summary.documents += 1
    summary.records += len(document.records)
    if done.reason or (done.stopped and not dry_run and rest.records):
        reason = done.reason or "the replay stopped"
        summary.left.append(Left(document.key, len(rest.records), reason))
    return not took and bool(done.reason)


def _through(
    clients: Clients,
    function: FailedRecordsFunction,
    document: FailedDocument,
    records: list[Record],
    dry_run: bool,
    pause: Callable[[int], None],
    summary: Summary,
) -> _Done:
    """Replay some records of the document, until a call is rejected."""
    done = _Done()
    try:
        for chunk in chunks(records, _RECORDS_AN_INVOCATION, LARGEST_PAYLOAD):
            _chunk_through(clients, function, chunk, dry_run, pause, summary, done)
            if done.reason:
                break
    except AWS_ERRORS as error:
        done.stopped = explained(error)
    if done.stopped and document.key.startswith(UNDELIVERABLE):
        done.records.clear()  # it may have come back under its own key
    return done


def _chunk_through(
    clients: Clients,
    function: FailedRecordsFunction,
    chunk: list[Record],
    dry_run: bool,
    pause: Callable[[int], None],
    summary: Summary,
    done: _Done,
) -> None:
    old = _superseded(clients.dynamodb, function, chunk)
    useful = [each for each in chunk if sequence_number(each) not in old]
    taken, before = len(useful), None
    if dry_run:
        summary.would_be_taken += taken
    elif useful:
        before = _kept(clients.s3, function, useful)
        taken, done.reason = invoke(clients.lambda_, function.name, useful, pause)
        summary.taken += taken
    # An older record behind one that was not taken is just as superseded.
    left = {sequence_number(each) for each in useful[taken:]}
    done.records += [each for each in chunk if sequence_number(each) not in left]
    summary.superseded += len(chunk) - len(useful)
    if before is not None:
        after = _kept(clients.s3, function, useful)
        kept = {key for key, etag in after.items() if before.get(key) != etag}
        kept &= {failed_record_key(function.name, each) for each in useful[:taken]}
        done.kept |= kept
        summary.taken -= len(kept)


def _superseded(dynamodb: Any, function: FailedRecordsFunction, records: list[Record]) -> set[str]:
    if function.relay is None:
        return set()
    found = changes(records, function.relay.hierarchy_filter)
    tables = Tables(function.relay.agent_state_table, function.relay.signed_out_agents_table)
    agents = {each.agent_arn for each in found.values() if each.rank}
    return superseded(found, newest_known(dynamodb, tables, agents))


def _settle(
    s3: Any,
    function: FailedRecordsFunction,
    bucket: str,
    document: FailedDocument,
    done: _Done,
    summary: Summary,
) -> FailedDocument:
    """Move what is done and leave the rest; returns the document with the rest."""
    if document.key in done.kept and bucket == function.bucket:
        done.reason = (
            f"the function put it aside again: {document.condition}. It will do so each time."
        )
        return document
    summary.kept_again += len(done.kept)
    if not done.records:
        return document
    numbers = {sequence_number(each) for each in done.records}
    left = [each for each in document.records if sequence_number(each) not in numbers]
    key = replayed_key(document, done.records)
    if left:
        for target, records in ((key, done.records), (document.key, left)):
            s3.put_object(
                Bucket=bucket,
                Key=target,
                Body=with_records(document, records),
                ContentType="application/json",
            )
    else:
        s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": document.key})
        s3.delete_object(Bucket=bucket, Key=document.key)
        summary.moved += 1
    return replace(document, records=left)


def _in_order(
    s3: Any, function: FailedRecordsFunction, selection: Selection, summary: Summary
) -> list[str]:
    """The keys of the selected documents, oldest first; unusable ones are in the summary.

    Only the documents' places are kept, because together they may be larger than the memory.
    """
    places: list[Place] = []
    with progress("Reading documents") as advance:
        for key in _listed(s3, selection.bucket, selection.prefix):
            advance(1)
            try:
                document = read_document(key, _body(s3, selection.bucket, key))
            except UnreadableDocument as fault:
                summary.left.append(Left(key, None, f"cannot be read: {fault}"))
                continue
            except ClientError as error:
                summary.left.append(Left(key, None, f"cannot be read: {described(error)}"))
                continue
            if not selection.has(document):
                continue
            if document.function_name != function.name:
                summary.left.append(
                    Left(
                        key,
                        len(document.records),
                        f"belongs to the function {document.function_name}",
                    )
                )
                continue
            places.append(document.place)
    return [key for _, _, key in sorted(places)]


def _read_again(s3: Any, bucket: str, key: str, summary: Summary) -> FailedDocument | None:
    """The document; None if it has changed or been deleted since, which the summary then says."""
    try:
        return read_document(key, _body(s3, bucket, key))
    except UnreadableDocument as fault:
        reason = str(fault)
    except s3.exceptions.NoSuchKey as error:
        reason = described(error)
    summary.not_tried -= 1
    summary.left.append(Left(key, None, f"cannot be read: {reason}"))
    return None


def _listed(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    prefixes = [prefix] if prefix else ROOTS
    for each in prefixes:
        with asking("s3", Bucket=bucket):
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=each):
                keys = (found["Key"] for found in page.get("Contents", []))
                yield from filter(is_failed_document, keys)


def _kept(s3: Any, function: FailedRecordsFunction, records: Iterable[Record]) -> dict[str, str]:
    """What the function has put aside of `records`: keys, and an ETag that changes each time."""
    keys = {failed_record_key(function.name, each) for each in records}
    first, last = min(keys), max(keys)
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=function.bucket,
        Prefix=f"undeliverable/{function.name}/",
        StartAfter=first.removesuffix(".json"),
    )
    kept: dict[str, str] = {}
    for page in pages:
        for found in page.get("Contents", []):
            if found["Key"] > last:
                return kept
            if found["Key"] in keys:
                kept[found["Key"]] = found["ETag"]
    return kept


def _body(s3: Any, bucket: str, key: str) -> bytes:
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body
