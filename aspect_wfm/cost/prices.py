"""The price file: what a unit costs in a region, where that was found, and when."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from aspect_wfm.outcome import CannotTell

_FILE = Path(__file__).parent / "prices.toml"

UNVERIFIED = "unverified"


class PriceError(CannotTell):
    """The price file lacks something; the text says what."""


@dataclass(frozen=True, slots=True)
class Price:
    """`dollars` for `per` units, from `source` (a URL, or UNVERIFIED) of `day`."""

    dollars: float
    per: int
    unit: str
    day: date
    source: str

    def of(self, quantity: float) -> float:
        """Dollars for `quantity` units."""
        return quantity * self.dollars / self.per


Prices = Mapping[str, Price]


def read_prices(region: str) -> Prices:
    """The prices of `region` by name. Raises PriceError for a region that the file lacks."""
    regions = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    if region not in regions:
        raise PriceError(
            f"There are no prices for {region}, only for {', '.join(sorted(regions))}: add them to "
            f"{_FILE.name}, each with its unit, date and source."
        )
    return {
        name: Price(each["dollars"], each["per"], each["unit"], each["date"], each["source"])
        for name, each in regions[region].items()
    }
