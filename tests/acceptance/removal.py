"""Remove everything that a run has made, whatever became of it."""

import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from tests.acceptance.deletions import delete_access_keys, empty_bucket
from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step
from tests.acceptance.leftovers import KINDS, Leftover, buckets, leftovers
from tests.acceptance.programs import ProgramError
from tests.acceptance.steps.connect_streaming import switch_off

TITLE = "Remove everything"

# A heartbeat or a report file can come into a bucket that was emptied; AWS needs a moment until it
# no longer sees what is gone.
_DESTROYS_TRIED = 5
_PAUSE_SECONDS = 10

# KMS deletes no key sooner.
_KMS_WINDOW_DAYS = 7

# How long what is being deleted may still be there.
_GONE_WITHIN_SECONDS = 300


def remove(
    deployment: Deployment, step: Step, sleep: Callable[[float], None] = time.sleep
) -> list[str]:
    """Remove, and list what is left with the commands that remove it. No failure of one part keeps
    another from being removed."""
    for what, part in (
        ("access keys are deleted", delete_keys),
        ("terraform destroy removes the deployment", lambda each: destroy(each, sleep)),
        ("the Amazon Connect instance is left as it was", switch_off),
        ("what else has a name of the run is deleted", delete_rest),
        ("KMS keys are scheduled for deletion in seven days", schedule_kms_keys),
    ):
        try:
            step.passes(what, part(deployment))
        except (BotoCoreError, ClientError, ProgramError, OSError) as error:
            step.fails(what, str(error))
    left = _left(deployment)
    waited = 0.0
    while any(each.known for each in left) and waited < _GONE_WITHIN_SECONDS:
        sleep(_PAUSE_SECONDS)
        waited += _PAUSE_SECONDS
        left = _left(deployment)
    step.expects(not left, "Nothing is left", "; ".join(map(str, left)))
    return [each.command for each in left]


def delete_keys(deployment: Deployment) -> str:
    """Delete the access keys of both users."""
    deleted = sum(delete_access_keys(deployment.account, each) for each in deployment.names.users)
    return f"{deleted} keys"


def destroy(deployment: Deployment, sleep: Callable[[float], None]) -> str:
    """Empty the buckets and destroy, and again where something came in between.

    Raises ProgramError when the last try fails.
    """
    if not deployment.terraform.has_state():
        return "there is no state"
    begun = time.monotonic()
    for tries_left in range(_DESTROYS_TRIED, 0, -1):
        for bucket in buckets(deployment.account, deployment.names):
            empty_bucket(deployment.account, bucket)
        try:
            deployment.terraform.destroy()
            break
        except ProgramError:
            if tries_left == 1:
                raise
        sleep(_PAUSE_SECONDS)
    return f"{time.monotonic() - begun:.0f} s"


def delete_rest(deployment: Deployment) -> str:
    """Delete what the run has made beside the deployment, and what an interrupted apply has made
    without noting it down.

    Raises OSError that names what could not be deleted, once everything else is deleted.
    """
    deleted, failed = [], []
    for each in leftovers(deployment.account, deployment.names):
        if not each.known:
            continue
        try:
            KINDS[each.kind].delete(deployment.account, each.name)
            deleted.append(str(each))
        except (BotoCoreError, ClientError, OSError) as error:
            failed.append(f"{each}: {error}")
    if failed:
        raise OSError("; ".join(failed))
    return ", ".join(deleted)


def schedule_kms_keys(deployment: Deployment) -> str:
    kms = deployment.account.client("kms")
    keys = deployment.kms_keys()
    for key in keys:
        if kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion":
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=_KMS_WINDOW_DAYS)
    return f"{len(keys)} keys"


def _left(deployment: Deployment) -> list[Leftover]:
    return leftovers(deployment.account, deployment.names, deployment.kms_keys())
