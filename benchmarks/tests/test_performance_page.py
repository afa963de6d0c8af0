import pytest

from aspect_wfm.cost.document_boxes import Box, boxes, printed_by
from tests.local_cloud.terraform_cli import REPOSITORY

PAGE = (REPOSITORY / "docs" / "performance.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("box", boxes(PAGE), ids=lambda box: box.command)
def test_the_page_shows_what_the_models_print(box: Box) -> None:
    assert printed_by(box.command) == box.printed, (
        "run .venv/bin/python -m aspect_wfm.cost.document_boxes docs/*.md"
    )


def test_the_page_has_the_costs_and_the_settings() -> None:
    assert [box.command.split(".")[-1] for box in boxes(PAGE)] == [
        "cost --before",
        "growth settings",
    ]
