"""How long things take: `timings.toml`, which says of each figure whether it was measured."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

TIMING_FILE = Path(__file__).parent / "timings.toml"


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU time of one whole virtual CPU, and waiting for AWS; docs/cost.md lists what each is.

    CPU time stretches with the share of a CPU that the memory size gives; waiting does not.
    """

    batch_cpu_ms: float
    classify_event_cpu_us: float
    relay_event_cpu_us: float
    call_cpu_ms: float
    vcpu_factor: float
    arm64_time_factor: float
    firehose_wait_ms: float
    statements_wait_ms: float
    transaction_wait_ms: float
    item_wait_ms: float
    send_wait_ms: float
    heartbeat_ms: float
    events_per_second_a_kpu: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the file: `measured` by what `source` names, or assumed for what it says."""

    what: str
    value: float
    unit: str
    measured: bool
    source: str


def read_figures(file: Path = TIMING_FILE) -> Mapping[str, Figure]:
    """The figures by name. Raises ValueError for a basis that is neither measured nor assumed."""
    found = {}
    for name, each in tomllib.loads(file.read_text(encoding="utf-8")).items():
        if each["basis"] not in ("measured", "assumed"):
            raise ValueError(f"{file.name}: the basis of {name} has to be measured or assumed.")
        found[name] = Figure(
            each["what"],
            float(each["value"]),
            each["unit"],
            each["basis"] == "measured",
            each["source"],
        )
    return found


def read_timing(file: Path = TIMING_FILE) -> Timing:
    """The values alone. Raises KeyError for one that the file lacks."""
    figures = read_figures(file)
    return Timing(**{each.name: figures[each.name].value for each in fields(Timing)})
