"""Which documents are replayed, and which are not readable."""

import json

import pytest

from aspect_wfm.replay.documents import UnreadableDocument, read_document
from tests.unit.events import event
from tests.unit.replay.deployment import (
    CLASSIFIER,
    MAPPING,
    SHARD,
    Deployment,
    given_up,
    malformed,
    minute,
    on_stream,
    refused,
)


def test_unreadable_documents_are_named_and_the_others_go_on(deployment: Deployment) -> None:
    broken = {
        "aws/lambda/m/s/2026/03/02/1": b"\xff",
        "aws/lambda/m/s/2026/03/02/2": b'["secret"]',
        "aws/lambda/m/s/2026/03/02/3": b'{"KinesisBatchInfo":{}}',
        "undeliverable/x/4.json": b'{"payload":"{\\"Records\\":[{\\"kinesis\\":{}}]}"}',
    }
    for key, body in broken.items():
        deployment.s3.put_object(Bucket="failed-records", Key=key, Body=body)
    deployment.s3.put_object(Bucket="failed-records", Key="notes.txt", Body=b"not ours")
    good = deployment.keep(on_stream(1, event("ann", minute(1))))
    summary = deployment.replay()
    assert [each.key for each in summary.left] == list(broken)
    assert all("cannot be read" in each.reason for each in summary.left)
    assert "secret" not in str(summary.left)
    assert deployment.stored() == sorted([*broken, "notes.txt", f"replayed/{good}"])


MALFORMED: dict[str, bytes] = {
    "an eventID that no key can be made of": malformed(
        lambda _, records: records[0].update(eventID="\ud800:1")
    ),
    "batch info that is text, with more records than are settled at once": malformed(
        lambda document, _: document.update(KinesisBatchInfo="abc"), 1_001
    ),
    "a number that Lambda does not take": malformed(
        lambda _, records: records[0]["kinesis"].update(partitionKey=float("nan"))
    ),
    "text that no answer can repeat": malformed(
        lambda document, _: document["requestContext"].update(condition="\udfff")
    ),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_document_is_left_and_every_other_one_goes_on(
    deployment: Deployment, body: bytes
) -> None:
    key = f"aws/lambda/{MAPPING}/{SHARD}/2026/03/02/0"
    deployment.s3.put_object(Bucket="failed-records", Key=key, Body=body)
    good = deployment.keep(on_stream(2_000, event("ann", minute(1))))
    for _ in range(2):
        summary = deployment.replay()
        assert [each.key for each in summary.left] == [key]
        assert summary.stopped is None
        assert deployment.stored() == sorted([key, f"replayed/{good}"])


def test_a_document_whose_records_lambda_does_not_take_is_left(deployment: Deployment) -> None:
    first = deployment.keep(on_stream(1, event("ann", minute(1))))
    second = deployment.keep(on_stream(2, event("ann", minute(2))))
    deployment.functions.refusals = [refused("InvalidRequestContentException")]
    summary = deployment.replay()
    assert [each.key for each in summary.left] == [first]
    assert deployment.stored() == sorted([first, f"replayed/{second}"])


def test_a_key_too_long_to_be_moved_is_left(deployment: Deployment) -> None:
    key = "aws/lambda/" + "x" * 1_000
    _, body = given_up([on_stream(1, event())])
    deployment.s3.put_object(Bucket="failed-records", Key=key, Body=body)
    (left,) = deployment.replay().left
    assert "too long" in left.reason


def test_documents_of_another_function_are_left(deployment: Deployment) -> None:
    key, body = given_up([on_stream(1, event("ann", minute(1)))], CLASSIFIER)
    deployment.s3.put_object(Bucket="failed-records", Key=key, Body=body)
    (left,) = deployment.replay().left
    assert left.reason == f"belongs to the function {CLASSIFIER}"
    assert deployment.functions.invocations == []


def test_only_the_asked_documents_are_replayed(deployment: Deployment) -> None:
    for number in (1, 2, 3):
        deployment.keep(on_stream(number, event("ann", minute(number))))
    deployment.live(on_stream(9, event("big", minute(9), Unknown="x" * 270_000)))
    second, third = (
        read_document("", deployment.s3.get_object(Bucket="failed-records", Key=key)["Body"].read())
        for key in deployment.stored()[1::-1]
    )
    summary = deployment.replay(
        prefix="aws/lambda/", after=second.arrived, before=third.arrived, dry_run=True
    )
    assert (summary.documents, summary.would_be_taken) == (1, 1)
    assert deployment.replay(prefix="undeliverable/", dry_run=True).documents == 1


def test_a_dry_run_changes_nothing(deployment: Deployment) -> None:
    deployment.live(on_stream(10, event("ann", minute(10))))
    deployment.keep(on_stream(1, event("ann", minute(1))), on_stream(2, event("bob", minute(2))))
    keys, states = deployment.stored(), deployment.states()
    summary = deployment.replay(dry_run=True)
    assert (summary.superseded, summary.would_be_taken, summary.taken) == (1, 1, 0)
    assert (deployment.stored(), deployment.states()) == (keys, states)
    assert deployment.functions.invocations == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"{", "not JSON"),
        (b"[]", "is not a JSON object"),
        (b"{}", "no payload"),
        (b'{"payload":"[]"}', "is not a JSON object"),
        (b'{"payload":"{\\"Records\\":[]}"}', "no records"),
        (b'{"payload":"{\\"Records\\":[{}]}"}', "not from a Kinesis stream"),
    ],
)
def test_the_fault_of_a_document_is_said(body: bytes, fault: str) -> None:
    with pytest.raises(UnreadableDocument, match=fault):
        read_document("key", body)


@pytest.mark.parametrize(("digits", "readable"), [(129, True), (130, False), (5_000, False)])
def test_a_sequence_number_is_as_long_as_kinesis_makes_them(digits: int, readable: bool) -> None:
    found = on_stream(1, event())
    _, body = given_up([found])
    body = body.replace(
        b'\\"sequenceNumber\\": \\"1\\"', b'\\"sequenceNumber\\": \\"%s\\"' % (b"1" * digits)
    )
    if readable:
        assert read_document("key", body).place[1] == int("1" * digits)
    else:
        with pytest.raises(UnreadableDocument, match="not from a Kinesis stream"):
            read_document("key", body)


def test_a_document_that_names_no_function_is_unreadable() -> None:
    content = json.loads(given_up([on_stream(1, event())])[1]) | {"requestContext": {}}
    with pytest.raises(UnreadableDocument, match="names no function"):
        read_document("key", json.dumps(content).encode())
