"""The results of a replay as text: counts, keys and reasons, no content of an event."""

from typing import Any

from aspect_wfm.output import counted, visible
from aspect_wfm.replay.replay import Left, Summary

# As many documents as are named, of those that are left.
_NAMED = 50


def rendered(summary: Summary, bucket: str, function_name: str, dry_run: bool) -> str:
    """All that is printed of it."""
    counts: list[tuple[int, str, str]] = [
        (summary.documents, "documents", f"with {counted(summary.records, 'record')}"),
        (summary.superseded, "superseded", "older than the tables' states, or heartbeats"),
    ]
    if dry_run:
        counts.append((summary.would_be_taken, "would be replayed", "(dry run: nothing was done)"))
    else:
        counts += [
            (summary.taken, "taken", f"by {function_name}"),
            (summary.kept_again, "put aside again", "under undeliverable/"),
            (summary.moved, "documents moved", "complete ones, to replayed/"),
        ]
    counts.append((summary.records_left, "left", "records, see below" if summary.left else ""))
    lines = [
        f"s3://{bucket} and {function_name}",
        "",
        *(f"{number:>9,}  {what:<18} {note}".rstrip() for number, what, note in counts),
    ]
    if summary.left:
        lines += ["", "Left:"]
        lines += [f"  {_told(each)}" for each in summary.left[:_NAMED]]
        if len(summary.left) > _NAMED:
            lines.append(f"  and {len(summary.left) - _NAMED:,} more documents")
    if summary.stopped:
        not_tried = f"{counted(summary.not_tried, 'document')} not tried"
        lines += ["", f"Stopped, {not_tried}: {summary.stopped}"]
    return "\n".join(lines)


def as_document(summary: Summary, bucket: str, function_name: str, dry_run: bool) -> dict[str, Any]:
    """The same for machines; every document that is left is named."""
    return {
        "bucket": bucket,
        "function": function_name,
        "dryRun": dry_run,
        "documents": summary.documents,
        "records": summary.records,
        "superseded": summary.superseded,
        "wouldBeTaken": summary.would_be_taken,
        "taken": summary.taken,
        "putAsideAgain": summary.kept_again,
        "documentsMoved": summary.moved,
        "left": [
            {"key": each.key, "records": each.records, "reason": each.reason}
            for each in summary.left
        ],
        "documentsNotTried": summary.not_tried,
        "stopped": summary.stopped,
    }


def _told(left: Left) -> str:
    if left.records is None:
        return visible(f"{left.key}: {left.reason}")
    return visible(f"{left.key}: {counted(left.records, 'record')}: {left.reason}")
