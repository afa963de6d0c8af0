"""Examine a deployment after an apply: `python -m aspect_wfm.doctor --help`."""

import argparse
import io
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aspect_wfm.doctor.aws import Aws, Unreachable
from aspect_wfm.doctor.examination import examine, streams
from aspect_wfm.doctor.findings import Finding, Level, Section, worst
from aspect_wfm.doctor.outputs import (
    READERS,
    Deployment,
    InputError,
    deployments,
    read_outputs,
)
from aspect_wfm.doctor.presentation import as_json, as_text, summary
from aspect_wfm.doctor.synthetic_agent import run_name, run_start
from aspect_wfm.doctor.trial import remove_test_event, send_test_event
from aspect_wfm.doctor.waiting import Waiting

_INSTANCE = re.compile(r"(?:arn:[^:]+:connect:[^:]+:[0-9]{12}:instance/)?([A-Za-z0-9-]{1,100})")

_ARN = re.compile(r"arn:[^:]+:[^:]+:(?P<region>[^:]*):(?P<account>[0-9]{12}):")

# ARNs of what a deployment has made.
_OWN = ("flink_application_arn", "rta_role_arn", "wfm_adapter_role_arn")

FINE, FAILED, CANNOT_RUN = 0, 1, 2


def main(
    arguments: Sequence[str] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Examine and print; the exit status. `arguments` are those of the command line."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # status names in any script, on any terminal
    try:
        found = deployments(read_outputs(options.source), options.source)
        found = _chosen(found, options.only)
        if options.connect_instance:
            found = [_of_instance(each, options.connect_instance) for each in found]
        aws = Aws()
        account, region = aws.identity()
        _compare(found, account, region)
    except (InputError, Unreachable) as error:
        print(error, file=sys.stderr)
        return CANNOT_RUN
    examined_at = now()
    sections: list[Section] = []
    try:
        for section in _sections(aws, found, options, now, sleep):
            sections.append(_accepted(section, options.accept))
            if not options.json:
                print(as_text(sections[-1]), flush=True)
    except KeyboardInterrupt:
        print("Cut short.", file=sys.stderr)
        return CANNOT_RUN
    made = {finding.check for section in sections for finding in section.findings}
    for check in sorted(set(options.accept) - made):
        _tell(f"--accept {check}: no check of this name was made, so nothing was taken as known.")
    if options.json:
        print(as_json(sections, account, region, examined_at), end="")
    else:
        print(summary(sections), end="")
    level = worst(each for section in sections for each in section.findings)
    bad = level is Level.FAILURE or (options.strict and level is Level.WARNING)
    return FAILED if bad else FINE


def _sections(
    aws: Aws,
    found: Sequence[Deployment],
    options: argparse.Namespace,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Iterable[Section]:
    waiting = Waiting(now, sleep, _tell, timedelta(seconds=options.timeout))
    read = dict.fromkeys(stream for each in found for stream in streams(aws, each))
    examined = {name for each in found for key in READERS if (name := each.get(key))}
    if options.remove_test_event:
        for stream in read:
            run = options.remove_test_event
            yield _watched(stream, remove_test_event(aws, stream, examined, run, waiting))
        return
    yield from examine(aws, found, now())
    if options.send_test_event:
        aws = Aws()  # which remembers nothing: a server may have connected meanwhile
        for stream in read:
            run = run_name(now(), secrets.token_hex(3))
            _tell(f"If this is cut short, remove what is left with --remove-test-event {run}")
            yield _watched(
                stream,
                send_test_event(aws, stream, examined, run, waiting, options.even_while_connected),
            )


def _watched(stream: str, findings: Iterable[Finding]) -> Section:
    found: list[Finding] = []
    for each in findings:
        _tell(each.text)
        found.append(each)
    return Section("test-event", stream, tuple(found))


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aspect_wfm.doctor",
        description="Say of a deployment what works, what does not, and what to do about it. "
        "Reads only, unless told to send a test event.",
        epilog="Credentials and region are found as the AWS CLI finds them; docs/operations.md has "
        "the policy for them. Exit status: 0 nothing failed, 1 something failed (with --strict, or "
        "warned), 2 it could not be examined.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "source",
        help="what terraform output -json prints, as a file or - for standard input; a state file; "
        "or the folder of the configuration, in which terraform is asked",
        metavar="OUTPUTS",
    )
    parser.add_argument(
        "--only",
        action="append",
        help="only the deployments at this place in the outputs, as in rta.berlin; repeatable",
        metavar="PATH",
    )
    parser.add_argument(
        "--connect-instance",
        type=_instance,
        help="id or ARN of the Amazon Connect instance, to compare its stream and its agent "
        "statuses (the output connect_instance_id)",
        metavar="ID",
    )
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        help="take a warning of this check as known, as in adapter.mapping; repeatable",
        metavar="CHECK",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 for a warning, too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    event = parser.add_argument_group(
        "test event", "Writes: read docs/operations.md before using it."
    )
    which = event.add_mutually_exclusive_group()
    which.add_argument(
        "--send-test-event",
        action="store_true",
        help="sign a synthetic agent in and out on the stream, watch them arrive, remove them",
    )
    which.add_argument(
        "--remove-test-event",
        type=_run,
        help="remove what such a run left that was cut short",
        metavar="RUN",
    )
    event.add_argument(
        "--even-while-connected",
        action="store_true",
        help="send it although an RTA server is connected, which then shows the synthetic agent",
    )
    event.add_argument(
        "--timeout",
        type=_seconds,
        default=600,
        help="wait at most so long for each thing to happen (600)",
        metavar="SECONDS",
    )
    return parser


def _chosen(found: list[Deployment], paths: list[str] | None) -> list[Deployment]:
    """Raises InputError for a path at which there is none."""
    if not paths:
        return found
    known = {each.path for each in found}
    for path in paths:
        if path not in known:
            raise InputError(
                f"There is no deployment at {path}; they are at: "
                f"{', '.join(sorted(known - {''})) or 'the root only, without --only'}."
            )
    return [each for each in found if each.path in paths]


def _of_instance(deployment: Deployment, instance_id: str) -> Deployment:
    return replace(deployment, outputs={**deployment.outputs, "connect_instance_id": instance_id})


def _compare(found: Sequence[Deployment], account: str, region: str) -> None:
    """Raises InputError where the outputs are of another account or region. The stream may be of
    another account: what the deployment itself has made tells.
    """
    for each in found:
        stream = _ARN.match(each.get("agent_event_stream_arn") or "")
        regions = {stream["region"]} if stream else set()
        accounts = {url.split("/")[-2] for url in each.urls("sqs_queue_urls") if "/" in url}
        accounts |= {arn["account"] for name in _OWN if (arn := _ARN.match(each.get(name) or ""))}
        if accounts - {account} or regions - {region}:
            raise InputError(
                f"The outputs are of account {', '.join(accounts) or account} in "
                f"{', '.join(regions) or region}, and the credentials of account {account} in "
                f"{region}: set AWS_PROFILE and AWS_REGION, or choose deployments with --only."
            )


def _accepted(section: Section, checks: Sequence[str]) -> Section:
    """The section with the warnings of `checks` taken as known."""
    return replace(
        section,
        findings=tuple(
            replace(each, level=Level.OK)
            if each.level is Level.WARNING and each.check in checks
            else each
            for each in section.findings
        ),
    )


def _instance(text: str) -> str:
    found = _INSTANCE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither the id of an Amazon Connect instance nor its ARN "
            "(arn:aws:connect:<region>:<account>:instance/<id>)"
        )
    return found[1]


def _run(text: str) -> str:
    try:
        run_start(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no run: it is printed when a test event is sent, as in "
            "20260302T091500Z-0a1b2c"
        ) from None
    return text


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 5 and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
