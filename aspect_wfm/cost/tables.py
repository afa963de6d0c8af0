"""What months cost, as tables of text and as JSON values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from aspect_wfm.cost.designs import Design
from aspect_wfm.cost.functions import flink_kpus_needed
from aspect_wfm.cost.prices import Prices
from aspect_wfm.cost.quantities import Month, month
from aspect_wfm.cost.rules import ORCHESTRATION_KPUS
from aspect_wfm.cost.sensitivity import Variation
from aspect_wfm.cost.text_table import text_table
from aspect_wfm.cost.timing import Figure, Timing
from aspect_wfm.cost.workload import Workload

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


def comparison(
    workload: Workload, designs: Sequence[Design], timing: Timing, prices: Prices
) -> str:
    """Services by design for one workload, in dollars a month."""
    months = [month(workload, design, timing) for design in designs]
    rows = [[f"{workload.agents:,} agents", *(design.name for design in designs)]]
    for service, name in SERVICES.items():
        amounts = [dollars(each, prices, service) for each in months]
        if any(amounts):
            rows.append([name, *(f"{amount:,.2f}" for amount in amounts)])
    rows.append(["all", *(f"{dollars(each, prices):,.2f}" for each in months)])
    rows.append(["shards", *(f"{each.shards:,}" for each in months)])
    return text_table(rows)


def detail(workload: Workload, designs: Sequence[Design], timing: Timing, prices: Prices) -> str:
    """Each metered unit by design for one workload: how many, and what they cost."""
    months = [month(workload, design, timing) for design in designs]
    header = [f"{workload.agents:,} agents"]
    for design in designs:
        header += [design.name, "$"]
    rows = [header]
    for name, price in prices.items():
        amounts = [each.quantities.get(name, 0.0) for each in months]
        if any(amounts):
            row = [f"{name} ({price.unit})"]
            for amount in amounts:
                row += [_quantity(amount), f"{price.of(amount):,.2f}"]
            rows.append(row)
    for title, runs in (
        ("relay", [each.relay for each in months]),
        ("classifier", [each.classifier for each in months]),
    ):
        for what in ("invocations", "events", "milliseconds"):
            row = [f"{title}: {what}" + ("" if what == "invocations" else " an invocation")]
            for run in runs:
                row += [_quantity(getattr(run, what)), ""]
            rows.append(row)
    rows.append(["queues", *(cell for each in months for cell in (f"{each.queues}", ""))])
    return text_table(rows)


def sensitivity(
    variations: Iterable[Variation],
    workloads: Sequence[Workload],
    timing: Timing,
    prices: Prices,
) -> str:
    """The first variation's dollars a month by number of agents; of the others, the difference."""
    first, *others = variations
    base = [_total(first, workload, timing, prices) for workload in workloads]
    rows = [["dollars a month", *(f"{workload.agents:,}" for workload in workloads)]]
    rows.append([first.title, *(f"{total:,.2f}" for total in base)])
    for variation in others:
        totals = [_total(variation, workload, timing, prices) for workload in workloads]
        rows.append(
            [
                variation.title,
                *(f"{total - was:+,.2f}" for total, was in zip(totals, base, strict=True)),
            ]
        )
    return text_table(rows)


def lowered(
    before: Design, now: Design, workloads: Sequence[Workload], timing: Timing, prices: Prices
) -> str:
    """What two designs cost a month by number of agents, all of it and what they write."""
    rows = [["agents", "before", "now", "DynamoDB before", "DynamoDB now"]]
    for workload in workloads:
        months = [month(workload, design, timing) for design in (before, now)]
        rows.append(
            [
                f"{workload.agents:,}",
                *(f"{dollars(each, prices):,.2f}" for each in months),
                *(f"{dollars(each, prices, 'dynamodb'):,.2f}" for each in months),
            ]
        )
    return text_table(rows, left=())


def engines(
    on_lambda: Design,
    on_flink: Design,
    workloads: Sequence[Workload],
    timing: Timing,
    prices: Prices,
) -> str:
    """What the two engines cost a month by number of agents: what classifies, and all of it."""
    rows = [
        [
            "agents",
            "events/s",
            "shards",
            "KPUs",
            "function",
            "application",
            "all, lambda",
            "all, flink",
            "difference",
        ]
    ]
    for workload in workloads:
        function, application = (
            month(workload, design, timing) for design in (on_lambda, on_flink)
        )
        before, after = dollars(function, prices), dollars(application, prices)
        classified = dollars(function, prices, "lambda") - dollars(application, prices, "lambda")
        rows.append(
            [
                f"{workload.agents:,}",
                f"{workload.peak_events_per_second:,.0f}",
                f"{application.shards:,}",
                f"{flink_kpus_needed(workload, application.shards, timing)} + {ORCHESTRATION_KPUS}",
                f"{classified:,.2f}",
                f"{dollars(application, prices, 'analytics'):,.2f}",
                f"{before:,.2f}",
                f"{after:,.2f}",
                f"{after - before:+,.2f}",
            ]
        )
    return text_table(rows, left=())


def as_values(
    workload: Workload, designs: Sequence[Design], timing: Timing, prices: Prices
) -> Iterator[dict[str, Any]]:
    """One JSON object for each design, with each unit's quantity and dollars."""
    for design in designs:
        found = month(workload, design, timing)
        yield {
            "agents": workload.agents,
            "design": design.name,
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


def _total(variation: Variation, workload: Workload, timing: Timing, prices: Prices) -> float:
    return dollars(month(variation.change(workload), variation.design, timing), prices)


def _quantity(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:,.2f}"


def timings(figures: Mapping[str, Figure]) -> str:
    """How long things take, whether that was measured, and by what."""
    rows = [["name", "value", "basis", "what"]]
    for name, figure in figures.items():
        basis = "measured" if figure.measured else "assumed"
        rows.append([name, f"{figure.value:,g} {figure.unit}", basis, figure.what])
    sources = [
        f"{name}: {'' if figure.measured else 'assumed, '}{figure.source}"
        for name, figure in figures.items()
    ]
    return text_table(rows, left=(0, 2, 3)) + "\n" + "\n".join(sources) + "\n"
