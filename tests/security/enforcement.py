"""Real calls with the products' identities: what is enforced is what the policies say.

Every identity makes every call on everything in its deployment, in another of each product and
outside of them, and is refused exactly what the oracle says that it is. A user works with its
access key; a role is assumed from the source account.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from tests.local_cloud.cloud import ACCOUNT_ID, AccessKey, LocalCloud, access_key
from tests.security.configurations import EXTERNAL_ID, SOURCE_ACCOUNT
from tests.security.estate import BOUNDARY, Deployment, Estate, exported_report, report_object
from tests.security.needs import Need
from tests.security.oracle import Request, judge
from tests.security.principals import Principal
from tests.security.trust import ANOTHER_ACCOUNT

Clients = Callable[[str], Any]

_REFUSED = {"AccessDenied", "AccessDeniedException", "401", "403"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call, and what IAM makes of it."""

    request: Request
    service: str
    method: str
    arguments: dict[str, Any]


def enforcement_findings(
    cloud: LocalCloud, estate: Estate, principal: Principal, needs: list[Need]
) -> list[str]:
    """Where the local AWS decides other than the oracle says, and who gets wrongly into a role."""
    clients = _session_of(cloud, principal)
    says = judge(principal.policy, BOUNDARY if principal.boundary_arn else None)
    untried = {need.request for need in needs if not need.request.context}
    found = []
    for attempt in attempts(estate, principal):
        untried.discard(attempt.request)
        enforced, said = _is_allowed(clients, attempt), says(attempt.request)
        if enforced != said:
            found.append(
                f"{principal} is {'allowed' if enforced else 'refused'} {attempt.request}, "
                f"which its policy {'allows' if said else 'refuses'}"
            )
    found += [f"{principal} never really tries {request}" for request in sorted(untried)]
    return found + _wrongly_assumed(cloud, principal)


def attempts(estate: Estate, principal: Principal) -> Iterator[Attempt]:
    """Every call that a product's identity could want to make."""
    given = estate.given
    connect = f"arn:aws:s3:::{given.connect_bucket}"
    yield from _on_bucket(connect, exported_report(connect), f"{connect}/connect/acme/Calls/a.wav")
    for key in (given.key_arn, given.stream_key_arn, given.connect_key_arn, given.code_key_arn):
        yield from _on_key(key)
    stream = {"StreamARN": given.stream_arn}
    yield _attempt("kinesis", "describe_stream_summary", given.stream_arn, **stream)
    yield _attempt("kinesis", "list_shards", given.stream_arn, **stream)
    yield from _on_deployment(principal.deployment)
    for product in ("rta", "ap"):
        others = (
            each
            for each in estate.deployments
            if each.configuration.product == product and each != principal.deployment
        )
        yield from _on_deployment(next(others))


def _session_of(cloud: LocalCloud, principal: Principal) -> Clients:
    """Clients with the rights of a product's identity, made as its operator makes them."""
    name = principal.arn.rpartition("/")[2]
    if principal.trust is None:
        key = access_key(cloud, name)
        return _clients(cloud, key.access_key_id, key.secret_access_key)
    assumed = _sts(cloud, SOURCE_ACCOUNT).assume_role(
        RoleArn=principal.arn, RoleSessionName="server", ExternalId=EXTERNAL_ID
    )["Credentials"]
    return _clients(
        cloud, assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"]
    )


def _is_allowed(clients: Clients, attempt: Attempt) -> bool:
    """Whether a call is allowed, whatever else comes of it."""
    try:
        getattr(clients(attempt.service), attempt.method)(**attempt.arguments)
    except ClientError as error:
        return error.response["Error"]["Code"] not in _REFUSED
    return True


def _wrongly_assumed(cloud: LocalCloud, principal: Principal) -> list[str]:
    """Who gets into a product's role without being the source account or without the id."""
    if principal.trust is None:
        return []
    asked = {"RoleArn": principal.arn, "RoleSessionName": "server"}
    strangers = {
        "the source account without an external id": (SOURCE_ACCOUNT, {}),
        "the source account with a wrong one": (SOURCE_ACCOUNT, {"ExternalId": "other"}),
        "its own account": (ACCOUNT_ID, {"ExternalId": EXTERNAL_ID}),
        "another account": (ANOTHER_ACCOUNT, {"ExternalId": EXTERNAL_ID}),
    }
    found = []
    for name, (account, external_id) in strangers.items():
        try:
            _sts(cloud, account).assume_role(**asked, **external_id)
        except ClientError as error:
            if error.response["Error"]["Code"] == "AccessDenied":
                continue
            raise
        found.append(f"{principal} is assumed by {name}")
    return found


def _on_deployment(deployment: Deployment) -> Iterator[Attempt]:
    for table in deployment.of_type("aws_dynamodb_table"):
        yield from _on_table(table.values["arn"], table.values["hash_key"])
    for queue in deployment.of_type("aws_sqs_queue"):
        yield from _on_queue(queue.values["arn"], queue.values["url"])
    for bucket in deployment.of_type("aws_s3_bucket"):
        arn = bucket.values["arn"]
        yield from _on_bucket(arn, report_object(arn), f"{arn}/ASPECT_AGENT_STATUS_INFO.csv")
    for function in deployment.of_type("aws_lambda_function"):
        arn, name = function.values["arn"], {"FunctionName": function.values["function_name"]}
        yield _attempt("lambda", "get_function_configuration", arn, **name)
        yield _attempt("lambda", "update_function_configuration", arn, **name)
        yield _attempt("lambda", "update_function_code", arn, ZipFile=b"x", **name)
        invoke = Request("lambda:InvokeFunction", arn)
        yield Attempt(invoke, "lambda", "invoke", {**name, "InvocationType": "DryRun"})
    for stream in deployment.of_type("aws_kinesis_firehose_delivery_stream"):
        arn, name = stream.values["arn"], {"DeliveryStreamName": stream.values["name"]}
        yield _attempt("firehose", "put_record", arn, Record={"Data": b"x"}, **name)
        yield _attempt("firehose", "describe_delivery_stream", arn, **name)


def _on_table(arn: str, hash_key: str) -> Iterator[Attempt]:
    table: dict[str, Any] = {"TableName": arn.rpartition("/")[2]}
    key = {hash_key: {"S": "WriteEventsToQueue"}}
    yield _attempt("dynamodb", "describe_table", arn, **table)
    yield _attempt("dynamodb", "scan", arn, **table)
    yield _attempt("dynamodb", "get_item", arn, Key=key, **table)
    yield _attempt("dynamodb", "put_item", arn, Item=key, **table)
    yield _attempt("dynamodb", "update_item", arn, Key=key, **table)
    yield _attempt("dynamodb", "delete_item", arn, Key=key, **table)
    yield _attempt(
        "dynamodb",
        "query",
        arn,
        KeyConditionExpression="#key = :key",
        ExpressionAttributeNames={"#key": hash_key},
        ExpressionAttributeValues={":key": key[hash_key]},
        **table,
    )


def _on_queue(arn: str, url: str) -> Iterator[Attempt]:
    queue = {"QueueUrl": url}
    yield _attempt("sqs", "get_queue_url", arn, QueueName=arn.rpartition(":")[2])
    yield _attempt("sqs", "get_queue_attributes", arn, **queue)
    yield _attempt("sqs", "receive_message", arn, **queue)
    yield _attempt("sqs", "delete_message", arn, ReceiptHandle="none", **queue)
    yield _attempt("sqs", "purge_queue", arn, **queue)
    yield _attempt("sqs", "send_message", arn, MessageBody="x", MessageGroupId="x", **queue)


def _on_bucket(arn: str, *objects: str) -> Iterator[Attempt]:
    bucket = {"Bucket": arn.rpartition(":")[2]}
    yield Attempt(Request("s3:ListBucket", arn), "s3", "list_objects_v2", bucket)
    yield _attempt("s3", "get_bucket_policy", arn, **bucket)
    for each in objects:
        named = {**bucket, "Key": each.removeprefix(f"{arn}/")}
        yield _attempt("s3", "get_object", each, **named)
        yield _attempt("s3", "put_object", each, Body=b"x", **named)
        yield _attempt("s3", "delete_object", each, **named)


def _on_key(arn: str) -> Iterator[Attempt]:
    yield _attempt("kms", "describe_key", arn, KeyId=arn)
    yield _attempt("kms", "decrypt", arn, KeyId=arn, CiphertextBlob=b"x")
    yield _attempt("kms", "encrypt", arn, KeyId=arn, Plaintext=b"x")


def _attempt(service: str, method: str, resource: str, **arguments: Any) -> Attempt:
    """An operation that IAM knows by its own name."""
    action = "".join(word.capitalize() for word in method.split("_"))
    return Attempt(Request(f"{service}:{action}", resource), service, method, arguments)


def _sts(cloud: LocalCloud, account_id: str) -> Any:
    """A client of an account's root: a key of that name is one, there."""
    return _clients(cloud, account_id, "test")("sts")


def _clients(cloud: LocalCloud, key_id: str, secret: str, token: str | None = None) -> Clients:
    key = AccessKey(key_id, secret, token)
    return cache(lambda service: cloud.client(service, key))
