from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from threading import Barrier, Lock
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from rta_relay.concurrent_calls import CALLS_AT_ONCE
from rta_relay.message import Message, message_group
from rta_relay.message_queues import send_in_order
from tests.relay_environment import MESSAGE_GROUP
from tests.unit.aws import ACCOUNT_ID, REGION
from tests.unit.inline_executor import InlineExecutor

pytestmark = pytest.mark.usefixtures("client")

QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/1.fifo"


class FakeSqs:
    """A queue of moto, which takes every message; `refuses` says which ones this one refuses, by
    the message and the number of the request."""

    def __init__(self, refuses: Callable[[str, int], bool] = lambda _body, _request: False) -> None:
        self.refuses = refuses
        self.requests: list[list[dict[str, Any]]] = []
        self.sqs = boto3.client("sqs")
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        self.sqs.create_queue(QueueName="1.fifo", Attributes=attributes)
        self.accepted: list[str] = []
        self._one_at_a_time = Lock()

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        with self._one_at_a_time:
            self.requests.append(request["Entries"])
            number = len(self.requests)
            refused = [
                each for each in request["Entries"] if self.refuses(each["MessageBody"], number)
            ]
            taken = [each for each in request["Entries"] if each not in refused]
            answer: dict[str, Any] = {}
            if taken:
                answer = self.sqs.send_message_batch(QueueUrl=request["QueueUrl"], Entries=taken)
                self._receive()
            if refused:
                answer["Failed"] = [{"Id": each["Id"], "Code": "InternalError"} for each in refused]
            return answer

    def _receive(self) -> None:
        messages = self.sqs.receive_message(QueueUrl=QUEUE, MaxNumberOfMessages=10)["Messages"]
        self.accepted += [each["Body"] for each in messages]
        entries = [
            {"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]}
            for number, each in enumerate(messages)
        ]
        self.sqs.delete_message_batch(QueueUrl=QUEUE, Entries=entries)


def message(agent: str, number: int, size: int = 10) -> Message:
    return Message(f"{number}", agent, f"{agent}:{number}", size)


def send_to(
    sqs: Any,
    outgoing: list[tuple[str, Message]],
    may_go_on: Callable[[], bool] = lambda: True,
    pause: Callable[[int], None] = lambda _attempt: None,
    executor: Executor | None = None,
) -> set[str]:
    group = partial(message_group, MESSAGE_GROUP)
    return send_in_order(sqs, outgoing, group, may_go_on, pause, executor or InlineExecutor())


def send(sqs: Any, messages: list[Message], may_go_on: Callable[[], bool] = lambda: True) -> Any:
    return send_to(sqs, [(QUEUE, each) for each in messages], may_go_on)


def test_messages_of_different_agents_travel_ten_at_a_time() -> None:
    sqs = FakeSqs()
    assert send(sqs, [message(f"agent-{number}", number) for number in range(25)]) == set()
    assert [len(request) for request in sqs.requests] == [10, 10, 5]
    assert sqs.requests[0][0] == {
        "Id": "0",
        "MessageBody": "agent-0:0",
        "MessageGroupId": MESSAGE_GROUP,
    }


def test_a_refused_message_is_sent_again_before_the_next_of_its_agent() -> None:
    sqs = FakeSqs(lambda body, request: body == "ann:1" and request == 1)
    messages = [message("ann", 1), message("bob", 2), message("ann", 3)]
    assert send(sqs, messages) == set()
    assert [body for body in sqs.accepted if body.startswith("ann")] == ["ann:1", "ann:3"]


def test_after_a_message_that_is_refused_for_good_nothing_behind_it_is_sent() -> None:
    sqs = FakeSqs(lambda body, _request: body == "ann:1")
    behind = [message(f"agent-{number}", number) for number in range(2, 302)]
    unsent = send(sqs, [message("bob", 0), message("ann", 1), *behind])
    assert "bob:0" in sqs.accepted
    under_way = CALLS_AT_ONCE + 3
    assert len(sqs.requests) == under_way, "one for each try, others beside the first, and no more"
    assert len(unsent) == 302 - len(sqs.accepted) > 302 - 10 * under_way


def test_a_queue_that_fails_stops_the_others_too_so_that_nothing_comes_again_later() -> None:
    class Both(FakeSqs):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            if request["QueueUrl"] == "broken":
                raise EndpointConnectionError(endpoint_url=QUEUE)
            return super().send_message_batch(**request)

    sqs = Both()
    messages = [
        (QUEUE, message("ann", 1)),
        ("broken", message("bob", 2)),
        (QUEUE, message("ann", 3)),
        (QUEUE, message("cid", 4)),
    ]
    unsent = send_to(sqs, messages)
    assert "2" in unsent
    assert unsent >= {"3"}, "of an agent whose first message was taken before the failure showed"
    assert set(sqs.accepted) <= {"ann:1", "cid:4"}


def test_a_request_that_fails_leaves_everything_behind_it_unsent() -> None:
    class Down(FakeSqs):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            if request["Entries"][0]["MessageBody"] == "agent-10:10":
                self.requests.append(request["Entries"])
                raise EndpointConnectionError(endpoint_url=QUEUE)
            return super().send_message_batch(**request)

    sqs = Down()
    unsent = send(sqs, [message(f"agent-{number}", number) for number in range(200)])
    assert len(sqs.requests) == CALLS_AT_ONCE, "those that were under way, and no other"
    assert unsent == {str(number) for number in (*range(10, 20), *range(10 * CALLS_AT_ONCE, 200))}


def test_requests_beyond_what_a_queue_takes_in_a_second_are_sent_again_after_a_pause() -> None:
    throttled = ClientError(
        {"Error": {"Code": "RequestThrottled", "Message": "slow"}}, "SendMessageBatch"
    )
    pauses: list[int] = []

    class Busy(FakeSqs):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            self.requests.append(request["Entries"])
            if len(self.requests) in (1, 2, 9):
                raise throttled
            answer = super().send_message_batch(**request)
            del self.requests[-1]
            return answer

    sqs = Busy()
    messages = [(QUEUE, message(f"agent-{number % 40}", number)) for number in range(100)]
    assert send_to(sqs, messages, pause=pauses.append) == set()
    assert pauses
    for agent in {each.agent_arn for _, each in messages}:
        arrived = [body for body in sqs.accepted if body.startswith(f"{agent}:")]
        assert arrived == [each.body for _, each in messages if each.agent_arn == agent]


@pytest.mark.parametrize(
    ("code", "tries"),
    [
        # Amazon SQS API Reference, "SendMessageBatch" and "Common Error Types".
        *((code, 4) for code in ("RequestThrottled", "ThrottlingException", "KmsThrottled")),
        # The code of KmsThrottled in the header x-amzn-query-error, which botocore prefers.
        ("KMS.ThrottlingException", 4),
        *((code, 1) for code in ("KmsDisabled", "AccessDenied", "QueueDoesNotExist")),
    ],
)
def test_a_request_that_is_refused_is_sent_again_only_if_it_was_throttled(
    code: str, tries: int
) -> None:
    class Busy(FakeSqs):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            self.requests.append(request["Entries"])
            raise ClientError({"Error": {"Code": code, "Message": "slow"}}, "Send")

    sqs = Busy()
    pauses: list[int] = []
    outgoing = [(QUEUE, message("ann", 1)), (QUEUE, message("bob", 2))]
    assert send_to(sqs, outgoing, pause=pauses.append) == {"1", "2"}
    assert len(sqs.requests) == tries
    assert pauses == ([1, 2, 3, 4] if tries > 1 else [])


def test_several_requests_are_under_way_at_once() -> None:
    meeting = Barrier(CALLS_AT_ONCE, timeout=60)

    class Waiting(FakeSqs):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            meeting.wait()
            return super().send_message_batch(**request)

    messages = [(QUEUE, message(f"agent-{n}", n)) for n in range(10 * CALLS_AT_ONCE)]
    with ThreadPoolExecutor(CALLS_AT_ONCE) as executor:
        assert send_to(Waiting(), messages, executor=executor) == set()


def test_no_request_is_under_way_any_more_when_one_has_raised() -> None:
    ended: list[str] = []

    class Broken(FakeSqs):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            if request["Entries"][0]["MessageBody"] == "agent-0:0":
                raise RuntimeError
            ended.append(request["Entries"][0]["MessageBody"])
            return super().send_message_batch(**request)

    messages = [(QUEUE, message(f"agent-{n}", n)) for n in range(30)]
    with ThreadPoolExecutor(CALLS_AT_ONCE) as executor, pytest.raises(RuntimeError):
        send_to(Broken(), messages, executor=executor)
    assert sorted(ended) == ["agent-10:10", "agent-20:20"]


def test_a_refusal_logs_codes_and_sequence_numbers_and_no_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    send(FakeSqs(lambda _body, _request: True), [message("secret", 7)])
    output = capsys.readouterr().out
    assert '"sequenceNumber":"7","code":"InternalError"' in output
    assert "secret" not in output


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Successful": [{}]},
        {"Successful": [{"Id": "7"}, {"Id": "x"}]},
        {"Failed": [{}, {"Id": "0"}, {"Id": "7", "Code": "InternalError"}]},
        {"Successful": [None]},
        {"Failed": [None]},
        {"Successful": 7},
    ],
)
def test_an_answer_that_does_not_confirm_a_message_leaves_it_unsent(answer: dict[str, Any]) -> None:
    class Malformed(FakeSqs):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            super().send_message_batch(**request)
            return answer

    assert send(Malformed(), [message("ann", 1)]) == {"1"}


def test_no_send_is_begun_without_time_for_it() -> None:
    sqs = FakeSqs()
    looks = iter([True, True, False])
    messages = [message("ann", number) for number in range(3)]
    assert send(sqs, messages, lambda: next(looks)) == {"1", "2"}
    assert sqs.accepted == ["ann:0"]
