"""What becomes of an HCL block of a document before Terraform plans it."""

from pathlib import Path

import pytest

from tests.hcl_blocks import HclBlock, hcl_block, write_configuration
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.markdown import Block

DOCUMENT = REPOSITORY / "docs" / "some-page.md"


def _read(comment: str | None) -> HclBlock:
    return hcl_block(DOCUMENT, Block(7, "hcl", "alarms = {}\n", comment))


def test_a_block_is_named_after_where_it_is() -> None:
    assert _read(None) == HclBlock("docs/some-page.md", "docs_some_page_line_7", "alarms = {}\n")


def test_a_comment_says_what_a_block_is_part_of() -> None:
    assert _read("planned with: modules/rta").planned_with == "modules/rta"
    assert _read("tried by: tests/plan/test_x.py").tried_by == "tests/plan/test_x.py"


def test_any_other_comment_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"docs/some-page.md, line 7: .*planed"):
        _read("planed with: modules/rta")


@pytest.mark.parametrize(
    "source",
    [
        "../../modules/rta",
        "./modules/rta",
        "git::https://git.example.com/x.git//modules/rta?ref=v1.0.0",
    ],
)
def test_a_complete_block_takes_its_module_from_this_checkout(source: str, tmp_path: Path) -> None:
    text = f'module "a" {{\n  source = "{source}"\n}}\n'
    root = write_configuration([HclBlock("docs/some-page.md", "here", text)], tmp_path)
    assert 'source = "../../modules/rta"' in (tmp_path / "blocks/here/main.tf").read_text()
    assert 'source = "../blocks/here"' in (root / "main.tf").read_text()


def test_arguments_are_completed_with_those_that_are_required(tmp_path: Path) -> None:
    text = 'connect_s3_bucket = "mine"\nconnect_s3_prefix = "connect/mine/"\n'
    block = HclBlock("docs/some-page.md", "here", text, planned_with="modules/agent_productivity")
    called = (write_configuration([block], tmp_path) / "main.tf").read_text()
    assert 'source = "../modules/agent_productivity"' in called
    assert called.count("agent_event_stream_arn") == 1
    assert called.count("connect_s3_bucket") == 1


def test_other_blocks_are_put_into_a_copy_of_the_example(tmp_path: Path) -> None:
    block = HclBlock(
        "docs/some-page.md", "here", "locals {}\n", planned_with="examples/both-new-stream"
    )
    called = (write_configuration([block], tmp_path) / "main.tf").read_text()
    assert {path.name for path in (tmp_path / "blocks/here").iterdir()} >= {"main.tf", "here.tf"}
    assert 'source = "../blocks/here"' in called
    assert "connect_s3_bucket" in called
    assert "connect_s3_prefix" in called, "its default is refused"


def test_what_another_test_tries_is_left_out(tmp_path: Path) -> None:
    block = HclBlock("docs/some-page.md", "here", "import {}\n", tried_by="tests/x.py")
    assert "here" not in (write_configuration([block], tmp_path) / "main.tf").read_text()
