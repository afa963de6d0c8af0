"""What a run says before it does anything: what it creates, what that costs, how long it takes."""

from collections.abc import Iterator

from aspect_wfm.cost.prices import PriceError, Prices, read_prices
from tests.acceptance.account import Account
from tests.acceptance.deployment import Options
from tests.acceptance.naming import EXAMPLE, Names

# Where the price file has none for a region.
_PRICES_OF = "eu-central-1"

_HOURS_A_MONTH = 730

# Generous quantities of a run, by the names of the price file; a part of an hour counts as one.
_QUANTITIES = {
    "kinesis.shard_hours": 4,
    "kinesis.on_demand_stream_hours": 1,
    "kinesis.fan_out_consumer_shard_hours": 8,
    "kinesis.put_payload_units": 10_000,
    "lambda.requests": 20_000,
    "lambda.gb_seconds_x86_64": 5_000,
    "dynamodb.write_request_units": 20_000,
    "dynamodb.read_request_units": 200_000,
    "sqs.fifo_requests": 50_000,
    "s3.put_requests": 5_000,
    "logs.ingested_gb": 0.01,
    "cloudwatch.alarm_metrics": 50 / _HOURS_A_MONTH,
    "cloudwatch.custom_metrics": 40 / _HOURS_A_MONTH,
    "cloudwatch.dashboards": 2 / _HOURS_A_MONTH,
    "kms.requests": 20_000,
}
# A unit for the job and one for the service, for the hour that is begun.
_FLINK = {"analytics.kpu_hours": 2}

# Not measured: no run has been made on AWS yet.
_MINUTES, _FLINK_MINUTES = 45, 60


def announcement(account: Account, names: Names, options: Options) -> Iterator[str]:
    """The lines to print."""
    flink = options.engine == "flink"
    yield f"Account {account.account_id}, region {account.region}, run {names.run_id}."
    yield ""
    yield f"It creates {EXAMPLE} under names that begin with {names.prefix}:"
    yield "  a Kinesis stream, Lambda functions, DynamoDB tables, SQS queues, a Firehose stream,"
    yield "  S3 buckets, an EventBridge rule, alarms, dashboards, log groups, IAM roles, and two"
    yield "  IAM users with an access key each;"
    yield f"and beside it the bucket {names.connect_bucket} and three alarms" + (
        f", the bucket {names.code_bucket} and a Flink application." if flink else "."
    )
    if options.connect_instance:
        yield "It switches on agent events of the Amazon Connect instance"
        yield f"  {options.connect_instance}, unless that streams them already, and off again; it"
        yield "  creates a KMS key for that, and schedules it for deletion in seven days."
    yield "It touches nothing else, and removes everything at the end, after a failure and after"
    yield "  Ctrl-C as well."
    yield ""
    cents = 100 * dollars(account.region, flink)
    yield f"It costs at most {cents:.0f} US cents at list prices (an estimate)."
    minutes = _FLINK_MINUTES if flink else _MINUTES
    yield f"It takes about {minutes} minutes (an estimate). The credentials have to last as long."


def dollars(region: str, flink: bool) -> float:
    """What a run costs at the list prices of `region`, or of eu-central-1 if those are unknown."""
    prices = _prices(region)
    quantities = _QUANTITIES | (_FLINK if flink else {})
    return sum(prices[name].of(quantity) for name, quantity in quantities.items())


def _prices(region: str) -> Prices:
    try:
        return read_prices(region)
    except PriceError:
        return read_prices(_PRICES_OF)
