"""`aspect-wfm replay`: replay failed records."""

import argparse
import time

import boto3
from botocore.config import Config

from aspect_wfm.arguments import add_connection, add_outputs, moment
from aspect_wfm.aws import Aws
from aspect_wfm.deployment import (
    CLASSIFIER,
    RELAY,
    chosen_function,
    environment_of,
    refuse_application,
)
from aspect_wfm.failed_records import ROOTS
from aspect_wfm.outcome import CannotTell, Status
from aspect_wfm.output import say, say_json
from aspect_wfm.replay.function import failed_records_function
from aspect_wfm.replay.replay import Clients, Selection, replay
from aspect_wfm.replay.summary import as_document, rendered

# The functions end after 60 seconds. No call is made again by itself: the function might run twice.
_INVOKING = Config(
    connect_timeout=5, read_timeout=90, retries={"mode": "standard", "total_max_attempts": 1}
)


SUMMARY = "invoke a function again with its failed records"
DESCRIPTION = (
    "Invoke a function again with the records in its bucket for failed records, and move the "
    "processed ones to replayed/."
)
RESUME = (
    "Run the same command again: it continues with what is left. At most 1,000 records of one "
    "document are replayed twice."
)
EPILOG = "docs/replay.md explains what happens to old events, and which permissions you need."


def run(options: argparse.Namespace) -> Status:
    """Replay, and report the result."""
    name = chosen_function(
        options.outputs, options.only, options.function, (RELAY, CLASSIFIER), Aws().identity
    )
    refuse_application(name)
    clients = Clients(
        boto3.client("s3"), boto3.client("lambda", config=_INVOKING), boto3.client("dynamodb")
    )
    function = failed_records_function(*environment_of(clients.lambda_, name))
    selection = Selection(
        options.bucket or function.bucket, options.prefix, options.after, options.before
    )
    summary = replay(clients, function, selection, options.dry_run, _pause)
    if summary.stopped and not (summary.documents or summary.left or summary.not_tried):
        raise CannotTell(summary.stopped)
    told = (summary, selection.bucket, function.name, options.dry_run)
    if options.json:
        say_json(as_document(*told))
    else:
        say(rendered(*told))
    left = summary.left or summary.kept_again or summary.stopped
    return Status.SOMETHING_TO_DO if left else Status.ALL_WELL


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    add_outputs(parser)
    parser.add_argument(
        "--function",
        help="the relay or classifier; not needed if the outputs name only one",
        metavar="NAME",
    )
    parser.add_argument(
        "--bucket",
        help="the bucket for failed records (the one that the function is configured with)",
        metavar="NAME",
    )
    parser.add_argument(
        "--prefix",
        type=_prefix,
        default="",
        help=f"only documents under this prefix ({' and '.join(ROOTS)})",
        metavar="PREFIX",
    )
    parser.add_argument(
        "--after",
        type=moment,
        help="only documents whose first record arrived on the stream at this time or later, as in "
        "2026-03-02T08:00; UTC unless it has an offset",
        metavar="ISO",
    )
    parser.add_argument(
        "--before",
        type=moment,
        help="only documents whose first record arrived on the stream before this time",
        metavar="ISO",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="only report what would be replayed; invoke and move nothing",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    add_connection(parser)


def _prefix(text: str) -> str:
    if text and not text.startswith(ROOTS):
        raise argparse.ArgumentTypeError(f"it must begin with {' or '.join(ROOTS)}")
    return text


def _pause(attempt: int) -> None:
    """Wait 1, 2, 4, 8 seconds before the next try."""
    time.sleep(2 ** (attempt - 1))
