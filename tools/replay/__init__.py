"""What was given up, back through the function: docs/operations.md says when and how.

What a record says of its agent is read with the functions' own code, so that the replay cannot
understand it otherwise than they do.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "lambda_src"))
