"""The function that is meant, and how it is configured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import agent_classifier.configuration
import rta_relay.configuration
from agent_events.environment import ConfigurationError
from aspect_wfm.doctor.application import is_application
from aspect_wfm.doctor.outputs import APPLICATION, InputError, deployments, read_outputs


class FunctionNotUsable(Exception):
    """There is no function to work with; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class FailedRecordsFunction:
    """A function that keeps failed records in `bucket`; `relay` is its configuration if it is a
    relay, None for a classifier."""

    name: str
    bucket: str
    relay: rta_relay.configuration.Configuration | None


def refuse_application(name: str) -> None:
    """Raises FunctionNotUsable for the ARN of a Flink application."""
    if is_application(name):
        raise FunctionNotUsable(
            f"{name} is a Flink application, and no function that a record could go through again. "
            "What it put aside would be put aside again; when that has been mended, and for what a "
            "function before it gave up, write the lines that are missing from what the stream "
            "holds, with aspect_wfm.rebuild. See docs/operations.md."
        )


def chosen_function(
    source: str | None, only: str | None, name: str | None, outputs: Sequence[str]
) -> str:
    """The function's name: as given, or the one that Terraform's outputs in `source` (a file, a
    folder or `-`) name in one of `outputs`, at the place `only` if that is given. Raises
    FunctionNotUsable."""
    if name:
        return name
    if not source:
        raise FunctionNotUsable(
            "Name the function with --function, or give what terraform output -json prints, or "
            "the folder of the configuration."
        )
    try:
        found = deployments(read_outputs(source), source)
    except InputError as error:
        raise FunctionNotUsable(str(error)) from error
    places = {each.path for each in found}
    if only is not None and only not in places:
        raise FunctionNotUsable(
            f"There is no deployment at {only}; they are at: {', '.join(sorted(places))}."
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
        raise FunctionNotUsable(f"No output in {source} is one of {', '.join(outputs)}.")
    if len(named) > 1:
        raise FunctionNotUsable(
            f"{source} names several functions: say which with --function, {' or '.join(named)}."
        )
    return named[0]


def environment_of(lambda_client: Any, name: str) -> tuple[str, Mapping[str, str]]:
    """A function's plain name, and its environment variables. Raises FunctionNotUsable, and what
    botocore raises."""
    found = lambda_client.get_function_configuration(FunctionName=name)
    environment = found.get("Environment", {})
    if "Error" in environment:
        raise FunctionNotUsable(
            f"Lambda does not show the configuration of {found['FunctionName']} "
            f"({environment['Error'].get('ErrorCode')}): allow kms:Decrypt on the key that "
            "encrypts it."
        )
    return found["FunctionName"], environment.get("Variables", {})


def failed_records_function(name: str, environment: Mapping[str, str]) -> FailedRecordsFunction:
    """What the environment says of the function. Raises FunctionNotUsable."""
    try:
        if rta_relay.configuration.SIGNED_OUT_AGENTS_TABLE in environment:
            relay = rta_relay.configuration.read_configuration(environment)
            return FailedRecordsFunction(name, relay.failed_records_bucket, relay)
        if "STATUS_TABLE_BUCKET" in environment:
            classifier = agent_classifier.configuration.read_configuration(environment)
            return FailedRecordsFunction(name, classifier.failed_records_bucket, None)
    except ConfigurationError as error:
        raise FunctionNotUsable(
            f"{name} is not configured as this version asks: {error}"
        ) from error
    raise FunctionNotUsable(
        f"{name} is neither a relay nor a classifier: name one that the outputs "
        "rta_lambda_function_name and classifier_lambda_function_name name."
    )
