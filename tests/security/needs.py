"""What each principal has to be allowed for its job, and nothing more.

The products' jobs are the wire contract's, section 4. A function's is what its code calls
(handler_calls.py), and what Lambda does in its name. Firehose's is to deliver to S3.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from tests.local_cloud.cloud import ACCOUNT_ID, REGION
from tests.security.configurations import CONNECT_PREFIX, REPORT_PREFIX, Given
from tests.security.estate import (
    PACKAGE,
    discarded_batch,
    exported_report,
    log_stream,
    report_object,
)
from tests.security.handler_calls import Call, handler_calls
from tests.security.oracle import Context, Request
from tests.security.principals import PRODUCTS_IDENTITIES, Principal


def _through(service: str) -> Context:
    return (("kms:ViaService", f"{service}.{REGION}.amazonaws.com"),)


THROUGH_DYNAMODB = _through("dynamodb")
THROUGH_KINESIS = _through("kinesis")
THROUGH_LAMBDA = _through("lambda")
THROUGH_S3 = _through("s3")
THROUGH_SQS = _through("sqs")

# How a key can be used: by its own service, and by others in somebody's name.
EVERY_WAY_TO_A_KEY: tuple[Context, ...] = (
    (),
    THROUGH_DYNAMODB,
    THROUGH_KINESIS,
    THROUGH_LAMBDA,
    THROUGH_S3,
    THROUGH_SQS,
    _through("firehose"),
    _through("logs"),
)


# Every request to S3 says whose the bucket is. A bucket that was deleted by hand can be another's.
OURS: Context = (("s3:ResourceAccount", ACCOUNT_ID),)
ANOTHERS: Context = (("s3:ResourceAccount", "999999999999"),)


@dataclass(frozen=True, slots=True)
class Need:
    """A request that has to be allowed.

    `within` is the beginning of all names that are as good as the request's resource: who chooses
    them is the product, or AWS. `on_aws` is False for what only implementations of AWS for
    development ask for. `of_any_account` is True where the bucket need not be of our account.
    """

    request: Request
    within: str | None = None
    on_aws: bool = True
    of_any_account: bool = False

    def covers(self, request: Request) -> bool:
        """Whether `request`, when it is allowed, is allowed on this need's account."""
        if request.context == OURS or (request.context == ANOTHERS and self.of_any_account):
            request = replace(request, context=())
        as_good = self.within is not None and request.resource.startswith(self.within)
        return request == self.request or (
            as_good and replace(request, resource=self.request.resource) == self.request
        )


def needs(principal: Principal, given: Given) -> list[Need]:
    """The needs of a principal. Raises KeyError for a kind that none are written for."""
    kinds = {
        "application": _application,
        "relay": _function,
        "classifier": _function,
        "heartbeat": _function,
        "firehose": _firehose,
        "rta": _rta,
        "wfm_adapter": _wfm_adapter,
    }
    found = dict.fromkeys(kinds[principal.kind](principal, given))
    # Wire contract, section 4: the products' policies name no account.
    if principal.kind in PRODUCTS_IDENTITIES:
        return [replace(each, of_any_account=True) for each in found]
    return list(found)


def function_calls(principal: Principal) -> list[Call]:
    """What a function calls in the environment that it has, and the Flink application with the
    classifier's code in its own; nothing for another principal."""
    if principal.kind == "application":
        (application,) = principal.deployment.of_type("aws_kinesisanalyticsv2_application")
        (configuration,) = application.values["application_configuration"]
        (properties,) = configuration["environment_properties"]
        return [
            call
            for group in properties["property_group"]
            if group["property_group_id"] == "environment"
            for call in _calls("classifier", frozenset(group["property_map"].items()))
        ]
    return [
        call
        for function in principal.deployment.of_type("aws_lambda_function")
        if function.name == principal.kind
        for call in _calls(
            principal.kind, frozenset(function.values["environment"][0]["variables"].items())
        )
    ]


@cache
def _calls(kind: str, environment: frozenset[tuple[str, str]]) -> list[Call]:
    return handler_calls(kind, dict(environment))


def _with_key(principal: Principal, given: Given, way: Context, *actions: str) -> Iterator[Need]:
    """Actions on the key of what the module makes, where it has one."""
    if principal.deployment.configuration.has("key"):
        for action in actions:
            yield Need(Request(action, given.key_arn, way))


def _on(resource: str, *actions: str, within: str | None = None) -> Iterator[Need]:
    for action in actions:
        yield Need(Request(action, resource), within)


def _function(principal: Principal, given: Given) -> Iterator[Need]:
    """A function's code, and what Lambda does with its role.

    It needs no permission on the key that encrypts its environment: the principal that sets the key
    lets Lambda create a grant (Lambda Developer Guide, "Securing Lambda environment variables").
    """
    deployment, kind = principal.deployment, principal.kind
    for call in function_calls(principal):
        yield from _authorised_as(call)
        for way, action in _KEY_USES.get(call.operation, ()):
            yield from _with_key(principal, given, way, action)
    if kind == "relay":
        # To a queue that is retired meanwhile, a batch that was begun before is still sent.
        for queue in deployment.arns("aws_sqs_queue", "agent_events"):
            yield from _sending_to(queue)
    if kind != "heartbeat":
        yield from _event_source_mapping(principal, given)
    elif not deployment.configuration.has("flink"):
        # Lambda authorises a look at one mapping as GetEventSourceMapping; implementations for
        # development as a look at all of them.
        mapping = deployment.arn("aws_lambda_event_source_mapping", "classifier")
        yield Need(Request("lambda:ListEventSourceMappings", mapping), on_aws=False)
    # Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs": of the three
    # actions, CreateLogGroup has no use where the group is there.
    group = deployment.arn("aws_cloudwatch_log_group", kind)
    yield from _on(
        log_stream(group),
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        within=f"{group}:log-stream:",
    )


def _application(principal: Principal, given: Given) -> Iterator[Need]:
    """The classifier's code, the stream, the package and the log.

    Sources: Apache Flink, "Amazon Kinesis Data Streams Connector", Internally Used Kinesis APIs
    (SubscribeToShard is for enhanced fan-out), and tests/flink/test_rights.py (DescribeStream is
    for the stream's ARN); Managed Service for Apache Flink Developer Guide, "Create and run the
    application (CLI)", the permissions policy: reading the code, finding the log group and stream
    by name, writing to the stream.
    """
    deployment = principal.deployment
    for call in function_calls(principal):
        for need in _authorised_as(call):
            action, resource = need.request.action, need.request.resource
            if action == "s3:PutObject":
                # Objects under the name of the application, as the context has it here.
                bucket = resource.split("/")[0]
                within = f"{bucket}/undeliverable/{deployment.configuration.name}/"
                yield Need(Request(action, f"{within}shardId-0/1.json"), within)
            else:
                yield need
        for way, action in _KEY_USES.get(call.operation, ()):
            yield from _with_key(principal, given, way, action)
    yield from _on(
        given.stream_arn,
        "kinesis:DescribeStream",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    )
    stream_key = deployment.configuration.stream_key(given)
    if stream_key is not None:
        yield Need(Request("kms:Decrypt", stream_key, THROUGH_KINESIS))
    package = f"arn:aws:s3:::{given.code_bucket}/{PACKAGE}"
    for action in ("s3:GetObject", "s3:GetObjectVersion"):
        yield Need(Request(action, package), of_any_account=True)
    yield Need(Request("kms:Decrypt", given.code_key_arn, THROUGH_S3))
    group = deployment.arn("aws_cloudwatch_log_group", "application")
    every_group = f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:"
    yield from _on(group, "logs:DescribeLogGroups", within=every_group)
    stream = deployment.arn("aws_cloudwatch_log_stream", "application")
    yield from _on(stream, "logs:DescribeLogStreams", within=f"{group}:log-stream:")
    yield from _on(stream, "logs:PutLogEvents")


def _event_source_mapping(principal: Principal, given: Given) -> Iterator[Need]:
    """Reading the stream, and keeping what is given up.

    Sources: Lambda Developer Guide, "Process Amazon Kinesis Data Streams records with Lambda" (of
    its list, SubscribeToShard is for enhanced fan-out, which the modules' own tests look at, since
    the local AWS takes no mapping on a consumer) and "Retain discarded batch records for a
    Kinesis Data Streams event source in Lambda"; Kinesis Developer Guide, "Permissions to use
    user-generated KMS keys" (a consumer needs kms:Decrypt); KMS Developer Guide, "kms:ViaService".
    """
    yield from _on(
        given.stream_arn,
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    )
    deployment = principal.deployment
    stream_key = deployment.configuration.stream_key(given)
    if stream_key is not None:
        yield Need(Request("kms:Decrypt", stream_key, THROUGH_KINESIS))
    (bucket,) = (
        each.values["arn"]
        for each in deployment.of_type("aws_s3_bucket")
        if each.name.startswith("failed_")
    )
    (mapping,) = deployment.of_type("aws_lambda_event_source_mapping")
    yield from _on(bucket, "s3:ListBucket")
    yield from _on(
        discarded_batch(bucket, mapping.values["uuid"]), "s3:PutObject", within=f"{bucket}/"
    )
    yield from _with_key(principal, given, THROUGH_S3, "kms:GenerateDataKey")


def _firehose(principal: Principal, given: Given) -> Iterator[Need]:
    """Writing report files, in parts when they are large, and logging what goes wrong.

    Source: Amazon Data Firehose Developer Guide, "Grant Firehose access to an Amazon S3
    destination". Of its sample policy, s3:GetObject is left out: this stream neither converts what
    it is given nor reads back what it wrote. What waits in the stream it encrypts by a grant, made
    for the caller that sets the key (API Reference, "DeliveryStreamEncryptionConfigurationInput").
    """
    deployment = principal.deployment
    bucket = deployment.arn("aws_s3_bucket", "reports")
    yield from _on(bucket, "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
    yield from _on(
        report_object(bucket),
        "s3:AbortMultipartUpload",
        "s3:PutObject",
        within=f"{bucket}/{REPORT_PREFIX}",
    )
    yield from _with_key(principal, given, THROUGH_S3, "kms:Decrypt", "kms:GenerateDataKey")
    stream = deployment.arn("aws_cloudwatch_log_stream", "delivery_errors")
    yield from _on(stream, "logs:PutLogEvents")


def _rta(principal: Principal, given: Given) -> Iterator[Need]:
    """Wire contract, section 4: RTA user, and the flag in `table` or in `env`.

    With a key: DynamoDB Developer Guide, "DynamoDB encryption at rest" (Decrypt, for the
    caller that uses the table); SQS Developer Guide, "Key management" (a consumer needs Decrypt);
    Lambda Developer Guide, "Securing Lambda environment variables" (Decrypt to see them, Encrypt
    and CreateGrant to set them).
    """
    deployment = principal.deployment
    table = "aws_dynamodb_table"
    yield from _on(
        deployment.arn(table, "agent_states"),
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:Scan",
    )
    for queue in deployment.arns("aws_sqs_queue", "agent_events"):
        yield from _on(
            queue,
            "sqs:DeleteMessage",
            "sqs:GetQueueUrl",
            "sqs:PurgeQueue",
            "sqs:ReceiveMessage",
        )
    for way in (THROUGH_DYNAMODB, THROUGH_SQS):
        yield from _with_key(principal, given, way, "kms:Decrypt")
    if deployment.configuration.has("table"):
        yield from _on(
            deployment.arn(table, "configuration"),
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        )
    else:
        yield from _on(
            deployment.arn("aws_lambda_function", "relay"),
            "lambda:GetFunctionConfiguration",
            "lambda:UpdateFunctionConfiguration",
        )
        environment = ("kms:CreateGrant", "kms:Decrypt", "kms:Encrypt")
        yield from _with_key(principal, given, THROUGH_LAMBDA, *environment)


def _wfm_adapter(principal: Principal, given: Given) -> Iterator[Need]:
    """Wire contract, section 4: WFM Adapter user.

    It names no condition: ListBucket is for any prefix, Decrypt by whatever way. The key of the
    report files is ours to bound: S3 decrypts them (S3 User Guide, "Using server-side encryption
    with AWS KMS keys").
    """
    reports = principal.deployment.arn("aws_s3_bucket", "reports")
    connect = f"arn:aws:s3:::{given.connect_bucket}"
    yield from _on(reports, "s3:ListBucket")
    yield from _on(connect, "s3:ListBucket")
    yield from _on(report_object(reports), "s3:GetObject", within=f"{reports}/{REPORT_PREFIX}")
    yield from _on(exported_report(connect), "s3:GetObject", within=f"{connect}/{CONNECT_PREFIX}")
    if principal.deployment.configuration.has("connectkey"):
        for way in EVERY_WAY_TO_A_KEY:
            for action in ("kms:Decrypt", "kms:DescribeKey"):
                yield Need(Request(action, given.connect_key_arn, way))
    yield from _with_key(principal, given, THROUGH_S3, "kms:Decrypt")
    for way in EVERY_WAY_TO_A_KEY:
        yield from _with_key(principal, given, way, "kms:DescribeKey")


# What an operation makes its service ask of KMS in the caller's name. Sources: DynamoDB Developer
# Guide, "DynamoDB encryption at rest" (Decrypt, for reading and writing alike); S3 User Guide,
# "Using server-side encryption with AWS KMS keys"; SQS Developer Guide, "Key management" (a
# producer needs both). Firehose has a grant, and takes records without a right on its key.
_KEY_USES = {
    "dynamodb.BatchExecuteStatement": [(THROUGH_DYNAMODB, "kms:Decrypt")],
    "dynamodb.GetItem": [(THROUGH_DYNAMODB, "kms:Decrypt")],
    "dynamodb.TransactWriteItems": [(THROUGH_DYNAMODB, "kms:Decrypt")],
    "s3.GetObject": [(THROUGH_S3, "kms:Decrypt")],
    "s3.PutObject": [(THROUGH_S3, "kms:GenerateDataKey")],
    "sqs.SendMessageBatch": [(THROUGH_SQS, "kms:Decrypt"), (THROUGH_SQS, "kms:GenerateDataKey")],
}


def _authorised_as(call: Call) -> Iterator[Need]:
    """The needs of an operation. Source: Service Authorization Reference, and as said below."""
    asked = call.parameters
    match call.operation:
        case "dynamodb.BatchExecuteStatement":
            # DynamoDB Developer Guide, "IAM security policies with PartiQL for DynamoDB": as what
            # each statement does, on its table.
            for each in asked["Statements"]:
                updated = re.match(r'UPDATE "([^"]+)" ', each["Statement"])
                if updated is None:
                    raise KeyError(f"say here what IAM asks for with {each['Statement']}")
                yield from _on(_table({"TableName": updated[1]}), "dynamodb:PartiQLUpdate")
        case "dynamodb.GetItem":
            yield from _on(_table(asked), "dynamodb:GetItem")
        case "dynamodb.TransactWriteItems":
            # DynamoDB Developer Guide, "Managing complex workflows with DynamoDB transactions": as
            # the operations that it consists of.
            actions = {"ConditionCheck": "ConditionCheckItem"}
            for item in asked["TransactItems"]:
                for name, part in item.items():
                    yield from _on(_table(part), f"dynamodb:{actions.get(name, f'{name}Item')}")
        case "firehose.PutRecord" | "firehose.PutRecordBatch":
            stream = f"deliverystream/{asked['DeliveryStreamName']}"
            action = call.operation.replace(".", ":")
            yield from _on(f"arn:aws:firehose:{REGION}:{ACCOUNT_ID}:{stream}", action)
        case "kinesisanalyticsv2.DescribeApplication":
            application = f"application/{asked['ApplicationName']}"
            yield from _on(
                f"arn:aws:kinesisanalytics:{REGION}:{ACCOUNT_ID}:{application}",
                "kinesisanalytics:DescribeApplication",
            )
        case "lambda.GetEventSourceMapping":
            mapping = f"event-source-mapping:{asked['UUID']}"
            yield from _on(
                f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:{mapping}", "lambda:GetEventSourceMapping"
            )
        case "s3.GetObject":
            # S3 API Reference, "GetObject": without s3:ListBucket, a missing object is refused, and
            # not said to be missing.
            bucket = f"arn:aws:s3:::{asked['Bucket']}"
            yield from _on(f"{bucket}/{asked['Key']}", "s3:GetObject")
            yield from _on(bucket, "s3:ListBucket")
        case "s3.PutObject":
            yield from _on(f"arn:aws:s3:::{asked['Bucket']}/{asked['Key']}", "s3:PutObject")
        case "sqs.SendMessageBatch":
            account, name = asked["QueueUrl"].split("/")[-2:]
            yield from _sending_to(f"arn:aws:sqs:{REGION}:{account}:{name}")
        case unknown:
            raise KeyError(f"nobody has written down what IAM asks for with {unknown}")


def _sending_to(queue: str) -> Iterator[Need]:
    """SQS Developer Guide, "Amazon SQS API permissions": the right to SendMessage covers batches.

    Implementations for development ask for the batch by its name.
    """
    yield from _on(queue, "sqs:SendMessage")
    yield Need(Request("sqs:SendMessageBatch", queue), on_aws=False)


def _table(asked: Mapping[str, Any]) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{asked['TableName']}"
