"""What of a stream is read, and for which periods."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aspect_wfm.rebuild.rebuild import Period, WrongPeriod, check_period
from aspect_wfm.rebuild.stream import in_reading_order, read_records
from tests.unit.events import STREAM_ARN
from tests.unit.rebuild.kinesis import (
    A_DAY_BEFORE,
    NINE,
    NOW,
    Kinesis,
    Shard,
    after,
    put,
    read,
    rebuilt,
    stream,
)


def test_every_shard_is_read_to_its_end_parents_first() -> None:
    """Two shards, the first split in two, of which one was merged with the second."""
    shards = {
        "shardId-0": Shard([put(n, shard="shardId-0") for n in range(10)], closed=True),
        "shardId-1": Shard([put(n, shard="shardId-1") for n in range(20)], closed=True),
        "shardId-2": Shard([put(n, shard="shardId-2") for n in range(10, 30)], ("shardId-0",)),
        "shardId-3": Shard([], ("shardId-0",), closed=True),
        "shardId-4": Shard(
            [put(n, shard="shardId-4") for n in range(20, 30)], ("shardId-3", "shardId-1")
        ),
    }
    kinesis = Kinesis(shards)
    found = read(kinesis, NINE, after(60))
    assert Counter(each.shard_id for each in found) == {
        shard_id: len(shard.records) for shard_id, shard in shards.items() if shard.records
    }
    assert kinesis.read == ["shardId-0", "shardId-1", "shardId-2", "shardId-3", "shardId-4"]
    assert {each.arrived.tzinfo for each in found} == {UTC}


def test_a_child_is_read_after_both_parents_whatever_their_names() -> None:
    shards = [
        {"ShardId": "a", "ParentShardId": "z", "AdjacentParentShardId": "y"},
        {"ShardId": "y", "ParentShardId": "dropped"},
        {"ShardId": "z", "ParentShardId": "y"},
    ]
    assert in_reading_order(shards) == ["y", "z", "a"]


def test_reading_ends_behind_the_period_and_leaves_time_between_calls() -> None:
    kinesis = stream(*(put(n) for n in range(100)))
    pauses: list[None] = []
    pages = list(
        read_records(kinesis, STREAM_ARN, after(10), after(20), lambda: pauses.append(None))
    )
    found = [each.arrived for page in pages for each in page]
    assert found == [after(n) for n in range(10, 20)]
    assert len(pages) < 8
    assert len(pauses) == len(pages) - 1


@pytest.mark.parametrize(
    ("start", "end", "of", "said"),
    [
        (after(60), after(60), {}, "is not before --to"),
        (after(0), NOW, {}, "events after 2026-03-02 13:45:00 UTC may still be on their way"),
        (after(0), after(60), {"retention_hours": 4}, "has data from 2026-03-02 10:00:00 UTC on"),
        (after(0), after(60), {"made": after(30)}, "has data from 2026-03-02 09:30:00 UTC on"),
    ],
)
def test_a_period_that_cannot_be_rebuilt_is_refused(
    start: datetime, end: datetime, of: dict[str, Any], said: str
) -> None:
    with pytest.raises(WrongPeriod, match=said):
        check_period(stream(**of), STREAM_ARN, Period(start, end), NOW)


def test_a_period_within_the_retention_is_not() -> None:
    check_period(stream(), STREAM_ARN, Period(after(0), after(60)), NOW)


def test_a_period_that_the_classifier_has_not_passed_is_refused() -> None:
    period = Period(after(0), after(60))
    check_period(stream(), STREAM_ARN, period, NOW, timedelta(hours=3, minutes=45))
    late = timedelta(hours=3, minutes=46)
    with pytest.raises(WrongPeriod, match=r"3:46:00 behind.*events after 2026-03-02 09:59:00 UTC"):
        check_period(stream(), STREAM_ARN, period, NOW, late)


@pytest.mark.parametrize(
    ("minutes", "start", "nothing_before"),
    [
        ([A_DAY_BEFORE - 90, A_DAY_BEFORE - 20], A_DAY_BEFORE - 60, None),
        ([A_DAY_BEFORE - 60], A_DAY_BEFORE - 60, None),
        ([A_DAY_BEFORE - 20], A_DAY_BEFORE - 60, A_DAY_BEFORE - 20),
        ([A_DAY_BEFORE + 20], A_DAY_BEFORE - 60, A_DAY_BEFORE),
        ([], A_DAY_BEFORE - 60, A_DAY_BEFORE),
        ([A_DAY_BEFORE + 20], A_DAY_BEFORE, None),
        ([], A_DAY_BEFORE, None),
    ],
)
@pytest.mark.parametrize("shards", [1, 2])
def test_what_may_have_expired_is_not_taken_for_nothing(
    s3: Any, minutes: list[int], start: int, nothing_before: int | None, shards: int
) -> None:
    """No stream drops what arrived in the last 24 hours; before, its retention may have been
    raised, which does not bring back what had expired."""
    kinesis = Kinesis({f"shardId-{n}": Shard() for n in range(shards)}, retention_hours=168)
    for minute in minutes:
        kinesis.shards[f"shardId-{shards - 1}"].records.append(put(minute))
    found = rebuilt(kinesis, s3, after(start), after(A_DAY_BEFORE + 60))
    assert found.nothing_before == (None if nothing_before is None else after(nothing_before))


def test_the_first_record_is_found_behind_empty_answers_and_in_the_earliest_shard(s3: Any) -> None:
    late, early = put(A_DAY_BEFORE - 10), put(A_DAY_BEFORE - 30)
    shards = {
        "shardId-0": Shard([late]),
        "shardId-1": Shard([], closed=True),
        "shardId-2": Shard([early]),
    }
    found = rebuilt(
        Kinesis(shards, retention_hours=168), s3, after(A_DAY_BEFORE - 60), after(A_DAY_BEFORE)
    )
    assert found.nothing_before == early.arrived
