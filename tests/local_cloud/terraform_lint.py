"""`terraform fmt -check` and `terraform validate` for every module and example."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.local_cloud.terraform_cli import (
    REPOSITORY,
    TerraformMissingError,
    cli_environment,
    terraform_binary,
)
from tests.local_cloud.workspace import TerraformError, workspace


def main() -> int:
    try:
        formatted = subprocess.run(
            [terraform_binary(), "fmt", "-check", "-diff", "-recursive", "modules", "examples"],
            cwd=REPOSITORY,
            env=cli_environment(),
        )
        if formatted.returncode != 0:
            return formatted.returncode
        for folder in sorted(REPOSITORY.glob("modules/*")) + sorted(REPOSITORY.glob("examples/*")):
            configuration = str(folder.relative_to(REPOSITORY))
            with tempfile.TemporaryDirectory() as scratch:
                workspace(configuration, Path(scratch)).run("validate", "-no-color")
            print(f"{configuration}: valid")
    except (TerraformMissingError, TerraformError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
