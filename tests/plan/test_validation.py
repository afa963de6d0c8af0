"""The modules' own `terraform test` files, one process a module.

Bad input is refused at plan; with enhanced fan-out a function reads, and may read, its consumer.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.local_cloud.workspace import Workspace, workspace

pytestmark = pytest.mark.xdist_group("plan")

MODULES = ("modules/agent_productivity", "modules/agent_stream", "modules/rta")


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Workspace]]:
    """The modules, on one provider that goes on for all their runs: all of them mock it."""
    made = {module: workspace(module, tmp_path_factory.mktemp("module")) for module in MODULES}
    with made[MODULES[0]].on_one_provider() as first:
        yield {module: replace(each, provider=first.provider) for module, each in made.items()}


@pytest.mark.parametrize("module", MODULES)
def test_every_run_of_a_modules_own_tests_passes(
    module: str, initialised: dict[str, Workspace]
) -> None:
    made = initialised[module]
    texts = [path.read_text() for path in (made.folder / "tests").glob("*.tftest.hcl")]
    assert all('\nmock_provider "aws" {' in text for text in texts)
    runs = sum(text.count('\nrun "') for text in texts)
    output = made.run("test", "-no-color")
    assert re.search(rf"^Success! {runs} passed, 0 failed", output, re.MULTILINE)
    assert runs > 4
