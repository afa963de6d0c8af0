import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent_events.agent_event import AgentEvent, Undeliverable, decode_agent_event
from rta_relay.message import message, message_group, minimised, queue_index
from tests.local_cloud.agent_stream import sample_events
from tests.unit.events import arn, event


def decoded(document: dict[str, Any]) -> AgentEvent:
    return decode_agent_event(json.dumps(document).encode())


def test_the_body_is_the_event_without_previous_snapshot_and_routing_profile() -> None:
    for document in sample_events():
        expected = json.loads(json.dumps(document))
        del expected["PreviousAgentSnapshot"]
        if expected["CurrentAgentSnapshot"]:
            del expected["CurrentAgentSnapshot"]["Configuration"]["RoutingProfile"]
        body = minimised(decoded(document))
        assert json.loads(body) == expected
        assert list(json.loads(body)) == list(expected), "fields keep their order"
        assert body == json.dumps(expected, separators=(",", ":"), ensure_ascii=False)


def test_the_event_itself_is_left_as_it_was() -> None:
    given_event = decoded(event(previous_group="EMEA"))
    minimised(given_event)
    assert given_event.document == event(previous_group="EMEA")


@pytest.mark.parametrize(
    "fields",
    [
        {"CurrentAgentSnapshot": None},
        {"CurrentAgentSnapshot": "x"},
        {"CurrentAgentSnapshot": {"Configuration": None}},
        {"CurrentAgentSnapshot": {"Configuration": []}},
    ],
)
def test_an_event_without_a_configuration_keeps_what_it_has(fields: dict[str, Any]) -> None:
    body = json.loads(minimised(decoded(event(**fields))))
    assert body["CurrentAgentSnapshot"] == fields["CurrentAgentSnapshot"]


@given(st.text())
@example("\ufffe\uffff\x00\x7f\u2028")
def test_any_text_survives_and_holds_only_what_sqs_takes(text: str) -> None:
    body = minimised(decoded(event(Unknown=text)))
    assert json.loads(body)["Unknown"] == text
    for character in body:
        code = ord(character)
        assert (
            code in (0x9, 0xA, 0xD)
            or 0x20 <= code <= 0xD7FF
            or 0xE000 <= code <= 0xFFFD
            or (0x10000 <= code <= 0x10FFFF)
        )


def test_a_lone_surrogate_survives_as_an_escape() -> None:
    body = minimised(decoded(event(Unknown="\ud800")))
    assert "\\ud800" in body
    assert json.loads(body)["Unknown"] == "\ud800"


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 5_000], ids=len)
def test_a_number_that_is_too_large_for_json_readers_has_no_message(number: str) -> None:
    data = json.dumps(event(Unknown="N")).replace('"N"', number)
    with pytest.raises(Undeliverable, match=r"^NumberOutOfRange$"):
        message("1", decode_agent_event(data.encode()))


def test_a_number_that_is_too_large_does_not_matter_in_what_is_left_out() -> None:
    data = json.dumps(event(PreviousAgentSnapshot=["N", 7])).replace('"N"', "9" * 5_000)
    assert json.loads(message("1", decode_agent_event(data.encode())).body) == {
        name: value
        for name, value in json.loads(minimised(decoded(event()))).items()
        if name != "PreviousAgentSnapshot"
    }


def test_what_is_nested_too_deeply_to_be_written_has_no_message() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    event_nested = AgentEvent("a", "2026-03-02T09:00:00.000Z", None, {"Unknown": nested})
    with pytest.raises(Undeliverable, match=r"^NestedTooDeeply$"):
        message("1", event_nested)


def test_size_is_in_bytes() -> None:
    each = message("1", decoded(event("jörg")))
    assert each.body == minimised(decoded(event("jörg")))
    assert each.size == len(each.body) + each.body.count("ö") > len(each.body)


def test_the_queue_is_the_contracts_hash() -> None:
    # By hand: SHA-256("a") begins ca978112ca1bbdca; as a little-endian signed integer that is
    # -3837880752741967926, with remainders 0, 0, -1 and -6 by 1, 3, 7 and 10 as C takes them.
    assert [queue_index("a", queues) for queues in (1, 3, 7, 10)] == [0, 0, 7 - 1, 10 - 6]
    assert all(0 <= queue_index(f"agent-{number}", 10) < 10 for number in range(1000))
    assert {queue_index(f"agent-{number}", 10) for number in range(1000)} == set(range(10))


def test_all_agents_are_in_the_shared_message_group() -> None:
    assert {message_group("the-group", arn(agent)) for agent in ("ann", "bob")} == {"the-group"}


def test_an_agents_own_message_group_is_one_that_sqs_takes() -> None:
    longest = "arn:aws-us-gov:connect:" + "x" * 2_000 + "ö"
    groups = {message_group(None, agent) for agent in (arn("ann"), arn("bob"), longest)}
    assert len(groups) == 3
    assert all(re.fullmatch(r"[0-9a-f]{64}", group) for group in groups)
    assert message_group(None, arn("ann")) in groups, "always the same"
