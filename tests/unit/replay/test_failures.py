"""What a replay does when a call fails, or the function takes nothing."""

from typing import Any

import pytest

from aspect_wfm.replay.replay import Left
from tests.unit.events import event
from tests.unit.replay.deployment import (
    BUCKETS,
    CLASSIFIER,
    RELAY,
    SHARD,
    Deployment,
    expired,
    failing_from,
    keep_many,
    left_in,
    minute,
    on_stream,
    refused,
)


def test_a_throttled_invocation_is_tried_again(deployment: Deployment) -> None:
    deployment.keep(on_stream(1, event("ann", minute(1))))
    deployment.functions.refusals = [refused("TooManyRequestsException")] * 4
    assert deployment.replay().taken == 1
    assert deployment.pauses == [1, 2, 3, 4]


def test_one_that_stays_throttled_leaves_its_document(deployment: Deployment) -> None:
    key = deployment.keep(on_stream(1, event("ann", minute(1))))
    deployment.functions.refusals = [refused("TooManyRequestsException")] * 5
    (left,) = deployment.replay().left
    assert (left.key, left.reason) == (key, "Lambda throttles the function")


def test_a_refused_invocation_ends_the_replay_and_says_so(deployment: Deployment) -> None:
    for number in (1, 2):
        deployment.keep(on_stream(number, event("ann", minute(number))))
    deployment.functions.refusals = [refused("AccessDeniedException")]
    summary = deployment.replay()
    assert (summary.documents, summary.not_tried) == (0, 2)
    assert "These credentials may not do Invoke" in str(summary.stopped)
    assert len(deployment.functions.invocations) == 1
    assert len(deployment.stored()) == 2


def test_what_was_taken_before_a_refused_call_is_not_taken_again(deployment: Deployment) -> None:
    key = keep_many(deployment, 350)
    deployment.functions.refusals = [None, None, refused("AccessDeniedException")]
    summary = deployment.replay(CLASSIFIER)
    assert "These credentials may not do Invoke" in str(summary.stopped)
    assert (summary.documents, summary.taken, summary.not_tried) == (1, 200, 0)
    assert [(each.key, each.records) for each in summary.left] == [(key, 150)]
    assert left_in(deployment, key) == 150
    summary = deployment.replay(CLASSIFIER)
    assert (summary.taken, summary.moved, summary.stopped) == (150, 1, None)
    assert deployment.lines().count(b",agent-") == 350


def test_a_large_document_is_settled_as_it_goes(deployment: Deployment) -> None:
    """Credentials that expire take writing to the bucket away as well."""
    key = keep_many(deployment, 1_350)
    real = deployment.s3

    class Expiring:
        def __getattr__(self, name: str) -> Any:
            if len(deployment.functions.invocations) > 12:
                raise expired(name)
            return getattr(real, name)

    deployment.functions.refusals = [None] * 12 + [expired("Invoke")]
    summary = deployment.replay(CLASSIFIER, s3=Expiring())
    assert "ExpiredToken" in str(summary.stopped)
    assert f"200 records of {key} were processed and are still in it" in str(summary.stopped)
    assert (summary.documents, summary.records, summary.taken) == (1, 1_350, 1_200)
    assert left_in(deployment, key) == 350
    assert deployment.replay(CLASSIFIER).taken == 350
    parts = [each for each in deployment.stored(BUCKETS[CLASSIFIER]) if key in each]
    assert parts == [f"replayed/{key}", f"replayed/{key}.from-1"]


@pytest.mark.parametrize("undeliverable", [False, True])
def test_records_are_taken_though_nobody_can_look_what_was_put_aside(
    deployment: Deployment, undeliverable: bool
) -> None:
    """Except one that may be under its own key again."""
    if undeliverable:
        deployment.live(on_stream(1, event("ann", minute(1), Unknown="x" * 270_000)))
    else:
        deployment.keep(on_stream(1, event("ann", minute(1))))
    (key,) = deployment.stored()
    real = deployment.s3

    class Unlisted:
        def __getattr__(self, name: str) -> Any:
            if name == "get_paginator" and deployment.functions.invocations:
                raise expired("ListObjectsV2")
            return getattr(real, name)

    assert "ExpiredToken" in str(deployment.replay(s3=Unlisted()).stopped)
    assert deployment.stored() == [key if undeliverable else f"replayed/{key}"]


def test_a_document_replaced_or_moved_since_it_was_listed_does_not_end_the_replay(
    deployment: Deployment,
) -> None:
    first, second, third = (
        deployment.keep(on_stream(number, event("ann", minute(number)))) for number in (1, 2, 3)
    )
    real, reads = deployment.s3, []

    class Changing:
        def __getattr__(self, name: str) -> Any:
            if name == "get_object":
                reads.append(name)
                if len(reads) == 4:
                    real.put_object(Bucket="failed-records", Key=first, Body=b"{")
                    real.delete_object(Bucket="failed-records", Key=second)
            return getattr(real, name)

    summary = deployment.replay(s3=Changing())
    unreadable, gone = summary.left
    assert unreadable == Left(first, None, "cannot be read: the document is not JSON")
    assert (gone.key, gone.records) == (second, None)
    assert gone.reason.startswith("cannot be read: NoSuchKey from GetObject")
    assert (summary.stopped, summary.not_tried, summary.moved) == (None, 0, 1)
    assert deployment.functions.invocations == [["3"]]
    assert deployment.stored() == [first, f"replayed/{third}"]


def test_a_function_that_takes_nothing_is_not_asked_for_ever(deployment: Deployment) -> None:
    for number in range(1, 8):
        deployment.keep(on_stream(number, event(f"agent-{number}", minute(number))))
    deployment.functions.refusals = [failing_from(number) for number in range(1, 8)]
    summary = deployment.replay()
    assert (len(summary.left), summary.not_tried) == (3, 4)
    assert f"{RELAY} processed nothing of 3 documents in a row" in str(summary.stopped)
    assert len(deployment.stored()) == 7


def test_what_nothing_can_take_is_tried_once_and_left_where_it_is(deployment: Deployment) -> None:
    large = on_stream(1, event("ann", minute(1), Unknown="x" * 270_000))
    ahead = on_stream(2, event("bob", "2099-01-01T00:00:00.000Z"))
    deployment.live(large, ahead, on_stream(3, event("cid", minute(3))))
    keys = deployment.stored()
    assert [key.partition("/")[0] for key in keys] == ["undeliverable"] * 2
    for _ in range(2):
        summary = deployment.replay()
        assert (summary.documents, summary.taken, summary.kept_again) == (2, 0, 0)
        assert [each.key for each in summary.left] == keys
        assert ["MessageTooLarge" in each.reason for each in summary.left] == [True, False]
        assert deployment.stored() == keys
    assert len(deployment.functions.invocations) == 4


def test_what_is_undeliverable_only_with_the_flag_on_is_taken_with_the_flag_off(
    deployment: Deployment,
) -> None:
    deployment.live(on_stream(1, event("ann", minute(1), Unknown="x" * 270_000)))
    deployment.functions.environments[RELAY]["WriteEventsToQueue"] = "False"
    deployment.functions.handlers.clear()
    assert deployment.replay().taken == 1


def test_what_of_a_batch_nothing_can_take_is_kept_on_its_own(deployment: Deployment) -> None:
    key = deployment.keep(
        on_stream(1, event("ann", minute(1), Unknown="x" * 270_000)),
        on_stream(2, event("bob", minute(2))),
    )
    summary = deployment.replay()
    assert (summary.taken, summary.kept_again, summary.moved) == (1, 1, 1)
    assert deployment.stored() == [f"replayed/{key}", f"undeliverable/{RELAY}/{SHARD}/1.json"]


def test_a_record_that_is_no_event_is_the_functions_to_judge(deployment: Deployment) -> None:
    deployment.keep(on_stream(1, b"no JSON"), on_stream(2, event("ann", minute(2))))
    assert deployment.replay().taken == 2
