"""An executor without threads, so that what happens has one order."""

from concurrent.futures import Executor, Future
from typing import Any


class InlineExecutor(Executor):
    """Does at once what it is given, and in that order."""

    def submit(self, call: Any, /, *values: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(call(*values, **named))
        except BaseException as error:
            future.set_exception(error)
        return future
