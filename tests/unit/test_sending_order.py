from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from rta_relay.message import LARGEST_MESSAGE, Message
from rta_relay.sending_order import Request, SendingOrder
from tests.unit.examples import costly

QUEUES = ("https://sqs/1.fifo", "https://sqs/2.fifo", "https://sqs/3.fifo")


def message(agent: str, place: int, size: int = 10) -> tuple[str, Message]:
    body = f"{agent}:{place}"
    return QUEUES[ord(agent[-1]) % 3], Message(str(place), agent, body, size)


def places(request: Request | None) -> list[int]:
    return [place for place, _ in request.entries] if request else []


def requests(order: SendingOrder) -> Iterator[Request]:
    while request := order.next_request():
        yield request


def test_messages_of_different_agents_travel_ten_at_a_time() -> None:
    order = SendingOrder([message(f"{n}-a", n) for n in range(25)])
    assert [len(request.entries) for request in requests(order)] == [10, 10, 5]


def test_a_request_stays_within_the_size_that_sqs_takes() -> None:
    third = LARGEST_MESSAGE // 3
    order = SendingOrder([message(f"{n}-a", n, third) for n in range(7)])
    assert [len(request.entries) for request in requests(order)] == [3, 3, 1]
    half = LARGEST_MESSAGE // 2
    whole = SendingOrder([message(f"{n}-a", n, half) for n in range(2)])
    assert [len(request.entries) for request in requests(whole)] == [2]
    alone = SendingOrder([message("a", 0, LARGEST_MESSAGE), message("d", 1, LARGEST_MESSAGE)])
    assert [len(request.entries) for request in requests(alone)] == [1, 1]


def test_an_agents_next_message_waits_until_the_one_before_is_taken() -> None:
    order = SendingOrder([message("a", 0), message("a", 1), message("d", 2)])
    first = order.next_request()
    assert first
    assert places(first) == [0, 2]
    assert order.next_request() is None
    order.settle(first, {0}, again=True)
    again = order.next_request()
    assert again
    assert places(again) == [0], "and not 1, which would overtake it"
    order.settle(again, set(), again=True)
    assert places(order.next_request()) == [1]


def test_an_agents_next_message_waits_until_all_before_the_last_one_is_taken() -> None:
    order = SendingOrder([message("b", 0), message("a", 1), message("a", 2)])
    to_b, to_a = requests(order)
    assert (places(to_b), places(to_a)) == ([0], [1])
    order.settle(to_a, set(), again=True)
    assert order.next_request() is None, "if 0 fails, Lambda brings 1 again, after 2"
    order.settle(to_b, set(), again=True)
    assert places(order.next_request()) == [2]


def test_what_lies_before_a_message_that_is_refused_for_good_is_still_sent() -> None:
    order = SendingOrder([message("a", 0), message("b", 1), message("c", 2), message("e", 3)])
    to_a, to_b, to_c = requests(order)
    assert places(to_b) == [1, 3]
    order.settle(to_c, {2}, again=False)
    order.settle(to_a, {0}, again=True)
    order.settle(to_b, {1, 3}, again=True)
    assert sorted(place for each in requests(order) for place in places(each)) == [0, 1]
    assert order.not_taken() == {"0", "1", "2", "3"}


def test_what_was_refused_goes_before_all_that_lies_behind_it_on_any_queue() -> None:
    order = SendingOrder([message("a", 0), message("b", 1), message("c", 2), message("b", 3)])
    to_a, to_b, to_c = requests(order)
    order.settle(to_a, {0}, again=True)
    order.settle(to_b, set(), again=True)
    order.settle(to_c, {2}, again=True)
    again = list(requests(order))
    assert sorted(place for each in again for place in places(each)) == [0, 2]
    for each in again:
        order.settle(each, set(), again=True)
    assert places(order.next_request()) == [3]


def test_a_message_is_tried_four_times() -> None:
    order = SendingOrder([message("a", 0)])
    tries = [order.settle(request, {0}, again=True) for request in requests(order)]
    assert tries == [1, 2, 3, 4]


@costly(40)
@given(
    agents=st.lists(st.sampled_from("abcdefghijklmnop"), max_size=40),
    refusals=st.sets(st.tuples(st.integers(0, 40), st.integers(1, 4)), max_size=40),
    failing=st.sets(st.integers(0, 40), max_size=2),
    choice=st.randoms(use_true_random=False),
)
@example(agents=["a", "a", "j"], refusals={(0, 1)}, failing={2}, choice=Random(0))
@example(agents=["a", "d", "a"], refusals={(1, 1)}, failing=set(), choice=Random(0))
def test_whatever_is_refused_and_whichever_request_is_answered_first(
    agents: list[str],
    refusals: set[tuple[int, int]],
    failing: set[int],
    choice: Any,
) -> None:
    """`refusals` are the entries that SQS refuses, by place and try. A request that holds one of
    the places in `failing` fails as a whole, and is not tried again."""
    order = SendingOrder([message(agent, place) for place, agent in enumerate(agents)])
    tries: dict[int, int] = {}
    taken: list[int] = []
    refused: set[int] = set()
    failed: set[int] = set()
    under_way: list[Request] = []
    while True:
        while len(under_way) < 4 and (request := order.next_request()):
            senders = [each.agent_arn for _, each in request.entries]
            assert len(senders) == len(set(senders)) <= 10
            own = {each.agent_arn for other in under_way for _, each in other.entries}
            assert not own & set(senders), "an agent's messages are never under way together"
            first = min(refused, default=len(agents))
            assert all(place <= first or place in refused for place in places(request))
            for place, each in request.entries:
                before = [at for at in range(place) if agents[at] == each.agent_arn]
                assert set(before) <= set(taken)
                if before:
                    assert set(range(before[-1])) <= set(taken), "what Lambda brings again goes on"
            under_way.append(request)
        if not under_way:
            break
        request = under_way.pop(choice.randrange(len(under_way)))
        for place in places(request):
            tries[place] = tries.get(place, 0) + 1
        if failing & set(places(request)):
            failed.update(places(request))
            refused.update(places(request))
            order.settle(request, places(request), again=False)
            continue
        now = {place for place in places(request) if (place, tries[place]) in refusals}
        order.settle(request, now, again=True)
        refused = (refused - set(places(request))) | now
        taken += [place for place in places(request) if place not in now]

    assert len(taken) == len(set(taken)), "none is sent again once it was taken"
    assert order.not_taken() == {str(at) for at in range(len(agents))} - set(map(str, taken))
    lost = [place for place in range(len(agents)) if place not in taken]
    if lost:
        given_up = tries[lost[0]] == 4 or lost[0] in failed
        assert given_up, "all before the first that is given up is sent"
