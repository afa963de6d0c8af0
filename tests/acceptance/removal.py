"""Remove everything that a run has made, whatever became of it."""

import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from tests.acceptance.account import error_code
from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step
from tests.acceptance.leftovers import leftovers
from tests.acceptance.programs import ProgramError
from tests.acceptance.steps.empty_series import PROBES

TITLE = "Remove everything"

# A heartbeat or a report file can come into a bucket that was emptied; AWS needs a moment until it
# no longer sees what is gone.
_DESTROYS_TRIED = 5
_PAUSE_SECONDS = 10

# KMS deletes no key sooner.
_KMS_WINDOW_DAYS = 7

# How long what was deleted may still be listed.
_GONE_WITHIN_SECONDS = 120


def remove(
    deployment: Deployment, step: Step, sleep: Callable[[float], None] = time.sleep
) -> list[str]:
    """Remove, and list what is left with the commands that remove it. No failure of one part keeps
    another from being removed."""
    for what, part in (
        ("access keys are deleted", delete_access_keys),
        ("the alarms of the run are deleted", delete_probes),
        ("terraform destroy removes the deployment", lambda each: destroy(each, sleep)),
        ("the buckets of the run are deleted", delete_buckets),
        ("KMS keys are scheduled for deletion in seven days", schedule_kms_keys),
    ):
        try:
            step.passes(what, part(deployment))
        except (BotoCoreError, ClientError, ProgramError, OSError) as error:
            step.fails(what, str(error))
    left = leftovers(deployment.account, deployment.names, deployment.kms_keys())
    waited = 0.0
    while any(each.known for each in left) and waited < _GONE_WITHIN_SECONDS:
        sleep(_PAUSE_SECONDS)
        waited += _PAUSE_SECONDS
        left = leftovers(deployment.account, deployment.names, deployment.kms_keys())
    step.expects(not left, "Nothing is left", "; ".join(map(str, left)))
    return [each.command for each in left]


def delete_access_keys(deployment: Deployment) -> str:
    """Delete the keys of both users; how many there were."""
    iam = deployment.account.client("iam")
    deleted = 0
    for user in deployment.names.users:
        try:
            keys = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
        except iam.exceptions.NoSuchEntityException:
            continue
        for key in keys:
            iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
            deleted += 1
    return f"{deleted} keys"


def delete_probes(deployment: Deployment) -> str:
    cloudwatch = deployment.account.client("cloudwatch")
    prefix = f"{deployment.names.prefix}{PROBES}"
    found = cloudwatch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
    names = [each["AlarmName"] for each in found]
    if names:
        cloudwatch.delete_alarms(AlarmNames=names)
    return f"{len(names)} alarms"


def destroy(deployment: Deployment, sleep: Callable[[float], None]) -> str:
    """Empty the buckets and destroy, and again where something came in between.

    Raises ProgramError when the last try fails.
    """
    if not deployment.terraform.has_state():
        return "there is no state"
    begun = time.monotonic()
    for tries_left in range(_DESTROYS_TRIED, 0, -1):
        for bucket in buckets(deployment):
            empty_bucket(deployment, bucket)
        try:
            deployment.terraform.destroy()
            break
        except ProgramError:
            if tries_left == 1:
                raise
        sleep(_PAUSE_SECONDS)
    return f"{time.monotonic() - begun:.0f} s"


def delete_buckets(deployment: Deployment) -> str:
    """Delete the buckets that are not Terraform's."""
    own = {deployment.names.connect_bucket, deployment.names.code_bucket}
    found = [each for each in buckets(deployment) if each in own]
    for bucket in found:
        empty_bucket(deployment, bucket)
        deployment.account.client("s3").delete_bucket(
            Bucket=bucket, ExpectedBucketOwner=deployment.names.account_id
        )
    return f"{len(found)} buckets"


def schedule_kms_keys(deployment: Deployment) -> str:
    kms = deployment.account.client("kms")
    keys = deployment.kms_keys()
    for key in keys:
        if kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion":
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=_KMS_WINDOW_DAYS)
    return f"{len(keys)} keys"


def buckets(deployment: Deployment) -> list[str]:
    """The buckets of the run that there are."""
    found = deployment.account.client("s3").list_buckets()["Buckets"]
    return [each["Name"] for each in found if deployment.names.owns(each["Name"])]


def empty_bucket(deployment: Deployment, bucket: str) -> None:
    """Delete every object, every version and delete marker, and every unfinished upload."""
    s3 = deployment.account.client("s3")
    of = {"Bucket": bucket, "ExpectedBucketOwner": deployment.names.account_id}
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
