"""Each principal may do its job, and nothing else; nobody else becomes it."""

import pytest

from tests.security.audit import CHECKS, Check
from tests.security.configurations import FEWEST, every_configuration
from tests.security.evidence import Evidence

pytestmark = pytest.mark.xdist_group("security")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.promise)
def test_of_every_principal(check: Check, evidence: Evidence) -> None:
    outcome = check.run(evidence)
    assert not outcome.findings, "\n".join(outcome.findings)
    assert outcome.tried > 0


def test_the_fewest_configurations_hold_every_trait_with_and_without() -> None:
    for product in ("rta", "ap"):
        fewest = [each for each in FEWEST if each.product == product]
        every = [each for each in every_configuration() if each.product == product]
        for trait in {trait for each in every for trait in each.traits}:
            assert {each.has(trait) for each in fewest} == {True, False}, trait
