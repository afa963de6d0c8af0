"""`aspect-wfm replay`: replay what was given up."""

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


SUMMARY = "take what was given up through its function again"
DESCRIPTION = (
    "Take what was given up, in the bucket for failed records, through its function again, and "
    "move what it takes to replayed/."
)
RESUME = (
    "Run the same command again: it goes on with what is left. At most 1,000 records of one "
    "document are taken twice."
)
EPILOG = "docs/replay.md says what becomes of old events, and which rights are needed."


def run(options: argparse.Namespace) -> Status:
    """Replay and say what became of it."""
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
        help="the relay or classifier; not needed where the outputs name only one",
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
        help="only documents whose first record arrived on the stream at this time or later, as "
        "in 2026-03-02T08:00; UTC unless it says otherwise",
        metavar="ISO",
    )
    parser.add_argument(
        "--before",
        type=moment,
        help="only documents whose first record arrived on the stream before this time",
        metavar="ISO",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what there is; invoke and move nothing"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    add_connection(parser)


def _prefix(text: str) -> str:
    if text and not text.startswith(ROOTS):
        raise argparse.ArgumentTypeError(f"it has to begin with {' or '.join(ROOTS)}")
    return text


def _pause(attempt: int) -> None:
    """Wait 1, 2, 4, 8 seconds before the next try."""
    time.sleep(2 ** (attempt - 1))
