"""Replays at any time in any history."""

import json
from contextlib import suppress
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aspect_wfm.replay.replay import Summary
from tests.unit.aws import (
    Client,
    Ministack,
    Moto,
)
from tests.unit.events import arn, event
from tests.unit.examples import costly
from tests.unit.replay.deployment import deployed, minute, on_stream
from tests.unit.replay.test_interrupted import Interrupted, InterruptedMoving

AGENTS = ("ann", "bob")

STATUSES = ("Available", "Lunch", "Offline")

# What becomes of a batch: taken; given up before the function wrote anything; or given up from this
# message on, after the tables were written. And what becomes of a replay, between the batches.
BATCH = st.tuples(
    st.lists(st.tuples(st.sampled_from(AGENTS), st.sampled_from(STATUSES)), min_size=1, max_size=4),
    st.sampled_from(["taken", "lost", 0, 1, 2]),
)

REPLAY = st.sampled_from(["whole", "copy_object", "delete_object", "put_object", 0, 1])


@settings(costly(6, thorough=40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BATCH | REPLAY, max_size=10))
def test_after_any_history_the_tables_are_as_if_nothing_had_failed(
    for_the_relay: Client, moto: Moto, ministack: Ministack, steps: list[Any]
) -> None:
    """And no older state follows a newer one on the queue, where the newest state comes last."""
    moto.reset()
    ministack.reset()
    deployment = deployed(for_the_relay)
    sent: list[tuple[str, str]] = []
    failing: list[int | None] = [None]

    def send(_sqs: Any, messages: Any, *_rest: Any) -> set[str]:
        end = len(messages) if failing[0] is None else failing[0]
        for _, message in messages[:end]:
            document = json.loads(message.body)
            sent.append((document["AgentARN"], document["EventTimestamp"]))
        return {message.sequence_number for _, message in messages[end:]}

    expected: dict[str, tuple[str, str]] = {}
    newest: dict[str, str] = {}
    number = 0
    with mock.patch("rta_relay.relay.send_in_order", send):
        for step in [*steps, "whole"]:
            failing[0] = None
            if isinstance(step, tuple):
                records = []
                for agent, status in step[0]:
                    number += 1
                    records.append(on_stream(number, event(agent, minute(number), status=status)))
                    newest[arn(agent)] = minute(number)
                    expected.pop(agent, None)
                    if status != "Offline":
                        expected[agent] = (status, minute(number))
                first_failed = str(number - len(records) + 1)
                if step[1] != "lost":
                    failing[0] = None if step[1] == "taken" else step[1]
                    failures = deployment.live(*records)["batchItemFailures"]
                    first_failed = failures[0]["itemIdentifier"] if failures else str(number + 1)
                given = [
                    r for r in records if int(r["kinesis"]["sequenceNumber"]) >= int(first_failed)
                ]
                if given:
                    deployment.keep(*given)
            elif step == "whole":
                assert deployment.replay().left == []
            elif isinstance(step, int):
                failing[0] = step
                deployment.replay()
            else:
                with suppress(Interrupted):
                    deployment.replay(s3=InterruptedMoving(deployment.s3, step))
    assert deployment.states() == expected
    for agent, timestamp in newest.items():
        timestamps = [each for of, each in sent if of == agent]
        assert timestamps == sorted(timestamps)
        assert timestamps[-1] == timestamp
    assert deployment.replay() == Summary()
