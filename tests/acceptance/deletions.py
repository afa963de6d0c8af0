"""Delete one resource of a run by its name: what Terraform does not know, or could not destroy.

An interrupted apply can leave a resource that is in no state: the provider ends while it waits, and
has not noted down what it has made.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.acceptance.account import Account, error_code

Delete = Callable[[Account, str], object]


def empty_bucket(account: Account, bucket: str) -> None:
    """Delete every object, every version and delete marker, and every unfinished upload."""
    s3 = account.client("s3")
    of = {"Bucket": bucket, "ExpectedBucketOwner": account.account_id}
    try:
        for page in s3.get_paginator("list_object_versions").paginate(**of):
            found = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for kind in ("Versions", "DeleteMarkers")
                for each in page.get(kind, [])
            ]
            if found:
                answer = s3.delete_objects(**of, Delete={"Objects": found, "Quiet": True})
                if answer.get("Errors"):
                    raise OSError(f"{bucket}: {answer['Errors'][0]}")
        for page in s3.get_paginator("list_multipart_uploads").paginate(**of):
            for each in page.get("Uploads", []):
                s3.abort_multipart_upload(**of, Key=each["Key"], UploadId=each["UploadId"])
    except ClientError as error:
        if error_code(error) != "NoSuchBucket":  # gone already, with an earlier destroy
            raise


def delete_access_keys(account: Account, user: str) -> int:
    """Delete a user's keys; how many there were. A user who does not exist has none."""
    iam = account.client("iam")
    try:
        keys = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    except iam.exceptions.NoSuchEntityException:
        return 0
    for key in keys:
        iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    return len(keys)


def bucket(account: Account, name: str) -> None:
    empty_bucket(account, name)
    account.client("s3").delete_bucket(Bucket=name, ExpectedBucketOwner=account.account_id)


def event_rule(account: Account, name: str) -> None:
    events = account.client("events")
    targets = [each["Id"] for each in events.list_targets_by_rule(Rule=name)["Targets"]]
    if targets:
        events.remove_targets(Rule=name, Ids=targets)
    events.delete_rule(Name=name)


def flink_application(account: Account, name: str) -> None:
    flink = account.client("kinesisanalyticsv2")
    detail = flink.describe_application(ApplicationName=name)["ApplicationDetail"]
    flink.delete_application(ApplicationName=name, CreateTimestamp=detail["CreateTimestamp"])


def kinesis_stream(account: Account, name: str) -> None:
    account.client("kinesis").delete_stream(StreamName=name, EnforceConsumerDeletion=True)


def user(account: Account, name: str) -> None:
    iam = account.client("iam")
    delete_access_keys(account, name)
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    iam.delete_user(UserName=name)


def role(account: Account, name: str) -> None:
    iam = account.client("iam")
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def by_name(service: str, operation: str, parameter: str) -> Delete:
    """Deletes by one call with the name as `parameter`, in a list where the name is plural."""

    def delete(account: Account, name: str) -> Any:
        given = [name] if parameter.endswith("Names") else name
        return getattr(account.client(service), operation)(**{parameter: given})

    return delete
