"""The modules' own `terraform test` files, one process a module.

Bad input is refused at plan; with enhanced fan-out a function reads, and may read, its consumer.
"""

import re
from pathlib import Path

import pytest

from tests.local_cloud.workspace import workspace

pytestmark = pytest.mark.xdist_group("plan")


@pytest.mark.parametrize(
    "module", ["modules/agent_productivity", "modules/agent_stream", "modules/rta"]
)
def test_every_run_of_a_modules_own_tests_passes(module: str, tmp_path: Path) -> None:
    made = workspace(module, tmp_path)
    files = (made.folder / "tests").glob("*.tftest.hcl")
    runs = sum(path.read_text().count('\nrun "') for path in files)
    output = made.run("test", "-no-color")
    assert re.search(rf"^Success! {runs} passed, 0 failed", output, re.MULTILINE)
    assert runs > 4
