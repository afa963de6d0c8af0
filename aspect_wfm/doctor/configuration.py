"""The configuration of a function or an application, read with its own code."""

from collections.abc import Callable, Iterator

import agent_classifier.configuration
import rta_relay.configuration
from aspect_wfm.aws import Aws
from aspect_wfm.deployment import environment, is_application, stream_of
from aspect_wfm.doctor.application import read_application
from aspect_wfm.doctor.findings import Finding, failure, ok
from aspect_wfm.doctor.function import read_environment
from function_runtime.environment import ConfigurationError
from rta_relay.configuration import FLAG_NAME

RelayConfiguration = rta_relay.configuration.Configuration
ClassifierConfiguration = agent_classifier.configuration.Configuration


def relay_configuration(aws: Aws, function: str) -> RelayConfiguration:
    """The relay's, whatever its flag is in the environment: that has a finding of its own.

    Raises ConfigurationError, and as `Aws.ask` does.
    """
    environment = read_environment(aws, function)
    return rta_relay.configuration.read_configuration({**environment, FLAG_NAME: "False"})


def classifier_configuration(aws: Aws, classifier: str) -> ClassifierConfiguration:
    """That of a function, by its name, or of a Flink application, by its ARN. Raises
    ConfigurationError, and as `Aws.ask` does."""
    return agent_classifier.configuration.read_configuration(
        environment(read_application(aws, classifier))
        if is_application(classifier)
        else read_environment(aws, classifier)
    )


def application_stream(aws: Aws, arn: str) -> str:
    """The stream that a Flink application reads. Raises as `classifier_configuration` does."""
    return stream_of(environment(read_application(aws, arn)))


def look_at_configuration(read: Callable[[], object]) -> Iterator[Finding]:
    """`read` gives a function's configuration, or raises ConfigurationError."""
    yield check_configuration(_mistake(read))


def look_at_properties(aws: Aws, application: str) -> Iterator[Finding]:
    """The application's runtime properties. Raises as `Aws.ask` does."""

    def read() -> None:
        classifier_configuration(aws, application)
        application_stream(aws, application)

    yield check_properties(_mistake(read))


def _mistake(read: Callable[[], object]) -> ConfigurationError | None:
    try:
        read()
    except ConfigurationError as error:
        return error
    return None


def check_configuration(error: ConfigurationError | None) -> Finding:
    """The finding on a function's environment variables; `error` is what is wrong with them."""
    if error is None:
        return ok("function.configuration", "Its environment is complete.")
    return failure(
        "function.configuration",
        f"The function fails when it starts: {error}",
        "Apply again. When an RTA server sets its flag, it writes all variables back as it read "
        "them: during an apply, this may restore the old ones.",
    )


def check_properties(error: ConfigurationError | None) -> Finding:
    """The finding on an application's properties; `error` is what is wrong with them."""
    if error is None:
        return ok("application.configuration", "Its runtime properties are complete.")
    return failure(
        "application.configuration",
        f"The job fails when it starts, because of a runtime property: {error}",
        "Apply again, which reverts manual changes.",
    )
