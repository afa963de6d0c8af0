"""What pip-audit found, from its JSON.

It says "No known vulnerabilities found" and succeeds also when it could look nothing up: then every
dependency has a `skip_reason`. So what was looked up is told apart from what was not.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Names of the packages that were looked up, reasons by name for those that could not be, and a
    sentence for each known vulnerability."""

    audited: tuple[str, ...]
    not_audited: dict[str, str]
    vulnerabilities: tuple[str, ...]


def read_audit(output: str) -> AuditReport:
    """The report that pip-audit prints with `--format json`. Raises ValueError when it is none."""
    try:
        dependencies = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"it printed no report, but {output[:200]!r}") from None
    return AuditReport(
        audited=tuple(each["name"] for each in dependencies if "skip_reason" not in each),
        not_audited={
            each["name"]: each["skip_reason"] for each in dependencies if "skip_reason" in each
        },
        vulnerabilities=tuple(
            f"{each['name']} {each['version']} has {known['id']}, "
            f"fixed in {', '.join(known['fix_versions']) or 'no version yet'}"
            for each in dependencies
            for known in each.get("vulns", [])
        ),
    )
