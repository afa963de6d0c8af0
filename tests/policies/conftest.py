"""Every configuration, applied once to a local AWS."""

from collections.abc import Iterator

import pytest

from tests.local_cloud.cloud import LocalCloud, local_cloud
from tests.security.configurations import every_configuration
from tests.security.estate import Estate, deploy


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("policies-cloud")) as running:
        yield running


@pytest.fixture(scope="session")
def estate(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Estate:
    return deploy(cloud, every_configuration(), tmp_path_factory.mktemp("policies"))
