"""What months cost, as tables of text and as a JSON value."""

from collections.abc import Sequence
from typing import Any

from aspect_wfm.cost.designs import ON_FLINK, OURS, Design
from aspect_wfm.cost.functions import flink_kpus_needed
from aspect_wfm.cost.prices import Prices
from aspect_wfm.cost.quantities import Month, month
from aspect_wfm.cost.rules import ORCHESTRATION_KPUS
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from aspect_wfm.output import text_table

# In the order of the rows; the keys are how the names of the prices begin.
SERVICES = {
    "kinesis": "Kinesis Data Streams",
    "analytics": "Kinesis Data Analytics",
    "lambda": "Lambda",
    "dynamodb": "DynamoDB",
    "sqs": "SQS",
    "firehose": "Data Firehose",
    "s3": "S3",
    "cloudwatch": "CloudWatch",
    "logs": "CloudWatch Logs",
    "kms": "KMS",
    "eventbridge": "EventBridge",
}


def dollars(found: Month, prices: Prices, service: str | None = None) -> float:
    """What a month costs, in dollars: all of it, or one service's part."""
    return sum(
        prices[name].of(quantity)
        for name, quantity in found.quantities.items()
        if service is None or name.split(".")[0] == service
    )


def by_service(
    workloads: Sequence[Workload], design: Design, timing: Timing, prices: Prices
) -> str:
    """Services by number of agents, in dollars a month."""
    months = [month(workload, design, timing) for workload in workloads]
    rows = [["agents", *(f"{each.agents:,}" for each in workloads)]]
    for service, name in SERVICES.items():
        amounts = [dollars(each, prices, service) for each in months]
        if any(amounts):
            rows.append([name, *(f"{amount:,.2f}" for amount in amounts)])
    rows.append(["all", *(f"{dollars(each, prices):,.2f}" for each in months)])
    rows.append(["shards", *(f"{each.shards:,}" for each in months)])
    rows.append(["queues", *(f"{each.queues:,}" for each in months)])
    return text_table(rows)


def engines(workloads: Sequence[Workload], timing: Timing, prices: Prices) -> str:
    """What the two engines cost a month by number of agents: what classifies, and all of it."""
    classified = ("agents", "events/s", "shards", "KPUs", "function", "application")
    rows = [[*classified, "all, lambda", "all, flink", "difference"]]
    for workload in workloads:
        function, application = (month(workload, each, timing) for each in (OURS, ON_FLINK))
        kpus = flink_kpus_needed(workload, application.shards, timing)
        before, after = dollars(function, prices), dollars(application, prices)
        saved = dollars(function, prices, "lambda") - dollars(application, prices, "lambda")
        rows.append(
            [
                f"{workload.agents:,}",
                f"{workload.peak_events_per_second:,.0f}",
                f"{application.shards:,}",
                f"{kpus} + {ORCHESTRATION_KPUS}",
                f"{saved:,.2f}",
                f"{dollars(application, prices, 'analytics'):,.2f}",
                f"{before:,.2f}",
                f"{after:,.2f}",
                f"{after - before:+,.2f}",
            ]
        )
    return text_table(rows, left=())


def as_values(workload: Workload, design: Design, timing: Timing, prices: Prices) -> dict[str, Any]:
    """One JSON object, with each unit's quantity and dollars."""
    found = month(workload, design, timing)
    return {
        "agents": workload.agents,
        "dollars": round(dollars(found, prices), 4),
        "shards": found.shards,
        "queues": found.queues,
        "units": [
            {
                "name": name,
                "unit": prices[name].unit,
                "quantity": quantity,
                "dollars": round(prices[name].of(quantity), 4),
            }
            for name, quantity in found.quantities.items()
        ],
    }
