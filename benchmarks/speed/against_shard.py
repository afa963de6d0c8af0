"""Section 4: how fast the functions work off a backlog, against what a shard delivers.

Each function processes full batches, as it does after an outage, with the modules' defaults. The
stub waits as long as `aspect_wfm.cost.timing` says, and refuses what is beyond AWS's limits. Lambda
gives a function a share of a CPU in proportion to its memory. Here it has a whole one, and
everything else is faster by the same factor: the stub waits only that share of each waiting time,
and has so much more room in a second. What the function takes then is stretched again. Of many
batches the fastest counts: whatever else runs on the machine only slows them.
"""

import os
from typing import Any
from unittest.mock import patch

import boto3

from aspect_wfm.cost.designs import CLASSIFIER, RELAY, Function
from aspect_wfm.cost.functions import CONSUMERS
from aspect_wfm.cost.rules import vcpu_share
from aspect_wfm.cost.timing import Timing
from aspect_wfm.cost.workload import Workload
from aspect_wfm.output import text_table
from benchmarks.growth.limits import LIMITS
from benchmarks.speed.against_usual import Case, run, ways
from benchmarks.speed.printing import target, times
from benchmarks.speed.stub import RunningStub, running_stub
from tests.agent_event_batches import MANY, mixed

_FUNCTIONS = (("relay", "RTA", RELAY), ("classifier", "AP", CLASSIFIER))


def measure(quick: bool) -> dict[str, Any]:
    """The section's results; its table is printed."""
    rounds = 2 if quick else 30
    a_shard = LIMITS["shard.bytes_out"] / Workload(1).event_bytes
    with running_stub() as stub, patch.dict(os.environ, stub.environment()):
        boto3.setup_default_session()
        found = {
            name: events_per_second(stub, product, function, rounds)
            for name, product, function in _FUNCTIONS
        }
    print(f"Full batches, with the modules' defaults; the fastest of {rounds}\n")
    rows = [["", "events/s", "times a shared shard", "times one with fan-out"]]
    for name, rate in found.items():
        shards = rate / a_shard
        rows.append([name, f"{rate:,.0f}", times(shards * CONSUMERS), times(shards)])
    print(text_table(rows))
    for name, rate in found.items():
        print(target(f"{name}, times a shard with fan-out", rate / a_shard, least=1))
    return {"eventsPerSecond": {"shard": a_shard, **found}}


def events_per_second(stub: RunningStub, product: str, function: Function, rounds: int) -> float:
    """Events that a function with these settings takes of one shard."""
    share, timing = vcpu_share(function.memory_mb), Timing()
    case = Case(product, function.batch_size, MANY, product == "RTA", 1, 0.0)
    batch, handlers = mixed(function.batch_size), ways(stub, case)
    waits = {
        "BatchExecuteStatement": timing.statements_wait_ms,
        "TransactWriteItems": timing.transaction_wait_ms,
        "SendMessageBatch": timing.send_wait_ms,
        "PutRecordBatch": timing.firehose_wait_ms,
    }
    seconds = {name: share * milliseconds / 1_000 for name, milliseconds in waits.items()}
    settings = {"latencies": seconds, "pace": 1 / share}
    took = [run(stub, case, batch, handlers.ours, **settings).wall for _ in range(rounds)]
    return function.batch_size * share / min(took)
