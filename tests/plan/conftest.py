"""Plans of all configurations, made once on the local cloud (a plan asks AWS who it is)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_cloud.cloud import LocalCloud, local_cloud
from tests.local_cloud.roles import deployment_role
from tests.plan.configurations import (
    CONFIGURATIONS,
    DEPLOYMENT_ROLE,
    EXISTING_STREAMS,
    make_streams,
)
from tests.plan.planned import Planned, plan_together


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    folder: Path = tmp_path_factory.mktemp("local-cloud")
    with local_cloud(folder) as running:
        make_streams(running, {*EXISTING_STREAMS, "agent-events"})  # the last is that of hcl_blocks
        yield running


@pytest.fixture(scope="session")
def plans(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Planned]:
    deployment_role(cloud, DEPLOYMENT_ROLE)
    return plan_together(CONFIGURATIONS, cloud, tmp_path_factory.mktemp("plans"))
