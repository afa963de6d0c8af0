"""Where Terraform takes its providers from, with and without a network.

In this order: the CLI configuration that the user has; a filesystem mirror on this machine; a
download, kept in build/ for the next time.
"""

import fcntl
import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
_BUILD = REPOSITORY / "build"

# What versions.tf asks for.
OLDEST, TOO_NEW = (5, 100, 0), (7, 0, 0)

# A mirror is looked for this many folders below the root of the file system.
_MIRROR_DEPTH = 4
_NOT_SEARCHED = {"boot", "dev", "lost+found", "proc", "run", "snap", "sys", "tmp", "node_modules"}


class TerraformMissingError(Exception):
    """Terraform itself is not installed."""


def terraform_binary() -> str:
    """The path of terraform. Raises TerraformMissingError, which says what to install."""
    found = shutil.which("terraform")
    if found is None:
        raise TerraformMissingError(
            "terraform is not on the PATH: install Terraform 1.9 or newer "
            "(https://developer.hashicorp.com/terraform/install)."
        )
    return found


def cli_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment for a terraform process, from `environment` (default: this one's)."""
    given = dict(os.environ if environment is None else environment)
    # Go programs, all of them: with more memory they collect garbage less often. A provider logs
    # all that it does, and Terraform drops it.
    result = {"GOGC": "400", "TF_LOG_SDK": "off", **given, "CHECKPOINT_DISABLE": "1"}
    result |= {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
    configured = given.get("TF_CLI_CONFIG_FILE")
    if configured and Path(configured).is_file():
        return result
    result.pop("TF_CLI_CONFIG_FILE", None)
    if (Path(given.get("HOME", "/")) / ".terraformrc").is_file():
        return result
    mirror = _known_mirror() or find_mirror(Path("/"))
    if mirror is not None:
        result["TF_CLI_CONFIG_FILE"] = str(_write_cli_configuration(mirror))
    elif "TF_PLUGIN_CACHE_DIR" not in result:
        cache = _BUILD / "terraform-plugins"
        cache.mkdir(parents=True, exist_ok=True)
        result["TF_PLUGIN_CACHE_DIR"] = str(cache)
    return result


def find_mirror(root: Path) -> Path | None:
    """A filesystem mirror of Terraform's below `root` that has an AWS provider we can use."""
    level = [root]
    for _ in range(_MIRROR_DEPTH):
        below = [folder for parent in level for folder in _folders(parent)]
        for host in below:
            if "." in host.name and _has_provider(host / "hashicorp" / "aws"):
                return host.parent
        level = below
    return None


@contextmanager
def init_lock() -> Iterator[None]:
    """One `terraform init` at a time: its plugin cache does not bear two."""
    _BUILD.mkdir(exist_ok=True)
    with (_BUILD / "terraform-init.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _folders(parent: Path) -> list[Path]:
    try:
        with os.scandir(parent) as entries:
            return [
                Path(entry.path)
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and entry.name not in _NOT_SEARCHED
                and entry.name != ".terraform"
            ]
    except OSError:
        return []


def _has_provider(folder: Path) -> bool:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    target = f"{sys.platform}_{machine}"
    unpacked = [path.parent.name for path in folder.glob(f"*/{target}")]
    packed = [path.name for path in folder.glob(f"terraform-provider-aws_*_{target}.zip")]
    for name in unpacked + packed:
        version = re.search(r"(\d+)\.(\d+)\.(\d+)", name)
        if version and OLDEST <= tuple(map(int, version.groups())) < TOO_NEW:
            return True
    return False


def _known_mirror() -> Path | None:
    """The mirror found the last time, if it is still there."""
    try:
        mirror = Path(json.loads((_BUILD / "terraform-mirror.json").read_text())["mirror"])
    except (OSError, ValueError, KeyError):
        return None
    fits = any(_has_provider(host / "hashicorp" / "aws") for host in _folders(mirror))
    return mirror if fits else None


def _write_cli_configuration(mirror: Path) -> Path:
    _BUILD.mkdir(exist_ok=True)
    (_BUILD / "terraform-mirror.json").write_text(json.dumps({"mirror": str(mirror)}))
    path = _BUILD / "terraform.rc"
    content = (
        "provider_installation {\n"
        f"  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n  }}\n"
        "}\n"
    )
    if not path.is_file() or path.read_text() != content:
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(content)
        fresh.replace(path)
    return path
