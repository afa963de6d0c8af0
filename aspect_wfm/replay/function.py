"""How the chosen function saves failed records."""

from collections.abc import Mapping
from dataclasses import dataclass

import agent_classifier.configuration
import rta_relay.configuration
from aspect_wfm.deployment import DeploymentError
from function_runtime.environment import ConfigurationError


@dataclass(frozen=True, slots=True)
class FailedRecordsFunction:
    """A function that saves failed records in `bucket`; `relay` is its configuration if it is a
    relay, None for a classifier."""

    name: str
    bucket: str
    relay: rta_relay.configuration.Configuration | None


def failed_records_function(name: str, environment: Mapping[str, str]) -> FailedRecordsFunction:
    """What the environment says of the function. Raises DeploymentError."""
    try:
        if rta_relay.configuration.SIGNED_OUT_AGENTS_TABLE in environment:
            relay = rta_relay.configuration.read_configuration(environment)
            return FailedRecordsFunction(name, relay.failed_records_bucket, relay)
        if "STATUS_TABLE_BUCKET" in environment:
            classifier = agent_classifier.configuration.read_configuration(environment)
            return FailedRecordsFunction(name, classifier.failed_records_bucket, None)
    except ConfigurationError as error:
        raise DeploymentError(
            f"{name} is not configured as this version requires: {error}"
        ) from error
    raise DeploymentError(
        f"{name} is neither a relay nor a classifier: choose one from the outputs "
        "rta_lambda_function_name and classifier_lambda_function_name."
    )
