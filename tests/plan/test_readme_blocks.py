"""Every HCL block of every document is formatted, and Terraform plans it: all in one plan."""

import subprocess
from pathlib import Path

import pytest

from tests.hcl_blocks import HclBlock, hcl_blocks, write_configuration
from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY, terraform_binary
from tests.local_cloud.workspace import TerraformError, initialised

pytestmark = pytest.mark.xdist_group("plan")


@pytest.fixture(scope="module")
def found() -> list[HclBlock]:
    return hcl_blocks()


def test_every_block_that_calls_a_module_plans_resources(
    found: list[HclBlock], cloud: LocalCloud, tmp_path: Path
) -> None:
    made = initialised(write_configuration(found, tmp_path), cloud)
    try:
        planned = made.changes({})
    except TerraformError as error:
        pytest.fail("Error: " + str(error).partition("\nError: ")[2], pytrace=False)
    calls = {block.name for block in found if "module " in block.text and not block.tried_by}
    assert {address.split(".")[1] for address in planned} >= calls


def test_every_block_is_formatted(found: list[HclBlock], tmp_path: Path) -> None:
    for block in found:
        (tmp_path / f"{block.name}.tf").write_text(block.text)
    checked = subprocess.run(
        [terraform_binary(), "fmt", "-check", "-diff", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_block_that_is_left_to_a_test_names_one_that_reads_its_document(
    found: list[HclBlock],
) -> None:
    for block in found:
        if block.tried_by is not None:
            test = (REPOSITORY / block.tried_by).read_text()
            assert Path(block.document).name in test, block.name


def test_the_blocks_are_found(found: list[HclBlock]) -> None:
    assert len(found) >= 4
