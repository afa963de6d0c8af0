"""A synthetic agent, as the functions understand them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_classifier.report_line import report_line
from agent_events.agent_event import AgentEvent, decode_agent_event
from aspect_wfm.synthetic_agent import (
    MARK,
    SIGNED_IN,
    SIGNED_OUT,
    SyntheticAgent,
    agent_event,
    lines_of,
    run_name,
    run_start,
    synthetic_agents,
    without_lines_of,
)
from rta_relay.agent_state import state_change
from rta_relay.hierarchy_filter import HierarchyFilter
from rta_relay.message import minimised
from tests.unit.events import event as real_event

AT = datetime(2026, 3, 2, 9, 15, 0, 250_000, tzinfo=UTC)
STREAM = "arn:aws-us-gov:kinesis:us-gov-west-1:111122223333:stream/events"
EVERYONE = HierarchyFilter(0, frozenset())
EMEA = HierarchyFilter.of(2, ["EMEA", "Sales, Retail"])
RUN = "20260302T091500Z-0a1b2c"


def decoded(agent: SyntheticAgent, status: dict[str, Any], at: datetime = AT) -> AgentEvent:
    return decode_agent_event(json.dumps(agent_event(agent, status, at)).encode())


def test_their_names_say_what_they_are_and_of_which_run() -> None:
    (agent,) = synthetic_agents(RUN, STREAM, [])
    assert agent.username == f"{MARK}-{RUN}-1"
    assert agent.arn == (
        "arn:aws-us-gov:connect:us-gov-west-1:111122223333:instance/aspect-wfm-doctor/agent/"
        f"{agent.username}"
    )


def test_a_run_says_when_it_began_and_differs_from_another() -> None:
    run = run_name(AT, "0a1b2c")
    assert run == RUN
    assert run_start(run) == AT.replace(microsecond=0)
    with pytest.raises(ValueError, match="does not match"):
        run_start("yesterday")


def test_signing_in_shows_them_and_signing_out_takes_them_away() -> None:
    (agent,) = synthetic_agents(RUN, STREAM, [EVERYONE])
    came, went = (
        decoded(agent, SIGNED_IN),
        decoded(agent, SIGNED_OUT, AT + timedelta(milliseconds=1)),
    )
    shown = state_change("1", came, EVERYONE, minimised(came))
    assert shown is not None
    assert shown.item is not None
    assert shown.item["AgentUsername"] == agent.username
    gone = state_change("2", went, EVERYONE, minimised(went))
    assert gone is not None
    assert gone.item is None
    assert gone.timestamp > shown.timestamp


def test_each_filter_lets_one_of_them_through() -> None:
    filters = [EVERYONE, EMEA, HierarchyFilter.of(2, ["APAC"]), HierarchyFilter.of(5, ["x"]), EMEA]
    agents = synthetic_agents(RUN, STREAM, filters)
    assert [(each.level, each.group) for each in agents] == [(2, "apac"), (2, "emea"), (5, "x")]
    for each in filters:
        assert any(
            each.passes(agent_event(agent, SIGNED_IN, AT)["CurrentAgentSnapshot"])
            for agent in agents
        )
        assert any(each.passes(agent.snapshot) for agent in agents)
    assert synthetic_agents(RUN, STREAM, reversed(filters)) == agents, "for a removal later"


@pytest.mark.parametrize("with_type", [False, True])
def test_their_lines_are_found_and_nobody_elses(with_type: bool) -> None:
    (agent,) = synthetic_agents(RUN, STREAM, [EMEA])
    theirs = b"".join(
        report_line(decoded(agent, status), {}, with_type) or b""
        for status in (SIGNED_IN, SIGNED_OUT)
    )
    others = report_line(decode_agent_event(json.dumps(real_event()).encode()), {}, with_type)
    content = b"\n" + theirs + (others or b"")
    assert lines_of(content, [agent.username]) == [agent.username] * 2
    assert without_lines_of(content, [agent.username]) == b"\n" + (others or b"")
    assert without_lines_of(theirs, [agent.username]) == b"\n", "a heartbeat's"
    assert lines_of(content, [f"{MARK}-{RUN}-2"]) == []


@given(
    st.lists(st.sampled_from([b"", b"1,ann,x", b'1,"a,b",c', b"1,us,x", b"\xff,us,", b"us"])),
    st.booleans(),
)
def test_taking_lines_out_leaves_all_else_as_it_was(lines: list[bytes], ended: bool) -> None:
    content = b"\n".join(lines) + (b"\n" if ended else b"")
    left = without_lines_of(content, ["us"])
    assert lines_of(left, ["us"]) == []
    kept = [line for line in content.split(b"\n") if b",us," not in line]
    assert left == (b"\n".join(kept) or b"\n")
