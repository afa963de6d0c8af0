"""What checkov found, from its JSON, and what a reviewer would not accept of the skips."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A reason in fewer characters than this is none.
SHORTEST_REASON = 30

# What checkov puts where a skip has no reason.
_NO_REASON = "No comment provided"

_SKIP = re.compile(r"#\s*checkov:skip=([A-Z0-9_]+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check that a resource failed, or skips for a `reason`; `file` is below the folder."""

    check: str
    resource: str
    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckovReport:
    passed: int
    failed: tuple[Outcome, ...]
    skipped: tuple[Outcome, ...]
    unparsed: tuple[str, ...]


def read_report(output: str) -> CheckovReport:
    """The report that checkov prints with `--output json` for one folder and one framework.

    Raises ValueError when `output` is none, or says that there was nothing to check.
    """
    try:
        report = json.loads(output)
    except ValueError:
        raise ValueError(f"it printed no JSON, but {output[:200]!r}") from None
    if not isinstance(report, dict) or "results" not in report:
        raise ValueError("it found no Terraform to check")
    results: dict[str, list[Any]] = report["results"]
    return CheckovReport(
        passed=len(results["passed_checks"]),
        failed=tuple(map(_outcome, results["failed_checks"])),
        skipped=tuple(map(_outcome, results["skipped_checks"])),
        unparsed=tuple(results["parsing_errors"]),
    )


def findings(report: CheckovReport) -> list[str]:
    """A sentence for each thing to fix; none when the report is clean."""
    unparsed = [
        f"{file} could not be parsed: nothing in it was checked" for file in report.unparsed
    ]
    failed = [f"{each.check} fails for {each.resource} in {each.file}" for each in report.failed]
    unreasoned = [
        f"{each.check} is skipped for {each.resource} in {each.file} without a reason that can be "
        f"judged: write one of {SHORTEST_REASON} characters or more behind a second colon"
        for each in report.skipped
        if len(each.reason) < SHORTEST_REASON
    ]
    # Once each: an example may make a module's resource several times.
    return list(dict.fromkeys(unparsed + failed + unreasoned))


def unused_skips(report: CheckovReport, sources: Mapping[str, str]) -> list[str]:
    """A sentence for each kind of skip in a file that skips less than it is written: it would hide
    what fails one day. `sources` are the folder's Terraform files, by their path below it."""
    used = Counter(
        (file, check)
        for file, check, _ in {(each.file, each.check, _label(each)) for each in report.skipped}
    )
    written = Counter(
        (file, check) for file, source in sources.items() for check in _SKIP.findall(source)
    )
    return [
        f"{file} has {times} of checkov:skip={check}, of which {used[file, check]} skip anything: "
        "remove the others"
        for (file, check), times in sorted(written.items())
        if times > used[file, check]
    ]


def _outcome(result: dict[str, Any]) -> Outcome:
    reason = (result["check_result"].get("suppress_comment") or "").strip()
    return Outcome(
        check=result["check_id"],
        resource=result["resource"],
        file=result["file_path"].lstrip("/"),
        reason="" if reason == _NO_REASON else reason,
    )


def _label(outcome: Outcome) -> str:
    """The resource, without the index that `count` and `for_each` give it."""
    return outcome.resource.partition("[")[0]
