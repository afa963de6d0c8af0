"""The Flink job as its package has it, on a Flink in one process: make test-flink."""

import sys
from pathlib import Path

# Where its sources are, as pytest has it from pyproject.toml.
sys.path.append(str(Path(__file__).parents[2] / "flink_src"))
