"""Options that several subcommands take, and types for `argparse`."""

import argparse
from datetime import UTC, datetime


def add_connection(parser: argparse.ArgumentParser) -> None:
    """`--profile` and `--region`, for a subcommand that calls AWS.

    See `aspect_wfm.aws.use_profile_and_region`.
    """
    group = parser.add_argument_group(
        "AWS", "Without these, credentials and region are found as the AWS CLI finds them."
    )
    group.add_argument("--profile", help="a profile of the AWS CLI", metavar="NAME")
    group.add_argument("--region", help="the region of the deployment", metavar="NAME")


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """`OUTPUTS` and `--only`, which name a deployment; see `aspect_wfm.deployment`."""
    parser.add_argument("outputs", nargs="?", help=OUTPUTS_HELP, metavar="OUTPUTS")
    parser.add_argument(
        "--only",
        help="only the deployment at this path in the outputs, as in rta.berlin",
        metavar="PATH",
    )


OUTPUTS_HELP = (
    "the output of terraform output -json, as a file or - for standard input; a state file; or the "
    "folder of the configuration, in which terraform then runs"
)


def moment(text: str) -> datetime:
    """An ISO 8601 time; UTC unless it has an offset."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an ISO 8601 time, as in 2026-03-02T08:00"
        ) from None


def count(text: str) -> int:
    """A whole number from 1 to 10,000,000."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 10_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 10,000,000")
    return int(text)


def amount(text: str) -> float:
    """A number above 0 and up to 3,600."""
    number = _number(text)
    if not 0 < number <= 3_600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and up to 3,600")
    return number


def share(text: str) -> float:
    """A number from 0 to 1."""
    number = _number(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0
