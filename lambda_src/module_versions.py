"""Writes the version into main.tf of each module with functions.

A module cannot read it from here, because it can be a repository of its own.
"""

import re
from pathlib import Path

from function_runtime.version import VERSION

_MODULES = Path(__file__).resolve().parent.parent / "modules"
MODULES = (_MODULES / "agent_productivity", _MODULES / "rta")

_VERSION = re.compile(r'^(  version += )"[^"]*"$', re.MULTILINE)


def with_version(module: Path, version: str = VERSION) -> str:
    """The main.tf of `module` with `version`. Raises ValueError when it has no place for it."""
    main_file = module / "main.tf"
    text, places = _VERSION.subn(rf'\g<1>"{version}"', main_file.read_text(encoding="utf-8"))
    if places != 1:
        raise ValueError(f"{main_file} needs one local value `version`")
    return text


def main() -> None:
    """Write main.tf of each module."""
    for module in MODULES:
        (module / "main.tf").write_text(with_version(module), encoding="utf-8")


if __name__ == "__main__":
    main()
