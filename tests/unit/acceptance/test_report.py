"""The report is ready to paste: it shows what was found, and nothing of the account or machine."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.evidence import Evidence, Finding, Kind, Step
from tests.acceptance.report import Facts, private, report
from tests.local_cloud.terraform_cli import REPOSITORY

ACCOUNT = "123456789012"
INSTANCE_ID = "12345678-90ab-cdef-1234-567890abcdef"
INSTANCE = f"arn:aws:connect:eu-central-1:{ACCOUNT}:instance/{INSTANCE_ID}"


def written(*findings: Finding, commands: tuple[str, ...] = ()) -> str:
    facts = Facts(
        datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
        "AWS, eu-central-1",
        "lambda",
        "abc1234",
        private(ACCOUNT, INSTANCE),
    )
    return report(facts, Evidence([Step("Plan again", list(findings), 1234.6)]), commands)


def test_a_run_is_described_with_its_times_and_evidence() -> None:
    assert written(
        Finding(Kind.PASSED, "A second plan is empty", "0"),
        Finding(Kind.ANSWER, "Write units", "3"),
        Finding(Kind.SKIPPED, "Fan-out", "it lacks it"),
    ) == (
        "# Acceptance\n\n"
        "Passed. AWS, eu-central-1, engine `lambda`, 02 March 2026, 09:15 UTC, revision abc1234.\n"
        "\n| step | result | seconds |\n| --- | --- | ---: |\n| Plan again | passed | 1,235 |\n"
        "\n## Answered\n\n| step | question | answer |\n| --- | --- | --- |\n"
        "| Plan again | Write units | 3 |\n"
        "\n## Skipped\n\n| step | what | why |\n| --- | --- | --- |\n"
        "| Plan again | Fan-out | it lacks it |\n"
        "\n## Passed\n\n| step | what | evidence |\n| --- | --- | --- |\n"
        "| Plan again | A second plan is empty | 0 |\n"
        "\n## Left over\n\nNothing.\n"
    )


def test_a_failure_is_seen_first() -> None:
    text = written(Finding(Kind.PASSED, "a"), Finding(Kind.FAILED, "drift", "update | of a stream"))
    assert "**Failed.**" in text
    assert "| Plan again | **failed** |" in text
    assert text.index("drift") < text.index("## Passed")
    assert "update \\| of a stream" in text, "a table stays a table"


def test_a_step_that_was_skipped_has_not_passed() -> None:
    assert "| Plan again | skipped |" in written(Finding(Kind.SKIPPED, "all", "why"))


@pytest.mark.parametrize(
    "secret",
    [
        ACCOUNT,
        INSTANCE_ID,
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        str(REPOSITORY),
        str(Path.home()),
    ],
)
def test_nothing_of_the_account_or_the_machine_is_in_it(secret: str) -> None:
    text = written(
        Finding(Kind.FAILED, "apply", f"Error in {secret}: {secret}/x"), commands=(f"rm {secret}",)
    )
    assert secret not in text
    assert "Error in" in text


def test_what_terraform_prints_is_cut_short_and_in_one_line() -> None:
    text = written(Finding(Kind.FAILED, "apply", "Error:\n  it failed\n" * 1_000))
    (line,) = [line for line in text.splitlines() if "it failed" in line]
    assert line.startswith("| Plan again | apply | Error: it failed Error:")
    assert len(line) < 1_100


def test_what_is_left_over_is_listed_as_commands() -> None:
    text = written(commands=("aws sqs delete-queue --queue-url x", "aws s3 rb s3://y"))
    assert "```sh\naws sqs delete-queue --queue-url x\naws s3 rb s3://y\n```" in text
