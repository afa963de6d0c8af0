"""What is left of a run in its account, and the command that removes it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from tests.acceptance.account import Account
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


def leftovers(account: Account, names: Names, kms_keys: Iterable[str]) -> list[Leftover]:
    """Everything that there is of the run's names, and those of `kms_keys` that will stay."""
    found: list[Leftover] = []
    for kind, (listed, command) in _KINDS.items():
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


def _paged(service: str, operation: str, key: str, name: str | None = None) -> Listed:
    """Lists all pages; `name` is the attribute with the name, None where names are listed."""

    def listed(account: Account, names: Names) -> Iterator[str]:
        for page in account.client(service).get_paginator(operation).paginate():
            for each in page.get(key, []):
                found = each[name] if name else each
                if names.owns(found.rpartition("/")[2]):
                    yield found

    return listed


def _buckets(account: Account, names: Names) -> list[str]:
    found = account.client("s3").list_buckets()["Buckets"]
    return [each["Name"] for each in found if names.owns(each["Name"])]


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


def _prefixed(
    service: str, operation: str, parameter: str, key: str, name: str | None = None
) -> Listed:
    """Lists by a prefix that the service itself takes as `parameter`."""

    def listed(account: Account, names: Names) -> Iterator[str]:
        paginator = account.client(service).get_paginator(operation)
        for page in paginator.paginate(**{parameter: names.prefix}):
            yield from (each[name] if name else each for each in page.get(key, []))

    return listed


_KINDS: dict[str, tuple[Listed, str]] = {
    "event source mapping": (_mappings, "aws lambda delete-event-source-mapping --uuid {}"),
    "function": (
        _paged("lambda", "list_functions", "Functions", "FunctionName"),
        "aws lambda delete-function --function-name {}",
    ),
    "event rule": (
        _prefixed("events", "list_rules", "NamePrefix", "Rules", "Name"),
        "aws events remove-targets --force --ids heartbeat --rule {0} && "
        "aws events delete-rule --force --name {0}",
    ),
    "Flink application": (
        _applications,
        "aws kinesisanalyticsv2 delete-application --application-name {0} --create-timestamp "
        "$(aws kinesisanalyticsv2 describe-application --application-name {0} "
        "--query ApplicationDetail.CreateTimestamp --output text)",
    ),
    "Firehose stream": (
        _delivery_streams,
        "aws firehose delete-delivery-stream --delivery-stream-name {}",
    ),
    "Kinesis stream": (
        _paged("kinesis", "list_streams", "StreamNames"),
        "aws kinesis delete-stream --enforce-consumer-deletion --stream-name {}",
    ),
    "queue": (
        _prefixed("sqs", "list_queues", "QueueNamePrefix", "QueueUrls"),
        "aws sqs delete-queue --queue-url {}",
    ),
    "table": (
        _paged("dynamodb", "list_tables", "TableNames"),
        "aws dynamodb delete-table --table-name {}",
    ),
    "bucket": (_buckets, "aws s3 rb --force s3://{}"),
    "log group": (_log_groups, "aws logs delete-log-group --log-group-name {}"),
    "alarm": (
        _prefixed("cloudwatch", "describe_alarms", "AlarmNamePrefix", "MetricAlarms", "AlarmName"),
        "aws cloudwatch delete-alarms --alarm-names {}",
    ),
    "dashboard": (
        _prefixed(
            "cloudwatch",
            "list_dashboards",
            "DashboardNamePrefix",
            "DashboardEntries",
            "DashboardName",
        ),
        "aws cloudwatch delete-dashboards --dashboard-names {}",
    ),
    "user": (
        _paged("iam", "list_users", "Users", "UserName"),
        "for each in $(aws iam list-access-keys --user-name {0} --output text "
        "--query 'AccessKeyMetadata[].AccessKeyId'); do "
        "aws iam delete-access-key --user-name {0} --access-key-id $each; done; "
        "for each in $(aws iam list-user-policies --user-name {0} --output text "
        "--query 'PolicyNames[]'); do "
        "aws iam delete-user-policy --user-name {0} --policy-name $each; done; "
        "aws iam delete-user --user-name {0}",
    ),
    "role": (
        _paged("iam", "list_roles", "Roles", "RoleName"),
        "for each in $(aws iam list-role-policies --role-name {0} --output text "
        "--query 'PolicyNames[]'); do "
        "aws iam delete-role-policy --role-name {0} --policy-name $each; done; "
        "aws iam delete-role --role-name {0}",
    ),
}
