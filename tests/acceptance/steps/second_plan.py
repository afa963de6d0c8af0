"""A plan right after an apply is empty: AWS keeps what Terraform has asked for."""

from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step

TITLE = "Plan again"

_EMPTY = "A second plan is empty (-detailed-exitcode is 0)"


def second_plan(deployment: Deployment, step: Step) -> None:
    status, changes = deployment.terraform.plan()
    forgotten = [each for each in changes if deployment.lacks.forgets(each)]
    others = [each for each in changes if each not in forgotten]
    for each in forgotten:
        step.skips(f"{each.address}", "the local cloud does not keep " + ", ".join(each.attributes))
    step.expects(
        status == 0 or (bool(changes) and not others),
        _EMPTY if not forgotten else "A second plan changes nothing else",
        "; ".join(map(str, others)),
    )
