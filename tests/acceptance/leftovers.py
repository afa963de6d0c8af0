"""What is left of a run in its account: how it is found, deleted, and deleted by hand."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from tests.acceptance import deletions
from tests.acceptance.account import Account
from tests.acceptance.deletions import Delete, by_name
from tests.acceptance.naming import Names


@dataclass(frozen=True, slots=True)
class Leftover:
    """A resource of the run, or a kind of resource that may be there: it is not `known`, and `name`
    says why."""

    kind: str
    name: str
    command: str
    known: bool = True

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


Listed = Callable[[Account, Names], Iterable[str]]


class Kind(NamedTuple):
    """A kind of resource: its names in an account, what deletes one, and the command that does."""

    listed: Listed
    delete: Delete
    command: str


def leftovers(account: Account, names: Names, kms_keys: Iterable[str] = ()) -> list[Leftover]:
    """Everything that there is of the run's names, and those of `kms_keys` that will stay."""
    found: list[Leftover] = []
    for kind, (listed, _, command) in KINDS.items():
        try:
            found += [
                Leftover(kind, name, command.format(name))
                for name in sorted(listed(account, names))
            ]
        except (BotoCoreError, ClientError) as error:
            why = f"could not be looked for: {error}"
            found.append(Leftover(kind, why, f"# {kind}: {why}", known=False))
    kms = account.client("kms")
    for key in kms_keys:
        try:
            state = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
        except (BotoCoreError, ClientError) as error:
            state = str(error)
        if state != "PendingDeletion":
            command = f"aws kms schedule-key-deletion --key-id {key} --pending-window-in-days 7"
            found.append(Leftover("KMS key", key, command))
    return found


def buckets(account: Account, names: Names) -> list[str]:
    """The buckets of the run."""
    found = account.client("s3").list_buckets()["Buckets"]
    return [each["Name"] for each in found if names.owns(each["Name"])]


def _paged(service: str, operation: str, key: str, name: str | None = None) -> Listed:
    """Lists all pages; `name` is the attribute with the name, None where names are listed."""

    def listed(account: Account, names: Names) -> Iterator[str]:
        for page in account.client(service).get_paginator(operation).paginate():
            for each in page.get(key, []):
                found = each[name] if name else each
                if names.owns(found.rpartition("/")[2]):
                    yield found

    return listed


def _prefixed(
    service: str, operation: str, parameter: str, key: str, name: str | None = None
) -> Listed:
    """Lists by a prefix that the service itself takes as `parameter`."""

    def listed(account: Account, names: Names) -> Iterator[str]:
        paginator = account.client(service).get_paginator(operation)
        for page in paginator.paginate(**{parameter: names.prefix}):
            yield from (each[name] if name else each for each in page.get(key, []))

    return listed


def _delivery_streams(account: Account, names: Names) -> list[str]:
    # It lists from a name on, that name left out; those of the run follow each other.
    found = account.client("firehose").list_delivery_streams(
        ExclusiveStartDeliveryStreamName=names.prefix, Limit=10
    )
    return [each for each in found["DeliveryStreamNames"] if names.owns(each)]


def _applications(account: Account, names: Names) -> list[str]:
    flink = account.client("kinesisanalyticsv2")
    try:
        flink.describe_application(ApplicationName=names.prefix)
    except flink.exceptions.ResourceNotFoundException:
        return []
    return [names.prefix]


def _log_groups(account: Account, names: Names) -> Iterator[str]:
    pages = account.client("logs").get_paginator("describe_log_groups")
    for service in ("lambda", "kinesisfirehose", "kinesis-analytics"):
        for page in pages.paginate(logGroupNamePrefix=f"/aws/{service}/{names.prefix}"):
            yield from (each["logGroupName"] for each in page["logGroups"])


def _mappings(account: Account, names: Names) -> Iterator[str]:
    pages = account.client("lambda").get_paginator("list_event_source_mappings")
    for page in pages.paginate():
        for each in page["EventSourceMappings"]:
            if names.owns(each.get("FunctionArn", "").split(":function:")[-1]):
                yield each["UUID"]


# In the order in which they can be deleted.
KINDS: dict[str, Kind] = {
    "event source mapping": Kind(
        _mappings,
        by_name("lambda", "delete_event_source_mapping", "UUID"),
        "aws lambda delete-event-source-mapping --uuid {}",
    ),
    "event rule": Kind(
        _prefixed("events", "list_rules", "NamePrefix", "Rules", "Name"),
        deletions.event_rule,
        "aws events remove-targets --rule {0} --ids $(aws events list-targets-by-rule --rule {0} "
        "--query 'Targets[].Id' --output text); aws events delete-rule --name {0}",
    ),
    "function": Kind(
        _paged("lambda", "list_functions", "Functions", "FunctionName"),
        by_name("lambda", "delete_function", "FunctionName"),
        "aws lambda delete-function --function-name {}",
    ),
    "Flink application": Kind(
        _applications,
        deletions.flink_application,
        "aws kinesisanalyticsv2 delete-application --application-name {0} --create-timestamp "
        "$(aws kinesisanalyticsv2 describe-application --application-name {0} "
        "--query ApplicationDetail.CreateTimestamp --output text)",
    ),
    "Firehose stream": Kind(
        _delivery_streams,
        by_name("firehose", "delete_delivery_stream", "DeliveryStreamName"),
        "aws firehose delete-delivery-stream --delivery-stream-name {}",
    ),
    "Kinesis stream": Kind(
        _paged("kinesis", "list_streams", "StreamNames"),
        deletions.kinesis_stream,
        "aws kinesis delete-stream --enforce-consumer-deletion --stream-name {}",
    ),
    "queue": Kind(
        _prefixed("sqs", "list_queues", "QueueNamePrefix", "QueueUrls"),
        by_name("sqs", "delete_queue", "QueueUrl"),
        "aws sqs delete-queue --queue-url {}",
    ),
    "table": Kind(
        _paged("dynamodb", "list_tables", "TableNames"),
        by_name("dynamodb", "delete_table", "TableName"),
        "aws dynamodb delete-table --table-name {}",
    ),
    "bucket": Kind(buckets, deletions.bucket, "aws s3 rb --force s3://{}"),
    "log group": Kind(
        _log_groups,
        by_name("logs", "delete_log_group", "logGroupName"),
        "aws logs delete-log-group --log-group-name {}",
    ),
    "alarm": Kind(
        _prefixed("cloudwatch", "describe_alarms", "AlarmNamePrefix", "MetricAlarms", "AlarmName"),
        by_name("cloudwatch", "delete_alarms", "AlarmNames"),
        "aws cloudwatch delete-alarms --alarm-names {}",
    ),
    "dashboard": Kind(
        _prefixed(
            "cloudwatch",
            "list_dashboards",
            "DashboardNamePrefix",
            "DashboardEntries",
            "DashboardName",
        ),
        by_name("cloudwatch", "delete_dashboards", "DashboardNames"),
        "aws cloudwatch delete-dashboards --dashboard-names {}",
    ),
    "user": Kind(
        _paged("iam", "list_users", "Users", "UserName"),
        deletions.user,
        "for each in $(aws iam list-access-keys --user-name {0} --output text "
        "--query 'AccessKeyMetadata[].AccessKeyId'); do "
        "aws iam delete-access-key --user-name {0} --access-key-id $each; done; "
        "for each in $(aws iam list-user-policies --user-name {0} --output text "
        "--query 'PolicyNames[]'); do "
        "aws iam delete-user-policy --user-name {0} --policy-name $each; done; "
        "aws iam delete-user --user-name {0}",
    ),
    "role": Kind(
        _paged("iam", "list_roles", "Roles", "RoleName"),
        deletions.role,
        "for each in $(aws iam list-role-policies --role-name {0} --output text "
        "--query 'PolicyNames[]'); do "
        "aws iam delete-role-policy --role-name {0} --policy-name $each; done; "
        "aws iam delete-role --role-name {0}",
    ),
}
