"""A replay that is interrupted, and a bucket that cannot be read."""

from typing import Any
from unittest import mock

import pytest

from tests.unit.events import event
from tests.unit.replay.deployment import CLASSIFIER, Deployment, minute, on_stream


class Interrupted(BaseException):
    """The operator's Ctrl-C, or a machine that goes away."""


class InterruptedMoving:
    """S3 whose `method` is never reached."""

    def __init__(self, s3: Any, method: str) -> None:
        self._s3, self._method = s3, method

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            raise Interrupted
        return getattr(self._s3, name)


@pytest.mark.parametrize("method", ["copy_object", "delete_object"])
def test_a_replay_interrupted_before_the_move_can_be_done_again(
    deployment: Deployment, method: str
) -> None:
    key = deployment.keep(
        on_stream(1, event("ann", minute(1))), on_stream(2, event("ann", minute(2), status="Lunch"))
    )
    with pytest.raises(Interrupted):
        deployment.replay(s3=InterruptedMoving(deployment.s3, method))
    assert key in deployment.stored()
    summary = deployment.replay()
    assert (summary.superseded, summary.taken) == (1, 1), "the older one is not sent again"
    assert deployment.stored() == [f"replayed/{key}"]
    assert deployment.states() == {"ann": ("Lunch", minute(2))}
    assert deployment.sent() == [f"ann-{minute(1)}", f"ann-{minute(2)}"]


def test_an_interrupted_replay_of_report_lines_writes_them_twice_at_most(
    deployment: Deployment,
) -> None:
    deployment.keep(on_stream(1, event("ann", minute(1))), function=CLASSIFIER)
    with pytest.raises(Interrupted):
        deployment.replay(CLASSIFIER, s3=InterruptedMoving(deployment.s3, "copy_object"))
    for _ in range(2):
        deployment.replay(CLASSIFIER)
    assert deployment.lines().count(b",ann,") == 2


def test_a_bucket_that_cannot_be_read_is_said(deployment: Deployment) -> None:
    summary = deployment.replay(bucket="no-such-bucket")
    assert "Bucket no-such-bucket does not exist" in str(summary.stopped)


def test_more_agents_than_dynamodb_answers_at_once(deployment: Deployment) -> None:
    """An answer may leave keys for another call."""
    deployment.live(
        on_stream(10, event("ann", minute(10))), on_stream(11, event("bob", minute(11)))
    )
    deployment.keep(on_stream(1, event("ann", minute(1))), on_stream(2, event("bob", minute(2))))
    real = deployment.dynamodb.batch_get_item

    def one_at_a_time(RequestItems: Any) -> Any:  # noqa: N803
        ((table, wanted),) = RequestItems.items()
        first, *rest = wanted["Keys"]
        answer = real(RequestItems={table: wanted | {"Keys": [first]}})
        answer["UnprocessedKeys"] = {table: wanted | {"Keys": rest}} if rest else {}
        return answer

    with mock.patch.object(deployment.dynamodb, "batch_get_item", one_at_a_time):
        assert deployment.replay().superseded == 2
