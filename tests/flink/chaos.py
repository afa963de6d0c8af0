"""`python -m tests.flink.chaos`: the Flink job is killed again and again, with reshards between.

After a burst of events something ends at once: a Python process, a task manager, or the whole job,
which then starts from its last checkpoint. In the end every report line is there, without any
further event.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from package import PACKAGE, assemble, install_libraries
from tests.agent_event_batches import mixed
from tests.chaos.servers import servers
from tests.flink.agent_stream import AgentStream, agent_stream
from tests.flink.report import lines_of
from tests.flink.running_job import JARS, Job, Run, make_estate, running

EVENTS_A_KILL = 600
USUAL_KILLS = 20
WORKER, TASK_MANAGER, JOB = KINDS = "Python worker", "task manager", "whole job"

Tell = Callable[[str], None]


def kinds(count: int, seed: int) -> list[str]:
    """What is killed, in turn: each of three in a row is of another kind."""
    chance = random.Random(seed)
    rounds = [chance.sample(KINDS, len(KINDS)) for _ in range(0, count, len(KINDS))]
    return [kind for each in rounds for kind in each][:count]


def survive(folder: Path, package: Path, kills: int, seed: int, tell: Tell) -> None:
    """Raises AssertionError when a line is missing for good, or is none of the classifier's."""
    chance = random.Random(seed)
    # A shorter run is the beginning of the usual one.
    events = mixed(max(kills, USUAL_KILLS) * EVENTS_A_KILL).events()[: kills * EVENTS_A_KILL]
    bursts = [
        events[start : start + EVENTS_A_KILL] for start in range(0, len(events), EVENTS_A_KILL)
    ]
    every_line = set(lines_of(events))
    with servers(folder) as cloud, agent_stream(folder, 3) as stream:
        make_estate(cloud)
        two = {"parallelism.default": "2"}
        job = Job(folder, package, cloud, stream.endpoint, settings=two)
        left = iter(list(zip(kinds(kills, seed), bursts, strict=True)))
        put: set[bytes] = set()
        running_still = False
        while not running_still:
            with running(job, job.last_checkpoint()) as run:
                run.await_running()
                running_still = _live_on(run, stream, left, put, chance, tell)
                if running_still:
                    run.await_until("every line", lambda: set(job.report_lines()) >= every_line)
        lines = job.report_lines()
    assert set(lines) == every_line, "there are lines that are none of the classifier's"
    tell(f"all {len(every_line):,} lines are there, {len(lines) - len(every_line):,} of them again")


def _live_on(
    run: Run,
    stream: AgentStream,
    left: Iterator[tuple[str, list[bytes]]],
    put: set[bytes],
    chance: random.Random,
    tell: Tell,
) -> bool:
    """Kill what is `left` to be killed, each after a burst of events, whose lines come to `put`;
    False once that is the whole job."""
    for kind, burst in left:
        _put(stream, burst, chance)
        put.update(lines_of(burst))
        pause = chance.uniform(0, 3)
        tell(f"{len(stream.open_shards())} shards, the {kind} is killed after {pause:.1f} s")
        time.sleep(pause)
        if kind == JOB:
            run.kill()
            return False
        restarts = len(run.job.restored_from())
        if kind == WORKER:
            run.kill_a_python_worker()
        else:
            run.lose_a_task_manager()
        _await_restart(run, restarts, put if kind == WORKER else None)
    return True


def _await_restart(run: Run, restarts: int, lines: set[bytes] | None) -> None:
    """Wait for one more restart, or for `lines`: that a worker has ended, Flink finds with the next
    events for it."""

    def is_over() -> bool:
        if len(run.job.restored_from()) > restarts:
            return True
        return lines is not None and lines <= set(run.job.report_lines())

    run.await_until("a restart", is_over)
    run.await_running()


def _put(stream: AgentStream, burst: Sequence[bytes], chance: random.Random) -> None:
    """Put the events, every other time during a reshard."""
    if chance.random() < 0.5:
        stream.put(burst)
        return
    # Kinesis takes at least half and at most twice as many.
    now = len(stream.open_shards())
    counts = [n for n in range(2, 9) if n != now and now <= 2 * n and n <= 2 * now]
    stream.put_while_it_reshards(burst, chance.choice(counts))


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when every line came."""
    parser = argparse.ArgumentParser(prog="python -m tests.flink.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=USUAL_KILLS)
    parser.add_argument("--seed", type=int, default=1, help="of kills, pauses and reshards")
    asked = parser.parse_args(arguments)
    started = time.monotonic()

    def tell(text: str) -> None:
        print(f"[{time.monotonic() - started:6.0f} s] {text}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install_libraries(folder / "libraries")
        assemble(JARS, folder / "libraries", folder / PACKAGE.name)
        try:
            survive(folder, folder / PACKAGE.name, asked.kills, asked.seed, tell)
        except AssertionError as error:
            print(f"FAILED: {error}\nmake chaos-flink KILLS={asked.kills} SEED={asked.seed}")
            return 1
    print("Every line is there.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
