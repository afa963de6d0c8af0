"""Replay what was given up: `python -m aspect_wfm.replay --help`."""

import argparse
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from agent_events.structured_log import described
from aspect_wfm.doctor.outputs import CLASSIFIER, RELAY
from aspect_wfm.replay.arguments import moment
from aspect_wfm.replay.documents import ROOTS
from aspect_wfm.replay.function import (
    FunctionNotUsable,
    chosen_function,
    environment_of,
    failed_records_function,
    refuse_application,
)
from aspect_wfm.replay.replay import Clients, Selection, replay
from aspect_wfm.replay.summary import rendered

# The functions end after 60 seconds. No call is made again by itself: the function might run twice.
_INVOKING = Config(
    connect_timeout=5, read_timeout=90, retries={"mode": "standard", "total_max_attempts": 1}
)


DONE, SOMETHING_LEFT, CANNOT_RUN = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Replay and say what became of it; the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.prefix and not options.prefix.startswith(ROOTS):
        parser.error(f"--prefix has to begin with {' or '.join(ROOTS)}")
    try:
        name = chosen_function(options.outputs, options.only, options.function, (RELAY, CLASSIFIER))
        refuse_application(name)
        clients = Clients(
            boto3.client("s3"), boto3.client("lambda", config=_INVOKING), boto3.client("dynamodb")
        )
        function = failed_records_function(*environment_of(clients.lambda_, name))
    except FunctionNotUsable as error:
        print(error, file=sys.stderr)
        return CANNOT_RUN
    except (ClientError, BotoCoreError, ValueError) as error:
        print(f"Cannot look at function {name}: {_said(error)}.", file=sys.stderr)
        return CANNOT_RUN
    selection = Selection(
        options.bucket or function.bucket, options.prefix, options.after, options.before
    )
    summary = replay(clients, function, selection, options.dry_run, _pause)
    print(rendered(summary, selection.bucket, function.name, options.dry_run), end="")
    left = summary.left or summary.kept_again or summary.stopped
    return SOMETHING_LEFT if left else DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aspect_wfm.replay",
        description="Take what was given up, in the bucket for failed records, through its "
        "function again, and move what it takes to replayed/.",
        epilog="docs/operations.md says what becomes of old events, and which rights are needed. "
        "Credentials and region are found as the AWS CLI finds them. Exit status: 0 nothing is "
        "left, 1 something is, 2 it could not begin.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "outputs",
        nargs="?",
        help="what terraform output -json prints, as a file or - for standard input; a state file; "
        "or the folder of the configuration, in which terraform is asked",
        metavar="OUTPUTS",
    )
    parser.add_argument(
        "--only",
        help="only the deployment at this place in the outputs, as in rta.berlin",
        metavar="PATH",
    )
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
    return parser


def _pause(attempt: int) -> None:
    """Wait 1, 2, 4, 8 seconds before the next try."""
    time.sleep(2 ** (attempt - 1))


def _said(error: Exception) -> str:
    if isinstance(error, ClientError):
        return described(error)
    return str(error).rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
