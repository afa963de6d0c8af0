"""Section 3: import and first invocation, against boto3 and the clients that the function needs.

Each start is a Python process of its own that reads a clock before and after: the import of the
handler's module, from the function's zip unpacked as Lambda does (without compiled files), and its
first invocation with one event; or `import boto3` and the creation of the clients for the
function's normal path, and the same calls made with them. Both are taken in pairs, against a stub
that answers at once. Starting Python itself is in neither. The times are processor times, because
Lambda gives a function a share of a processor in proportion to its memory.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aspect_wfm.output import text_table
from benchmarks.speed.deployed import (
    CLASSIFIER_ENVIRONMENT,
    HEARTBEAT_ENVIRONMENT,
    STATES_TABLE,
    relay_environment,
)
from benchmarks.speed.paired import Compared, compared, in_pairs
from benchmarks.speed.printing import target
from benchmarks.speed.stub import RunningStub, running_stub
from benchmarks.speed.usual import table_item
from tests.agent_event_batches import mixed
from tests.local_cloud.terraform_cli import REPOSITORY

_MOST = 1.1

_PARTS = ("import", "firstInvocation", "both")

_CLOCKED = """
import json, sys, time
event, item, url = (json.loads(sys.stdin.readline()) for _ in range(3))
begun = time.process_time()
{start}
started = time.process_time()
{invocation}
print(json.dumps([started - begun, time.process_time() - started]))
"""

_OUR_INVOCATION = """
class Context:
    aws_request_id = function_name = "bench"
    invoked_function_arn = "arn:aws:lambda:eu-central-1:111122223333:function:bench"

    def get_remaining_time_in_millis(self):
        return 60_000

answer = handler(event, Context())
assert not answer.get("batchItemFailures") and answer.get("heartbeat", True), answer
"""


@dataclass(frozen=True, slots=True)
class Function:
    """`calls` are those of its first invocation, with clients named as in `clients`; they find the
    item of the batch's one event as `item`, and the queue as `url`."""

    name: str
    module: str
    environment: dict[str, str]
    clients: tuple[str, ...]
    calls: str


_RELAY_CALLS = f"""
names = [name for name in item if name != "AgentARN"]
dynamodb_client.batch_execute_statement(Statements=[{{
    "Statement": 'UPDATE "{STATES_TABLE}" ' + " ".join(f'SET "{{name}}"=?' for name in names)
    + ' WHERE "AgentARN"=? AND "LastEventTimeStamp"<?',
    "Parameters": [item[name] for name in [*names, "AgentARN", "LastEventTimeStamp"]],
}}])
sqs_client.send_message_batch(QueueUrl=url, Entries=[{{
    "Id": "0", "MessageBody": item["RawAgentEventJSon"]["S"], "MessageGroupId": "g",
}}])
"""

_CLASSIFIER_CALLS = """
try:
    s3_client.get_object(Bucket="reports", Key="ASPECT_AGENT_STATUS_INFO.csv")
except s3_client.exceptions.NoSuchKey:
    pass
firehose_client.put_record_batch(DeliveryStreamName="s", Records=[{"Data": b"x" * 150}])
"""

_HEARTBEAT_CALLS = """
lambda_client.get_event_source_mapping(UUID="00000000-0000-0000-0000-000000000000")
firehose_client.put_record(DeliveryStreamName="s", Record={"Data": b"\\n"})
"""


def functions(endpoint: str) -> list[Function]:
    """The three functions, whose AWS is at `endpoint`."""
    ap = "agent_productivity"
    classifier, heartbeat = CLASSIFIER_ENVIRONMENT, HEARTBEAT_ENVIRONMENT
    relay = relay_environment(endpoint)
    return [
        Function("rta_relay", "rta", relay, ("dynamodb", "sqs"), _RELAY_CALLS),
        Function("agent_classifier", ap, classifier, ("firehose", "s3"), _CLASSIFIER_CALLS),
        Function("heartbeat", ap, heartbeat, ("lambda", "firehose"), _HEARTBEAT_CALLS),
    ]


def measure(quick: bool) -> dict[str, Any]:
    """The section's results; its tables are printed."""
    pairs = 2 if quick else 40
    with running_stub() as stub, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = {
            each.name: _measured(stub, each, Path(folder), pairs)
            for each in functions(stub.endpoint)
        }
    print(f"Processor time of cold starts, medians of {pairs} pairs\n")
    rows = [
        [f"{name}, {part}", *each.cells(1e3, "ms")]
        for name, parts in found.items()
        for part, each in parts.items()
    ]
    print(text_table([["", "plain", "ours", "ratio", "quartiles"], *rows]))
    for name, parts in found.items():
        print(target(f"{name}, times the plain start", parts["both"].ratio, most=_MOST))
    return found


def _measured(
    stub: RunningStub, function: Function, folder: Path, pairs: int
) -> dict[str, Compared]:
    unpacked = folder / function.name
    zipped = REPOSITORY / "modules" / function.module / "lambda" / f"{function.name}.zip"
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(unpacked)
    batch = mixed(100)
    place = batch.kinds.index("change")
    event = json.loads(batch.events()[place])
    states = {
        event["AgentARN"]: {
            **table_item(event),
            "LastEventTimeStamp": {"S": "2026-01-01T00:00:00.000Z"},
        }
    }
    url = relay_environment(stub.endpoint)["SqsQueueUrl1"]
    given = ({"Records": [batch.records[place]]}, table_item(event), url)
    clients = [f'{name}_client = boto3.client("{name}")' for name in function.clients]
    plain = _CLOCKED.format(start="\n".join(["import boto3", *clients]), invocation=function.calls)
    imported = f"from {function.name}.handler import handler"
    ours = _CLOCKED.format(start=imported, invocation=_OUR_INVOCATION)

    def start(program: str) -> dict[str, float]:
        """The processor time of each part of a start, in seconds."""
        stub.reset(states=states)
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=unpacked,
            env={
                **os.environ,
                **stub.environment(),
                **function.environment,
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            input="".join(json.dumps(each) + "\n" for each in given),
            capture_output=True,
            text=True,
            check=True,
        )
        begun, invoked = json.loads(done.stdout.splitlines()[-1])
        return dict(zip(_PARTS, (begun, invoked, begun + invoked), strict=True))

    start(plain)  # for the file cache
    ours_taken, plain_taken = in_pairs(partial(start, ours), partial(start, plain), pairs)
    return {
        part: compared([each[part] for each in ours_taken], [each[part] for each in plain_taken])
        for part in _PARTS
    }
