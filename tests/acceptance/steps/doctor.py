"""The doctor finds nothing in a fresh deployment that is not to be expected of one."""

from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step
from tests.acceptance.programs import examine

TITLE = "Run the doctor on the new deployment"

# Warnings that every fresh deployment has, with why.
EXPECTED = {
    "adapter.mapping": "the run has names of its own, which the WFM Adapter would have to be told",
    "alarms.topics": "the run names no SNS topic",
}


def doctor(deployment: Deployment, step: Step) -> None:
    report = examine(deployment.outputs, deployment.folder)
    found = [each for section in report["sections"] for each in section["findings"]]
    normal = [each for each in found if each["level"] == "ok"]
    step.expects(bool(normal), "The doctor examines every part", f"{len(normal)} findings are ok")
    for each in found:
        check, text = each["check"], each["text"]
        if each["level"] == "failure":
            step.fails(f"{check} is a failure", text)
        elif each["level"] == "warning" and check not in EXPECTED:
            step.fails(f"{check} is not to be expected", text)
    warned = sorted({each["check"] for each in found if each["level"] == "warning"})
    as_expected = [check for check in warned if check in EXPECTED]
    step.passes(
        "Its warnings are those of a fresh deployment",
        "; ".join(f"{check} ({EXPECTED[check]})" for check in as_expected),
    )
