"""The verdict sees each way of breaking a promise."""

import hashlib
import json
from array import array
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.chaos.deployment import Options
from tests.chaos.expectations import (
    GROUP_ID,
    LARGEST_MESSAGE,
    Filter,
    line_digest,
    message_digest,
    queue_index,
    relayed,
    report_line,
)
from tests.chaos.histories import (
    JUNK,
    STREAM_ARN,
    Event,
    History,
    document,
    history,
    position_of,
    record,
)
from tests.chaos.ledger import AgentTable, ClassifierLedger, RelayLedger, Told
from tests.chaos.report import differences
from tests.chaos.rta_server import Received, Receiver
from tests.chaos.run import FunctionRun, Result
from tests.chaos.source_mapping import RETRIES_EXHAUSTED, GivenUp, Record, invocation_record
from tests.chaos.verdict import Kept, Verdict, judge_classifier, judge_relay, read_kept

OPTIONS = Options(1, True, Filter(0, frozenset()), False)
PAST = history(3, 200, 12, 1)
RECORDS = [record(PAST, 0, position) for position in range(len(PAST.shards[0].events))]


def _event_at(position: int) -> Event:
    return PAST.events[PAST.shards[0].events[position]]


def _message(event: Event) -> dict[str, Any]:
    body = document(PAST, event)
    del body["PreviousAgentSnapshot"]
    if body["CurrentAgentSnapshot"]:
        del body["CurrentAgentSnapshot"]["Configuration"]["RoutingProfile"]
    return body


@dataclass
class Relaying:
    """A run in which all went well; tests break it before they have it judged."""

    ledger: RelayLedger = field(default_factory=lambda: RelayLedger(PAST, OPTIONS))
    received: list[tuple[int, bytes]] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)
    states: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger.invoked(RECORDS, True)
        self.ledger.settled(RECORDS, True)
        seen: set[int] = set()
        for position, each in enumerate(RECORDS):
            event = _event_at(position)
            if event.shape == JUNK:
                continue
            expected = relayed(document(PAST, event), OPTIONS.only)
            if event.ahead or not expected.fits or not expected.item_fits:
                self.kept.by_function.add(position_of(each.sequence_number))
            elif event.index not in seen:
                seen.add(event.index)
                self.received.append((event.index, expected.message))
        self.states = {
            arn: self._item(arn)
            for arn, agent in self.ledger.table.items()
            if agent.certain[-1].item is not None
        }

    def _item(self, arn: str) -> dict[str, str]:
        told = self.ledger.table[arn].certain[-1]
        for position in range(len(RECORDS)):
            event = _event_at(position)
            if event.shape == JUNK or event.ahead:
                continue
            expected = relayed(document(PAST, event), OPTIONS.only)
            body = document(PAST, event)
            if body["AgentARN"] == arn and Told(expected.timestamp or "", expected.item) == told:
                snapshot = body["CurrentAgentSnapshot"]
                status = snapshot and snapshot["AgentStatus"]
                return {
                    "AgentARN": arn,
                    "LastEventType": event.kind,
                    "LastEventTimeStamp": told.timestamp,
                    "RawAgentEventJSon": json.dumps(_message(event)),
                    **(
                        {
                            "AgentUsername": snapshot["Configuration"]["Username"],
                            "LastStateChangeTimeStamp": status["StartTimestamp"],
                            "CurrentState": status["Name"],
                        }
                        if snapshot
                        else {}
                    ),
                }
        raise AssertionError(arn)

    def judged(self) -> Verdict:
        received = Received(
            [array("l", [index for index, _ in self.received])],
            [[digest for _, digest in self.received]],
            wrong=self.wrong,
        )
        verdict = Verdict()
        judge_relay(self.ledger, received, self.states, self.kept, verdict)
        return verdict


def _plain(position: int) -> bool:
    index = PAST.shards[0].events[position]
    event = _event_at(position)
    return event.shape != JUNK and not event.ahead and PAST.shards[0].events.count(index) == 1


def test_a_run_without_a_fault_breaks_nothing_and_counts_every_record_once() -> None:
    verdict = Relaying().judged()
    assert not verdict.broken
    counts = verdict.counts
    assert counts["records"] == len(RECORDS)
    assert counts["delivered"] + counts["skipped"] + counts["kept by the function"] == len(RECORDS)


def test_a_message_that_is_missing_is_lost() -> None:
    run = Relaying()
    del run.received[10]
    assert "lost: not on its queue" in run.judged().broken


def test_two_messages_of_an_agent_that_change_places_are_reordered() -> None:
    run = Relaying()
    agents = [PAST.events[index].agent for index, _ in run.received]
    one = next(at for at, agent in enumerate(agents) if agent in agents[at + 1 :])
    other = agents.index(agents[one], one + 1)
    run.received[one], run.received[other] = run.received[other], run.received[one]
    verdict = run.judged()
    assert verdict.broken == {"an agent's events in another order": 1}
    assert verdict.counts["reordered"] == 1


def test_messages_of_different_agents_may_change_places() -> None:
    run = Relaying()
    run.received.sort(key=lambda each: PAST.events[each[0]].agent)
    assert not run.judged().broken


def test_a_message_that_comes_again_is_a_duplicate_and_no_breach() -> None:
    run = Relaying()
    run.received += run.received[3:8]
    verdict = run.judged()
    assert not verdict.broken
    assert verdict.counts["duplicated"] == 5


def test_a_message_with_another_body_breaks_the_contract() -> None:
    run = Relaying()
    run.received[5] = (run.received[5][0], b"another!")
    assert "a message whose body is not the contract's" in run.judged().broken


def test_a_message_while_the_flag_was_off_breaks_the_contract() -> None:
    run = Relaying()
    run.ledger = RelayLedger(PAST, OPTIONS)
    run.ledger.invoked(RECORDS, False)
    run.ledger.settled(RECORDS, False)
    assert "sent although the flag was off, or not for this server" in run.judged().broken


def test_a_record_that_was_never_read_is_lost() -> None:
    run = Relaying()
    run.ledger.fates[0][7] = 0
    assert "lost: never read" in run.judged().broken


def test_a_record_that_was_given_up_and_not_kept_is_lost() -> None:
    run = Relaying()
    run.ledger.given_up(RECORDS[7:8])
    assert "lost: given up and not kept" in run.judged().broken
    run.kept.by_lambda.add((0, 7))
    assert not run.judged().broken


def test_a_record_too_large_for_a_queue_that_is_not_put_aside_is_lost() -> None:
    run = Relaying()
    run.kept.by_function.clear()
    assert "lost: undeliverable and not kept" in run.judged().broken


def test_a_record_put_aside_that_could_be_delivered_is_a_breach() -> None:
    run = Relaying()
    run.kept.by_function.add((0, next(filter(_plain, range(len(RECORDS))))))
    assert "put aside although it could be delivered" in run.judged().broken


@pytest.mark.parametrize("field", ["CurrentState", "LastEventTimeStamp", "RawAgentEventJSon"])
def test_an_item_that_is_not_of_the_newest_event_breaks_the_table(field: str) -> None:
    run = Relaying()
    item = next(item for item in run.states.values() if "CurrentState" in item)
    item[field] = '{"older":1}' if field == "RawAgentEventJSon" else item[field] + "x"
    assert "the table does not hold an agent's newest event" in run.judged().broken


def test_an_agent_who_is_missing_or_should_be_gone_breaks_the_table() -> None:
    run = Relaying()
    arn, item = run.states.popitem()
    assert "the table does not hold an agent's newest event" in run.judged().broken
    run.states |= {arn: item, "nobody": item}
    assert run.judged().broken == {"an item of no agent": 1}


def test_an_event_that_dynamodb_rejects_is_kept_and_neither_shown_nor_sent() -> None:
    run = Relaying()
    places = [place for place in range(len(RECORDS)) if _event_at(place).rejected]
    assert places
    run.kept.by_function -= {(0, place) for place in places}
    assert run.judged().broken == {"lost: undeliverable and not kept": len(places)}
    run = Relaying()
    event = _event_at(places[0])
    run.received.append((event.index, relayed(document(PAST, event), OPTIONS.only).message))
    assert "sent although the flag was off, or not for this server" in run.judged().broken
    run = Relaying()
    before = {told.item for told in run.ledger.table[document(PAST, event)["AgentARN"]].certain}
    assert relayed(document(PAST, event), OPTIONS.only).item not in before


def test_of_two_changes_at_the_same_instant_the_later_one_is_in_the_table() -> None:
    agent, other = AgentTable(), AgentTable()
    agent.tell(Told("2026-03-02T09:00:01.000Z", b"first"))
    agent.tell(Told("2026-03-02T09:00:01.000Z", None))
    assert agent.outcomes() == {None}
    agent.tell(Told("2026-03-02T09:00:00.000Z", b"older"))
    assert agent.outcomes() == {None}
    other.tell(Told("2026-03-02T09:00:01.000Z", b"of another relay"))
    agent.add(other)
    assert agent.outcomes() == {None, b"of another relay"}
    agent.possible.append(Told("2026-03-02T09:00:00.999Z", b"given up, and older"))
    agent.possible.append(Told("2026-03-02T09:00:01.000Z", b"given up"))
    assert agent.outcomes() == {None, b"of another relay", b"given up"}


def _received(**changed: str) -> dict[str, Any]:
    """The message of a plain event as SQS gives it; `changed` are its body and attributes."""
    event = _event_at(next(filter(_plain, range(len(RECORDS)))))
    body = changed.pop("Body", json.dumps(_message(event), separators=(",", ":")))
    attributes = {
        "MessageGroupId": GROUP_ID,
        "SequenceNumber": "7",
        "MessageDeduplicationId": hashlib.sha256(body.encode()).hexdigest(),
    }
    return {"Body": body, "Attributes": attributes | changed}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"Body": '{"Unknown": "1:"}'}, "no event of the history in compact JSON"),
        ({"Body": '{"Unknown":"x"}'}, "no event of the history in compact JSON"),
        ({"MessageGroupId": "another"}, "another message group"),
        ({"SequenceNumber": "6"}, "received in another order than SQS accepted it"),
        ({"MessageDeduplicationId": "an EventId"}, "not deduplicated by its content"),
    ],
)
def test_a_message_that_is_not_as_the_contract_has_it_is_noticed(
    changed: dict[str, str], rule: str
) -> None:
    receiver = Receiver(1)
    receiver.note(0, _received(SequenceNumber="6"))
    receiver.note(0, _received())
    assert receiver.received.wrong == {}
    assert len(receiver.received.events[0]) == 2
    receiver = Receiver(1)
    receiver.note(0, _received(SequenceNumber="6"))
    receiver.note(0, _received(**changed))
    assert receiver.received.wrong == {rule: 1}
    run = Relaying()
    run.wrong = receiver.received.wrong
    assert run.judged().broken == {rule: 1}


def test_another_queue_or_another_body_of_the_same_event_is_noticed() -> None:
    receiver = Receiver(3)
    message = _received()
    own = queue_index(json.loads(message["Body"])["AgentARN"], 3)
    receiver.note(own, message)
    assert receiver.received.wrong == {}
    receiver.note((own + 1) % 3, message)
    assert receiver.received.wrong == {"not its agent's queue": 1}
    reordered = dict(reversed(json.loads(message["Body"]).items()))
    receiver.note(
        own, _received(Body=json.dumps(reordered, separators=(",", ":")), SequenceNumber="8")
    )
    assert receiver.received.wrong["sent again with another body"] == 1


def test_a_kept_record_has_to_be_the_one_of_the_stream() -> None:
    def kept(*records: Record) -> Verdict:
        given_up = GivenUp(records, RETRIES_EXHAUSTED, 5)
        verdict = Verdict()
        document = invocation_record(given_up, 0.0, "function", "request", STREAM_ARN)
        read_kept(PAST, [document], [], verdict)
        return verdict

    assert not kept(*RECORDS[:5]).broken
    assert kept(replace(RECORDS[5], data=b"other bytes")).broken == {
        "a kept record is not the one of the stream": 1
    }


def _classified(past: History) -> tuple[ClassifierLedger, Counter[bytes], Kept]:
    ledger = ClassifierLedger(past, OPTIONS)
    ledger.settled(RECORDS, None)
    return ledger, Counter(ledger.due), Kept(set(), set(map(position_of, ledger.unwritable)))


def test_every_line_once_or_more_breaks_nothing() -> None:
    ledger, lines, kept = _classified(PAST)
    line = next(iter(lines))
    lines[line] += 2
    verdict = Verdict()
    judge_classifier(ledger, lines, kept, verdict)
    assert not verdict.broken
    assert verdict.counts["duplicated"] == 2


@pytest.mark.parametrize(
    ("times", "promise"),
    [(-1, "lost: not in the reports"), (None, "a line that no event asks for")],
)
def test_a_line_missing_or_too_many_is_a_breach(times: int | None, promise: str) -> None:
    ledger, lines, kept = _classified(PAST)
    if times is None:
        lines[line_digest(b"a,b,c\n")] += 1
    else:
        lines[next(iter(lines))] += times
    verdict = Verdict()
    judge_classifier(ledger, lines, kept, verdict)
    assert promise in verdict.broken


def test_runs_that_ended_in_other_states_are_told_apart() -> None:
    run = Relaying()
    ledger, lines, kept = _classified(PAST)
    function = FunctionRun(Counter(), kept, Verdict())
    one = Result(function, function, Counter(), run.states, lines, run.ledger, ledger, 0)
    assert differences(PAST, one, replace(one, states=dict(run.states), lines=Counter(lines))) == []
    agent, line = next(iter(run.states)), next(iter(lines))
    without = {arn: item for arn, item in run.states.items() if arn != agent}
    assert differences(PAST, one, replace(one, states=without)) == ["1 agents differ in the table"]
    elsewhere = replace(PAST, scattered=frozenset(range(len(PAST.events))))
    assert differences(elsewhere, one, replace(one, states=without)) == []
    fewer = Counter({each: times for each, times in lines.items() if each != line})
    assert differences(PAST, one, replace(one, lines=fewer)) == [
        "1 lines are in one's reports only"
    ]


def test_what_the_contract_says_of_an_event_is_worked_out_by_its_text() -> None:
    event = document(PAST, next(e for e in PAST.events if e.kind == "STATE_CHANGE" and not e.wide))
    line = report_line(event, False)
    assert line is not None
    assert line.count(b"\n") == 1
    assert report_line({**event, "CurrentAgentSnapshot": None}, False) is None
    assert {queue_index(f"agent/{number}", 3) for number in range(50)} == {0, 1, 2}
    assert message_digest('{"a": 1}') is None, "not compact"
    large = {**event, "Unknown": "x" * LARGEST_MESSAGE}
    assert not relayed(large, OPTIONS.only).fits
