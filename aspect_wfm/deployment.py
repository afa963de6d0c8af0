"""Finds a deployment: by Terraform's outputs or state, or by the name of its function."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aspect_wfm.aws import asking
from aspect_wfm.outcome import CannotTell
from function_runtime.environment import required

RELAY, CLASSIFIER = "rta_lambda_function_name", "classifier_lambda_function_name"

# Instead of the classifier function, with engine = flink.
APPLICATION = "flink_application_arn"

# What makes an object a deployment.
READERS = (RELAY, CLASSIFIER, APPLICATION)

# What an object may leave to those around it.
_INHERITED = ("agent_event_stream_arn", "connect_instance_id")

_ARN = re.compile(r"arn:[^:]+:[^:]+:(?P<region>[^:]*):(?P<account>[0-9]{12}):")

# The region of a queue's URL.
_QUEUE = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com")

# ARNs of what a deployment has made.
_OWN = ("flink_application_arn", "rta_role_arn", "wfm_adapter_role_arn")

_STATE_VERSION = 4

# The group of runtime properties, instead of a function's environment variables: GROUP of
# flink_src/report_line_job/properties.py.
_GROUP = "environment"


class DeploymentError(CannotTell):
    """There is no deployment to examine; the text says why, and what to pass instead."""


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
        """An output that is a list of URLs; empty where it is missing or null."""
        value = self.outputs.get(name)
        return [url for url in value if isinstance(url, str)] if isinstance(value, list) else []


def read_outputs(source: str) -> Mapping[str, Any]:
    """The values of the outputs by name, from `terraform output -json` or a state.

    `source` is a file, `-` for standard input, or a folder, in which terraform is asked. Raises
    DeploymentError.
    """
    path = Path(source)
    if path.is_dir():
        return output_values(_asked(path), f"terraform output -json in {path}")
    try:
        if source == "-":
            return output_values(sys.stdin.read(), "standard input")
        return output_values(path.read_text(encoding="utf-8"), source)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DeploymentError(f"Cannot read {source}: {reason}.") from error


def output_values(text: str, where: str) -> Mapping[str, Any]:
    """The values of the outputs in `text`, which came from `where`. Raises DeploymentError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise DeploymentError(
            f"{where} is not a JSON object: pass the output of terraform output -json, a state "
            "file (terraform.tfstate), or the folder of the configuration."
        )
    if "terraform_version" in document and "version" in document:
        if document["version"] != _STATE_VERSION:
            raise DeploymentError(
                f"{where} is a state of version {document['version']}, not {_STATE_VERSION}: pass "
                "the output of terraform output -json."
            )
        outputs = document.get("outputs")
        document = outputs if isinstance(outputs, dict) else {}
    return {
        name: each["value"] if isinstance(each, dict) and "value" in each else each
        for name, each in document.items()
    }


def deployments(outputs: Mapping[str, Any], where: str) -> list[Deployment]:
    """Every object, at any depth, that names a function or an application; each of them once.

    Raises DeploymentError when there is none.
    """
    found: list[Deployment] = []
    named: set[str] = set()
    try:
        objects = list(_objects(outputs, "", {}))
    except RecursionError:
        raise DeploymentError(f"The outputs in {where} are nested too deeply.") from None
    for each in objects:
        readers = {name for key in READERS if (name := each.get(key))}
        if readers - named:
            named |= readers
            found.append(each)
    if not found:
        raise DeploymentError(
            f"There is no deployment in {where}: no output, and no object in an output, contains "
            f"{RELAY}, {CLASSIFIER} or {APPLICATION}. After an apply, every example has them. In "
            'your own configuration, output the module: output "rta" { value = module.rta }.'
        )
    return found


def regions_named(deployment: Deployment) -> set[str]:
    """The regions that the outputs name; empty where they do not tell."""
    urls = deployment.urls("sqs_queue_urls")
    arns = (deployment.get(name) for name in ("agent_event_stream_arn", APPLICATION))
    queues = {queue[1] for url in urls if (queue := _QUEUE.match(url))}
    return queues | {arn["region"] for each in arns if (arn := _ARN.match(each or ""))}


def check_place(found: Sequence[Deployment], account: str, region: str) -> None:
    """Raise DeploymentError where the outputs are of another account or region.

    The stream may be of another account, so what the deployment itself has made decides.
    """
    for each in found:
        regions = regions_named(each)
        accounts = {url.split("/")[-2] for url in each.urls("sqs_queue_urls") if "/" in url}
        accounts |= {arn["account"] for name in _OWN if (arn := _ARN.match(each.get(name) or ""))}
        if accounts - {account} or regions - {region}:
            raise DeploymentError(
                f"The outputs are of account {', '.join(accounts) or account} in "
                f"{', '.join(regions) or region}, and the credentials of account {account} in "
                f"{region}: set --profile and --region, or choose deployments with --only."
            )


def refuse_application(name: str) -> None:
    """Raises DeploymentError for the ARN of a Flink application."""
    if is_application(name):
        raise DeploymentError(
            f"{name} is a Flink application, which cannot replay records. After you fix the "
            "cause, and for records that a previous function saved, write the missing lines from "
            "the stream with aspect-wfm rebuild. See docs/replay.md."
        )


def chosen_function(
    source: str | None,
    only: str | None,
    name: str | None,
    outputs: Sequence[str],
    place: Callable[[], tuple[str, str]],
) -> str:
    """The function's name: as given, or the one that Terraform's outputs in `source` (a file, a
    folder or `-`) name in one of `outputs`, at the place `only` if that is given.

    `place` returns the account and the region of the credentials. Raises DeploymentError.
    """
    if name:
        return name
    if not source:
        raise DeploymentError(
            "Name the function with --function, or pass the output of terraform output -json, or "
            "the folder of the configuration."
        )
    found = deployments(read_outputs(source), source)
    places = {each.path for each in found}
    if only is not None and only not in places:
        raise DeploymentError(
            f"There is no deployment at {only}. Deployments are at: {', '.join(sorted(places))}."
        )
    named = sorted(
        {
            name
            for each in found
            for key in outputs
            if only in (None, each.path) and (name := each.get(key))
        }
    )
    if not named:
        for each in found:
            if only in (None, each.path):
                refuse_application(each.get(APPLICATION) or "")
        raise DeploymentError(f"No output in {source} is one of {', '.join(outputs)}.")
    if len(named) > 1:
        raise DeploymentError(
            f"{source} names several functions: choose one with --function, {' or '.join(named)}."
        )
    check_place([each for each in found if only in (None, each.path)], *place())
    return named[0]


def environment_of(lambda_client: Any, name: str) -> tuple[str, Mapping[str, str]]:
    """A function's plain name, and its environment variables. Raises DeploymentError and
    Refused."""
    with asking("lambda", FunctionName=name):
        found = lambda_client.get_function_configuration(FunctionName=name)
    environment = found.get("Environment", {})
    if "Error" in environment:
        raise DeploymentError(
            f"Lambda does not show the configuration of {found['FunctionName']} "
            f"({environment['Error'].get('ErrorCode')}): allow kms:Decrypt on the key that "
            "encrypts it."
        )
    return found["FunctionName"], environment.get("Variables", {})


def is_application(classifier: str) -> bool:
    """Whether a classifier is a Flink application's ARN, not a function's name."""
    return ":kinesisanalytics:" in classifier


def application_name(arn: str) -> str:
    """The name of a Flink application, from its ARN."""
    return arn.rpartition("/")[2]


def environment(detail: Mapping[str, Any]) -> Mapping[str, str]:
    """The configuration of the classifier in an application, from DescribeApplication's answer."""
    properties = detail.get("ApplicationConfigurationDescription", {}).get(
        "EnvironmentPropertyDescriptions", {}
    )
    return {
        name: value
        for group in properties.get("PropertyGroupDescriptions", [])
        if group["PropertyGroupId"] == _GROUP
        for name, value in group["PropertyMap"].items()
    }


def stream_of(environment: Mapping[str, str]) -> str:
    """The stream that an application with this environment reads. Raises ConfigurationError."""
    return required(environment, "AGENT_EVENT_STREAM_ARN", "the ARN of the agent event stream")


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
        raise DeploymentError(
            f"terraform is not on the PATH, so it cannot run in {folder}: pass a file with the "
            "output of terraform output -json."
        )
    done = subprocess.run(
        [terraform, "output", "-json", "-no-color"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise DeploymentError(f"terraform output -json in {folder} failed:\n{done.stderr.strip()}")
    return done.stdout
