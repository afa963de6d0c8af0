"""Where lines come from and go to: as named, or as the classifier and Firehose are configured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_classifier.configuration import Configuration, read_configuration
from aspect_wfm.aws import asking
from aspect_wfm.deployment import (
    DeploymentError,
    application_name,
    environment,
    environment_of,
    is_application,
    stream_of,
)
from aspect_wfm.outcome import CannotTell
from aspect_wfm.rebuild.files import Naming
from function_runtime.environment import ConfigurationError


class SourceNotUsable(CannotTell):
    """Something is missing; the text says what, and with which option it can be named."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the command line names; None if it comes from the deployment."""

    stream_arn: str | None
    bucket: str | None
    firehose_stream: str | None
    prefix: str | None
    include_agent_status_type: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What report files are rebuilt from, and how the classifier's are named.

    `function` is None for a Flink application, `failed_records_bucket` where none is known.
    """

    stream_arn: str
    bucket: str
    naming: Naming
    include_agent_status_type: bool
    failed_records_bucket: str | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True)
class _Classifier:
    """`function` is None for a Flink application."""

    configuration: Configuration
    stream_arn: str | None
    function: str | None


def source(
    lambda_client: Any, flink: Any, firehose: Any, classifier: str | None, named: Named
) -> Source:
    """All that a rebuild needs, from `named`, the classifier's configuration (a function's name, or
    the ARN of a Flink application) and its Firehose stream. Raises SourceNotUsable, Refused and
    what botocore raises."""
    found = _classifier(lambda_client, flink, classifier, named) if classifier else None
    configuration = found and found.configuration
    stream_arn = named.stream_arn or (found and found.stream_arn)
    firehose_stream = named.firehose_stream or (configuration and configuration.firehose_stream)
    if not stream_arn or not firehose_stream:
        raise SourceNotUsable(
            "Name the classifier with --function, or the stream with --stream-arn and the Firehose "
            "stream with --firehose-stream-name."
        )
    with asking("firehose", DeliveryStreamName=firehose_stream):
        described = firehose.describe_delivery_stream(DeliveryStreamName=firehose_stream)
    description = described["DeliveryStreamDescription"]
    destination = description["Destinations"][0].get("ExtendedS3DestinationDescription", {})
    bucket = named.bucket or destination.get("BucketARN", "").rpartition(":")[2]
    if not bucket:
        raise SourceNotUsable(f"{firehose_stream} does not write to S3: name the bucket (--bucket)")
    prefix = destination.get("Prefix", "") if named.prefix is None else named.prefix
    return Source(
        stream_arn,
        bucket,
        Naming(firehose_stream, description["VersionId"], prefix),
        named.include_agent_status_type
        or bool(configuration and configuration.include_agent_status_type),
        configuration.failed_records_bucket if configuration else None,
        found.function if found else None,
    )


def _classifier(lambda_client: Any, flink: Any, classifier: str, named: Named) -> _Classifier:
    try:
        if is_application(classifier):
            application = application_name(classifier)
            with asking("kinesisanalyticsv2", ApplicationName=application):
                described = flink.describe_application(ApplicationName=application)
            properties = environment(described["ApplicationDetail"])
            return _Classifier(read_configuration(properties), stream_of(properties), None)
        name, variables = environment_of(lambda_client, classifier)
        configuration = read_configuration(_of_classifier(name, variables))
        stream_arn = None if named.stream_arn else _stream_arn(lambda_client, classifier)
        return _Classifier(configuration, stream_arn, name)
    except (DeploymentError, ConfigurationError) as error:
        raise SourceNotUsable(str(error)) from error


def _of_classifier(name: str, environment: Mapping[str, str]) -> Mapping[str, str]:
    if "STATUS_TABLE_BUCKET" not in environment:
        raise SourceNotUsable(
            f"{name} is not a classifier: name the one in the output "
            "classifier_lambda_function_name, or the application in flink_application_arn."
        )
    return environment


def _stream_arn(lambda_client: Any, function: str) -> str | None:
    pages = lambda_client.get_paginator("list_event_source_mappings").paginate(
        FunctionName=function
    )
    # A consumer's ARN has /consumer/<name>:<time> behind that of its stream.
    arns = {
        each["EventSourceArn"].partition("/consumer/")[0]
        for page in pages
        for each in page["EventSourceMappings"]
        if ":kinesis:" in each.get("EventSourceArn", "")
    }
    if len(arns) > 1:
        raise SourceNotUsable(f"{function} reads several streams: name one with --stream-arn.")
    return next(iter(arns), None)
