"""The Flink job as its package has it, on a Flink in one process: make test-flink."""

import sys
from pathlib import Path

# Where its sources are, as pytest has it from pyproject.toml.
sys.path += [str(Path(__file__).parents[2] / name) for name in ("lambda_src", "flink_src")]
