"""The command `aspect-wfm`: one parser, and what all subcommands have in common."""

import argparse
import os
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from aspect_wfm import commands, output
from aspect_wfm.aws import AWS_ERRORS, explained, use_profile_and_region
from aspect_wfm.outcome import CannotTell, Status
from function_runtime.version import VERSION

_STATUSES = (
    "Exit status: 0 no problem found, 1 action needed, 2 no result (invalid input, no credentials, "
    "AWS not reachable), 130 after Ctrl-C."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the subcommand in `arguments`, by default those of the command line, and return the exit
    status."""
    output.prepare()
    options = _parser().parse_args(arguments)
    try:
        use_profile_and_region(options)
        status = options.run(options)
        sys.stdout.flush()
    except CannotTell as error:
        output.tell(str(error))
        return Status.NOTHING_SAID
    except AWS_ERRORS as error:
        output.tell(explained(error))
        return Status.NOTHING_SAID
    except BrokenPipeError:
        # What reads the output, such as head, has ended; the interpreter flushes again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.ALL_WELL
    except KeyboardInterrupt:
        output.tell(f"Interrupted. {options.resume}")
        return Status.INTERRUPTED
    return int(status)


class _Parser(argparse.ArgumentParser):
    """Makes what an error quotes from the command line safe to print."""

    def error(self, message: str) -> NoReturn:
        super().error(output.visible(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="aspect-wfm",
        description="Operate an integration of Amazon Connect with Aspect Workforce Management.",
        epilog=_STATUSES,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"aspect-wfm {VERSION}")
    subparsers = parser.add_subparsers(title="subcommands", metavar="SUBCOMMAND", required=True)
    for name, module in subcommands():
        sub = subparsers.add_parser(
            name,
            help=module.SUMMARY,
            description=module.DESCRIPTION,
            epilog=" ".join(filter(None, (getattr(module, "EPILOG", ""), _STATUSES))),
            allow_abbrev=False,
        )
        module.add_arguments(sub)
        resume = getattr(module, "RESUME", "Run the same command again.")
        sub.set_defaults(run=module.run, resume=resume)
    return parser


def subcommands() -> Iterator[tuple[str, ModuleType]]:
    """The name and the module of each subcommand, by name."""
    for found in pkgutil.iter_modules(commands.__path__):
        yield found.name, import_module(f"{commands.__name__}.{found.name}")
