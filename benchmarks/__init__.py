"""Measurements, and models of what other designs cost and of how far this one grows.

Nothing depends on them: they run by `make bench` and by hand, and docs/ has what they found.
"""

import sys
from pathlib import Path

# Where the functions' sources are, as pytest has it from pyproject.toml.
sys.path.append(str(Path(__file__).parents[1] / "lambda_src"))
