"""AWS calls made several at a time: a function that waits for one after the other mostly waits."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, wait
from typing import TypeVar

# Of one invocation. As many connections as a boto3 client keeps open are enough for it (10).
CALLS_AT_ONCE = 8

Task = TypeVar("Task")
Result = TypeVar("Result")


def call_side_by_side(
    executor: Executor, call: Callable[[Task], Result], tasks: Iterable[Task]
) -> list[Result]:
    """What `call` returns for each of `tasks`, in their order; raises what one of them raised.

    None is under way any more when this returns or raises: a function that has answered is frozen,
    and what it had begun would go on with its next invocation.
    """
    futures = [executor.submit(call, task) for task in tasks]
    wait(futures)
    return [future.result() for future in futures]
