"""The boxes of the documents hold what the models print today."""

import pytest

from benchmarks.document_boxes import MODELS
from tests.document_boxes import Box, boxes, printed_by
from tests.markdown import documents

BOXES = [box for path in documents() for box in boxes(path.read_text(encoding="utf-8"), MODELS)]


@pytest.mark.parametrize("box", BOXES, ids=lambda box: box.command)
def test_the_document_shows_what_the_model_prints(box: Box) -> None:
    assert printed_by(box.command, MODELS) == box.printed, (
        "run .venv/bin/python -m benchmarks.document_boxes docs/*.md"
    )
