"""Ctrl-C, and what else asks a run to stop: once it interrupts, after that the removal goes on."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tests.acceptance.printing import say

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Turns the first signal into a KeyboardInterrupt, and each later one into a note."""

    def __init__(self) -> None:
        self.received = False
        self._ignored = False
        self._held = False
        self._put_off = False

    @contextmanager
    def handled(self) -> Iterator[None]:
        """Handle the signals of this process until the block ends."""
        global _current
        before = {each: signal.signal(each, self._handle) for each in _SIGNALS}
        outer, _current = _current, self
        try:
            yield
        finally:
            _current = outer
            for each, handler in before.items():
                signal.signal(each, handler)

    def ignore(self) -> None:
        """From now on take each signal for a later one: everything is being removed."""
        self._ignored = True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Put a signal off until the block has ended."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._put_off:
            self._put_off = False
            raise KeyboardInterrupt

    def _handle(self, _signal: int, _frame: FrameType | None) -> None:
        if self.received or self._ignored:
            say("Everything is being removed, which takes a few minutes.")
            return
        self.received = True
        if self._held:
            self._put_off = True
            return
        raise KeyboardInterrupt


_current = Interrupts()


@contextmanager
def held() -> Iterator[None]:
    """Put an interrupt off until the block has ended, which makes something and notes it down."""
    with _current.held():
        yield
