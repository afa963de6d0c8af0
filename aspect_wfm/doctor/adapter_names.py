"""What has to be set in the WFM Adapter, and whether the bucket of Amazon Connect exists."""

from collections.abc import Iterator, Mapping
from typing import Any

from aspect_wfm.aws import Aws, Missing
from aspect_wfm.deployment import Deployment
from aspect_wfm.doctor.findings import Finding, failure, note, ok, warning
from aspect_wfm.doctor.firehose import ReportStream, read_report_stream
from aspect_wfm.doctor.identity import parsed_policy

# The guide: what the adapter expects unless its data source says otherwise.
_FIREHOSE_STREAM = "aspect-wfm-ap-kda-to-s3"
_PREFIX = "OUTPUT/"

# Of modules/agent_productivity/wfm_adapter_identity.tf: the policy, and its statement that names
# the report bucket and that of Amazon Connect.
_POLICY, _STATEMENT = "read-reports", "ListReports"


def look_at_names(aws: Aws, classifier: str) -> Iterator[Finding]:
    """Whether the WFM Adapter finds the report files by their names. Raises as `Aws.ask` does."""
    yield from check_names(read_report_stream(aws, classifier))


def look_at_connect_bucket(aws: Aws, deployment: Deployment, classifier: str) -> Iterator[Finding]:
    """Whether the bucket in `connect_s3_bucket` exists, which no plan checks. The adapter's policy
    names it. Raises as `Aws.ask` does."""
    user, role = deployment.get("wfm_adapter_user_name"), deployment.get("wfm_adapter_role_arn")
    try:
        if user:
            found = aws.ask("iam", "get_user_policy", UserName=user, PolicyName=_POLICY)
        elif role:
            name = role.rpartition("/")[2]
            found = aws.ask("iam", "get_role_policy", RoleName=name, PolicyName=_POLICY)
        else:
            found = None
    except Missing:  # the user, which is a finding of its own, or the policy
        found = None
    if found is None:
        yield note(
            "adapter.connect_bucket",
            f"Not checked: the WFM Adapter has no policy {_POLICY}, which names the bucket of "
            "Amazon Connect.",
        )
        return
    policy = parsed_policy(found["PolicyDocument"])
    reports = read_report_stream(aws, classifier).bucket
    for bucket in connect_buckets(policy, reports):
        try:
            aws.ask("s3", "head_bucket", Bucket=bucket)
        except Missing:
            yield failure(
                "adapter.connect_bucket",
                f"Bucket {bucket} does not exist: the WFM Adapter gets no exported reports.",
                "Set connect_s3_bucket to the bucket under Data storage, Exported reports, in the "
                "Amazon Connect console, and apply.",
            )
        else:
            yield ok("adapter.connect_bucket", f"Amazon Connect's bucket {bucket} exists.")


def connect_buckets(policy: Mapping[str, Any], reports: str) -> list[str]:
    """The buckets that a WFM Adapter with this policy may list, except the report bucket."""
    listed = {
        arn.rpartition(":")[2]
        for each in policy.get("Statement", [])
        if each.get("Sid") == _STATEMENT
        for arn in ([each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"])
    }
    return sorted(listed - {reports})


def check_names(stream: ReportStream) -> Iterator[Finding]:
    """The findings on the Firehose stream's name and on its prefix."""
    if stream.name == _FIREHOSE_STREAM:
        yield ok("adapter.mapping", "The report files have the names that the WFM Adapter expects.")
    else:
        yield warning(
            "adapter.mapping",
            f"The names of the report files begin with {stream.name}, but by default the WFM "
            f"Adapter expects {_FIREHOSE_STREAM}.",
            f"In the WFM Adapter's data source, set Firehose Report Mapping to {stream.name}.",
        )
    if stream.prefix == _PREFIX:
        yield ok("adapter.root_path", "The report files are where the WFM Adapter expects them.")
    else:
        yield warning(
            "adapter.root_path",
            f"The report files are under {stream.prefix}, but by default the WFM Adapter expects "
            f"{_PREFIX}.",
            f"In the WFM Adapter's data source, set Firehose Report Root Path to {stream.prefix}.",
        )
