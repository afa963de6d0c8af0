"""The file of limits: how much AWS takes, where that is written, and when it was looked up."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

LIMIT_FILE = Path(__file__).parent / "limits.toml"

_EVERYWHERE = "everywhere"


class LimitError(Exception):
    """The file lacks something; the text says what."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` of `unit`, from `source` (a URL), looked up on `day`."""

    amount: float
    unit: str
    day: date
    source: str


Limits = Mapping[str, Limit]


def regions(file: Path = LIMIT_FILE) -> list[str]:
    """The regions that the file knows."""
    return sorted(set(tomllib.loads(file.read_text(encoding="utf-8"))) - {_EVERYWHERE})


def read_limits(region: str, file: Path = LIMIT_FILE) -> Limits:
    """The limits in `region` by name. Raises LimitError for a region that the file lacks."""
    known = regions(file)
    if region not in known:
        raise LimitError(
            f"There are no limits for {region}, only for {', '.join(known)}: add them to "
            f"{file.name}, each with its unit, date and source."
        )
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        name: Limit(float(each["amount"]), each["unit"], each["date"], each["source"])
        for name, each in (tables[_EVERYWHERE] | tables[region]).items()
    }
