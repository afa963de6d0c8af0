"""Everything that the checks look at, gathered from one apply."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.local_cloud.cloud import LocalCloud
from tests.security.configurations import Configuration
from tests.security.estate import Estate, deploy
from tests.security.needs import Need, needs
from tests.security.principals import Principal, principals
from tests.security.proof import Grid, grid


@dataclass(frozen=True, slots=True)
class Evidence:
    """An estate on the local AWS, its principals with what each needs, and every request that is
    tried with each of them."""

    cloud: LocalCloud
    estate: Estate
    principals: tuple[tuple[Principal, list[Need]], ...]
    tried: Grid

    def __iter__(self) -> Iterator[tuple[Principal, list[Need]]]:
        return iter(self.principals)


def gather(cloud: LocalCloud, configurations: list[Configuration], scratch: Path) -> Evidence:
    """Apply `configurations` and work out what has to be allowed. Raises TerraformError."""
    estate = deploy(cloud, configurations, scratch)
    found = tuple((each, needs(each, estate.given)) for each in principals(estate))
    every_need = [need for _, wanted in found for need in wanted]
    return Evidence(cloud, estate, found, grid(estate, every_need))
