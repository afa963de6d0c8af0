import sys
from pathlib import Path

# Where the functions' sources are, as pytest has it from pyproject.toml.
sys.path.append(str(Path(__file__).parents[1] / "lambda_src"))
