"""By which key a planned resource encrypts what it keeps."""

from collections.abc import Iterable, Mapping
from typing import Any

# What keeps no data of its own, or what another of these says how it is encrypted.
_KEEPS_NOTHING = {
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_log_stream",  # its group
    "aws_cloudwatch_metric_alarm",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_user",
    "aws_iam_user_policy",
    "aws_lambda_event_source_mapping",
    "aws_lambda_permission",
    "aws_s3_bucket",  # its aws_s3_bucket_server_side_encryption_configuration
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_sns_topic",  # messages pass through, and are about alarms
    "aws_sns_topic_subscription",
    "terraform_data",  # in Terraform's state only
}


def left_to_other_keys(key: str, planned: Iterable[Mapping[str, Any]]) -> list[str]:
    """What of planned resources keeps data that it does not encrypt with `key`."""
    managed = [each for each in planned if each["mode"] == "managed"]
    found = [
        each["address"] for each in managed if keys_named(each["type"], each["values"]) - {key}
    ]
    buckets, encrypted = (
        {each["values"]["bucket"] for each in managed if each["type"] == kind}
        for kind in ("aws_s3_bucket", "aws_s3_bucket_server_side_encryption_configuration")
    )
    return found + sorted(buckets - encrypted)


def keys_named(kind: str, values: Mapping[str, Any]) -> set[str | None]:
    """The keys that a resource of a type names for what it keeps; empty for one that keeps nothing.

    None stands for a key of AWS. Raises AssertionError for a type that nobody has looked at.
    """
    match kind:
        case "aws_cloudwatch_log_group" | "aws_s3_object":
            return {values.get("kms_key_id")}
        case "aws_dynamodb_table":
            return {each.get("kms_key_arn") for each in values["server_side_encryption"]} or {None}
        case "aws_kinesis_firehose_delivery_stream":
            (waiting,) = values["server_side_encryption"]
            (delivered,) = values["extended_s3_configuration"]
            assert waiting["key_type"] == "CUSTOMER_MANAGED_CMK"
            return {waiting.get("key_arn"), delivered.get("kms_key_arn")}
        case "aws_kinesis_stream":
            assert values["encryption_type"] == "KMS"
            return {values.get("kms_key_id")}
        case "aws_lambda_function":
            return {values.get("kms_key_arn")}
        case "aws_s3_bucket_server_side_encryption_configuration":
            (rule,) = values["rule"]
            (default,) = rule["apply_server_side_encryption_by_default"]
            assert rule["bucket_key_enabled"]
            assert default["sse_algorithm"] == "aws:kms"
            return {default["kms_master_key_id"]}
        case "aws_sqs_queue":
            assert not values.get("sqs_managed_sse_enabled")
            return {values.get("kms_master_key_id")}
        case _:
            assert kind in _KEEPS_NOTHING, (
                f"say here by which key {kind} encrypts, or that it need not"
            )
            return set()
