"""Configurations applied to the local AWS, and what is then in the account."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.workspace import copy_configuration, initialised, keep_state_in_s3
from tests.security.configurations import (
    CONNECT_PREFIX,
    REPORT_PREFIX,
    Configuration,
    Given,
    root_module,
)
from tests.security.oracle import Document

# What an organisation that sets boundaries might say; one action is removed so that it shows.
BOUNDARY: Document = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["iam:*", "sqs:PurgeQueue"], "Resource": "*"},
    ],
}


# The key of the Flink application's package, as the module has it.
PACKAGE = "report-line-job.zip"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as it is in the state; `name` is that of its block."""

    type: str
    name: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deployment:
    """An applied configuration and its resources."""

    configuration: Configuration
    resources: tuple[Resource, ...]

    def of_type(self, *types: str) -> list[Resource]:
        return [each for each in self.resources if each.type in types]

    def arns(self, type_: str, name: str) -> list[str]:
        """The ARNs of the resources of one block, in order."""
        return [each.values["arn"] for each in self.of_type(type_) if each.name == name]

    def arn(self, type_: str, name: str) -> str:
        """The ARN of a block's only resource."""
        (found,) = self.arns(type_, name)
        return found


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything that was applied, and what was there before."""

    given: Given
    deployments: tuple[Deployment, ...]


def prepare(cloud: LocalCloud) -> Given:
    """Make what is there before a deployment: a stream, Connect's bucket, keys and a boundary."""
    kinesis, kms, s3 = (cloud.client(name) for name in ("kinesis", "kms", "s3"))
    kinesis.create_stream(StreamName="agent-events", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="agent-events", WaiterConfig={"Delay": 1})
    stream = kinesis.describe_stream_summary(StreamName="agent-events")["StreamDescriptionSummary"]
    bucket = "amazon-connect-0123456789ab"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    key, stream_key, connect_key, code_key = (
        kms.create_key()["KeyMetadata"]["Arn"] for _ in range(4)
    )
    code_bucket = "acme-code"
    s3.create_bucket(Bucket=code_bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=code_bucket, Key=PACKAGE, Body=b"")
    boundary = cloud.client("iam").create_policy(
        PolicyName="boundary", PolicyDocument=json.dumps(BOUNDARY)
    )["Policy"]
    return Given(
        boundary_arn=boundary["Arn"],
        code_bucket=code_bucket,
        code_key_arn=code_key,
        connect_bucket=bucket,
        connect_key_arn=connect_key,
        key_arn=key,
        stream_arn=stream["StreamARN"],
        stream_key_arn=stream_key,
    )


def deploy(cloud: LocalCloud, configurations: list[Configuration], scratch: Path) -> Estate:
    """Apply `configurations` side by side, in one run of Terraform, with the modules as they are.

    Raises TerraformError when it fails.
    """
    given = prepare(cloud)
    copy_configuration("modules/rta", scratch)
    root = scratch / "root"
    root.mkdir()
    (root / "main.tf.json").write_text(json.dumps(root_module(configurations, given)))
    keep_state_in_s3(root, cloud)
    with initialised(root, cloud).on_one_provider() as terraform:
        terraform.run("apply", "-auto-approve", "-no-color", "-parallelism=32")
        # The raw state, because `show` would load the provider's schema to say the same.
        state = json.loads(terraform.run("state", "pull"))
    assert state["version"] == 4, "this reads version 4 of the format"
    by_module: dict[str, list[Resource]] = {}
    for block in state["resources"]:
        if block["mode"] == "managed":
            by_module.setdefault(block["module"].removeprefix("module."), []).extend(
                Resource(block["type"], block["name"], instance["attributes"])
                for instance in block["instances"]
            )
    return Estate(
        given, tuple(Deployment(each, tuple(by_module[each.label])) for each in configurations)
    )


def report_object(bucket_arn: str) -> str:
    """A report file, named as Firehose names it (wire contract, section 2.3)."""
    return f"{bucket_arn}/{REPORT_PREFIX}2026/03/02/12/ap-kda-to-s3-1-2026-03-02-12-00-00-0f3b"


def reference_table(bucket_arn: str) -> str:
    return f"{bucket_arn}/ASPECT_AGENT_STATUS_INFO.csv"


def exported_report(bucket_arn: str) -> str:
    """A report that Connect has exported into the folder that is read."""
    return f"{bucket_arn}/{CONNECT_PREFIX}Queues-2026-03-02.csv"


def discarded_batch(bucket_arn: str, mapping_uuid: str) -> str:
    """The object in which Lambda keeps a batch that it gave up.

    Source: Lambda Developer Guide, "Retain discarded batch records for a Kinesis Data Streams event
    source in Lambda".
    """
    return (
        f"{bucket_arn}/aws/lambda/{mapping_uuid}/shardId-000000000000/2026/03/02/"
        "2026-03-02T12.00.00-4f2c.json"
    )


def log_stream(log_group_arn: str) -> str:
    """A log stream as Lambda names it."""
    return f"{log_group_arn}:log-stream:2026/03/02/[$LATEST]0123456789abcdef"


def resource_arns(estate: Estate) -> Iterator[str]:
    """Every resource in the account that IAM can be asked about, and what is inside of each.

    Beside each one is one whose name begins as its own does, as somebody else's may.
    """
    given = estate.given
    arns = [given.boundary_arn, given.stream_arn]
    arns += [given.key_arn, given.stream_key_arn, given.connect_key_arn, given.code_key_arn]
    arns += [f"arn:aws:s3:::{bucket}" for bucket in (given.code_bucket, given.connect_bucket)]
    for deployment in estate.deployments:
        arns += [each.values["arn"] for each in deployment.resources if each.values.get("arn")]
    # Of kinds that there are not: what a wildcard instead of a kind would let in.
    arns += [f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:{kind}:any" for kind in ("any", "log-group-2")]
    for arn in arns:
        yield from _with_parts(arn)
        yield from _with_parts(f"{arn}-2")


def _with_parts(arn: str) -> Iterator[str]:
    """A resource and what is in it; of a bucket, objects on both sides of every border."""
    yield arn
    service, kind = arn.split(":")[2], arn.split(":")[5]
    if service == "s3":
        yield from (reference_table(arn), report_object(arn), exported_report(arn))
        for key in (
            "a",
            "ASPECT_AGENT_STATUS_INFO.csv-2",
            f"{REPORT_PREFIX.removesuffix('/')}-of-others/a",
            f"{CONNECT_PREFIX.removesuffix('/')}-of-others/a",
            "connect/acme/CallRecordings/a.wav",
            f"{CONNECT_PREFIX.replace('acme', 'other')}a",
            f"{PACKAGE}-2",
            "undeliverable/others/a",
            f"undeliverable/{arn.rpartition(':')[2].partition('-failed-')[0]}-2/a",
        ):
            yield f"{arn}/{key}"
    elif service == "dynamodb":
        yield from (f"{arn}/index/any", f"{arn}/stream/2026-03-02T12:00:00.000")
    elif service == "kinesis":
        yield f"{arn}/consumer/any:1"
    elif service == "lambda" and kind == "function":
        yield from (f"{arn}:live", f"{arn}:1")
    elif service == "logs" and ":log-stream:" not in arn:
        yield log_stream(arn)
        if ":/aws/kinesis-analytics/" in arn:  # whose policy says what a log stream is
            yield f"{arn}:log-stream-2:any"
