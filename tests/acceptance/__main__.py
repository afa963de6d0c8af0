"""`python -m tests.acceptance --help`; docs/acceptance.md describes a run."""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from tests.acceptance import local, removal
from tests.acceptance.account import Account, RegionMissingError, ambient_account
from tests.acceptance.announcement import announcement
from tests.acceptance.deployment import Deployment, Lacks, Options
from tests.acceptance.evidence import Evidence, Kind, Step
from tests.acceptance.interrupts import Interrupts
from tests.acceptance.naming import Names, new_run, run_id
from tests.acceptance.printing import say
from tests.acceptance.programs import ProgramError, run
from tests.acceptance.report import REPORT, Facts, private, report
from tests.acceptance.steps import (
    apply,
    connect_streaming,
    doctor,
    empty_series,
    flink_application,
    latency,
    partiql,
    report_lines,
    sample_day,
    second_plan,
    stream_changes,
)
from tests.acceptance.terraform import Terraform
from tests.local_cloud.terraform_cli import REPOSITORY, TerraformMissingError, terraform_binary

PASSED, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130

# Without the first one nothing else can be tried; a failure of another leaves the rest as it is.
STEPS: tuple[tuple[str, Callable[[Deployment, Step], None]], ...] = (
    (apply.TITLE, apply.apply),
    (second_plan.TITLE, second_plan.second_plan),
    (doctor.TITLE, doctor.doctor),
    (empty_series.TITLE_START, empty_series.start),
    (sample_day.TITLE_ENV, sample_day.with_flag_in_environment),
    (sample_day.TITLE_TABLE, sample_day.with_flag_in_table),
    (latency.TITLE, latency.latency),
    (partiql.TITLE, partiql.partiql),
    (report_lines.TITLE, report_lines.report_lines),
    (flink_application.TITLE, flink_application.flink_application),
    (empty_series.TITLE_READ, empty_series.read),
    (stream_changes.TITLE, stream_changes.stream_changes),
    (connect_streaming.TITLE, connect_streaming.connect_streaming),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, run, remove, report; the exit status."""
    options = _parser().parse_args(arguments)
    interrupts = Interrupts()
    with interrupts.handled(), ExitStack() as stack:
        try:
            terraform_binary()
            if options.local:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="acceptance-"))
                options.account = stack.enter_context(local.local(Path(folder)))
                options.yes, options.connect_instance = True, local.INSTANCE_ID
            account = ambient_account()
            # The other programs look for one or the other of these.
            os.environ.update(AWS_REGION=account.region, AWS_DEFAULT_REGION=account.region)
        except (TerraformMissingError, RegionMissingError, BotoCoreError, ClientError) as error:
            say(str(error))
            return REFUSED
        except KeyboardInterrupt:
            return INTERRUPTED
        deployment = _deployment(account, options)
        if refusal := _refusal(account, options, deployment):
            say(f"\n{refusal}\nNothing was touched.")
            return REFUSED
        return _run(deployment, options, interrupts)


def _refusal(account: Account, options: argparse.Namespace, deployment: Deployment) -> str | None:
    """Why the run must not begin; None if it may."""
    for line in announcement(account, deployment.names, deployment.options):
        say(line)
    if options.local and options.engine == "flink":
        return f"--engine flink needs AWS: {local.LACKS.get('flink')}."
    if options.account is not None and options.account != account.account_id:
        return f"These credentials are of account {account.account_id}, not {options.account}."
    if not options.yes or options.account is None:
        return f'To go on: make acceptance ACCEPTANCE="--yes --account {account.account_id}"'
    if options.remove and not deployment.folder.is_dir():
        return f"There is no run {options.remove} under build/acceptance."
    return None


def _run(deployment: Deployment, options: argparse.Namespace, interrupts: Interrupts) -> int:
    """Take the steps, remove everything, and write the report."""
    evidence = Evidence()
    begun = datetime.now(UTC)
    try:
        if not options.remove:
            deployment.folder.mkdir(parents=True)
            _take_steps(deployment, evidence)
        interrupts.ignore()
    except KeyboardInterrupt:
        say("\nInterrupted: removing everything.")
    commands = []
    with evidence.step(removal.TITLE) as step:
        commands = removal.remove(deployment, step)
    if not commands and not evidence.steps[-1].failed:
        shutil.rmtree(deployment.folder, ignore_errors=True)
    else:
        commands = [_again(deployment), *commands]
    _write(deployment, evidence, commands, begun, options.local)
    if interrupts.received:
        return INTERRUPTED
    return FAILED if evidence.of(Kind.FAILED) else PASSED


def _take_steps(deployment: Deployment, evidence: Evidence) -> None:
    for title, take in STEPS:
        with evidence.step(title) as step:
            take(deployment, step)
        if not deployment.outputs:
            return


def _write(
    deployment: Deployment,
    evidence: Evidence,
    commands: list[str],
    begun: datetime,
    on_local_cloud: bool,
) -> None:
    facts = Facts(
        begun,
        "The local cloud" if on_local_cloud else f"AWS, {deployment.account.region}",
        deployment.options.engine,
        _revision(),
        private(deployment.account.account_id, deployment.options.connect_instance),
    )
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report(facts, evidence, commands), encoding="utf-8")
    for command in commands:
        say(command)
    say(
        f"\n{len(evidence.of(Kind.FAILED))} failed, {len(evidence.of(Kind.SKIPPED))} skipped. "
        f"The report is in {REPORT.relative_to(REPOSITORY)}."
    )


def _again(deployment: Deployment) -> str:
    account = deployment.account.account_id
    run = deployment.names.run_id
    return f'make acceptance ACCEPTANCE="--yes --account {account} --remove {run}"'


def _revision() -> str:
    try:
        return run(["git", "describe", "--always", "--dirty"], REPOSITORY).stdout.strip()
    except (ProgramError, OSError):
        return "unknown"


def _deployment(account: Account, options: argparse.Namespace) -> Deployment:
    names = Names(options.remove or new_run(), account.account_id)
    folder = REPOSITORY / "build" / "acceptance" / names.run_id
    return Deployment(
        account,
        names,
        Options(options.engine, options.connect_instance, options.events),
        folder,
        Terraform(folder),
        local.LACKS if options.local else Lacks(),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.acceptance",
        description="Prove a deployment in a real AWS account, and remove it again.",
        epilog="Exit status: 0 passed, 1 something failed or is left over, 2 refused, 130 "
        "interrupted.",
        allow_abbrev=False,
    )
    parser.add_argument("--yes", action="store_true", help="create what was announced")
    parser.add_argument(
        "--account", help="the account to do it in, which the credentials have to be of"
    )
    parser.add_argument(
        "--engine", choices=("lambda", "flink"), default="lambda", help="what runs the classifier"
    )
    parser.add_argument(
        "--connect-instance",
        help="switch on agent events of this Amazon Connect instance for the run, and off again",
        metavar="ARN",
    )
    parser.add_argument(
        "--events", type=int, default=1000, help="how many events the latency is measured of"
    )
    parser.add_argument(
        "--remove", type=run_id, help="remove an earlier run that was killed", metavar="RUN"
    )
    parser.add_argument(
        "--local", action="store_true", help="on the local cloud, without an AWS account"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
