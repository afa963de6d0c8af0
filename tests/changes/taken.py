"""The variables of the examples in test_second_apply.py, and what is there before them."""

import json
from dataclasses import dataclass
from typing import Any

from tests.changes.conftest import CONNECT_BUCKET
from tests.local_cloud.cloud import REGION, LocalCloud

INSTANCE_ID = "12345678-90ab-cdef-1234-567890abcdef"
STREAM = "taken"

# Amazon S3 answers a second CreateBucket as it answers the first one in this region only.
IN_US_EAST_1 = "both-new-stream"
# Its Amazon Connect instance writes under a customer-managed key, so it has a grant.
WITH_A_GRANT = "agent-productivity-new-stream"
# It has a reference table, and its second copy asks for one queue less.
WITH_TWO_QUEUES = "both-existing-stream"
# Its application reads the stream through a consumer.
ON_FLINK = "agent-productivity-existing-stream"

EMAILS = ["on-call@example.com", "wfm-team@example.com"]
STATUSES = {"Available": "A"}
CODE_BUCKET, CODE_KEY = "code-of-the-taken", "report-line-job.zip"


@dataclass(frozen=True, slots=True)
class There:
    """The ARNs of what is there before the examples."""

    boundary_arn: str
    key_arn: str
    stream_arn: str


def what_is_there(cloud: LocalCloud) -> There:
    """Make what the examples' variables name."""
    _code(cloud)
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    return There(_boundary(cloud), key, _stream(cloud))


def variables(example: str, there: There) -> dict[str, Any]:
    """Names that no other deployment on this cloud has."""
    short = "".join(word[0] for word in example.split("-"))
    if example == "existing-estate":
        return {
            "agent_event_stream_arn": there.stream_arn,
            "agent_statuses": STATUSES,
            "connect_s3_bucket": CONNECT_BUCKET,
            "connect_s3_prefix": "connect/acme/Reports/Aspect/",
            "kms_key_arn": there.key_arn,
            "name_prefix": "taken-estate",
            "permissions_boundary_arn": there.boundary_arn,
            "region": "eu-central-1",
            "rta_servers": {"emea": {"external_id": "rta-emea", "hierarchy_groups": ["EMEA"]}},
            "wfm_adapter_external_id": "wfm-adapter",
        }
    made: dict[str, Any] = {"alarm_emails": EMAILS}
    if "real-time-adherence" not in example:
        made |= {
            "connect_s3_bucket": CONNECT_BUCKET,
            "connect_s3_prefix": "connect/acme/Reports/Aspect/",
            "kda_application_name": f"taken-{short}",
        }
    if "agent-productivity" not in example:
        made |= {"name": f"taken-{short}"}
    if "existing" in example:
        made |= {"agent_event_stream_arn": there.stream_arn}
    else:
        made |= {"agent_event_stream_name": f"taken-{short}"}
    if example == WITH_A_GRANT:
        made |= {"connect_instance_id": INSTANCE_ID, "kms_key_arn": there.key_arn}
    if example == WITH_TWO_QUEUES:
        made |= {"agent_statuses": STATUSES, "num_sqs_queues": 2}
    if example == ON_FLINK:
        made |= {
            "engine": "flink",
            "enhanced_fan_out": True,
            "flink_application": {"code_bucket": CODE_BUCKET, "code_key": CODE_KEY},
        }
    return made


def _stream(cloud: LocalCloud) -> str:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1})
    summary = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
    arn: str = summary["StreamARN"]
    return arn


def _code(cloud: LocalCloud) -> None:
    """Put what is named as the Flink application's package, which the local AWS does not run."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=CODE_BUCKET, Key=CODE_KEY, Body=b"package")


def _boundary(cloud: LocalCloud) -> str:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    made = cloud.client("iam").create_policy(
        PolicyName="boundary-of-the-taken",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    arn: str = made["Policy"]["Arn"]
    return arn
