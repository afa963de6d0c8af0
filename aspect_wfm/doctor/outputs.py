"""Terraform's outputs, and the deployments in them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RELAY, CLASSIFIER = "rta_lambda_function_name", "classifier_lambda_function_name"

# In the place of the classifier function, with engine = flink.
APPLICATION = "flink_application_arn"

# What makes an object a deployment.
READERS = (RELAY, CLASSIFIER, APPLICATION)

# What an object may leave to those around it.
_INHERITED = ("agent_event_stream_arn", "connect_instance_id")

_STATE_VERSION = 4


class InputError(Exception):
    """There is no deployment to look at; the text says why, and what to give instead."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """An object among the outputs that names a function or a Flink application; `path` is where,
    empty at the root."""

    path: str
    outputs: Mapping[str, Any]

    def get(self, name: str) -> str | None:
        """An output's value; None where it is missing or null."""
        value = self.outputs.get(name)
        return value if isinstance(value, str) and value else None

    @property
    def classifier(self) -> str | None:
        """What classifies: a function's name, or the ARN of a Flink application."""
        return self.get(CLASSIFIER) or self.get(APPLICATION)

    def urls(self, name: str) -> list[str]:
        value = self.outputs.get(name)
        return [url for url in value if isinstance(url, str)] if isinstance(value, list) else []


def read_outputs(source: str) -> Mapping[str, Any]:
    """The values of the outputs by name, from `terraform output -json` or a state.

    `source` is a file, `-` for standard input, or a folder, in which terraform is asked. Raises
    InputError.
    """
    path = Path(source)
    if source == "-":
        return output_values(sys.stdin.read(), "standard input")
    if path.is_dir():
        return output_values(_asked(path), f"terraform output -json in {path}")
    try:
        return output_values(path.read_text(encoding="utf-8"), source)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"Cannot read {source}: {reason}.") from error


def output_values(text: str, where: str) -> Mapping[str, Any]:
    """The values of the outputs in `text`, which came from `where`. Raises InputError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise InputError(
            f"{where} is no JSON object: give what terraform output -json prints, a state file "
            "(terraform.tfstate), or the folder of the configuration."
        )
    if "terraform_version" in document and "version" in document:
        if document["version"] != _STATE_VERSION:
            raise InputError(
                f"{where} is a state of version {document['version']}, not {_STATE_VERSION}: give "
                "what terraform output -json prints."
            )
        outputs = document.get("outputs")
        document = outputs if isinstance(outputs, dict) else {}
    return {
        name: each["value"] if isinstance(each, dict) and "value" in each else each
        for name, each in document.items()
    }


def deployments(outputs: Mapping[str, Any], where: str) -> list[Deployment]:
    """Every object, at any depth, that names a function or an application; each of them once.

    Raises InputError when there is none.
    """
    found: list[Deployment] = []
    named: set[str] = set()
    for each in _objects(outputs, "", {}):
        readers = {name for key in READERS if (name := each.get(key))}
        if readers - named:
            named |= readers
            found.append(each)
    if not found:
        raise InputError(
            f"There is no deployment in {where}: no output, and nothing in an output, has "
            f"{RELAY}, {CLASSIFIER} or {APPLICATION}. After an apply every example has them; in a "
            'configuration of your own, put the module out: output "rta" { value = module.rta }.'
        )
    return found


def _objects(value: Any, path: str, around: Mapping[str, Any]) -> Iterator[Deployment]:
    if isinstance(value, Mapping):
        inherited = {name: value.get(name) or around.get(name) for name in _INHERITED}
        if any(isinstance(value.get(name), str) for name in READERS):
            yield Deployment(path, {**value, **inherited})
        for key, each in value.items():
            yield from _objects(each, f"{path}.{key}" if path else str(key), inherited)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _objects(each, f"{path}[{index}]", around)


def _asked(folder: Path) -> str:
    terraform = shutil.which("terraform")
    if terraform is None:
        raise InputError(
            f"terraform is not on the PATH, so that it cannot be asked in {folder}: give the file "
            "that terraform output -json printed elsewhere."
        )
    done = subprocess.run(
        [terraform, "output", "-json", "-no-color"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise InputError(f"terraform output -json in {folder} failed:\n{done.stderr.strip()}")
    return done.stdout
