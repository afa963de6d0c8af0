"""A call that is begun has to end before the function's time does: else Lambda ends it midway."""

from agent_events.invocation import MILLISECONDS_A_CALL
from function_runtime.aws_calls import AWS_CALLS
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks

# botocore waits at most 1 s before the second try and 2 s before the third, in its standard mode.
_PAUSES = {3: 1 + 2}


def test_the_slowest_call_ends_within_the_time_kept_for_it() -> None:
    assert AWS_CALLS.retries["mode"] == "standard"
    tries = AWS_CALLS.retries["total_max_attempts"]
    slowest = tries * (AWS_CALLS.connect_timeout + AWS_CALLS.read_timeout) + _PAUSES[tries]
    assert slowest * 1000 < MILLISECONDS_A_CALL


def test_every_function_has_time_for_more_than_one_call() -> None:
    timeouts = [
        body["timeout"]
        for module in (REPOSITORY / "modules").iterdir()
        for address, body in blocks(module, "resource").items()
        if address.startswith("aws_lambda_function.")
    ]
    assert len(timeouts) == 3
    assert all(timeout * 1000 >= 2 * MILLISECONDS_A_CALL for timeout in timeouts)
