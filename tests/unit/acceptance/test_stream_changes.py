"""Changes of the stream that the local cloud lacks, tried on what AWS documents: a stream takes
records while it changes, and DescribeStreamSummary tells what it has become."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Kind, Step
from tests.acceptance.steps import stream_changes
from tests.unit.acceptance.conftest import STREAM, FakeTerraform, MotoAccount, failed, found


class _Kinesis:
    """A stream that takes records while it is changed, as the developer guide says; `delivered` is
    what the relay has made of them, for the queue."""

    def __init__(self, delivered: list[dict[str, Any]]) -> None:
        self.delivered = delivered
        self.summary = {
            "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
            "OpenShardCount": 4,
            "ConsumerCount": 2,
            "RecordDistributionStrategy": "USER_PARTITION_KEY",
        }

    def put_record(self, Data: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803 - AWS's name
        event = json.loads(Data)
        del event["PreviousAgentSnapshot"]
        self.delivered.append(event)
        return {"ResponseMetadata": {"HTTPHeaders": {"date": "Mon, 02 Mar 2026 09:00:00 GMT"}}}

    def describe_stream_summary(self, **_: Any) -> dict[str, Any]:
        return {"StreamDescriptionSummary": self.summary}


class _Server:
    """An RTA server to whom everything is delivered, in an order that a test chooses."""

    def __init__(self, delivered: list[dict[str, Any]], order: int = 1, again: int = 1) -> None:
        self.delivered, self.order, self.again = delivered, order, again

    def set_flag(self, on: bool) -> None:
        assert on

    def receive(self, *_: Any) -> list[dict[str, Any]]:
        taken = [each for each in self.delivered for _ in range(self.again)][:: self.order]
        self.delivered.clear()
        return taken


@pytest.fixture
def changing(
    account: MotoAccount,
    deployment: Deployment,
    terraform: FakeTerraform,
    monkeypatch: pytest.MonkeyPatch,
) -> list[dict[str, Any]]:
    """What is delivered by the stream of a deployment that can be changed."""
    delivered: list[dict[str, Any]] = []
    account.canned["kinesis"] = _Kinesis(delivered)
    terraform.outputs["agent_event_stream_arn"] = STREAM
    deployment.outputs = dict(terraform.outputs)

    class Lasting(FakeTerraform):
        """An apply lasts until each agent has had two events."""

        def apply(self, variables: Mapping[str, Any]) -> dict[str, Any]:
            outputs = super().apply(variables)
            while len(delivered) < 2 * stream_changes.AGENTS:
                pass
            return outputs

    deployment.terraform = Lasting(
        terraform.scratch, terraform.outputs, terraform.asked, terraform.applied, terraform.errors
    )
    monkeypatch.setattr(stream_changes, "warm_up", lambda *_: None)
    monkeypatch.setattr(stream_changes, "_ROUND_SECONDS", 0.001)
    return delivered


CHANGES = ("stream_mode to ON_DEMAND", "stream_mode back to PROVISIONED", "enhanced_fan_out")


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_one_apply_through_which_events_are_followed(
    deployment: Deployment, terraform: FakeTerraform, changing: list[dict[str, Any]], name: str
) -> None:
    assert deployment.lacks.get(name) is deployment.lacks.get("events after a reshard") is None
    step = Step("")
    variables = stream_changes.CHANGES[name]
    stream_changes.change(deployment, step, _Server(changing, again=2), name, variables)  # type: ignore[arg-type]  # it stands for an RtaServer
    assert terraform.applied == [dict(variables)]
    assert not step.failed
    passed = found(step, Kind.PASSED)
    assert "messages came again" in passed[f"{name}: every event arrives, each agent's in order"]
    answer = found(step, Kind.ANSWER)[name]
    assert "ON_DEMAND, 4 open shards, 2 consumers, USER_PARTITION_KEY" in answer


@pytest.mark.parametrize("fault", ["order", "loss"])
def test_events_that_are_lost_or_out_of_order_fail(
    deployment: Deployment, changing: list[dict[str, Any]], fault: str
) -> None:
    server = _Server(changing, order=-1) if fault == "order" else _Server([])
    step = Step("")
    stream_changes.change(deployment, step, server, "a change", {})  # type: ignore[arg-type]  # it stands for an RtaServer
    assert "a change: every event arrives, each agent's in order" in found(step, Kind.FAILED)


def test_a_change_that_aws_refuses_is_answered_and_the_next_is_made(
    deployment: Deployment,
    terraform: FakeTerraform,
    changing: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream_changes, "RtaServer", lambda *_: _Server(changing))
    monkeypatch.setattr(Deployment, "user_key", lambda *_: None)
    told = (
        "╷\n│ Error: updating Kinesis Stream (events) stream mode: operation error Kinesis: "
        "UpdateStreamMode, LimitExceededException: two mode changes in 24 hours\n╵"
    )
    terraform.errors.extend([failed("Error: refused"), failed(told), None, None])
    step = Step("")
    stream_changes.stream_changes(deployment, step)
    assert len(terraform.applied) == 4
    assert "LimitExceededException" in found(step, Kind.ANSWER)["stream_mode to ON_DEMAND"]
    assert list(found(step, Kind.FAILED)) == [
        "shard_count from 1 to 2 is one apply",
        "stream_mode to ON_DEMAND is one apply",
    ]
    assert terraform.applied == [
        {"shard_count": 2},
        {"stream_mode": "ON_DEMAND"},
        {"stream_mode": "PROVISIONED"},
        {"stream_mode": "PROVISIONED", "enhanced_fan_out": True},
    ], "what was refused is not asked for again"
