"""Fill the boxes of the documents: `python -m benchmarks.document_boxes docs/*.md`."""

import sys
from pathlib import Path

from benchmarks.designs.__main__ import main as designs
from benchmarks.growth.__main__ import main as growth
from tests.document_boxes import COST, Programs, filled

MODELS: Programs = {
    ".venv/bin/python -m benchmarks.designs": designs,
    ".venv/bin/python -m benchmarks.growth": growth,
}

if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        text = filled(path.read_text(encoding="utf-8"), {**COST, **MODELS})
        path.write_text(text, encoding="utf-8")
