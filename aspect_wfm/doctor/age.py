"""How old a deployment is: what is normal right after an apply is not normal after a day."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from aspect_wfm.aws import Aws, Refused
from aspect_wfm.deployment import RELAY, Deployment
from aspect_wfm.doctor.configuration import relay_configuration
from aspect_wfm.doctor.firehose import read_report_stream
from aspect_wfm.doctor.queues import read_queue
from aspect_wfm.doctor.state_table import read_table
from function_runtime.environment import ConfigurationError

# Nothing of it could be read: not to be excused by its age.
UNKNOWN = timedelta.max


def deployment_age(aws: Aws, deployment: Deployment, now: datetime) -> timedelta:
    """The time since the oldest resource of the deployment was created, of those that have a
    creation time: table, queue, Firehose stream. `UNKNOWN` if none can be read.

    For a function, Lambda only records when it was changed, and the stream may be older than the
    deployment that reads it.
    """
    created: list[datetime] = []
    for read in _reads(aws, deployment):
        try:
            created += read()
        except (Refused, ConfigurationError):  # findings of their own
            continue
    return now - min(created) if created else UNKNOWN


def _reads(aws: Aws, deployment: Deployment) -> Iterator[Callable[[], list[datetime]]]:
    relay, classifier = deployment.get(RELAY), deployment.classifier
    if relay:
        yield lambda: [
            read_table(aws, relay_configuration(aws, relay).agent_state_table)["CreationDateTime"]
        ]
        yield lambda: [read_queue(aws, relay_configuration(aws, relay).queue_urls[0]).created]
    if classifier:
        yield lambda: [read_report_stream(aws, classifier).created]
