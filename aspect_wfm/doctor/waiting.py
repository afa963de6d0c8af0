"""Waiting for something to happen, and reporting progress."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aspect_wfm.aws import Unanswered
from aspect_wfm.doctor.durations import duration

_A_WORD_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`now` is the time in UTC, `sleep` takes seconds, `tell` is for who watches, and `timeout`
    is for how long to wait for one thing."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    tell: Callable[[str], None]
    timeout: timedelta

    def until(self, what: str, done: Callable[[], bool], every: float) -> timedelta | None:
        """How long it took until `done`, checked every `every` seconds; None when it took too long.

        What AWS does not answer is asked again.
        """
        start = told = self.now()
        while True:
            try:
                if done():
                    return self.now() - start
            except Unanswered as unanswered:
                self.tell(f"{unanswered}; asking again")
            now = self.now()
            if now - start >= self.timeout:
                return None
            if now - told >= _A_WORD_EVERY:
                told = now
                self.tell(
                    f"Waiting for {what}: {duration(now - start)} of at most "
                    f"{duration(self.timeout)}"
                )
            self.sleep(every)
