"""Whether a run kept its promises: what was written down, held against what the contract says."""

import base64
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.chaos.expectations import item_digest
from tests.chaos.histories import JUNK, NULL, STREAM_ARN, History, position_of, record
from tests.chaos.ledger import GIVEN_UP, UNREAD, ClassifierLedger, RelayLedger
from tests.chaos.rta_server import Received
from tests.chaos.source_mapping import invocation_event


@dataclass(slots=True)
class Verdict:
    """Counts by name, and what broke a promise by name: empty when all were kept."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)

    def breaks(self, promise: str, count: int = 1) -> None:
        if count:
            self.broken[promise] += count


@dataclass(slots=True)
class Kept:
    """The records in a bucket for failed records, by shard and position: those that Lambda gave up
    on, and those that the function put aside."""

    by_lambda: set[tuple[int, int]] = field(default_factory=set)
    by_function: set[tuple[int, int]] = field(default_factory=set)

    @property
    def all(self) -> set[tuple[int, int]]:
        return self.by_lambda | self.by_function


def read_kept(
    past: History, by_lambda: Iterable[bytes], by_function: Iterable[bytes], verdict: Verdict
) -> Kept:
    """The kept records; each that is not, byte for byte, the record of the stream is a breach."""
    kept = Kept()
    for documents, places in ((by_lambda, kept.by_lambda), (by_function, kept.by_function)):
        for document in documents:
            for each in json.loads(json.loads(document)["payload"])["Records"]:
                place = position_of(each["kinesis"]["sequenceNumber"])
                original = record(past, *place)
                (whole,) = invocation_event([original], STREAM_ARN)["Records"]
                same = base64.b64decode(each["kinesis"]["data"]) == original.data
                verdict.breaks(
                    "a kept record is not the one of the stream", not same or each != whole
                )
                places.add(place)
    return kept


def judge_relay(
    ledger: RelayLedger,
    received: Received,
    states: dict[str, dict[str, str]],
    kept: Kept,
    verdict: Verdict,
) -> None:
    """The relay: nothing lost, order, duplicates, and the newest event in the table."""
    past = ledger.past
    seen = _judge_messages(ledger, received, verdict)
    may_be_sent = bytearray(len(past.events))
    for shard, position in _places(past):
        index = past.shards[shard].events[position]
        may_be_sent[index] |= ledger.may_be_sent(shard, position)
        junk = past.events[index].shape == JUNK
        fate = _fate(ledger.fates[shard][position], (shard, position), junk, kept, verdict)
        if fate is None:
            continue
        aside = (shard, position) in kept.by_function
        if fate == "kept":
            verdict.counts["kept although delivered before"] += bool(seen[index])
        elif ledger.must_be_kept(shard, position):
            verdict.breaks("lost: undeliverable and not kept", not aside)
        elif ledger.must_be_sent(shard, position):
            verdict.counts["of these due on a queue"] += 1
            verdict.breaks("lost: not on its queue", not seen[index])
        verdict.breaks(
            "put aside although it could be delivered",
            aside and not ledger.may_be_kept(shard, position),
        )
    verdict.breaks(
        "sent although the flag was off, or not for this server",
        sum(1 for index, times in enumerate(seen) if times and not may_be_sent[index]),
    )
    _judge_table(ledger, states, verdict)


def judge_classifier(
    ledger: ClassifierLedger, lines: Counter[bytes], kept: Kept, verdict: Verdict
) -> None:
    """The classifier: every line at least once, nothing else, and nothing lost."""
    past = ledger.past
    for shard, position in _places(past):
        event = past.events[past.shards[shard].events[position]]
        junk = event.shape == JUNK
        fate = _fate(ledger.fates[shard][position], (shard, position), junk, kept, verdict)
        if fate == "delivered" and event.shape == NULL:
            verdict.counts["of these without a line"] += 1
    wide = {position_of(number) for number in ledger.unwritable}
    verdict.breaks("lost: undeliverable and not kept", len(wide - kept.all))
    verdict.breaks("put aside although it could be delivered", len(kept.by_function - wide))
    for line, due in ledger.due.items():
        verdict.breaks("lost: not in the reports", max(0, due - lines[line]))
    for line, times in lines.items():
        more = times - ledger.due[line]
        verdict.breaks(
            "a line that no event asks for", not ledger.due[line] and not ledger.perhaps[line]
        )
        twice = min(max(0, more), ledger.perhaps[line])
        verdict.counts["kept although delivered before"] += twice
        verdict.counts["duplicated"] += max(0, more - twice)
    verdict.counts["lines in the reports"] = lines.total()


def _fate(
    fate: int, place: tuple[int, int], junk: bool, kept: Kept, verdict: Verdict
) -> str | None:
    """What became of a record: kept, skipped, delivered (as far as the mapping knows), or None."""
    verdict.counts["records"] += 1
    if fate == UNREAD:
        verdict.breaks("lost: never read")
        return None
    if fate == GIVEN_UP:
        if place not in kept.by_lambda:
            verdict.breaks("lost: given up and not kept")
            return None
        verdict.counts["kept by Lambda"] += 1
        return "kept"
    verdict.breaks("kept by Lambda although settled", place in kept.by_lambda)
    if junk:
        verdict.counts["skipped"] += 1
        verdict.breaks("kept although no agent event", place in kept.all)
        return "skipped"
    if place in kept.by_function:
        verdict.counts["kept by the function"] += 1
        return "put aside"
    verdict.counts["delivered"] += 1
    return "delivered"


def _judge_messages(ledger: RelayLedger, received: Received, verdict: Verdict) -> bytearray:
    """Bodies, order and duplicates of what was received; how often each event was, up to 255."""
    past = ledger.past
    copies: dict[int, list[int]] = defaultdict(list)
    first_copy: dict[int, int] = {}
    for shard, position in _places(past):
        index = past.shards[shard].events[position]
        if index in first_copy:
            copies[index].append(position)
        else:
            first_copy[index] = position
    seen = bytearray(len(past.events))
    last: dict[int, int] = {}
    for events, digests in zip(received.events, received.digests, strict=True):
        for index, digest in zip(events, digests, strict=True):
            verdict.counts["messages received"] += 1
            if digest != ledger.messages[index]:
                verdict.breaks("a message whose body is not the contract's")
            seen[index] = min(255, seen[index] + 1)
            if seen[index] > 1:
                verdict.counts["duplicated"] += 1
                continue
            if index in past.scattered:
                verdict.counts["not in order by the stream itself"] += 1
                continue
            agent = past.events[index].agent
            places = [first_copy[index], *copies.get(index, ())]
            place = next((each for each in places if each > last.get(agent, -1)), None)
            if place is None:
                verdict.counts["reordered"] += 1
                verdict.breaks("an agent's events in another order")
            else:
                last[agent] = place
    for rule, count in received.wrong.items():
        verdict.breaks(rule, count)
    return seen


def _judge_table(ledger: RelayLedger, states: dict[str, dict[str, str]], verdict: Verdict) -> None:
    verdict.counts["agents in the table"] = len(states)
    verdict.breaks("an item of no agent", len(states.keys() - ledger.table.keys()))
    for agent_arn, agent in ledger.table.items():
        item = states.get(agent_arn)
        outcomes = agent.outcomes()
        verdict.counts["agents"] += 1
        verdict.counts["agents with more than one right outcome"] += len(outcomes) > 1
        if (None if item is None else item_digest(item)) not in outcomes:
            verdict.breaks("the table does not hold an agent's newest event")


def _places(past: History) -> Iterator[tuple[int, int]]:
    for number, shard in enumerate(past.shards):
        for position in range(len(shard.events)):
            yield number, position
