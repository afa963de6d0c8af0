"""A history is plausible, and the same for the same seed."""

from collections import Counter, defaultdict

from tests.chaos.histories import (
    JUNK,
    NULL,
    History,
    data,
    document,
    event_index,
    history,
    position_of,
    record,
)


def _records(past: History) -> list[bytes]:
    return [
        record(past, shard, position).data
        for shard, each in enumerate(past.shards)
        for position in range(len(each.events))
    ]


def test_the_same_seed_is_the_same_history_and_another_is_another() -> None:
    assert _records(history(7, 500, 50, 3)) == _records(history(7, 500, 50, 3))
    assert _records(history(7, 500, 50, 3)) != _records(history(8, 500, 50, 3))


def test_about_two_thirds_are_heartbeats_and_everything_else_happens() -> None:
    past = history(1, 20_000, 500, 4)
    kinds = Counter(event.kind for event in past.events)
    assert 0.6 < kinds["HEART_BEAT"] / len(past.events) < 0.72
    assert min(kinds["LOGIN"], kinds["LOGOUT"], kinds["STATE_CHANGE"]) > 0
    assert {event.shape for event in past.events} >= {NULL, JUNK}
    assert len({len(data(past, event)) > 270_000 for event in past.events}) == 2


def test_an_agent_stays_on_one_shard_but_for_a_late_copy() -> None:
    past = history(1, 20_000, 500, 4)
    shards: dict[int, set[int]] = defaultdict(set)
    for number, shard in enumerate(past.shards):
        for index in shard.events:
            if index not in past.scattered and past.events[index].shape != JUNK:
                shards[past.events[index].agent].add(number)
    assert past.scattered
    assert all(len(each) == 1 for each in shards.values())


def test_records_arrive_in_order_but_events_do_not_always() -> None:
    past = history(1, 20_000, 500, 4)
    late = 0
    for shard in past.shards:
        assert list(shard.arrivals) == sorted(shard.arrivals)
        newest: dict[int, int] = {}
        for index in shard.events:
            event = past.events[index]
            late += event.at < newest.get(event.agent, 0)
            newest[event.agent] = max(event.at, newest.get(event.agent, 0))
    assert late > 20


def test_every_event_is_put_at_least_once_and_some_twice() -> None:
    past = history(1, 20_000, 500, 4)
    puts = Counter(index for shard in past.shards for index in shard.events)
    assert set(puts) == set(range(len(past.events)))
    assert set(puts.values()) == {1, 2}


def test_a_message_and_a_records_number_say_which_they_are() -> None:
    past = history(1, 100, 10, 3)
    events = [event for event in past.events if event.shape != JUNK]
    assert [event_index(document(past, event)) for event in events] == [e.index for e in events]
    assert event_index({"EventId": "1:"}) is None
    assert event_index(None) is None
    assert position_of(record(past, 2, 5).sequence_number) == (2, 5)


def test_many_events_share_an_event_id_or_a_millisecond_or_move_without_a_snapshot_before() -> None:
    past = history(1, 20_000, 500, 4)
    ids = Counter(document(past, e)["EventId"] for e in past.events if e.shape != JUNK)
    assert sum(times for times in ids.values() if times > 1) > 4_000
    moments = Counter((e.agent, e.at) for e in past.events if e.kind != "HEART_BEAT")
    assert sum(times > 1 for times in moments.values()) > 200
    groups: dict[int, int] = {}
    moves = 0
    for each in past.events:
        if each.now is not None:
            left = groups.get(each.agent, each.now.group) != each.now.group
            moves += left and each.before is None
            groups[each.agent] = each.now.group
    assert moves > 20


def test_dynamodb_rejects_the_newest_event_of_a_few_monitored_agents() -> None:
    past = history(1, 20_000, 500, 4)
    rejected = [event for event in past.events if event.rejected]
    assert len(rejected) == 5
    for each in rejected:
        assert each.at == max(e.at for e in past.events if e.agent == each.agent)
        assert each.now is not None
        assert (
            document(past, each)["CurrentAgentSnapshot"]["Configuration"]["AgentHierarchyGroups"][
                "Level1"
            ]["Name"]
            == "EMEA"
        )
