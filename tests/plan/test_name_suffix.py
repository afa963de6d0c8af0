"""With `name_suffix`, a second deployment of the account asks for no name of the first one."""

import pytest

from tests.examples import NEW_STREAM_OPTIONS
from tests.plan.configurations import SUFFIX
from tests.plan.planned import Planned

pytestmark = pytest.mark.xdist_group("plan")

_NAMES = ("name", "bucket", "function_name", "alarm_name", "dashboard_name")

# Inline policies of a role, log streams of a group.
_WITHIN_ANOTHER = {"aws_cloudwatch_log_stream", "aws_iam_role_policy", "aws_iam_user_policy"}


@pytest.mark.parametrize("option", NEW_STREAM_OPTIONS)
def test_every_name_of_a_new_stream_option_has_the_suffix(
    plans: dict[str, Planned], option: str
) -> None:
    names = {
        each["values"][attribute]
        for each in plans[f"suffix-of-{option}"].managed
        for attribute in _NAMES
        if isinstance(each["values"].get(attribute), str)
        if each["type"] not in _WITHIN_ANOTHER
    }
    assert len(names) > 15
    assert {name for name in names if SUFFIX not in name} == set()
