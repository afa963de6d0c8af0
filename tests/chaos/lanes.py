"""Driving a function over shards of a history, through the event source mapping and the weather."""

import random
import uuid
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

import agent_classifier.classifier
import function_runtime.aws_calls
import rta_relay.relay
from agent_events.invocation import Handler
from function_runtime.aws_calls import AWS_CALLS
from tests.chaos.deployment import Deployment
from tests.chaos.faults import (
    PATIENCE,
    Clock,
    Invocation,
    InvocationThreads,
    Killed,
    current,
    faulty_session,
    pause,
)
from tests.chaos.histories import STREAM_ARN, History, record
from tests.chaos.ledger import Ledger
from tests.chaos.processes import Flag
from tests.chaos.source_mapping import (
    Batch,
    FunctionError,
    GivenUp,
    Record,
    Settings,
    after,
    first_batch,
    invocation_event,
    invocation_record,
    invocation_record_key,
    without_old_records,
)
from tests.chaos.weather import Spell, next_spell

# The chance that a full batch waits when a shard is read.
_BACKLOG = 0.06


@dataclass(frozen=True, slots=True)
class Function:
    """A function as deployed: `build` makes its handler, given a clock that tells seconds; it
    calls `services` and keeps in `bucket` what fails."""

    name: str
    services: tuple[str, ...]
    build: Callable[[Callable[[], float]], Handler]
    bucket: str

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:eu-central-1:111122223333:function:{self.name}"


@dataclass(slots=True)
class Cursor:
    """Where the mapping stands on a shard: the next position, batches to be retried first, and the
    time there in seconds since 1970. `stops` are (position, seconds): how long the consumer is
    stopped once it has come so far."""

    shard: int
    now: float
    position: int = 0
    pending: deque[Batch] = field(default_factory=deque)
    spell: Spell | None = None
    stops: list[tuple[int, float]] = field(default_factory=list)


@dataclass(slots=True)
class Lane:
    """Invokes one function, one invocation at a time, over some shards.

    `many` is about the most records that wait when a shard is read, but for a backlog. `flag` tells
    the RTA server's flag, and `before` is called before each invocation with the
    share of records that the lane has done. `tally` counts what happened, by name.
    """

    function: Function
    settings: Settings
    deployment: Deployment
    past: History
    ledger: Ledger
    cursors: list[Cursor]
    many: int
    chance: random.Random
    flag: Callable[[], Flag]
    before: Callable[[float], None]
    tally: Counter[str] = field(default_factory=Counter)
    clock: float = 0.0
    done: int = 0
    _session: boto3.session.Session | None = None
    _handler: Handler | None = None

    def run(self) -> tuple[Counter[str], Ledger]:
        """Until every record is settled or given up; the tally, and the ledger."""
        s3 = self.deployment.servers.client("s3")
        total = sum(len(self.past.shards[each.shard].events) for each in self.cursors)
        open_cursors = list(self.cursors)
        while open_cursors:
            cursor = self.chance.choice(open_cursors)
            self.before(self.done / max(1, total))
            given_up = self._step(cursor)
            if given_up:
                key = invocation_record_key(
                    self.function.name, given_up.records[0].shard_id, cursor.now, _random_id()
                )
                document = invocation_record(
                    given_up, cursor.now, self.function.arn, _random_id(), STREAM_ARN
                )
                s3.put_object(Bucket=self.function.bucket, Key=key, Body=document)
                self.ledger.given_up(given_up.records)
                self.done += len(given_up.records)
                self.tally["batches given up"] += 1
                self.tally["records given up"] += len(given_up.records)
            at_end = cursor.position >= len(self.past.shards[cursor.shard].events)
            if at_end and not cursor.pending:
                open_cursors.remove(cursor)
        return self.tally, self.ledger

    def _step(self, cursor: Cursor) -> GivenUp | None:
        """One invocation for a shard, or records that have become too old for one."""
        if not cursor.pending:
            cursor.pending.append(self._next_batch(cursor))
        batch, too_old = without_old_records(cursor.pending.popleft(), cursor.now, self.settings)
        if too_old:
            if batch.records:
                cursor.pending.appendleft(batch)
            return too_old
        cursor.spell = next_spell(self.chance, cursor.spell, self.function.services)
        self.clock = cursor.now
        flag = self.flag()
        running = Invocation(
            cursor.spell.weather, self.chance, _random_id(), self.function.name, self.function.arn
        )
        answer = self._invoke(batch, running)
        on = running.flag
        if on is None and flag.version == self.flag().version:
            on = flag.on
        self.ledger.invoked(batch.records, on)
        outcome = after(batch, answer, self.settings)
        self.ledger.settled(outcome.settled, on)
        self.done += len(outcome.settled)
        self.tally["invocations"] += 1
        if outcome.retry or outcome.given_up:
            self.tally["function errors" if answer is FunctionError else "partial answers"] += 1
            self.tally["batches bisected"] += len(outcome.retry) > 1
            self.tally["retries"] += len(outcome.retry) == 1
            cursor.now += min(60.0, 0.5 * 2 ** min(batch.retries, 7))
        cursor.pending.extendleft(reversed(outcome.retry))
        return outcome.given_up

    def _next_batch(self, cursor: Cursor) -> Batch:
        """What has arrived when the shard is read next: mostly few records, at times a backlog."""
        shard = self.past.shards[cursor.shard]
        if cursor.stops and cursor.position >= cursor.stops[0][0]:
            cursor.now += cursor.stops.pop(0)[1]
            self.tally["stops"] += 1
        size = self.settings.batch_size
        few = 1 + int(min(size, self.many) * self.chance.random() ** 2)
        wanted = size if self.chance.random() < _BACKLOG else few
        last = min(cursor.position + wanted, len(shard.events)) - 1
        cursor.now = max(cursor.now, shard.arrivals[last] / 1_000) + 0.2
        end = min(bisect_right(shard.arrivals, int(cursor.now * 1_000)), cursor.position + size)
        batch = first_batch(self._records(cursor.shard, cursor.position, end), self.settings)
        cursor.position += len(batch.records)
        return batch

    def _records(self, shard: int, start: int, end: int) -> Iterator[Record]:
        return (record(self.past, shard, position) for position in range(start, end))

    def _invoke(self, batch: Batch, running: Invocation) -> object:
        """Invoke the function in its process, which is a new one after each death."""
        weather = running.weather
        if self._handler is None:
            self._handler = self._start()
        token = current.set(running)
        answer: object = FunctionError
        try:
            with patch.object(boto3, "DEFAULT_SESSION", self._session):
                answer = self._handler(invocation_event(batch.records, STREAM_ARN), running)
            if weather.killed and weather.killed[0] == "answer":
                running.tally["killed: answer lost"] += 1
                raise Killed
        except Killed:
            answer, self._handler = FunctionError, None
        except (BotoCoreError, ClientError) as error:  # of the reference table
            running.tally[f"raised: {type(error).__name__}"] += 1
        except Exception as error:
            running.tally[f"raised: {type(error).__name__}"] += 1
            running.tally["exceptions of the function itself"] += 1
        finally:
            current.reset(token)
        for carry_out in running.late:
            carry_out()
        self.tally.update(running.tally)
        self.tally[f"weather: {weather.name}"] += 1
        return answer

    def _start(self) -> Handler:
        self._session = self._session or faulty_session()
        with patch.object(boto3, "DEFAULT_SESSION", self._session):
            return self.function.build(lambda: self.clock)


@contextmanager
def quickened() -> Iterator[None]:
    """Within the block the functions wait on their invocation's clock only: no call times out
    because the machine is busy."""
    patient = AWS_CALLS.merge(Config(connect_timeout=PATIENCE, read_timeout=PATIENCE))
    with ExitStack() as patches:
        patches.enter_context(patch.object(function_runtime.aws_calls, "AWS_CALLS", patient))
        for module in (rta_relay.relay, agent_classifier.classifier):
            patches.enter_context(patch.object(module, "pause", pause))
        patches.enter_context(patch("botocore.endpoint.time", Clock))
        threads = patch.object(rta_relay.relay, "ThreadPoolExecutor", InvocationThreads)
        patches.enter_context(threads)
        yield


def _random_id() -> str:
    return str(uuid.uuid4())
