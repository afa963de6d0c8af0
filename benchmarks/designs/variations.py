"""Ours with one setting varied at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aspect_wfm.cost.designs import (
    CLASSIFIER,
    OURS,
    PLATFORM_LOG_BYTES,
    RELAY,
    Design,
    Stream,
    TableWrites,
)


@dataclass(frozen=True, slots=True)
class Variation:
    """What is varied, in words; the design, and the fields of the workload that differ."""

    title: str
    design: Design
    inputs: Mapping[str, Any] = field(default_factory=dict)


def _ours(**settings: Any) -> Design:
    return replace(OURS, **settings)


def _classifier(**settings: Any) -> Design:
    return _ours(classifier=replace(CLASSIFIER, **settings))


def _relay(**settings: Any) -> Design:
    return _ours(relay=replace(RELAY, **settings))


def _functions(**settings: Any) -> Design:
    return replace(_classifier(**settings), relay=replace(RELAY, **settings))


_OWN_LOG_LINES = OURS.log_bytes_a_batch - PLATFORM_LOG_BYTES

# The first one is ours as deployed; docs/cost.md says what speaks against each of the others.
VARIATIONS = (
    Variation("as deployed", OURS),
    Variation(
        "before: each change a transaction, one call at a time",
        _ours(table_writes=TableWrites.TRANSACTION, calls_at_once=1),
    ),
    Variation("relay: memory 256 MB", _relay(memory_mb=256)),
    Variation("memory 1,769 MB", _functions(memory_mb=1_769)),
    Variation("arm64", _functions(architecture="arm64")),
    Variation("parallelization factor 2", _functions(parallelization_factor=2)),
    Variation("parallelization factor 4", _functions(parallelization_factor=4)),
    Variation("relay: one call at a time", _ours(calls_at_once=1)),
    Variation("classifier: window 0 s", _classifier(window_seconds=0)),
    Variation("classifier: window 60 s", _classifier(window_seconds=60)),
    Variation("classifier: batch size 100", _classifier(batch_size=100)),
    Variation("relay: window 1 s", _relay(window_seconds=1)),
    Variation("relay: window 2 s", _relay(window_seconds=2)),
    Variation("relay: batch size 10", _relay(batch_size=10)),
    Variation("relay: batch size 100", _relay(batch_size=100)),
    Variation("no START/END/REPORT lines", _ours(log_bytes_a_batch=_OWN_LOG_LINES)),
    Variation("table: transaction", _ours(table_writes=TableWrites.TRANSACTION)),
    Variation("table: plain write", _ours(table_writes=TableWrites.PLAIN)),
    Variation("table: provisioned for the peak", _ours(table_provisioned=True)),
    Variation("table: no point-in-time recovery", _ours(table_recovery=False)),
    Variation("flag in the table", _ours(flag_in_table=True)),
    Variation("no alarms", _ours(alarm_metrics=0, alarm_metrics_a_queue=0)),
    Variation("no dashboards", _ours(dashboards=0)),
    Variation("one line a Firehose record", _ours(packed=False)),
    Variation("one message a call to SQS", _ours(messages_a_call=1)),
    Variation("a message group an agent", _ours(message_groups="agent")),
    Variation("RTA server deletes ten messages a call", OURS, {"deletes_per_message": 0.1}),
    Variation("stream: on demand", _ours(stream=Stream(on_demand=True))),
    Variation("stream: a week of retention", _ours(stream=Stream(retention_hours=168))),
    Variation("stream: enhanced fan-out", _ours(stream=Stream(fan_out=True))),
    Variation(
        "stream: on demand, enhanced fan-out", _ours(stream=Stream(on_demand=True, fan_out=True))
    ),
    Variation("stream: not encrypted", _ours(stream=Stream(encrypted=False))),
    Variation("hierarchy filter passes half", OURS, {"monitored_share": 0.5}),
    Variation("RTA server never connected", OURS, {"connected_share": 0.0}),
    Variation(
        "RTA server never connected, heartbeats filtered",
        _ours(relay_without_heartbeats=True),
        {"connected_share": 0.0},
    ),
)
