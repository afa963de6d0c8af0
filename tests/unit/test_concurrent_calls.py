"""Calls made several at a time; what becomes of them is in the tests of those who make them."""

from function_runtime.aws_calls import AWS_CALLS
from rta_relay.concurrent_calls import CALLS_AT_ONCE


def test_a_client_keeps_a_connection_open_for_each_call() -> None:
    assert 1 < CALLS_AT_ONCE <= AWS_CALLS.max_pool_connections
