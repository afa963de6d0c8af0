"""How every subcommand ends."""

from enum import IntEnum


class Status(IntEnum):
    """The exit statuses of all subcommands."""

    ALL_WELL = 0
    SOMETHING_TO_DO = 1
    NOTHING_SAID = 2
    INTERRUPTED = 130


class CannotTell(Exception):
    """There is no result: invalid input, no credentials, AWS not reachable. The text says why and
    what to do; the command prints it and ends with `Status.NOTHING_SAID`."""
