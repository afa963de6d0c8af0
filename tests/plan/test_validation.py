"""Bad input is refused at plan: the modules' own `terraform test` files, one process a module."""

import re
from pathlib import Path

import pytest

from tests.local_cloud.workspace import workspace

pytestmark = pytest.mark.xdist_group("plan")


@pytest.mark.parametrize(
    "module", ["modules/agent_productivity", "modules/agent_stream", "modules/rta"]
)
def test_every_bad_input_is_refused_at_plan_by_its_variable(module: str, tmp_path: Path) -> None:
    made = workspace(module, tmp_path)
    runs = (made.folder / "tests" / "validation.tftest.hcl").read_text().count('\nrun "')
    output = made.run("test", "-no-color")
    assert re.search(rf"^Success! {runs} passed, 0 failed", output, re.MULTILINE)
    assert runs > 4
