"""How much AWS takes: `limits.toml` has each amount with its unit, its page and the day."""

import tomllib
from pathlib import Path

LIMIT_FILE = Path(__file__).parent / "limits.toml"

# Amounts by name.
LIMITS: dict[str, float] = {
    name: each["amount"] for name, each in tomllib.loads(LIMIT_FILE.read_text("utf-8")).items()
}
