"""Replaying what was given up: documents as AWS describes them, against an AWS in the process."""

from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ReadTimeoutError

from aspect_wfm.replay.documents import chunks, invocation
from aspect_wfm.replay.replay import Summary
from tests.unit.events import event
from tests.unit.replay.deployment import CLASSIFIER, Deployment, failing_from, minute, on_stream


def test_what_lambda_gave_up_goes_through_the_function_and_to_replayed(
    deployment: Deployment,
) -> None:
    first = deployment.keep(
        on_stream(1, event("ann", minute(1))), on_stream(2, event("bob", minute(2)))
    )
    before = deployment.document(first)
    summary = deployment.replay()
    assert (summary.documents, summary.records, summary.taken, summary.moved) == (1, 2, 2, 1)
    assert (summary.left, summary.stopped) == ([], None)
    assert deployment.states() == {"ann": ("Available", minute(1)), "bob": ("Available", minute(2))}
    assert len(deployment.sent()) == 2
    assert deployment.stored() == [f"replayed/{first}"]
    assert deployment.document(f"replayed/{first}") == before


def test_a_second_replay_does_nothing(deployment: Deployment) -> None:
    deployment.keep(on_stream(1, event("ann", minute(1))))
    deployment.replay()
    keys, states = deployment.stored(), deployment.states()
    assert deployment.replay() == Summary()
    assert (deployment.stored(), deployment.states()) == (keys, states)
    assert len(deployment.functions.invocations) == 1


def test_documents_are_taken_oldest_first_whatever_their_names(deployment: Deployment) -> None:
    for number in (30, 4, 200):
        deployment.keep(on_stream(number, event("ann", minute(number), status=f"s{number}")))
    deployment.replay()
    assert deployment.functions.invocations == [["4"], ["30"], ["200"]]


def test_a_large_batch_goes_in_several_invocations_that_lambda_takes(
    deployment: Deployment,
) -> None:
    many = [on_stream(n, event(f"agent-{n}", minute(1))) for n in range(1, 251)]
    deployment.keep(*many)
    assert deployment.replay().taken == 250
    assert [len(each) for each in deployment.functions.invocations] == [100, 100, 50]


def test_chunks_keep_order_and_size() -> None:
    records = [on_stream(n, b"x" * 300_000) for n in range(40)]
    found = list(chunks(records, 100, 6_291_456))
    assert [each for chunk in found for each in chunk] == records
    assert all(len(invocation(chunk)) <= 6_291_456 for chunk in found)
    assert len(found) == 3


def test_an_older_event_is_not_replayed_behind_a_newer_one(deployment: Deployment) -> None:
    old = [
        on_stream(1, event("ann", minute(1), status="Lunch")),
        on_stream(2, event("bob", minute(2))),
        on_stream(3, event("cid", minute(3))),
    ]
    deployment.live(
        on_stream(10, event("ann", minute(10))),
        on_stream(11, event("bob", minute(11), status="Offline")),
    )
    states = deployment.states()
    deployment.sent()
    key = deployment.keep(*old)
    summary = deployment.replay()
    assert (summary.superseded, summary.taken) == (2, 1)
    assert deployment.functions.invocations == [["3"]]
    assert deployment.states() == states | {"cid": ("Available", minute(3))}
    assert deployment.sent() == [f"cid-{minute(3)}"]
    assert deployment.stored() == [f"replayed/{key}"]


def test_where_all_is_superseded_the_function_is_not_invoked(deployment: Deployment) -> None:
    deployment.live(on_stream(10, event("ann", minute(10))))
    deployment.keep(on_stream(1, event("ann", minute(1))))
    assert deployment.replay().moved == 1
    assert deployment.functions.invocations == []


def test_what_is_in_the_table_but_on_no_queue_is_sent(deployment: Deployment) -> None:
    """The table is written first, and sending failed."""
    records = [
        on_stream(1, event("ann", minute(1))),
        on_stream(2, event("ann", minute(2), status="Lunch")),
    ]
    with mock.patch("rta_relay.relay.send_in_order", return_value={"1", "2"}):
        assert deployment.live(*records)["batchItemFailures"]
    assert deployment.states() == {"ann": ("Lunch", minute(2))}
    deployment.keep(*records)
    summary = deployment.replay()
    assert (summary.superseded, summary.taken) == (1, 1)
    assert deployment.sent() == [f"ann-{minute(2)}"], "the newest, and nothing older"


def test_so_is_a_sign_out(deployment: Deployment) -> None:
    sign_out = on_stream(2, event("ann", minute(2), status="Offline"))
    deployment.live(on_stream(1, event("ann", minute(1))))
    with mock.patch("rta_relay.relay.send_in_order", return_value={"2"}):
        deployment.live(sign_out)
    deployment.sent()
    deployment.keep(sign_out)
    assert deployment.replay().taken == 1
    assert deployment.sent() == [f"ann-{minute(2)}"]
    assert deployment.states() == {}


@pytest.mark.parametrize("known", [True, False])
def test_heartbeats_are_never_sent_late(deployment: Deployment, known: bool) -> None:
    if known:
        deployment.live(on_stream(1, event("ann", minute(1))))
    deployment.keep(on_stream(5, event("ann", minute(5), event_type="HEART_BEAT")))
    summary = deployment.replay()
    assert (summary.superseded, summary.moved) == (1, 1)
    assert deployment.functions.invocations == []


def test_the_classifier_gets_heartbeats_and_old_events_too(deployment: Deployment) -> None:
    records = [
        on_stream(1, event("ann", minute(1))),
        on_stream(2, event("ann", minute(2), event_type="HEART_BEAT")),
    ]
    deployment.keep(*records, function=CLASSIFIER)
    summary = deployment.replay(CLASSIFIER)
    assert (summary.taken, summary.superseded) == (2, 0)
    assert deployment.lines().count(b",ann,") == 2


def test_what_the_function_reports_as_failed_stays_and_the_rest_moves(
    deployment: Deployment,
) -> None:
    key = deployment.keep(*(on_stream(n, event(f"agent-{n}", minute(n))) for n in range(1, 6)))
    deployment.functions.refusals = [failing_from(3, 5)]
    summary = deployment.replay()
    assert (summary.taken, summary.moved, summary.records_left) == (2, 0, 3)
    assert [(each.key, each.records) for each in summary.left] == [(key, 3)]
    part = f"replayed/{key}.from-1"
    assert deployment.stored() == [key, part]
    assert (deployment.numbers(part), deployment.numbers(key)) == (["1", "2"], ["3", "4", "5"])
    batch = deployment.document(key)["KinesisBatchInfo"]
    assert (batch["startSequenceNumber"], batch["batchSize"]) == ("3", 3)
    assert batch["approximateArrivalOfFirstRecord"] == "2026-03-02T09:03:00.000Z"

    assert deployment.replay().moved == 1
    assert deployment.functions.invocations[1] == ["3", "4", "5"]
    assert deployment.stored() == [f"replayed/{key}", part]


def test_superseded_records_between_failed_ones_are_not_left(deployment: Deployment) -> None:
    deployment.live(on_stream(10, event("ann", minute(10))))
    key = deployment.keep(
        on_stream(1, event("bob", minute(1))),
        on_stream(2, event("ann", minute(2))),
        on_stream(3, event("cid", minute(3))),
    )
    deployment.functions.refusals = [failing_from(1)]
    deployment.replay()
    assert deployment.numbers(key) == ["1", "3"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"FunctionError": "Unhandled", "Payload": {"errorMessage": "secret"}}, "failed"),
        ({"Payload": None}, "not that of a relay"),
        ({"Payload": {"batchItemFailures": [{"itemIdentifier": "77"}]}}, "did not receive"),
        (ReadTimeoutError(endpoint_url="x"), "did not answer in time"),
    ],
)
def test_what_no_answer_confirms_stays(deployment: Deployment, answer: Any, reason: str) -> None:
    key = deployment.keep(on_stream(1, event("ann", minute(1))))
    deployment.functions.refusals = [answer]
    (left,) = deployment.replay().left
    assert (left.key, left.records) == (key, 1)
    assert reason in left.reason
    assert "secret" not in left.reason
    assert deployment.stored() == [key]
    assert deployment.replay().left == []
