"""Prove least privilege in every configuration: `python -m tests.security`.

Prints what was tried and what was found; the exit status is 1 when something was.
"""

import sys
import tempfile
from pathlib import Path

from tests.local_cloud.cloud import local_cloud
from tests.security.audit import CHECKS
from tests.security.configurations import every_configuration
from tests.security.evidence import gather


def main() -> int:
    configurations = every_configuration()
    print(f"Applying {len(configurations)} configurations to a local AWS ...", flush=True)
    findings: list[str] = []
    with tempfile.TemporaryDirectory() as folder, local_cloud(Path(folder)) as cloud:
        evidence = gather(cloud, configurations, Path(folder))
        print(f"They have {len(evidence.principals)} principals.\n")
        for check in CHECKS:
            outcome = check.run(evidence)
            findings += outcome.findings
            verdict = f"{len(outcome.findings)} FINDINGS" if outcome.findings else "ok"
            print(f"{outcome.tried:>10,}  {check.promise}: {verdict}", flush=True)
    for finding in findings:
        print(f"\n{finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
