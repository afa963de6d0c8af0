"""Running parts of a run side by side, each in a process of its own, and what these share."""

import multiprocessing
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.sharedctypes import Synchronized, SynchronizedArray
from multiprocessing.synchronize import Event
from typing import Any

# A child then has the history and the surroundings of the run as they are.
_FORKING = multiprocessing.get_context("fork")

_BEING_WRITTEN = 2


class PartFailed(Exception):
    """A part of the run ended with an error; the text is its traceback."""


@dataclass(frozen=True, slots=True)
class Flag:
    """The write-to-SQS flag as the RTA server means it: None while it is being written, or where
    there is none; `version` counts its writes."""

    on: bool | None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Shared:
    """What the RTA server and the relays tell each other while they run.

    `progress` is the share of its records that each relay has done; `room` is set while the queues
    are short; `done` is set when the relays have ended.
    """

    written: "Synchronized[int]"
    progress: "SynchronizedArray[float]"
    room: Event
    done: Event

    @property
    def shares(self) -> list[float]:
        """The progress of each relay."""
        return list(self.progress[:])

    @property
    def flag(self) -> Flag:
        version, state = divmod(self.written.value, 3)
        return Flag(None if state == _BEING_WRITTEN else bool(state), version)

    def set_flag(self, on: bool | None) -> None:
        state = _BEING_WRITTEN if on is None else int(on)
        self.written.value = (self.flag.version + 1) * 3 + state


def shared(on: bool, relays: int) -> Shared:
    """With the flag as it is at the beginning."""
    made = Shared(
        _FORKING.Value("q", int(on)),
        _FORKING.Array("d", relays),
        _FORKING.Event(),
        _FORKING.Event(),
    )
    made.room.set()
    return made


@dataclass(frozen=True, slots=True)
class Part:
    """A function that runs in its own process."""

    process: Any
    answer: Connection


def begin(work: Callable[[], object]) -> Part:
    """Run `work` in a process of its own."""
    ours, theirs = _FORKING.Pipe(duplex=False)

    def report() -> None:
        try:
            answer: tuple[bool, object] = (True, work())
        except BaseException:
            answer = (False, traceback.format_exc())
        theirs.send(answer)

    process = _FORKING.Process(target=report, daemon=True)
    process.start()
    theirs.close()
    return Part(process, ours)


def ended(parts: Iterable[Part], seconds: float) -> list[Part]:
    """Those of `parts` that have an answer, waiting at most `seconds` for one."""
    by_answer = {part.answer: part for part in parts}
    return [by_answer[each] for each in wait(by_answer, seconds) if isinstance(each, Connection)]


def result(part: Part) -> Any:
    """What the part returned. Raises PartFailed when it raised something or just died."""
    try:
        succeeded, answer = part.answer.recv()
    except EOFError:
        succeeded, answer = False, "the process ended without an answer"
    part.process.join()
    if not succeeded:
        raise PartFailed(answer)
    return answer


def stop(parts: Iterable[Part]) -> None:
    """End what still runs."""
    for part in parts:
        if part.process.is_alive():
            part.process.terminate()
        part.process.join()
