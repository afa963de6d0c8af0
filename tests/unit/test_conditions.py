"""The conditions under which a record is set aside, in the code and in the runbook."""

import re

from agent_events.conditions import Condition
from tests.local_cloud.terraform_cli import REPOSITORY


def test_the_runbook_explains_every_condition_in_the_same_words() -> None:
    runbook = (REPOSITORY / "docs" / "alarms.md").read_text("utf-8")
    rows = re.findall(r"^\| `([A-Z][A-Za-z]+)` \| (.*) \|$", runbook, re.MULTILINE)
    assert [row for row in rows if row[0] in set(Condition)] == [
        (each.value, each.meaning) for each in Condition
    ]


def test_a_condition_is_written_as_its_value() -> None:
    assert f"{Condition.MESSAGE_TOO_LARGE}" == "MessageTooLarge"
