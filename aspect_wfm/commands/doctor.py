"""`aspect-wfm doctor`: examine a deployment after an apply."""

import argparse
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aspect_wfm.arguments import OUTPUTS_HELP, add_connection
from aspect_wfm.aws import Aws
from aspect_wfm.deployment import (
    READERS,
    Deployment,
    DeploymentError,
    check_place,
    deployments,
    read_outputs,
)
from aspect_wfm.doctor.examination import Watch, examine, streams
from aspect_wfm.doctor.findings import Finding, Level, Section, worst
from aspect_wfm.doctor.presence import check_presence
from aspect_wfm.doctor.presentation import COLOURS, as_document, as_text, problems, summary
from aspect_wfm.doctor.trial import remove_test_event, send_test_event
from aspect_wfm.doctor.waiting import Waiting
from aspect_wfm.outcome import Status
from aspect_wfm.output import activity, say, say_json, tell
from aspect_wfm.synthetic_agent import run_name, run_start

_INSTANCE = re.compile(r"(?:arn:[^:]+:connect:[^:]+:[0-9]{12}:instance/)?([A-Za-z0-9-]{1,100})")

SUMMARY = "report what works in a deployment, what does not, and what to do"
DESCRIPTION = (
    "Report what works in a deployment, what does not, and what to do. Only reads, unless you send "
    "a test event."
)
RESUME = (
    "Run the same command again. If a test event was sent, first remove it with the command that "
    "was printed."
)
EPILOG = "docs/doctor.md explains the levels, and names the IAM policy that the doctor needs."


def run(options: argparse.Namespace) -> Status:
    """Examine and print."""
    found = _chosen(deployments(read_outputs(options.source), options.source), options.only)
    if options.connect_instance:
        found = [_of_instance(each, options.connect_instance) for each in found]
    aws = Aws()
    account, region = aws.identity()
    check_place(found, account, region)
    check_presence(aws, found, region)
    examined_at = _now()
    sections: list[Section] = []
    with activity(shown=not options.json) as show:
        for section in _sections(aws, found, options, show):
            show(None)
            sections.append(_accepted(section, options.accept))
            shown = problems(sections[-1]) if options.problems else sections[-1]
            if not options.json and (shown.findings or not options.problems):
                say(as_text(shown), COLOURS)
    made = {finding.check for section in sections for finding in section.findings}
    for check in sorted(set(options.accept) - made):
        tell(f"--accept {check}: no check of this name ran, so nothing was accepted.")
    if options.json:
        shown_all = [problems(each) for each in sections] if options.problems else sections
        say_json(as_document(shown_all, account, region, examined_at))
    else:
        say(summary(sections), COLOURS)
    findings = [each for section in sections for each in section.findings]
    if findings and all(each.level is Level.NOTE for each in findings):
        tell("Nothing could be checked.")
        return Status.NOTHING_SAID
    level = worst(findings)
    bad = level is Level.FAILURE or (options.strict and level is Level.WARNING)
    return Status.SOMETHING_TO_DO if bad else Status.ALL_WELL


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("source", help=OUTPUTS_HELP, metavar="OUTPUTS")
    parser.add_argument(
        "--only",
        action="append",
        help="check only the deployments at this path in the outputs, as in rta.berlin; repeatable",
        metavar="PATH",
    )
    parser.add_argument(
        "--connect-instance",
        type=_instance,
        help="ID or ARN of the Amazon Connect instance, to compare its stream and its agent "
        "statuses (the output connect_instance_id)",
        metavar="ID",
    )
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        help="count the findings of this check as ok, as in adapter.mapping; repeatable",
        metavar="CHECK",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 for a warning too")
    parser.add_argument("--problems", action="store_true", help="show warnings and failures only")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    event = parser.add_argument_group("test event", "Writes: read docs/doctor.md before using it.")
    which = event.add_mutually_exclusive_group()
    which.add_argument(
        "--send-test-event",
        action="store_true",
        help="sign a synthetic agent in and out on the stream, watch them arrive, remove them",
    )
    which.add_argument(
        "--remove-test-event",
        type=_run,
        help="remove what an interrupted run has left",
        metavar="RUN",
    )
    event.add_argument(
        "--even-while-connected",
        action="store_true",
        help="send it even if an RTA server is connected, which then shows the synthetic agent",
    )
    event.add_argument(
        "--timeout",
        type=_seconds,
        default=600,
        help="the longest wait for each step (600)",
        metavar="SECONDS",
    )
    add_connection(parser)


def _sections(
    aws: Aws,
    found: Sequence[Deployment],
    options: argparse.Namespace,
    watch: Watch,
) -> Iterable[Section]:
    waiting = Waiting(_now, time.sleep, tell, timedelta(seconds=options.timeout))
    read = dict.fromkeys(stream for each in found for stream in streams(aws, each))
    examined = {name for each in found for key in READERS if (name := each.get(key))}
    if options.remove_test_event:
        for stream in read:
            run = options.remove_test_event
            yield _watched(stream, remove_test_event(aws, stream, examined, run, waiting))
        return
    yield from examine(aws, found, _now(), watch)
    if options.send_test_event:
        aws = Aws()  # which remembers nothing: a server may have connected meanwhile
        for stream in read:
            run = run_name(_now(), secrets.token_hex(3))
            tell(f"If this is interrupted, remove what it left with --remove-test-event {run}")
            yield _watched(
                stream,
                send_test_event(aws, stream, examined, run, waiting, options.even_while_connected),
            )


def _watched(stream: str, findings: Iterable[Finding]) -> Section:
    found: list[Finding] = []
    for each in findings:
        tell(each.text)
        found.append(each)
    return Section("test-event", stream, tuple(found))


def _chosen(found: list[Deployment], paths: list[str] | None) -> list[Deployment]:
    """Raises DeploymentError for a path at which there is none."""
    if not paths:
        return found
    known = {each.path for each in found}
    for path in paths:
        if path not in known:
            raise DeploymentError(
                f"There is no deployment at {path}. Deployments are at: "
                f"{', '.join(sorted(known - {''})) or 'the root only, without --only'}."
            )
    return [each for each in found if each.path in paths]


def _of_instance(deployment: Deployment, instance_id: str) -> Deployment:
    return replace(deployment, outputs={**deployment.outputs, "connect_instance_id": instance_id})


def _accepted(section: Section, checks: Sequence[str]) -> Section:
    """The section with what asks for something in `checks` accepted."""
    return replace(
        section,
        findings=tuple(
            replace(each, accepted=each.level is not Level.OK and each.check in checks)
            for each in section.findings
        ),
    )


def _instance(text: str) -> str:
    found = _INSTANCE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither the ID of an Amazon Connect instance nor its ARN "
            "(arn:aws:connect:<region>:<account>:instance/<id>)"
        )
    return found[1]


def _run(text: str) -> str:
    try:
        run_start(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a run: the doctor prints the run when it sends a test event, as in "
            "20260302T091500Z-0a1b2c"
        ) from None
    return text


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 5 and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return int(text)


def _now() -> datetime:
    return datetime.now(UTC)
