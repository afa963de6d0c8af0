"""What the scanners' reports are read as. The scanners themselves are run by `make security`."""

import json
from typing import Any

import pytest

from tests.scanners.audit_report import read_audit
from tests.scanners.checkov_report import CheckovReport, findings, read_report, unused_skips
from tests.scanners.imports import foreign_imports
from tests.scanners.requirements import locked_packages, unlocked

REASON = "Lines only pass through, and no API reads them back."


def outcome(check: str, resource: str, reason: str | None = None) -> dict[str, Any]:
    return {
        "check_id": check,
        "resource": resource,
        "file_path": "/rta/queues.tf",
        "check_result": {"suppress_comment": reason} if reason is not None else {},
    }


def report(
    failed: list[dict[str, Any]] | None = None,
    skipped: list[dict[str, Any]] | None = None,
    unparsed: list[str] | None = None,
) -> CheckovReport:
    results = {
        "passed_checks": [outcome("CKV_AWS_27", "aws_sqs_queue.a")],
        "failed_checks": failed or [],
        "skipped_checks": skipped or [],
        "parsing_errors": unparsed or [],
    }
    return read_report(json.dumps({"check_type": "terraform", "results": results}))


def test_a_report_without_failures_and_with_reasons_for_its_skips_has_no_findings() -> None:
    clean = report(skipped=[outcome("CKV_AWS_1", "aws_sqs_queue.a", REASON)])
    assert clean.passed == 1
    assert findings(clean) == []


def test_a_failed_check_is_a_finding() -> None:
    (finding,) = findings(report(failed=[outcome("CKV_AWS_1", "aws_sqs_queue.a")]))
    assert finding == "CKV_AWS_1 fails for aws_sqs_queue.a in rta/queues.tf"


def test_a_file_that_could_not_be_parsed_is_a_finding() -> None:
    (finding,) = findings(report(unparsed=["/somewhere/status_table.tf"]))
    assert finding.startswith("/somewhere/status_table.tf could not be parsed")


@pytest.mark.parametrize("reason", ["", "   ", "No comment provided", "not needed", "x" * 29])
def test_a_skip_without_a_reason_worth_the_name_is_a_finding(reason: str) -> None:
    (finding,) = findings(report(skipped=[outcome("CKV_AWS_1", "aws_sqs_queue.a", reason)]))
    assert finding.startswith("CKV_AWS_1 is skipped for aws_sqs_queue.a in rta/queues.tf without")


@pytest.mark.parametrize(
    "output",
    [
        "",
        "Traceback (most recent call last):",
        '{"passed": 0, "failed": 0, "resource_count": 0}',
        "[]",
    ],
)
def test_a_scan_that_saw_nothing_does_not_pass_for_a_clean_one(output: str) -> None:
    with pytest.raises(ValueError, match=r"^it (printed no JSON|found no Terraform)"):
        read_report(output)


def test_a_skip_that_skips_nothing_is_a_finding() -> None:
    source = f"#checkov:skip=CKV_AWS_1:{REASON}\n  # checkov:skip=CKV2_AWS_2:{REASON}\n"
    seen = report(skipped=[outcome("CKV_AWS_1", "aws_sqs_queue.a", REASON)])
    (finding,) = unused_skips(seen, {"rta/queues.tf": source})
    assert finding.startswith("rta/queues.tf has 1 of checkov:skip=CKV2_AWS_2, of which 0 skip")


def test_a_skip_in_a_resource_that_is_made_twice_counts_once() -> None:
    source = f"#checkov:skip=CKV_AWS_1:{REASON}\n" * 2
    twice = [outcome("CKV_AWS_1", f"aws_sqs_queue.a[{index}]", REASON) for index in range(2)]
    assert unused_skips(report(skipped=twice), {"rta/queues.tf": source}) != []
    twice.append(outcome("CKV_AWS_1", "aws_sqs_queue.b", REASON))
    assert unused_skips(report(skipped=twice), {"rta/queues.tf": source}) == []


def test_only_what_the_runtime_does_not_bring_is_a_foreign_import() -> None:
    source = """
import json, os.path
import boto3
from botocore.config import Config
from function_runtime.structured_log import log
from . import packing
from .packing import packed
def later():
    import requests.sessions
    from yaml import safe_load
"""
    assert foreign_imports(source, {"agent_events", "function_runtime"}) == ["requests", "yaml"]


LOCKED = """\
# a comment
boto3==1.35.49 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via checkov
atheris==2.3 ; sys_platform == "linux" \\
    --hash=sha256:cc
"""


def test_a_lock_with_a_version_and_a_hash_for_everything_leaves_nothing_open() -> None:
    assert unlocked(LOCKED) == []
    assert locked_packages(LOCKED) == ["boto3", "atheris"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("six==1.17.0", "has no hash"),
        ("six>=1.17.0 --hash=sha256:aa", "does not pin a version"),
        ("six @ https://example.org/six.whl --hash=sha256:aa", "does not pin a version"),
        ("six==1.17.0 --hash=md5:aa", "has no hash"),
        ("--extra-index-url https://example.org/simple", "is an option"),
        ("--find-links /wheels", "is an option"),
    ],
)
def test_what_leaves_open_what_is_installed_is_a_finding(line: str, said: str) -> None:
    (finding,) = unlocked(f"{LOCKED}{line}\n")
    assert said in finding


def test_packages_that_could_not_be_looked_up_do_not_pass_for_audited_ones() -> None:
    audit = read_audit(
        json.dumps(
            {
                "dependencies": [
                    {"name": "six", "version": "1.17.0", "vulns": []},
                    {"name": "yarl", "skip_reason": "Dependency not found on PyPI"},
                ],
                "fixes": [],
            }
        )
    )
    assert audit.audited == ("six",)
    assert audit.not_audited == {"yarl": "Dependency not found on PyPI"}
    assert audit.vulnerabilities == ()


def test_a_known_vulnerability_is_named_with_its_fix() -> None:
    vulnerable = {
        "name": "six",
        "version": "1.0",
        "vulns": [
            {"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]},
            {"id": "PYSEC-2", "fix_versions": []},
        ],
    }
    assert read_audit(json.dumps({"dependencies": [vulnerable]})).vulnerabilities == (
        "six 1.0 has PYSEC-1, fixed in 1.1, 2.0",
        "six 1.0 has PYSEC-2, fixed in no version yet",
    )


def test_an_audit_that_broke_off_is_no_report() -> None:
    with pytest.raises(ValueError, match=r"^it printed no report"):
        read_audit("ConnectionError")
