"""Conservation under faults: no event is lost, whatever AWS or Lambda does to the functions."""

import sys
from pathlib import Path

# Where the functions' sources are, as pytest has it from pyproject.toml.
sys.path.append(str(Path(__file__).parents[2] / "lambda_src"))
