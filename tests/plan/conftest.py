"""Plans of every example, made once each against the local cloud (a plan asks AWS who it is)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_cloud.cloud import LocalCloud, local_cloud


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    folder: Path = tmp_path_factory.mktemp("local-cloud")
    with local_cloud(folder) as running:
        yield running
