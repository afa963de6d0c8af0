import re
import tomllib
from collections import deque
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aspect_wfm.cost.designs import CLASSIFIER, OURS, RELAY, Stream
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.document_boxes import MODELS
from benchmarks.growth.__main__ import main
from benchmarks.growth.capacities import Capacities, Settings, capacities
from benchmarks.growth.flow import STAGES, flow, seconds_to_catch_up
from benchmarks.growth.limits import LIMIT_FILE, LIMITS
from benchmarks.growth.morning import CHANGES_AT_SIGN_IN, SIGN_IN_SECONDS, morning_events
from benchmarks.growth.reached import largest_batch, reached
from benchmarks.growth.settings import (
    DEFAULTS,
    HEADROOM,
    MOST_QUEUES,
    OWN_GROUPS,
    agents_taken,
    enough,
    recommended,
)
from benchmarks.growth.tables import duration
from tests.document_boxes import boxes
from tests.terraform_files import blocks
from tests.unit.examples import costly

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "growth.md").read_text(encoding="utf-8")
TIMING = Timing()
WORKLOAD = Workload(100_000)
AMPLE = Capacities(*[1e9] * 7)

counts = st.integers(0, 20)
ENTRIES = range(len(STAGES))


# The flow


@costly(quick=10)
@given(st.lists(counts, max_size=40), counts, counts, counts)
def test_the_flow_does_what_events_do_that_queue_one_by_one(
    events: list[int], stream: int, relay: int, server: int
) -> None:
    takes = replace(AMPLE, stream=stream, relay_function=relay, rta_server=server)
    found = flow(events, takes)
    lines: list[deque[int]] = [deque() for _ in STAGES]
    for step, new in enumerate(events):
        lines[0].extend([step] * new)
        for stage, capacity in enumerate((stream, relay, server)):
            for _ in range(min(capacity, len(lines[stage]))):
                happened = lines[stage].popleft()
                if stage + 1 < len(lines):
                    lines[stage + 1].append(happened)
        for stage in ENTRIES:
            waiting = [event for line in lines[: stage + 1] for event in line]
            assert sum(events[: step + 1]) - found.passed[stage][step] == len(waiting)
            assert found.age(stage, step) == step - min(waiting, default=step)


def test_nothing_waits_where_every_stage_takes_the_busiest_second() -> None:
    found = flow([3.3, 7.7, 0.1, 7.7, 0.0], replace(AMPLE, stream=7.7, rta_server=7.7))
    assert found.passed == (found.happened,) * len(STAGES)
    assert [found.age(stage, step) for stage in ENTRIES for step in range(5)] == [0] * 15


# The morning


def test_everybody_signs_in_and_works_and_the_busy_while_has_the_peak_of_the_cost_model() -> None:
    events = morning_events(WORKLOAD)
    assert events[0] < events[10 * 60]
    assert events[80 * 60] == pytest.approx(WORKLOAD.peak_events_per_second)
    assert max(events) < WORKLOAD.peak_events_per_second * 1.05
    assert events[-1] == pytest.approx(WORKLOAD.signed_in_events_per_second)
    silent = replace(WORKLOAD, state_changes_per_hour=1e-9, heartbeat_seconds=1e9)
    assert sum(morning_events(silent)) == pytest.approx(4 * WORKLOAD.agents, rel=0.01)


def test_100_000_agents_who_sign_in_write_less_than_a_new_table_takes() -> None:
    changes = WORKLOAD.state_changes_per_hour / 3_600 * WORKLOAD.peak_factor
    for here in range(50, 101):
        # In the second half of the time; in the first, fewer are here and as many come.
        coming = 2 / SIGN_IN_SECONDS * (2 * (1 - here / 100)) ** 0.5
        first, each = 1 + 6, 2
        units = coming * (first + CHANGES_AT_SIGN_IN * each) + here / 100 * changes * each
        assert 100_000 * units < LIMITS["table.writes_at_first"]


# Capacities and settings


def test_what_a_shard_and_a_queue_take_by_hand() -> None:
    takes = capacities(DEFAULTS, WORKLOAD, TIMING)
    assert takes.stream == pytest.approx(1024**2 / 2_797)
    assert takes.reads == takes.stream
    assert takes.rta_server == 300
    assert 2_900 < takes.sends < 3_000
    small = replace(WORKLOAD, event_bytes=500)
    assert capacities(DEFAULTS, small, TIMING).stream == 1_000
    assert capacities(OWN_GROUPS, WORKLOAD, TIMING).rta_server == 19_000
    nobody = replace(WORKLOAD, connected_share=0)
    assert capacities(DEFAULTS, nobody, TIMING).sends == inf


def test_twice_the_shards_take_twice_as_much_of_everything_but_the_queues() -> None:
    one = capacities(DEFAULTS, WORKLOAD, TIMING)
    two = capacities(replace(DEFAULTS, shards=2), WORKLOAD, TIMING)
    for name in ("stream", "reads", "relay_function", "classifier"):
        assert getattr(two, name) == pytest.approx(2 * getattr(one, name))
    assert (two.sends, two.rta_server, two.table) == (one.sends, one.rta_server, one.table)


def test_a_batch_is_no_larger_than_an_invocations_payload() -> None:
    largest = largest_batch(WORKLOAD)
    assert max(RELAY.batch_size, CLASSIFIER.batch_size) < 1_300 < largest < 1_500


@pytest.mark.parametrize("size", [100, 10_000, 20_000, 100_000, 150_000])
def test_recommended_settings_take_the_peak_with_headroom_and_no_shard_more(size: int) -> None:
    workload = Workload(size)
    settings = recommended(workload, TIMING)
    assert agents_taken(settings, workload, TIMING, HEADROOM) >= size
    assert settings.queues <= MOST_QUEUES
    wanted = workload.peak_events_per_second * HEADROOM
    if settings.shards > 1:
        fewer = replace(settings, shards=settings.shards - 1)
        assert capacities(fewer, workload, TIMING).stream < wanted
    if settings.queues > 1:
        fewer = replace(settings, queues=settings.queues - 1)
        assert capacities(fewer, workload, TIMING).rta_server < wanted


def test_one_group_an_agent_is_recommended_only_where_all_queues_are_not_enough() -> None:
    all_queues = Settings(shards=1_000, queues=MOST_QUEUES)
    most = agents_taken(all_queues, WORKLOAD, TIMING, HEADROOM)
    groups = [
        recommended(Workload(size), TIMING).design.message_groups
        for size in (most // 2, round(most * 0.99), round(most * 1.01))
    ]
    assert groups == ["shared", "shared", "agent"]


# Runs


def test_the_defaults_fall_behind_where_the_capacities_say_and_no_earlier() -> None:
    most = agents_taken(DEFAULTS, WORKLOAD, TIMING)
    takes = capacities(DEFAULTS, WORKLOAD, TIMING)
    for size, waits in ((round(most * 0.99), False), (round(most * 1.01), True)):
        # Without changes at sign-in, the peak is what the capacities are held against.
        found = flow(morning_events(Workload(size), changes_at_sign_in=0), takes)
        assert (found.worst_age(STAGES.index("RTA server")) > 0) == waits
        assert (found.most_waiting() > 0) == waits


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "1 h"), (8_460, "2 h 21 min")],
)
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


# Limits


def test_every_limit_has_a_unit_a_date_and_a_page_of_aws() -> None:
    for name, limit in tomllib.loads(LIMIT_FILE.read_text("utf-8")).items():
        assert LIMITS[name] == limit["amount"] > 0
        assert limit["unit"]
        assert limit["date"].year >= 2026
        assert limit["source"].startswith("https://docs.aws.amazon.com/")


def test_the_table_names_only_variables_that_the_modules_have() -> None:
    known = {name for module in (ROOT / "modules").iterdir() for name in blocks(module, "variable")}
    named = {
        found[0]
        for each in reached(WORKLOAD, TIMING)
        for by, _ in each.lifts
        if (found := re.match(r"\w+(?=(\.\w+)? = )", by))
    }
    assert named <= known
    assert {"shard_count", "enhanced_fan_out", "message_groups", "relay_function"} <= named


def test_each_lift_lifts() -> None:
    for each in reached(WORKLOAD, TIMING):
        for by, to in each.lifts:
            assert not to or not each.events_per_second or to > each.events_per_second, (each, by)


# An outage


@pytest.mark.parametrize("fan_out", [False, True])
def test_with_the_defaults_no_function_is_slower_than_the_shard(fan_out: bool) -> None:
    design = replace(OURS, stream=Stream(fan_out=fan_out))
    takes = capacities(Settings(design=design), WORKLOAD, TIMING)
    assert takes.functions == takes.reads <= min(takes.relay_function, takes.classifier)
    assert takes.reads == pytest.approx((2 if fan_out else 1) * 1024**2 / 2_797)


@pytest.mark.parametrize("hours", [1, 8])
def test_the_time_to_catch_up_is_that_of_the_flow(hours: int) -> None:
    rate = Workload(10_000).signed_in_events_per_second
    takes = capacities(DEFAULTS, WORKLOAD, TIMING)
    on_the_stream = replace(takes, stream=1e9)
    found = flow([rate * hours * 3_600] + [rate] * 28_800, on_the_stream)
    functions = found.passed[STAGES.index("functions")]
    waits = [came > done for came, done in zip(found.happened, functions, strict=True)]
    expected = seconds_to_catch_up(hours * 3_600, rate, takes.functions)
    assert waits.index(False) == pytest.approx(expected, abs=2)
    assert seconds_to_catch_up(60, 1, 1) == inf


def test_the_shards_for_an_outage_are_enough_and_one_fewer_is_not() -> None:
    workload = Workload(10_000)
    rate = workload.signed_in_events_per_second
    best = enough(9 * rate, workload, TIMING)
    for shards, fast in ((best.shards, True), (best.shards - 1, False)):
        takes = capacities(replace(best, shards=shards), workload, TIMING)
        assert (seconds_to_catch_up(8 * 3_600, rate, takes.functions) <= 3_600) == fast


# The document


def test_the_document_shows_everything_that_the_program_has() -> None:
    shown = {box.command.split()[-1] for box in boxes(DOCUMENT, MODELS)}
    assert shown == {"limits", "settings", "morning", "outage", "outage-chart"}


@pytest.mark.parametrize("arguments", [[], ["everything"], ["morning", "--agents", "0"]])
def test_arguments_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
