"""`aspect-wfm rebuild`: find and write report lines that are missing."""

import argparse
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from agent_classifier.status_table import StatusTable, StatusTableError, parse_status_table
from agent_classifier.status_table_source import status_table_source
from aspect_wfm.arguments import add_connection, add_outputs, moment
from aspect_wfm.aws import Aws, asking
from aspect_wfm.deployment import APPLICATION, CLASSIFIER, chosen_function
from aspect_wfm.outcome import CannotTell, Status
from aspect_wfm.output import counted, say, say_json
from aspect_wfm.rebuild.classifier import given_up, reading_lag
from aspect_wfm.rebuild.rebuild import Period, Rebuilt, check_period, rebuild
from aspect_wfm.rebuild.source import Named, Source, source
from aspect_wfm.rebuild.summary import as_document, rendered

# Kinesis refuses calls while the functions have used what a shard gives.
_PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 10})

_SECONDS_BETWEEN_READS = 1.0


SUMMARY = "find report lines that are missing from the report files, and write them"
DESCRIPTION = (
    "Find the report lines of a period that are missing from the report files, from the events "
    "that the stream still has. With --write, put them into the bucket."
)
RESUME = "Run the same command again: it writes only the lines that are still missing."
EPILOG = (
    "docs/replay.md explains when to rebuild, and which permissions you need. The exit status is 1 "
    "if the stream may have dropped part of the period."
)


def run(options: argparse.Namespace) -> Status:
    """Compare, write the files if asked to, and report it."""
    period = Period(options.start, options.end)
    now = _now()
    s3, kinesis = boto3.client("s3"), boto3.client("kinesis", config=_PATIENT)
    found = _source(options)
    asked = options.write and not options.although_late
    late = reading_lag(Aws(), found.function, now) if asked else timedelta(0)
    check_period(kinesis, found.stream_arn, period, now, late)
    try:
        table = _status_table(s3, found.bucket, options.status_table)
        rebuilt = rebuild(kinesis, s3, found, table, period, now, _pause)
        if not options.json:
            say(rendered(rebuilt, period))
        waiting = found.failed_records_bucket and given_up(s3, found.failed_records_bucket)
        _write(rebuilt, s3, found.bucket, options)
    except StatusTableError as error:
        raise CannotTell(str(error)) from error
    except (OSError, ValueError) as error:
        raise CannotTell(f"Cannot continue: {error}") from error
    if options.json:
        where = _target(rebuilt, found.bucket, options)
        say_json(as_document(rebuilt, period, where, waiting or None))
    else:
        say(_written(rebuilt, found.bucket, options))
        if waiting:
            say(waiting)
    return Status.SOMETHING_TO_DO if rebuilt.nothing_before else Status.ALL_WELL


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    add_outputs(parser)
    parser.add_argument(
        "--function",
        help="the classifier, whose configuration names the streams and the bucket: a function's "
        "name, or the ARN of a Flink application; not needed if the outputs name only one",
        metavar="NAME",
    )
    parser.add_argument(
        "--from",
        dest="start",
        type=moment,
        required=True,
        help="for events that arrived on the stream at this time or later, as in 2026-03-02T08:00; "
        "UTC unless it has an offset",
        metavar="ISO",
    )
    parser.add_argument(
        "--to",
        dest="end",
        type=moment,
        required=True,
        help="for events that arrived before this time",
        metavar="ISO",
    )
    parser.add_argument("--stream-arn", help="the Kinesis stream", metavar="ARN")
    parser.add_argument("--bucket", help="the report bucket", metavar="NAME")
    parser.add_argument(
        "--firehose-stream-name", help="the Firehose stream that names the files", metavar="NAME"
    )
    parser.add_argument("--prefix", help="the prefix of the reports", metavar="PREFIX")
    parser.add_argument(
        "--include-agent-status-type",
        action="store_true",
        help="write the thirteenth column, even if the classifier does not",
    )
    parser.add_argument(
        "--status-table",
        type=Path,
        help="the reference table of that time (the one in the bucket)",
        metavar="FILE",
    )
    parser.add_argument(
        "--although-late",
        action="store_true",
        help="with --write: do not check how far behind the classifier is; lines of the period "
        "that it has not written yet will be there twice",
    )
    target = parser.add_mutually_exclusive_group()
    target.add_argument("--write", action="store_true", help="put the files into the report bucket")
    target.add_argument(
        "--output", type=Path, help="write the files into this folder", metavar="DIR"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    add_connection(parser)


def _source(options: argparse.Namespace) -> Source:
    named = Named(
        options.stream_arn,
        options.bucket,
        options.firehose_stream_name,
        options.prefix,
        options.include_agent_status_type,
    )
    needed = not (named.stream_arn and named.firehose_stream)
    classifier = (
        chosen_function(
            options.outputs,
            options.only,
            options.function,
            (CLASSIFIER, APPLICATION),
            Aws().identity,
        )
        if needed or options.function or options.outputs
        else None
    )
    lambda_, flink, firehose = map(boto3.client, ("lambda", "kinesisanalyticsv2", "firehose"))
    return source(lambda_, flink, firehose, classifier, named)


def _status_table(s3: Any, bucket: str, file: Path | None) -> StatusTable:
    if file:
        return parse_status_table(file.read_bytes())
    account = boto3.client("sts").get_caller_identity()["Account"]
    with asking("s3", Bucket=bucket):
        return status_table_source(s3, bucket, time.time)(account)


def _write(rebuilt: Rebuilt, s3: Any, bucket: str, options: argparse.Namespace) -> None:
    """Write the files to the bucket or the folder, in order."""
    for each in rebuilt.files:
        if options.write:
            s3.put_object(Bucket=bucket, Key=each.key, Body=each.data)
        elif options.output:
            path = options.output / each.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(each.data)


def _target(rebuilt: Rebuilt, bucket: str, options: argparse.Namespace) -> str | None:
    """Where files were written; None where they were not, or there are none."""
    if not rebuilt.files:
        return None
    if options.write:
        return f"s3://{bucket}"
    return str(options.output) if options.output else None


def _written(rebuilt: Rebuilt, bucket: str, options: argparse.Namespace) -> str:
    """What was done, as a sentence."""
    lines, files = counted(len(rebuilt.missing), "line"), counted(len(rebuilt.files), "file")
    if not rebuilt.files:
        return (
            "Nothing that the stream still has is missing."
            if rebuilt.nothing_before
            else "Nothing is missing."
        )
    target = _target(rebuilt, bucket, options)
    if target is None:
        return (
            f"{lines} missing, for {files}. Nothing was written: --write puts them into "
            f"s3://{bucket}, --output DIR into a folder."
        )
    nothing = "" if options.write else "; the bucket is unchanged"
    return f"{lines} written to {target} in {files}{nothing}."


def _pause() -> None:
    time.sleep(_SECONDS_BETWEEN_READS)


def _now() -> datetime:
    return datetime.now(UTC)
