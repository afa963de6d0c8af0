"""The sample day through the stream, to an RTA server that has nothing but its user's key."""

import time

from tests.acceptance.deployment import Deployment, ExpectedLines
from tests.acceptance.events import by_agent, first_of_each, folded, message, put, sample_day
from tests.acceptance.evidence import Step
from tests.acceptance.naming import FLAG_IN_TABLE
from tests.acceptance.refusals import check_rta_user
from tests.acceptance.rta_server import RtaServer

TITLE_ENV = "Play the sample day, with the flag in the function's environment"
TITLE_TABLE = "Play the sample day, with the flag in a table"

_ARRIVES_WITHIN_SECONDS = 180


def with_flag_in_environment(deployment: Deployment, step: Step) -> None:
    _play(deployment, step)


def with_flag_in_table(deployment: Deployment, step: Step) -> None:
    deployment.apply(FLAG_IN_TABLE)
    step.expects(
        bool(deployment.outputs["config_table_name"]), "An apply moved the flag to a table"
    )
    _play(deployment, step)


def _play(deployment: Deployment, step: Step) -> None:
    """The server connects at noon: it reads the table, sets the flag and gets what comes then."""
    server = RtaServer(deployment.account, deployment.user_key("rta_user_name"), deployment.outputs)
    deployment.days += 1
    morning, afternoon, lines = sample_day(deployment.days)
    kinesis = deployment.account.client("kinesis")
    stream = deployment.outputs["agent_event_stream_arn"]

    for event in morning:
        put(kinesis, stream, event)
    begun = time.monotonic()
    noon = folded(morning)
    step.expects(
        _table_becomes(server, noon),
        "The RTA server reads each signed-in agent's latest state from the table",
        f"{len(noon)} agents, {time.monotonic() - begun:.1f} s after the last event",
    )
    server.set_flag(True)
    step.passes("The RTA server sets the flag")

    put_at = max(put(kinesis, stream, event) for event in afternoon)
    begun = time.monotonic()
    received = server.receive(
        lambda events: len(first_of_each(events)) >= len(afternoon), _ARRIVES_WITHIN_SECONDS
    )
    step.expects(
        by_agent(first_of_each(received)) == by_agent(map(message, afternoon)),
        "It receives every message of the afternoon, each agent's in order",
        f"{len(received)} of {len(afternoon)}, {time.monotonic() - begun:.1f} s",
    )
    step.expects(
        _table_becomes(server, folded(morning + afternoon))
        and folded(first_of_each(received), noon) == folded(morning + afternoon),
        "The table at noon and the messages lead to the table in the evening",
    )
    deployment.reports.append(ExpectedLines(lines, put_at, begun))
    check_rta_user(deployment, step)


def _table_becomes(server: RtaServer, states: object) -> bool:
    deadline = time.monotonic() + _ARRIVES_WITHIN_SECONDS
    while server.read_table() != states:
        if time.monotonic() > deadline:
            return False
        time.sleep(1)
    return True
