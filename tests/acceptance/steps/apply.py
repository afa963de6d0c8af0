"""Create what the example expects to find, and apply it."""

import re
from pathlib import Path

from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step
from tests.acceptance.naming import CODE_KEY, CONNECT_PREFIX, variables
from tests.acceptance.programs import ProgramError, run
from tests.local_cloud.terraform_cli import REPOSITORY

TITLE = "Apply the example under names of its own"

EXPORTED_REPORT = f"{CONNECT_PREFIX}report.csv"
RECORDING = "connect/acme/CallRecordings/a.wav"

_PACKAGE = REPOSITORY / "build" / "flink" / CODE_KEY

ROLE_CHECK = "Does Firehose send aws:SourceArn when it checks its role?"

# What the provider prints when Firehose cannot assume the role (API reference of Firehose,
# CreateDeliveryStream, InvalidArgumentException).
_ROLE_REFUSED = re.compile("unable to assume role", re.IGNORECASE)


def apply(deployment: Deployment, step: Step) -> None:
    """Raises ProgramError when the apply fails: then nothing else can be tried."""
    make_connect_bucket(deployment)
    if deployment.options.engine == "flink":
        upload_package(deployment)
        step.passes("make flink-package made the package of the Flink application")
    deployment.terraform.init()
    try:
        deployment.apply(variables(deployment.names, deployment.options.engine))
    except ProgramError as error:
        if _ROLE_REFUSED.search(str(error)):
            step.answers(ROLE_CHECK, "no: the apply fails with 'unable to assume role'")
        raise
    step.passes("terraform apply created the deployment", deployment.terraform.versions())
    if reason := deployment.lacks.get("role check"):
        step.skips(ROLE_CHECK, reason)
    else:
        step.answers(
            ROLE_CHECK,
            "yes: it was created with a role whose trust requires aws:SourceArn",
        )


def make_connect_bucket(deployment: Deployment) -> None:
    """The bucket of Amazon Connect, with an exported report and a recording."""
    bucket = deployment.names.connect_bucket
    make_bucket(deployment, bucket)
    s3 = deployment.account.client("s3")
    s3.put_object(Bucket=bucket, Key=EXPORTED_REPORT, Body=b"exported")
    s3.put_object(Bucket=bucket, Key=RECORDING, Body=b"private")


def upload_package(deployment: Deployment) -> None:
    """Assemble the Flink application and put it into a bucket of the run."""
    run(["make", "flink-package"], REPOSITORY)
    make_bucket(deployment, deployment.names.code_bucket)
    deployment.account.client("s3").upload_file(
        str(_package()), deployment.names.code_bucket, CODE_KEY
    )


def make_bucket(deployment: Deployment, bucket: str) -> None:
    """A bucket that nobody else can read."""
    region = deployment.account.region
    place = (
        {}
        if region == "us-east-1"
        else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    )
    s3 = deployment.account.client("s3")
    s3.create_bucket(Bucket=bucket, **place)
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )


def _package() -> Path:
    return _PACKAGE
