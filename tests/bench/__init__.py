"""The benchmark: ratios from one run, side by side, on one machine (docs/performance.md).

`python -m tests.bench` runs it; nothing here is part of what is deployed.
"""

import sys
from pathlib import Path

# Where the functions' sources are, as pytest has it from pyproject.toml.
sys.path.append(str(Path(__file__).parents[2] / "lambda_src"))
