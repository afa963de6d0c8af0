"""What a function is told by its environment, understood by the function's own code."""

from collections.abc import Callable, Iterator

import agent_classifier.configuration
import rta_relay.configuration
from agent_events.environment import ConfigurationError
from rta_relay.configuration import FLAG_NAME
from tools.doctor.aws import Aws
from tools.doctor.findings import Finding, failure, ok
from tools.doctor.function import read_environment

RelayConfiguration = rta_relay.configuration.Configuration
ClassifierConfiguration = agent_classifier.configuration.Configuration


def relay_configuration(aws: Aws, function: str) -> RelayConfiguration:
    """The relay's, whatever its flag is in the environment: that has a finding of its own.

    Raises ConfigurationError, and as `Aws.ask` does.
    """
    environment = read_environment(aws, function)
    return rta_relay.configuration.read_configuration({**environment, FLAG_NAME: "False"})


def classifier_configuration(aws: Aws, function: str) -> ClassifierConfiguration:
    """Raises ConfigurationError, and as `Aws.ask` does."""
    return agent_classifier.configuration.read_configuration(read_environment(aws, function))


def look_at_configuration(read: Callable[[], object]) -> Iterator[Finding]:
    """`read` gives a configuration, or raises ConfigurationError."""
    try:
        read()
    except ConfigurationError as error:
        yield check_configuration(error)
    else:
        yield check_configuration(None)


def check_configuration(error: ConfigurationError | None) -> Finding:
    if error is None:
        return ok("function.configuration", "Its environment is complete.")
    return failure(
        "function.configuration",
        f"The function stops at its start: {error}",
        "Apply again. An RTA server that sets its flag writes all variables back as it read them: "
        "during an apply, that may bring back those of before.",
    )
