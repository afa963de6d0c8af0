import re
from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aspect_wfm.cost.designs import Stream
from aspect_wfm.cost.prices import read_prices
from aspect_wfm.cost.rules import MB_A_VCPU
from aspect_wfm.cost.timing import read_timing
from aspect_wfm.cost.workload import Workload
from benchmarks.growth.__main__ import main
from benchmarks.growth.capacities import Capacities, capacities, largest_batch
from benchmarks.growth.charts import chart
from benchmarks.growth.flow import Stage, flow
from benchmarks.growth.limits import LimitError, read_limits, regions
from benchmarks.growth.morning import Morning, arrivals
from benchmarks.growth.reached import agents, reached
from benchmarks.growth.runs import run
from benchmarks.growth.settings import (
    DEFAULTS,
    HEADROOM,
    MOST_QUEUES,
    agents_taken,
    narrowest,
    recommended,
)
from benchmarks.growth.tables import duration, settings_table
from tests.document_boxes import boxes
from tests.unit.examples import costly

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "growth.md").read_text(encoding="utf-8")
TIMING = read_timing()
LIMITS = read_limits("eu-central-1")
WORKLOAD = Workload(100_000)
AMPLE = Capacities(1e9, 2e9, False, 1e9, 1e9, 1e9, 1e9, 1e9)

counts = st.integers(0, 20)
loads = st.lists(counts, max_size=40)


@st.composite
def any_capacities(draw: st.DrawFn) -> Capacities:
    stream, half_of_reads, relay, classifier, server = (draw(counts) for _ in range(5))
    return Capacities(
        stream, 2 * half_of_reads, draw(st.booleans()), relay, 1e9, 1e9, classifier, server
    )


# The flow


@costly(quick=10)
@given(loads, any_capacities(), st.none() | st.integers(1, 10))
def test_every_event_is_done_or_waits_or_was_given_up(
    events: list[float], takes: Capacities, steps_kept: int | None
) -> None:
    found = flow(events, takes, steps_kept=steps_kept)
    for step in range(len(events)):
        lines = {stage: found.line(stage, step) for stage in Stage}
        assert all(line.waiting >= 0 <= line.given_up for line in lines.values())
        assert sum(events[: step + 1]) == (
            lines[Stage.STREAM].waiting
            + lines[Stage.RELAY].waiting
            + lines[Stage.RELAY].given_up
            + lines[Stage.RTA_SERVER].waiting
            + found.answered[step]
        )
        assert found.entered[step] == lines[Stage.CLASSIFIER].waiting + found.classified[step]


@costly(quick=10)
@given(loads, any_capacities(), st.none() | st.integers(1, 10))
def test_no_stage_does_more_in_a_step_than_it_can(
    events: list[float], takes: Capacities, steps_kept: int | None
) -> None:
    found = flow([0, *events], takes, steps_kept=steps_kept)
    for before in range(len(events)):

        def done(totals: list[float], given_up: list[float], step: int = before) -> float:
            return totals[step + 1] - totals[step] - (given_up[step + 1] - given_up[step])

        nothing = [0.0] * (len(events) + 1)
        relayed = done(found.relayed, found.relay_gave_up)
        classified = done(found.classified, found.classifier_gave_up)
        assert 0 <= done(found.entered, nothing) <= takes.stream
        assert 0 <= relayed <= takes.relay
        assert 0 <= classified <= takes.classifier
        assert 0 <= done(found.answered, nothing) <= takes.rta_server
        read = max(relayed, classified) if takes.fan_out else relayed + classified
        assert read <= takes.reads


@costly(quick=10)
@given(loads, any_capacities(), st.none() | st.integers(1, 10))
def test_the_flow_does_what_events_do_that_queue_one_by_one(
    events: list[int], takes: Capacities, steps_kept: int | None
) -> None:
    found = flow(events, takes, steps_kept=steps_kept)
    for step, (waiting, given_up) in enumerate(one_by_one(events, takes, steps_kept)):
        for stage in Stage:
            line = found.line(stage, step)
            assert line.waiting == len(waiting[stage])
            assert line.given_up == given_up[stage]
            assert found.age(stage, step) == step - oldest(waiting, stage, step)


def one_by_one(
    events: list[int], takes: Capacities, steps_kept: int | None
) -> list[tuple[dict[Stage, deque[tuple[int, int]]], dict[Stage, int]]]:
    """By step: each line's events, as the steps in which each happened and entered the stream, and
    how many of it were given up."""
    lines: dict[Stage, deque[tuple[int, int]]] = {stage: deque() for stage in Stage}
    given_up = dict.fromkeys(Stage, 0)
    found = []
    for step, new in enumerate(events):
        lines[Stage.STREAM].extend([(step, step)] * new)
        for _ in range(min(int(takes.stream), len(lines[Stage.STREAM]))):
            happened, _entered = lines[Stage.STREAM].popleft()
            lines[Stage.RELAY].append((happened, step))
            lines[Stage.CLASSIFIER].append((happened, step))
        for stage in (Stage.RELAY, Stage.CLASSIFIER):
            line = lines[stage]
            while steps_kept is not None and line and line[0][1] <= step - steps_kept:
                line.popleft()
                given_up[stage] += 1
        reads = {Stage.RELAY: takes.reads, Stage.CLASSIFIER: takes.reads}
        wanted = {
            Stage.RELAY: min(takes.relay, len(lines[Stage.RELAY])),
            Stage.CLASSIFIER: min(takes.classifier, len(lines[Stage.CLASSIFIER])),
        }
        if not takes.fan_out:
            half = takes.reads / 2
            for stage, other in ((Stage.RELAY, Stage.CLASSIFIER), (Stage.CLASSIFIER, Stage.RELAY)):
                reads[stage] = takes.reads - min(wanted[other], half)
        for _ in range(int(min(wanted[Stage.CLASSIFIER], reads[Stage.CLASSIFIER]))):
            lines[Stage.CLASSIFIER].popleft()
        for _ in range(int(min(wanted[Stage.RELAY], reads[Stage.RELAY]))):
            lines[Stage.RTA_SERVER].append(lines[Stage.RELAY].popleft())
        for _ in range(min(int(takes.rta_server), len(lines[Stage.RTA_SERVER]))):
            lines[Stage.RTA_SERVER].popleft()
        found.append(({stage: line.copy() for stage, line in lines.items()}, dict(given_up)))
    return found


def oldest(waiting: dict[Stage, deque[tuple[int, int]]], stage: Stage, step: int) -> int:
    """When the oldest event happened that waits for the stage or for one before it."""
    before = {
        Stage.STREAM: (Stage.STREAM,),
        Stage.RELAY: (Stage.RELAY, Stage.STREAM),
        Stage.CLASSIFIER: (Stage.CLASSIFIER, Stage.STREAM),
        Stage.RTA_SERVER: (Stage.RTA_SERVER, Stage.RELAY, Stage.STREAM),
    }[stage]
    return min((line[0][0] for each in before if (line := waiting[each])), default=step)


def test_nothing_waits_where_every_stage_takes_the_busiest_second() -> None:
    events = [3.3, 7.7, 0.1, 7.7, 0.0]
    enough = Capacities(7.7, 15.4, False, 7.7, 7.7, 7.7, 7.7, 7.7)
    found = flow(events, enough)
    for step in range(len(events)):
        for stage in Stage:
            assert found.line(stage, step).waiting == 0
            assert found.age(stage, step) == 0


@pytest.mark.parametrize(
    ("narrow", "behind"),
    [
        ({"stream": 5.0}, set(Stage)),
        ({"relay_function": 5.0}, {Stage.RELAY, Stage.RTA_SERVER}),
        ({"sends": 5.0}, {Stage.RELAY, Stage.RTA_SERVER}),
        ({"table": 5.0}, {Stage.RELAY, Stage.RTA_SERVER}),
        ({"classifier": 5.0}, {Stage.CLASSIFIER}),
        ({"rta_server": 5.0}, {Stage.RTA_SERVER}),
        ({"reads": 10.0}, {Stage.RELAY, Stage.CLASSIFIER, Stage.RTA_SERVER}),
        ({"reads": 5.0, "fan_out": True}, {Stage.RELAY, Stage.CLASSIFIER, Stage.RTA_SERVER}),
    ],
)
def test_a_stage_that_takes_half_falls_behind_by_half_of_the_time_and_catches_up(
    narrow: dict[str, float], behind: set[Stage]
) -> None:
    found = flow([10.0] * 100 + [0.0] * 100, replace(AMPLE, **narrow))  # type: ignore[arg-type]
    for stage in Stage:
        assert found.age(stage, 99) == (pytest.approx(49, abs=1) if stage in behind else 0)
        assert found.age(stage, 199) == 0


def test_ages_are_in_seconds_whatever_a_step_is() -> None:
    slow = replace(AMPLE, relay_function=1.0)
    seconds = flow([2.0] * 600, slow)
    minutes = flow([120.0] * 10, slow, step_seconds=60)
    assert seconds.age(Stage.RELAY, 599) == pytest.approx(299, abs=1)
    assert minutes.age(Stage.RELAY, 9) == pytest.approx(240, abs=60)
    assert minutes.line(Stage.RELAY, 9).waiting == seconds.line(Stage.RELAY, 599).waiting == 600


def test_what_has_been_on_the_stream_for_too_long_is_given_up() -> None:
    found = flow([10.0] * 100, replace(AMPLE, relay_function=5.0), steps_kept=20)
    assert found.line(Stage.RELAY, 30).given_up == 0
    assert found.line(Stage.RELAY, 99).given_up > 0
    assert found.line(Stage.CLASSIFIER, 99).given_up == 0
    assert found.age_on_stream(Stage.RELAY, 99) == pytest.approx(19, abs=1)
    relay, server = found.line(Stage.RELAY, 99), found.line(Stage.RTA_SERVER, 99)
    assert server.waiting == 0
    assert found.answered[99] + relay.given_up + relay.waiting == 1_000


# The morning


def test_everybody_signs_in_works_and_signs_out() -> None:
    workload = replace(Workload(1_000), hours_signed_in=4, peak_factor=1)
    morning = Morning(sign_in_minutes=30, changes_at_sign_in=3)
    events = list(arrivals(workload, morning, 24 * 60, 60))
    work = 1_000 * 4 * workload.events_per_signed_in_hour
    assert sum(events) == pytest.approx(1_000 * (4 + 1 + 30) + work, rel=0.01)
    assert events[100] == pytest.approx(1_000 * workload.events_per_signed_in_hour / 60)
    assert events[0] < events[10] < events[100]
    assert events[600] == 0
    assert list(arrivals(workload, morning, 2 * 24 * 60, 60))[24 * 60 :] == events


def test_the_busy_while_has_the_peak_of_the_cost_model() -> None:
    events = list(arrivals(WORKLOAD, Morning(), 120 * 60))
    assert events[80 * 60] == pytest.approx(WORKLOAD.peak_events_per_second)
    assert max(events) < WORKLOAD.peak_events_per_second * 1.05
    assert events[-1] == pytest.approx(WORKLOAD.peak_events_per_second / WORKLOAD.peak_factor)


def test_100_000_agents_who_sign_in_write_less_than_a_new_table_takes() -> None:
    changes = WORKLOAD.state_changes_per_hour / 3_600 * WORKLOAD.peak_factor
    for here in range(50, 101):
        # In the second half of the time; in the first, fewer are here and as many come.
        coming = 2 / (Morning().sign_in_minutes * 60) * (2 * (1 - here / 100)) ** 0.5
        first, each = 1 + 6, 2
        units = coming * (first + Morning().changes_at_sign_in * each) + here / 100 * changes * each
        assert 100_000 * units < LIMITS["table.writes_at_first"].amount


# Capacities and settings


def test_what_a_shard_and_a_queue_take_by_hand() -> None:
    takes = capacities(DEFAULTS, WORKLOAD, TIMING, LIMITS)
    assert takes.stream == pytest.approx(1024**2 / 2_797)
    assert takes.reads == 2 * takes.stream
    assert takes.rta_server == 300
    assert 2_900 < takes.sends < 3_000
    small = replace(WORKLOAD, event_bytes=500)
    assert capacities(DEFAULTS, small, TIMING, LIMITS).stream == 1_000
    own_groups = DEFAULTS.redesigned(message_groups="agent")
    assert capacities(own_groups, WORKLOAD, TIMING, LIMITS).rta_server == 19_000
    nobody = replace(WORKLOAD, connected_share=0)
    assert capacities(DEFAULTS, nobody, TIMING, LIMITS).sends == float("inf")


def test_twice_the_shards_take_twice_as_much_of_everything_but_the_queues() -> None:
    one = capacities(DEFAULTS, WORKLOAD, TIMING, LIMITS)
    two = capacities(replace(DEFAULTS, shards=2), WORKLOAD, TIMING, LIMITS)
    for name in ("stream", "reads", "relay_function", "classifier"):
        assert getattr(two, name) == pytest.approx(2 * getattr(one, name))
    assert (two.sends, two.rta_server, two.table) == (one.sends, one.rta_server, one.table)


def test_a_batch_is_no_larger_than_an_invocations_payload() -> None:
    assert 1_300 < largest_batch(WORKLOAD, LIMITS) < 1_500
    design = DEFAULTS.redesigned(classifier=replace(DEFAULTS.classifier, batch_size=10_000))
    whole = DEFAULTS.redesigned(
        classifier=replace(DEFAULTS.classifier, batch_size=largest_batch(WORKLOAD, LIMITS))
    )
    assert capacities(design, WORKLOAD, TIMING, LIMITS) == capacities(
        whole, WORKLOAD, TIMING, LIMITS
    )


@pytest.mark.parametrize("size", [100, 10_000, 20_000, 100_000, 150_000])
def test_recommended_settings_take_the_peak_with_headroom_and_no_shard_more(size: int) -> None:
    workload = Workload(size)
    settings = recommended(workload, TIMING, LIMITS)
    assert agents_taken(settings, workload, TIMING, LIMITS, HEADROOM) >= size
    assert settings.queues <= MOST_QUEUES
    wanted = workload.peak_events_per_second * HEADROOM
    if settings.shards > 1:
        fewer = replace(settings, shards=settings.shards - 1)
        assert capacities(fewer, workload, TIMING, LIMITS).stream < wanted
    if settings.queues > 1:
        fewer = replace(settings, queues=settings.queues - 1)
        assert narrowest(capacities(fewer, workload, TIMING, LIMITS)) < wanted


def test_one_group_an_agent_is_recommended_only_where_ten_queues_are_not_enough() -> None:
    groups = {
        size: recommended(Workload(size), TIMING, LIMITS).design.message_groups
        for size in (100_000, 130_000, 140_000)
    }
    assert list(groups.values()) == ["shared", "shared", "agent"]


def test_a_slow_function_gets_memory_up_to_a_cpu_and_then_batches_side_by_side() -> None:
    slow, slower, slowest = (
        recommended(Workload(20_000), replace(TIMING, relay_event_cpu_us=cpu_us), LIMITS)
        for cpu_us in (700, 8_000, 1e6)
    )
    assert 256 < slow.design.relay.memory_mb < MB_A_VCPU
    assert slow.design.relay.parallelization_factor == 1
    assert slower.design.relay.memory_mb == MB_A_VCPU
    assert 1 < slower.design.relay.parallelization_factor < 10
    assert slowest.design.relay.parallelization_factor == 10
    assert slow.classifier == slowest.classifier == DEFAULTS.classifier


def test_the_settings_table_has_what_is_recommended_and_what_it_costs() -> None:
    prices = read_prices("eu-central-1")
    row = settings_table([100_000], WORKLOAD, TIMING, LIMITS, prices).splitlines()[2].split()
    settings = recommended(WORKLOAD, TIMING, LIMITS)
    assert row[2] == f"{settings.shards}"
    assert row[3] == f"{settings.design.relay.memory_mb:,}"
    assert row[-3:-1] == [f"{settings.queues}", "shared"]
    dearer = settings_table(
        [100_000], replace(WORKLOAD, deletes_per_message=2), TIMING, LIMITS, prices
    )
    assert dearer.splitlines()[2].split()[-1] > row[-1]


# Runs


def test_the_defaults_fall_behind_where_the_capacities_say_and_no_earlier() -> None:
    most = agents_taken(DEFAULTS, WORKLOAD, TIMING, LIMITS)
    morning = Morning(changes_at_sign_in=0)  # the peak is then what the capacities are held against
    for size, waits in ((round(most * 0.99), False), (round(most * 1.01), True)):
        found = run(DEFAULTS, Workload(size), TIMING, LIMITS, morning, hours=2, step_seconds=20)
        assert (found.worst_age(Stage.RTA_SERVER) > 0) == waits
        assert (found.most_waiting() > 0) == waits


def test_a_delay_has_the_batch_and_the_wait_for_it() -> None:
    found = run(DEFAULTS, Workload(1_000), TIMING, LIMITS, Morning(), hours=1, step_seconds=10)
    last = len(found.events.happened) - 1
    assert 1 < found.delay(Stage.RELAY, last) < 2
    assert 5 < found.delay(Stage.CLASSIFIER, last) < 6
    assert found.delay(Stage.RTA_SERVER, last) == pytest.approx(found.delay(Stage.RELAY, last) + 1)
    assert found.delay(Stage.STREAM, last) == 0


def test_an_overloaded_relay_adds_a_full_batch_to_the_age() -> None:
    slow = replace(TIMING, relay_event_cpu_us=1_000)
    found = run(DEFAULTS, WORKLOAD, slow, LIMITS, Morning(), hours=1, step_seconds=60)
    last = len(found.events.happened) - 1
    relay = DEFAULTS.design.relay
    takes = capacities(DEFAULTS, WORKLOAD, slow, LIMITS)
    assert found.delay(Stage.RELAY, last) - found.events.age(Stage.RELAY, last) == pytest.approx(
        relay.batch_size / takes.relay_function
    )


def test_a_chart_has_a_line_for_each_stage_with_a_point_every_ten_minutes() -> None:
    found = run(DEFAULTS, Workload(1_000), TIMING, LIMITS, Morning(), hours=1, step_seconds=60)
    text = chart(found, "a title")
    lines = re.findall(r'^    line "(.+)" \[(.+)\]$', text, re.MULTILINE)
    assert [name for name, _ in lines] == ["RTA server", "relay", "classifier"]
    assert all(len(values.split(",")) == 7 for _, values in lines)
    highest = max(float(value) for _, values in lines for value in values.split(","))
    (top,) = re.findall(r"y-axis .* 0 --> (\d+)$", text, re.MULTILINE)
    assert highest <= int(top) <= max(10, 2.5 * highest)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "1 h"), (8_460, "2 h 21 min")],
)
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


# Limits


@pytest.mark.parametrize("region", regions())
def test_every_limit_has_a_unit_a_date_and_a_page_of_aws(region: str) -> None:
    limits = read_limits(region)
    assert list(limits) == list(LIMITS)
    for limit in limits.values():
        assert limit.amount > 0
        assert limit.unit
        assert limit.day.year >= 2026
        assert limit.source.startswith("https://docs.aws.amazon.com/")


def test_a_region_without_limits_is_named() -> None:
    with pytest.raises(LimitError, match="mars-1"):
        read_limits("mars-1")


def test_the_table_names_only_variables_that_the_modules_have() -> None:
    known = {
        name
        for file in (ROOT / "modules").glob("*/variables.tf")
        for name in re.findall(r'^variable "(\w+)"', file.read_text(), re.MULTILINE)
    }
    named = {
        found[0]
        for each in reached(WORKLOAD, TIMING, LIMITS)
        for lift in each.lifts
        if (found := re.match(r"\w+(?=(\.\w+)? = )", lift.by))
    }
    assert named <= known
    assert {"shard_count", "enhanced_fan_out", "message_groups", "relay_function"} <= named


def test_each_lift_lifts() -> None:
    for each in reached(WORKLOAD, TIMING, LIMITS):
        for lift in each.lifts:
            if each.events_per_second and lift.events_per_second:
                assert lift.events_per_second > each.events_per_second, (each, lift)


def test_the_agents_of_a_limit_send_that_many_events_in_the_peak() -> None:
    found = agents(1_000, WORKLOAD)
    assert Workload(found).peak_events_per_second <= 1_000
    assert Workload(found + 1).peak_events_per_second > 1_000


def test_enhanced_fan_out_gives_each_function_all_of_a_shard() -> None:
    fan_out = DEFAULTS.redesigned(stream=Stream(fan_out=True))
    takes = capacities(fan_out, WORKLOAD, TIMING, LIMITS)
    both_want_it = replace(takes, stream=1e9, relay_function=1e9, classifier=1e9, sends=1e9)
    found = flow([700.0] * 10, replace(both_want_it, table=1e9, rta_server=1e9))
    assert found.age(Stage.RELAY, 9) == found.age(Stage.CLASSIFIER, 9) == 0


# The document


def test_the_document_shows_everything_that_the_program_has() -> None:
    shown = {box.command.split()[-1] for box in boxes(DOCUMENT)}
    assert shown == {
        "limits", "settings", "morning", "days", "chart-defaults", "chart-recommended",
    }  # fmt: skip


def test_an_unknown_region_ends_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["limits", "--region", "mars-1"]) == 1
    assert "mars-1" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["everything"], ["morning", "--agents", "0"]])
def test_arguments_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
