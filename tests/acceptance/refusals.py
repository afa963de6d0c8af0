"""What the products' users must not do: each call is made with the user's key, and refused by IAM.

All of it concerns what the run has made, apart from lists that IAM has to refuse. Were a call
allowed, it would still harm nothing but the run.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from tests.acceptance.account import instead_of_refusal, once_allowed
from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step
from tests.acceptance.rta_server import FLAG
from tests.acceptance.steps.apply import EXPORTED_REPORT, RECORDING

STATUS_TABLE = "ASPECT_AGENT_STATUS_INFO.csv"


class Call(NamedTuple):
    service: str
    operation: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


def check_rta_user(deployment: Deployment, step: Step) -> None:
    """The rights of the RTA user: those it has beside what a day needs, and those it has not."""
    _check(
        deployment,
        step,
        "rta_user_name",
        "the RTA user's key",
        permitted_rta_calls(deployment.outputs),
        forbidden_rta_calls(deployment.outputs),
    )


def check_adapter_user(deployment: Deployment, step: Step) -> None:
    """The rights of the WFM Adapter's user."""
    bucket = deployment.names.connect_bucket
    _check(
        deployment,
        step,
        "wfm_adapter_user_name",
        "the WFM Adapter's key",
        permitted_adapter_calls(deployment.outputs, bucket),
        forbidden_adapter_calls(deployment.outputs, bucket),
    )


def permitted_rta_calls(outputs: Mapping[str, Any]) -> list[Call]:
    table = outputs["dynamodb_table_name"]
    calls = [
        Call("dynamodb", "describe_table", {"TableName": table}),
        Call("dynamodb", "get_item", {"TableName": table, "Key": {"AgentARN": {"S": "x"}}}),
        *(
            Call("sqs", "get_queue_url", {"QueueName": url.rpartition("/")[2]})
            for url in outputs["sqs_queue_urls"]
        ),
    ]
    if settings := outputs.get("config_table_name"):
        calls += [
            Call("dynamodb", "describe_table", {"TableName": settings}),
            Call("dynamodb", "get_item", {"TableName": settings, "Key": {"Setting": {"S": FLAG}}}),
        ]
    return calls


def forbidden_rta_calls(outputs: Mapping[str, Any]) -> list[Call]:
    table, stream = outputs["dynamodb_table_name"], outputs["agent_event_stream_arn"]
    function = outputs["rta_lambda_function_name"]
    key = {"AgentARN": {"S": "x"}}
    removal = {"TableName": table, "Key": key, "UpdateExpression": "REMOVE CurrentState"}
    settings = outputs.get("config_table_name")
    environment = {"Variables": {FLAG: "True"}}
    return [
        Call("dynamodb", "put_item", {"TableName": table, "Item": key}),
        Call("dynamodb", "delete_item", {"TableName": table, "Key": key}),
        Call("dynamodb", "update_item", removal),
        Call("dynamodb", "delete_table", {"TableName": table}),
        Call("dynamodb", "list_tables", {}),
        *(
            Call("sqs", operation, {"QueueUrl": url, **arguments})
            for url in outputs["sqs_queue_urls"]
            for operation, arguments in (
                ("send_message", {"MessageBody": "x", "MessageGroupId": "x"}),
                ("delete_queue", {}),
            )
        ),
        *_on_stream(stream),
        Call("s3", "list_objects_v2", {"Bucket": outputs["rta_failed_records_bucket_name"]}),
        Call("s3", "list_objects_v2", {"Bucket": outputs["ap_s3_bucket_name"]}),
        Call("s3", "get_object", {"Bucket": outputs["ap_s3_bucket_name"], "Key": STATUS_TABLE}),
        Call("lambda", "invoke", {"FunctionName": function, "InvocationType": "DryRun"}),
        Call("lambda", "get_function", {"FunctionName": function}),
        Call("lambda", "update_function_code", {"FunctionName": function, "ZipFile": b"x"}),
        *_on_identity(outputs["rta_user_name"], function),
        *(
            Call("lambda", operation, {"FunctionName": function, **arguments})
            for operation, arguments in (
                ("get_function_configuration", {}),
                ("update_function_configuration", {"Environment": environment}),
            )
            if settings
        ),
        *(Call("dynamodb", "scan", {"TableName": name}) for name in [settings] if name),
    ]


def permitted_adapter_calls(outputs: Mapping[str, Any], connect_bucket: str) -> list[Call]:
    return [
        Call("s3", "list_objects_v2", {"Bucket": outputs["ap_s3_bucket_name"]}),
        Call("s3", "list_objects_v2", {"Bucket": connect_bucket}),
        Call("s3", "get_object", {"Bucket": connect_bucket, "Key": EXPORTED_REPORT}),
    ]


def forbidden_adapter_calls(outputs: Mapping[str, Any], connect_bucket: str) -> list[Call]:
    reports = outputs["ap_s3_bucket_name"]
    firehose = {"DeliveryStreamName": outputs["firehose_stream_name"]}
    function = outputs["heartbeat_lambda_function_name"]
    return [
        Call("s3", "put_object", {"Bucket": reports, "Key": "OUTPUT/x", "Body": b""}),
        Call("s3", "delete_object", {"Bucket": reports, "Key": "OUTPUT/x"}),
        Call("s3", "get_object", {"Bucket": reports, "Key": STATUS_TABLE}),
        Call("s3", "put_object", {"Bucket": reports, "Key": STATUS_TABLE}),
        Call("s3", "get_object", {"Bucket": connect_bucket, "Key": RECORDING}),
        Call("s3", "list_objects_v2", {"Bucket": outputs["ap_failed_records_bucket_name"]}),
        Call("s3", "delete_bucket", {"Bucket": reports}),
        Call("s3", "get_bucket_policy", {"Bucket": reports}),
        Call("dynamodb", "scan", {"TableName": outputs["dynamodb_table_name"]}),
        Call("sqs", "receive_message", {"QueueUrl": outputs["sqs_queue_urls"][0]}),
        *_on_stream(outputs["agent_event_stream_arn"]),
        Call("firehose", "put_record", {**firehose, "Record": {"Data": b"x"}}),
        Call("firehose", "describe_delivery_stream", firehose),
        Call("lambda", "invoke", {"FunctionName": function, "InvocationType": "DryRun"}),
        Call("lambda", "get_function_configuration", {"FunctionName": function}),
        *_on_identity(outputs["wfm_adapter_user_name"], function),
    ]


def _on_stream(arn: str) -> list[Call]:
    return [
        Call("kinesis", "describe_stream_summary", {"StreamARN": arn}),
        Call("kinesis", "list_shards", {"StreamARN": arn}),
        Call("kinesis", "put_record", {"StreamARN": arn, "Data": b"x", "PartitionKey": "x"}),
    ]


def _on_identity(user: str, function: str) -> list[Call]:
    return [
        Call("iam", "create_access_key", {"UserName": user}),
        Call("iam", "list_users", {}),
        Call("logs", "filter_log_events", {"logGroupName": f"/aws/lambda/{function}"}),
    ]


def _check(
    deployment: Deployment,
    step: Step,
    user: str,
    title: str,
    permitted: list[Call],
    forbidden: list[Call],
) -> None:
    key = deployment.user_key(user)
    clients = {
        service: deployment.account.client(service, key)
        for service in {each.service for each in permitted + forbidden}
    }

    def call(each: Call) -> Any:
        return partial(getattr(clients[each.service], each.operation), **each.arguments)

    for each in permitted:
        once_allowed(call(each))
    came = [(each, instead_of_refusal(call(each))) for each in forbidden]
    others = [f"{each}: {instead}" for each, instead in came if instead]
    step.expects(
        not others,
        f"With {title} every forbidden call is refused",
        "; ".join(others) or f"{len(forbidden)} calls",
    )
