"""A small run of everything; `python -m tests.chaos` makes large ones."""

import pytest

from tests.chaos.deployment import Options
from tests.chaos.expectations import Filter
from tests.chaos.histories import history
from tests.chaos.report import described, differences
from tests.chaos.run import Plan, run

_EMEA = Filter(1, frozenset({"emea"}))
_EVERYBODY = Filter(0, frozenset())


def _silent(_text: str) -> None:
    """Nobody looks on."""


@pytest.mark.parametrize(
    "options",
    [
        Options(queues=3, flag_in_table=True, only=_EMEA, with_type=False),
        Options(queues=1, flag_in_table=False, only=_EVERYBODY, with_type=True),
    ],
    ids=["flag in the table, filtered, three queues", "flag in the environment, one queue"],
)
def test_nothing_is_lost_or_reordered_whatever_fails(options: Options) -> None:
    past = history(11, 1_500, 150, 2)
    plan = Plan(11, options, retries=2, relays=1, stopped=3_600.0)
    result = run(past, plan, _silent)
    told = described(past, plan, result)
    assert not result.relay.verdict.broken, told
    assert not result.classifier.verdict.broken, told
    faults = result.relay.tally + result.classifier.tally
    asked = sum(faults[f"fault: {kind}"] for kind in result.injected)
    assert result.injected.total() == asked, "the proxy did what it was asked to do"
    assert not differences(result, result), told
