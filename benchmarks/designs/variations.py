"""Ours with one setting varied at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from aspect_wfm.cost.designs import (
    CLASSIFIER,
    OURS,
    PLATFORM_LOG_BYTES,
    RELAY,
    Capacity,
    Design,
    Stream,
    TableWrites,
)
from aspect_wfm.cost.workload import Workload

_BEFORE = replace(OURS, name="before", table_writes=TableWrites.TRANSACTION, calls_at_once=1)

_ON_ARM = replace(
    OURS,
    classifier=replace(CLASSIFIER, architecture="arm64"),
    relay=replace(RELAY, architecture="arm64"),
)


@dataclass(frozen=True, slots=True)
class Variation:
    """What is varied, in words; the design, and what it does to the workload."""

    title: str
    design: Design
    change: Callable[[Workload], Workload] = lambda workload: workload


def variations() -> tuple[Variation, ...]:
    """The first one is ours as deployed; see `docs/cost.md` for what speaks against each."""
    return (
        Variation("as deployed", OURS),
        Variation("before: each change a transaction, one call at a time", _BEFORE),
        *_function_settings(),
        *_table_settings(),
        *_watching_settings(),
        *_other_settings(),
        Variation("arm64, no START/END/REPORT lines", _logs_own_lines_only(_ON_ARM)),
    )


def _function_settings() -> Iterator[Variation]:
    for memory_mb in (512, 1_024, 1_769):
        classifier = replace(CLASSIFIER, memory_mb=memory_mb)
        relay = replace(RELAY, memory_mb=memory_mb)
        yield Variation(
            f"memory {memory_mb:,} MB", replace(OURS, classifier=classifier, relay=relay)
        )
    yield Variation("arm64", _ON_ARM)
    for factor in (2, 4):
        classifier = replace(CLASSIFIER, parallelization_factor=factor)
        relay = replace(RELAY, parallelization_factor=factor)
        yield Variation(
            f"parallelisation factor {factor}", replace(OURS, classifier=classifier, relay=relay)
        )
    yield Variation("relay: one call at a time", replace(OURS, calls_at_once=1))
    for seconds in (0, 1, 2, 60):
        classifier = replace(CLASSIFIER, window_seconds=seconds)
        yield Variation(f"classifier: window {seconds} s", replace(OURS, classifier=classifier))
    for size in (100, 2_000):
        classifier = replace(CLASSIFIER, batch_size=size)
        yield Variation(f"classifier: batch size {size:,}", replace(OURS, classifier=classifier))
    for seconds in (1, 2, 5):
        relay = replace(RELAY, window_seconds=seconds)
        yield Variation(f"relay: window {seconds} s", replace(OURS, relay=relay))
    for size in (10, 100, 1_000):
        relay = replace(RELAY, batch_size=size)
        yield Variation(f"relay: batch size {size:,}", replace(OURS, relay=relay))
    yield Variation("no START/END/REPORT lines", _logs_own_lines_only(OURS))


def _table_settings() -> Iterator[Variation]:
    for writes in (TableWrites.TRANSACTION, TableWrites.PLAIN):
        yield Variation(f"table: {writes.value}", replace(OURS, table_writes=writes))
    for capacity in (Capacity.PEAK, Capacity.SCALED):
        yield Variation(f"table: {capacity.value}", replace(OURS, table_capacity=capacity))
    yield Variation("table: no recovery to a point in time", replace(OURS, table_recovery=False))
    yield Variation("flag in the table", replace(OURS, flag_in_table=True))


def _watching_settings() -> Iterator[Variation]:
    yield Variation("no alarms", replace(OURS, alarm_metrics=0, alarm_metrics_a_queue=0))
    yield Variation("no dashboards", replace(OURS, dashboards=0))


def _other_settings() -> Iterator[Variation]:
    yield Variation("one line a Firehose record", replace(OURS, packed=False))
    yield Variation("one message a call to SQS", replace(OURS, messages_a_call=1))
    yield Variation("a message group an agent", replace(OURS, message_groups="agent"))
    yield Variation(
        "RTA server deletes ten messages a call",
        OURS,
        lambda workload: replace(workload, deletes_per_message=0.1),
    )
    yield Variation("stream: on demand", replace(OURS, stream=Stream(on_demand=True)))
    yield Variation(
        "stream: a week of retention", replace(OURS, stream=Stream(retention_hours=168))
    )
    yield Variation("stream: enhanced fan-out", replace(OURS, stream=Stream(fan_out=True)))
    both = Stream(on_demand=True, fan_out=True)
    yield Variation("stream: on demand, enhanced fan-out", replace(OURS, stream=both))
    yield Variation("stream: not encrypted", replace(OURS, stream=Stream(encrypted=False)))
    yield Variation(
        "hierarchy filter passes half",
        OURS,
        lambda workload: replace(workload, monitored_share=0.5),
    )
    yield Variation("RTA server never connected", OURS, _never_connected)
    yield Variation(
        "RTA server never connected, heartbeats filtered",
        replace(OURS, relay_without_heartbeats=True),
        _never_connected,
    )


def _never_connected(workload: Workload) -> Workload:
    return replace(workload, connected_share=0.0)


def _logs_own_lines_only(design: Design) -> Design:
    return replace(design, log_bytes_a_batch=design.log_bytes_a_batch - PLATFORM_LOG_BYTES)
