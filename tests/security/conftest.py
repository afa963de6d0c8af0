"""The fewest configurations, applied once to a local AWS."""

from collections.abc import Iterator

import pytest

from tests.local_cloud.cloud import LocalCloud, local_cloud
from tests.security.configurations import FEWEST
from tests.security.evidence import Evidence, gather


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("security-cloud")) as running:
        yield running


@pytest.fixture(scope="session")
def evidence(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return gather(cloud, FEWEST, tmp_path_factory.mktemp("security"))
