"""An executor without threads, so that what happens has one order."""

from concurrent.futures import Executor, Future
from itertools import count
from typing import Any


class InlineExecutor(Executor):
    """Does at once what it is given, and in that order."""

    def __init__(self) -> None:
        self._numbers = count()

    def submit(self, call: Any, /, *values: Any, **named: Any) -> Future[Any]:
        future = _Numbered(next(self._numbers))
        try:
            future.set_result(call(*values, **named))
        except BaseException as error:
            future.set_exception(error)
        return future


class _Numbered(Future[Any]):
    """A set of these has the same order in every process: it does not depend on addresses."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def __hash__(self) -> int:
        return self._number
