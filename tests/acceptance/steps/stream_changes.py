"""What a change of the stream does while events are on it: shards, ON_DEMAND and back, fan-out."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.acceptance.deployment import Deployment
from tests.acceptance.events import Event, by_agent, first_of_each, message, put, state_change
from tests.acceptance.evidence import Step
from tests.acceptance.naming import FAN_OUT, ON_DEMAND, PROVISIONED, TWO_SHARDS
from tests.acceptance.programs import ProgramError
from tests.acceptance.rta_server import RtaServer
from tests.acceptance.steps.latency import warm_up

TITLE = "Change the stream while events flow"

AGENTS = 4
_ROUND_SECONDS = 1.0
_ROUNDS_AFTERWARDS = 5

_ARRIVES_WITHIN_SECONDS = 600

CHANGES: dict[str, Mapping[str, Any]] = {
    "shard_count from 1 to 2": TWO_SHARDS,
    "stream_mode to ON_DEMAND": ON_DEMAND,
    "stream_mode back to PROVISIONED": PROVISIONED,
    "enhanced_fan_out": FAN_OUT,
}


def stream_changes(deployment: Deployment, step: Step) -> None:
    """Each change is one apply; the next is made although one before has failed."""
    server = RtaServer(deployment.account, deployment.user_key("rta_user_name"), deployment.outputs)
    server.set_flag(True)
    for name, variables in CHANGES.items():
        if reason := deployment.lacks.get(name):
            step.skips(name, reason)
            continue
        before = dict(deployment.variables)
        try:
            change(deployment, step, server, name, variables)
        except ProgramError as error:
            deployment.variables = before
            step.answers(name, f"the apply fails: {error_lines(str(error))}")
            step.fails(f"{name} is one apply")


def change(
    deployment: Deployment, step: Step, server: RtaServer, name: str, variables: Mapping[str, Any]
) -> None:
    """Apply one change and follow each agent's events through it."""
    arrive = f"{name}: every event arrives, each agent's in order"
    begun = time.monotonic()
    if reason := deployment.lacks.get("events after a reshard"):
        deployment.apply(variables)
        _answer(deployment, step, name, time.monotonic() - begun)
        step.skips(arrive, reason)
        return
    warm_up(deployment, server)
    begun = time.monotonic()
    with traffic(deployment) as sent:
        deployment.apply(variables)
        took = time.monotonic() - begun
        time.sleep(_ROUNDS_AFTERWARDS * _ROUND_SECONDS)
    ids = {each["EventId"] for each in sent}
    received = server.receive(
        lambda events: ids <= {each["EventId"] for each in events}, _ARRIVES_WITHIN_SECONDS
    )
    arrived = [each for each in first_of_each(received) if each["EventId"] in ids]
    again = len(received) - len(first_of_each(received))
    step.expects(
        by_agent(arrived) == by_agent(map(message, sent)),
        arrive,
        f"{len(arrived)} of {len(sent)} in {time.monotonic() - begun:.0f} s with the apply; "
        f"{again} messages came again",
    )
    _answer(deployment, step, name, took)


def _answer(deployment: Deployment, step: Step, name: str, took: float) -> None:
    status, differing = deployment.terraform.plan()
    others = [each for each in differing if not deployment.lacks.forgets(each)]
    step.answers(name, f"the apply takes {took:.0f} s; {describe(deployment)}")
    step.expects(
        status == 0 or not others, f"{name}: the next plan is empty", "; ".join(map(str, others))
    )


@contextmanager
def traffic(deployment: Deployment) -> Iterator[list[Event]]:
    """Put an event of each agent a second until the block ends; the events that were put, in order.

    Raises what PutRecord raises: a stream that is being changed takes records (Kinesis Developer
    Guide, "Resharding a stream").
    """
    kinesis = deployment.account.client("kinesis")
    stream = deployment.outputs["agent_event_stream_arn"]
    sent: list[Event] = []
    errors: list[Exception] = []
    ended = threading.Event()

    def go() -> None:
        try:
            while not ended.is_set():
                for agent in range(AGENTS):
                    event = state_change(f"acceptance-traffic-{agent}", datetime.now(UTC))
                    put(kinesis, stream, event)
                    sent.append(event)
                ended.wait(_ROUND_SECONDS)
        except Exception as error:  # raised below, in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    try:
        yield sent
    finally:
        ended.set()
        thread.join()
    if errors:
        raise errors[0]


def describe(deployment: Deployment) -> str:
    """The mode of the stream, its open shards and what else decides an agent's order."""
    summary = deployment.account.client("kinesis").describe_stream_summary(
        StreamARN=deployment.outputs["agent_event_stream_arn"]
    )["StreamDescriptionSummary"]
    strategy = summary.get("RecordDistributionStrategy")
    return (
        f"{summary['StreamModeDetails']['StreamMode']}, {summary['OpenShardCount']} open shards, "
        f"{summary.get('ConsumerCount', 0)} consumers" + (f", {strategy}" if strategy else "")
    )


def error_lines(text: str) -> str:
    """The lines of Terraform's output that say what is wrong."""
    lines = [line.strip("│╷╵ ") for line in text.splitlines()]
    errors = [line for line in lines if line.startswith(("Error:", "api error", "operation error"))]
    return " / ".join(errors) or text[-300:]
