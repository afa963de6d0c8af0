from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from rta_relay.message import LARGEST_MESSAGE, Message
from rta_relay.message_queues import MESSAGE_GROUP_ID, send_in_order

QUEUE = "https://sqs/1.fifo"


class FakeSqs:
    """A queue that refuses what `refuses` says, by the message and the number of the request."""

    def __init__(self, refuses: Callable[[str, int], bool] = lambda _body, _request: False) -> None:
        self.refuses = refuses
        self.requests: list[list[dict[str, Any]]] = []
        self.accepted: list[str] = []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        assert request["QueueUrl"] == QUEUE
        self.requests.append(request["Entries"])
        answer: dict[str, list[dict[str, str]]] = {"Successful": [], "Failed": []}
        for entry in request["Entries"]:
            if self.refuses(entry["MessageBody"], len(self.requests)):
                answer["Failed"].append({"Id": entry["Id"], "Code": "InternalError"})
            else:
                self.accepted.append(entry["MessageBody"])
                answer["Successful"].append({"Id": entry["Id"]})
        return {name: entries for name, entries in answer.items() if entries}


def message(agent: str, number: int, size: int = 10) -> Message:
    return Message(f"{number}", agent, f"{agent}:{number}", size, f"id-{number}")


def send(sqs: Any, messages: list[Message], may_go_on: Callable[[], bool] = lambda: True) -> Any:
    outgoing = [(QUEUE, each) for each in messages]
    return send_in_order(sqs, outgoing, may_go_on, lambda _attempt: None)


def test_messages_of_different_agents_travel_ten_at_a_time() -> None:
    sqs = FakeSqs()
    assert send(sqs, [message(f"agent-{number}", number) for number in range(25)]) == set()
    assert [len(request) for request in sqs.requests] == [10, 10, 5]
    assert sqs.requests[0][0] == {
        "Id": "0",
        "MessageBody": "agent-0:0",
        "MessageGroupId": MESSAGE_GROUP_ID,
        "MessageDeduplicationId": "id-0",
    }


def test_the_message_group_is_the_contracts() -> None:
    assert MESSAGE_GROUP_ID == "AspectConnectEventsForWfmRTListen_GroupId"


def test_a_batch_stays_within_the_size_that_sqs_takes() -> None:
    sqs = FakeSqs()
    third = LARGEST_MESSAGE // 3
    assert send(sqs, [message(f"agent-{number}", number, third) for number in range(7)]) == set()
    assert [len(request) for request in sqs.requests] == [3, 3, 1]


def test_a_refused_message_is_sent_again_before_the_next_of_its_agent() -> None:
    sqs = FakeSqs(lambda body, request: body == "ann:1" and request == 1)
    messages = [message("ann", 1), message("bob", 2), message("ann", 3)]
    assert send(sqs, messages) == set()
    assert [body for body in sqs.accepted if body.startswith("ann")] == ["ann:1", "ann:3"]


def test_after_a_message_that_is_refused_for_good_nothing_behind_it_is_sent() -> None:
    sqs = FakeSqs(lambda body, _request: body == "ann:1")
    behind = [message(f"agent-{number}", number) for number in range(2, 102)]
    unsent = send(sqs, [message("bob", 0), message("ann", 1), *behind])
    assert "bob:0" in sqs.accepted
    assert len(sqs.requests) == 4, "one for each try, others travelling along, and then no more"
    assert len(unsent) == 102 - len(sqs.accepted) > 60


def test_a_queue_that_fails_stops_the_others_too_so_that_nothing_comes_again_later() -> None:
    class Both:
        def __init__(self) -> None:
            self.accepted: list[str] = []

        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            if request["QueueUrl"] == "broken":
                raise EndpointConnectionError(endpoint_url=QUEUE)
            self.accepted += [entry["MessageBody"] for entry in request["Entries"]]
            return {"Successful": [{"Id": entry["Id"]} for entry in request["Entries"]]}

    sqs = Both()
    messages = [
        ("works", message("ann", 1)),
        ("broken", message("bob", 2)),
        ("works", message("ann", 3)),
        ("works", message("cid", 4)),
    ]
    unsent = send_in_order(sqs, messages, lambda: True, lambda _attempt: None)
    assert "2" in unsent
    assert unsent >= {"3"}, "of an agent whose first message was taken before the failure showed"
    assert set(sqs.accepted) <= {"ann:1", "cid:4"}


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "RequestThrottled", "Message": "slow"}}, "SendMessageBatch"),
        EndpointConnectionError(endpoint_url=QUEUE),
    ],
)
def test_a_request_that_fails_leaves_everything_after_it_unsent(error: Exception) -> None:
    class Down(FakeSqs):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            if len(self.requests) == 1:
                raise error
            return super().send_message_batch(**request)

    unsent = send(Down(), [message(f"agent-{number}", number) for number in range(25)])
    assert unsent == {str(number) for number in range(10, 25)}


def test_a_refusal_logs_codes_and_sequence_numbers_and_no_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    send(FakeSqs(lambda _body, _request: True), [message("secret", 7)])
    output = capsys.readouterr().out
    assert '"sequenceNumber":"7","code":"InternalError"' in output
    assert "secret" not in output


def test_a_response_that_does_not_confirm_a_message_leaves_it_unsent() -> None:
    class Silent(FakeSqs):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            super().send_message_batch(**request)
            return {}

    assert send(Silent(), [message("ann", 1)]) == {"1"}


def test_no_send_is_begun_without_time_for_it() -> None:
    sqs = FakeSqs()
    looks = iter([True, False])
    messages = [message("ann", number) for number in range(3)]
    assert send(sqs, messages, lambda: next(looks)) == {"1", "2"}
    assert sqs.accepted == ["ann:0"]


@given(
    agents=st.lists(st.sampled_from("abcdefghijklmnop"), max_size=60),
    refusals=st.sets(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=60),
    lost=st.sets(st.integers(0, 60), max_size=3),
)
def test_whatever_is_refused_each_agents_messages_arrive_in_order_and_none_is_lost(
    agents: list[str], refusals: set[tuple[int, int]], lost: set[int]
) -> None:
    def refuses(body: str, request: int) -> bool:
        number = int(body.partition(":")[2])
        return number in lost or (number, request) in refusals

    sqs = FakeSqs(refuses)
    messages = [message(agent, number) for number, agent in enumerate(agents)]
    unsent = send(sqs, messages)

    sent = [each.body for each in messages if each.sequence_number not in unsent]
    assert sorted(sqs.accepted) == sorted(sent), "sent once or reported, never neither or both"
    for agent in set(agents):
        own = [each.body for each in messages if each.agent_arn == agent]
        arrived = [body for body in sqs.accepted if body.startswith(f"{agent}:")]
        assert arrived == own[: len(arrived)], "in order and without a gap"
    for request in sqs.requests:
        senders = [entry["MessageBody"].partition(":")[0] for entry in request]
        assert len(senders) <= 10
        assert len(set(senders)) == len(senders)
