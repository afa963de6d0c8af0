"""The job's configuration, from the application's runtime properties."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent_classifier.configuration import read_configuration
from function_runtime.environment import ConfigurationError, one_of, required, whole_number

# Where Managed Service for Apache Flink puts the runtime properties.
PROPERTIES = Path("/etc/flink/application_properties.json")

# The group with what a function has as environment variables.
GROUP = "environment"


@dataclass(frozen=True, slots=True)
class Properties:
    """`environment` is the classifier's own, with the variables that its function has.

    `starting_timestamp`, in ISO 8601, goes with the position AT_TIMESTAMP. `consumer_arn` is the
    registered consumer of the stream as which the job reads, None where it shares the stream.
    `window_seconds` is how long the records of a shard wait for more, and `window_records` how many
    can come in that time.
    """

    application_arn: str
    batch_size: int
    consumer_arn: str | None
    environment: Mapping[str, str]
    log_level: str
    starting_position: str
    starting_timestamp: str | None
    stream_arn: str
    window_records: int
    window_seconds: int

    @property
    def application_name(self) -> str:
        """The application's name, from its ARN."""
        return self.application_arn.rpartition("/")[2]

    @property
    def region(self) -> str:
        """The region of the stream."""
        return self.stream_arn.split(":")[3]

    @property
    def stream_name(self) -> str:
        """The stream's name, from its ARN."""
        return self.stream_arn.rpartition("/")[2]


def read_properties(path: Path = PROPERTIES) -> Properties:
    """Raises ConfigurationError, which names the property and the value it needs."""
    try:
        groups = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The runtime properties in {path} cannot be read: {error}."
        ) from None
    environment = {
        name: value
        for group in groups
        if group["PropertyGroupId"] == GROUP
        for name, value in group["PropertyMap"].items()
    }
    read_configuration(environment)  # a mistake stops the job here, not the first batch
    position = one_of(
        environment,
        "STARTING_POSITION",
        "where on the stream the job begins",
        ("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"),
    )
    return Properties(
        application_arn=required(environment, "APPLICATION_ARN", "the ARN of the application"),
        batch_size=whole_number(environment, "BATCH_SIZE", "the most events of a batch", 1, 10_000),
        consumer_arn=environment.get("CONSUMER_ARN") or None,
        environment=environment,
        log_level=one_of(
            environment,
            "LOG_LEVEL",
            "the minimum log level",
            ("DEBUG", "INFO", "WARNING", "ERROR"),
            "INFO",
        ),
        starting_position=position,
        starting_timestamp=required(
            environment, "STARTING_TIMESTAMP", "the time at which the job begins, in ISO 8601"
        )
        if position == "AT_TIMESTAMP"
        else None,
        stream_arn=required(
            environment, "AGENT_EVENT_STREAM_ARN", "the ARN of the agent event stream"
        ),
        window_records=whole_number(
            environment, "WINDOW_RECORDS", "the most events of a shard in a window", 1, 20_000
        ),
        window_seconds=whole_number(
            environment, "WINDOW_SECONDS", "how long events wait for more", 1, 10
        ),
    )
