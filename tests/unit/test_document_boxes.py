"""The boxes of the documents hold what their commands print today."""

import pytest

from tests.document_boxes import Box, boxes, filled, printed_by
from tests.markdown import documents

BOXES = [box for path in documents() for box in boxes(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("box", BOXES, ids=lambda box: box.command)
def test_the_document_shows_what_the_program_prints(box: Box) -> None:
    assert printed_by(box.command) == box.printed, "CONTRIBUTING.md has the command that fills it"


def test_boxes_are_filled_and_nothing_else_is_touched() -> None:
    command = "aspect-wfm cost --agents 100"
    text = (
        f"before `x`\n\n```text\n$ {command}\nold\n```\n\n`{command}`:\n\n```mermaid\n```\nafter\n"
    )
    today = printed_by(command)
    assert filled(text) == text.replace("old\n", today).replace("mermaid\n", "mermaid\n" + today)
    assert [each.printed for each in boxes(filled(text))] == [today, today]


def test_a_box_runs_only_the_projects_programs() -> None:
    for command in ("rm -r build", ".venv/bin/python -m pytest"):
        with pytest.raises(ValueError, match="none of our programs"):
            printed_by(command)
    with pytest.raises(ValueError, match="failed"):
        printed_by("aspect-wfm cost --region mars-1")
