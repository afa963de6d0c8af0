"""The readers of a stream, in any Terraform state."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aspect_wfm.aws import Aws, Refused
from aspect_wfm.deployment import is_application
from aspect_wfm.doctor.configuration import application_stream, relay_configuration
from aspect_wfm.doctor.firehose import ReportStream, read_report_stream
from aspect_wfm.doctor.function import read_environment
from aspect_wfm.doctor.write_flag import flag_is_on
from aspect_wfm.synthetic_agent import SyntheticAgent
from function_runtime.environment import ConfigurationError
from rta_relay.configuration import FLAG_NAME, SIGNED_OUT_AGENTS_TABLE
from rta_relay.hierarchy_filter import HierarchyFilter


@dataclass(frozen=True, slots=True)
class Relay:
    """`connected` is whether an RTA server is, by its flag."""

    function: str
    state_table: str
    signed_out_table: str
    filter: HierarchyFilter
    connected: bool

    def sees(self, agents: Sequence[SyntheticAgent]) -> bool:
        """Whether one of the agents passes its filter."""
        return any(self.filter.passes(each.snapshot) for each in agents)


@dataclass(frozen=True, slots=True)
class Classifier:
    """`name` is the function's, or the ARN of a Flink application."""

    name: str
    reports: ReportStream


@dataclass(frozen=True, slots=True)
class Readers:
    """`connected_others` are functions with a flag that is on that are not this project's relays;
    `unknown` are functions that could not be identified, with the reason; `others` are the rest."""

    relays: Sequence[Relay]
    classifiers: Sequence[Classifier]
    others: Sequence[str]
    connected_others: Sequence[str]
    unknown: Sequence[str]

    def seeing(self, agents: Sequence[SyntheticAgent]) -> list[str]:
        """The functions behind which an RTA server would see one of the agents, or may."""
        relays = [each.function for each in self.relays if each.connected and each.sees(agents)]
        return [*relays, *self.connected_others, *self.unknown]

    def uncleaned(self) -> list[str]:
        """The functions of which it is not known where they write an agent."""
        return [*self.others, *self.connected_others, *self.unknown]


def stream_readers(aws: Aws, stream: str, examined: Collection[str]) -> Readers:
    """The functions that Lambda feeds from a stream, and the Flink applications among `examined`
    that read it. Kinesis does not list other readers.

    Raises Denied, Missing or Unanswered where not even the functions are known.
    """
    consumers = [
        each["ConsumerARN"]
        for page in aws.pages("kinesis", "list_stream_consumers", StreamARN=stream)
        for each in page["Consumers"]
    ]
    functions = {
        each["FunctionArn"].rpartition(":")[2]
        for source in (stream, *consumers)
        for page in aws.pages("lambda", "list_event_source_mappings", EventSourceArn=source)
        for each in page["EventSourceMappings"]
    }
    relays: list[Relay] = []
    classifiers: list[Classifier] = []
    others: list[str] = []
    connected_others: list[str] = []
    unknown: list[str] = []
    for function in sorted(functions):
        try:
            environment = read_environment(aws, function)
            if "STATUS_TABLE_BUCKET" in environment:
                classifiers.append(Classifier(function, read_report_stream(aws, function)))
            elif SIGNED_OUT_AGENTS_TABLE in environment:
                relays.append(_relay(aws, function))
            elif environment.get(FLAG_NAME, "").casefold() == "true":
                connected_others.append(function)
            else:
                others.append(function)
        except (Refused, ConfigurationError) as reason:
            unknown.append(f"{function} ({reason})")
    for application in sorted(filter(is_application, examined)):
        try:
            if application_stream(aws, application) == stream:
                reports = read_report_stream(aws, application)
                classifiers.append(Classifier(application, reports))
        except (Refused, ConfigurationError) as reason:
            unknown.append(f"{application} ({reason})")
    return Readers(relays, classifiers, others, connected_others, unknown)


def _relay(aws: Aws, function: str) -> Relay:
    configuration = relay_configuration(aws, function)
    return Relay(
        function,
        configuration.agent_state_table,
        configuration.signed_out_agents_table,
        configuration.hierarchy_filter,
        flag_is_on(aws, function),
    )
