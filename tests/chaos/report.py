"""What a run is told as: text."""

from collections import Counter

from tests.chaos.expectations import item_digest
from tests.chaos.histories import History
from tests.chaos.run import FunctionRun, Plan, Result
from tests.chaos.weather import HOOKED


def described(past: History, plan: Plan, result: Result) -> str:
    """What was tried and what was found, function by function."""
    tally = result.relay.tally + result.classifier.tally
    calls = tally["calls"]
    hooked = Counter({kind: tally[f"fault: {kind}"] for kind in HOOKED})
    faults = result.injected.total() + hooked.total()
    return "\n".join(
        (
            f"\n{past.records:,} records of {len(past.agents):,} agents on {len(past.shards)} "
            f"shards, seed {plan.seed}; at most {plan.retries} retries; consumer stopped for "
            f"{plan.stopped / 3_600:.1f} h; the RTA server connected {result.connections} times",
            f"{plan.options}",
            f"AWS calls: {calls:,}; faults: {faults:,}, {faults / max(1, calls):.1%} of them",
            f"  by the proxy: {_listed(result.injected)}",
            f"  by hooks: {_listed(hooked)}",
            *_function("relay", result.relay),
            *_function("classifier", result.classifier),
        )
    )


def differences(past: History, one: Result, other: Result) -> list[str]:
    """Where two runs of one history ended in other states, apart from agents and lines of records
    that either gave up, and from agents of whom several outcomes are right.

    That is also so where a copy of an event lies on another shard, and another event has the same
    timestamp: which of the two shards is read first is chance.
    """
    found = []
    agents = one.table.table.keys() | other.table.table.keys()
    several = {
        arn
        for run in (one, other)
        for arn, agent in run.table.table.items()
        if agent.possible or len(agent.outcomes()) > 1
    }
    scattered = {past.agents[past.events[index].agent].arn for index in past.scattered}
    several |= {
        arn
        for arn in scattered & one.table.table.keys() & other.table.table.keys()
        if one.table.table[arn].newest == other.table.table[arn].newest
    }
    states = [
        {arn: item_digest(item) for arn, item in each.states.items()} for each in (one, other)
    ]
    apart = [arn for arn in agents - several if states[0].get(arn) != states[1].get(arn)]
    if apart:
        found.append(f"{len(apart)} agents differ in the table")
    given_up = one.reports.perhaps.keys() | other.reports.perhaps.keys()
    lines = (one.lines.keys() ^ other.lines.keys()) - given_up
    if lines:
        found.append(f"{len(lines)} lines are in one's reports only")
    return found


def _function(name: str, each: FunctionRun) -> list[str]:
    counts, broken = each.verdict.counts, each.verdict.broken
    lost = sum(count for promise, count in broken.items() if promise.startswith("lost"))
    happened = Counter({what: count for what, count in each.tally.items() if ": " not in what})
    return [
        f"{name}: lost {lost}, reordered {counts['reordered']}, "
        f"duplicated {counts['duplicated']:,}",
        f"  broken: {_listed(broken)}",
        f"  records: {_listed(counts)}",
        f"  happened: {_listed(happened)}",
        *(
            f"  {kind}: {_listed(_of_kind(each.tally, kind))}"
            for kind in ("killed", "raised", "weather")
        ),
    ]


def _of_kind(tally: Counter[str], kind: str) -> Counter[str]:
    beginning = f"{kind}: "
    return Counter(
        {
            what.removeprefix(beginning): count
            for what, count in tally.items()
            if what.startswith(beginning)
        }
    )


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common() if count) or "none"
