"""What other designs cost, by the model of `aspect_wfm.cost`."""

from dataclasses import replace

import pytest

from aspect_wfm.cost.designs import ON_FLINK, OURS, Design
from aspect_wfm.cost.functions import relay_ms, shards_needed
from aspect_wfm.cost.prices import read_prices
from aspect_wfm.cost.quantities import month
from aspect_wfm.cost.tables import dollars
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from benchmarks.designs import DESIGNS, QUICK_START
from benchmarks.designs.variations import VARIATIONS

REGIONS = ("eu-central-1", "us-east-1")
TIMING = Timing()


def quantities(workload: Workload, design: Design) -> dict[str, float]:
    return dict(month(workload, design, TIMING).quantities)


def test_the_quick_start_makes_three_calls_an_event_and_needs_shards_for_it() -> None:
    workload = replace(Workload(10_000), heartbeat_seconds=1e9, heartbeat_hours_after=0)
    timing = Timing(0, 0, 0, 0, item_wait_ms=5, send_wait_ms=12)
    assert relay_ms(100, workload, QUICK_START, timing, 1) == pytest.approx(100 * (5 + 5 + 12))
    assert shards_needed(workload, QUICK_START, timing) == 3  # 100 a second at peak, 45 a shard


def test_unpacked_lines_are_5_kb_each() -> None:
    workload = Workload(100)
    unpacked = quantities(workload, replace(OURS, packed=False))["firehose.gb"]
    assert unpacked == pytest.approx((workload.events + 8_760) * 5_120 / 1_024**3)
    assert quantities(workload, OURS)["firehose.gb"] < unpacked / 3


def test_only_kinesis_data_analytics_is_paid_by_the_unit() -> None:
    assert quantities(Workload(1), QUICK_START)["analytics.kpu_hours"] == 730
    assert "analytics.kpu_hours" not in quantities(Workload(1), OURS)


@pytest.mark.parametrize("design", [*DESIGNS, ON_FLINK], ids=lambda design: design.name)
@pytest.mark.parametrize("region", REGIONS)
def test_more_agents_never_cost_less(design: Design, region: str) -> None:
    prices = read_prices(region)
    sizes = [1, 10, 100, 500, 1_000, 3_000, 10_000, 30_000, 100_000]
    totals = [dollars(month(Workload(size), design, TIMING), prices) for size in sizes]
    assert totals == sorted(totals)


def test_every_unit_of_every_design_has_a_price() -> None:
    used: set[str] = set()
    for variation in VARIATIONS:
        used |= set(quantities(replace(Workload(1_000), **variation.inputs), variation.design))
    for design in (*DESIGNS, ON_FLINK):
        used |= set(quantities(Workload(1_000), design))
    assert used <= set(read_prices("eu-central-1"))
    assert not set(read_prices("eu-central-1")) - used, "a price that nothing uses"
