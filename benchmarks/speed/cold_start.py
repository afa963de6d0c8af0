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
import statistics
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aspect_wfm.output import text_table
from benchmarks.speed.deployed import (
    STATES_TABLE,
    classifier_environment,
    heartbeat_environment,
    relay_environment,
)
from benchmarks.speed.paired import PairedRatio, in_pairs, paired_ratio
from benchmarks.speed.printing import target
from benchmarks.speed.stub import RunningStub, running_stub
from benchmarks.speed.usual import item
from tests.agent_event_batches import mixed
from tests.local_cloud.terraform_cli import REPOSITORY

_MOST = 1.1

_PARTS = ("import", "firstInvocation", "both")

_CLOCKED = """
import json, sys, time
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
    one event of the batch as `record`, its item as `item` and the queue as `url`."""

    name: str
    zip: str
    environment: dict[str, str]
    clients: tuple[str, ...]
    calls: str

    @property
    def plain_start(self) -> str:
        made = [f'{name}_client = boto3.client("{name}")' for name in self.clients]
        return "\n".join(["import boto3", *made])


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
    return [
        Function(
            "rta_relay",
            "modules/rta/lambda/rta_relay.zip",
            relay_environment(endpoint),
            ("dynamodb", "sqs"),
            _RELAY_CALLS,
        ),
        Function(
            "agent_classifier",
            "modules/agent_productivity/lambda/agent_classifier.zip",
            classifier_environment(),
            ("firehose", "s3"),
            _CLASSIFIER_CALLS,
        ),
        Function(
            "heartbeat",
            "modules/agent_productivity/lambda/heartbeat.zip",
            heartbeat_environment(),
            ("lambda", "firehose"),
            _HEARTBEAT_CALLS,
        ),
    ]


def measure(quick: bool) -> dict[str, Any]:
    """The section's results; its tables are printed."""
    pairs = 2 if quick else 40
    with running_stub() as stub, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = [_measured(stub, each, Path(folder), pairs) for each in functions(stub.endpoint)]
    built = _zips_are_up_to_date()
    python = ".".join(map(str, sys.version_info[:3]))
    print(f"Processor time of cold starts, Python {python}, medians of {pairs} pairs\n")
    print(text_table([["", "plain", "ours", "ratio", "quartiles"], *_rows(found)]))
    for each in found:
        ratio = each["both"]["ratio"]["median"]
        print(target(f"{each['name']}, times the plain start", ratio, most=_MOST))
    if not built:
        print("The zips are not what lambda_src/ builds to: this is what is in modules/.")
    return {"python": python, "zipsAreUpToDate": built, "functions": found}


def _rows(found: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [
            f"{each['name']}, {part}",
            *(f"{1e3 * each[part][way]:.1f} ms" for way in ("plain", "ours")),
            *PairedRatio(**each[part]["ratio"]).cells,
        ]
        for each in found
        for part in _PARTS
    ]


def _measured(stub: RunningStub, function: Function, folder: Path, pairs: int) -> dict[str, Any]:
    unpacked = folder / function.name
    with zipfile.ZipFile(REPOSITORY / function.zip) as archive:
        archive.extractall(unpacked)
    batch = mixed(100)
    place = batch.kinds.index("change")
    event = json.loads(batch.events()[place])
    earlier = {**item(event), "LastEventTimeStamp": {"S": "2026-01-01T00:00:00.000Z"}}
    given = {
        "event": {"Records": [batch.records[place]]},
        "item": item(event),
        "url": relay_environment(stub.endpoint)["SqsQueueUrl1"],
    }
    names = "".join(f"{name} = json.loads(sys.stdin.readline())\n" for name in given)
    plain = names + _CLOCKED.format(start=function.plain_start, invocation=function.calls)
    ours = names + _CLOCKED.format(
        start=f"from {function.name}.handler import handler", invocation=_OUR_INVOCATION
    )
    told = "".join(json.dumps(each) + "\n" for each in given.values())
    environment = {
        **os.environ,
        **stub.environment(),
        **function.environment,
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def start(program: str) -> dict[str, float]:
        """The processor time of each part of a start, in seconds."""
        stub.reset(states={event["AgentARN"]: earlier})
        done = subprocess.run(
            [sys.executable, "-c", "import json, sys\n" + program],
            cwd=unpacked,
            env=environment,
            input=told,
            capture_output=True,
            text=True,
            check=True,
        )
        begun, invoked = json.loads(done.stdout.splitlines()[-1])
        return dict(zip(_PARTS, (begun, invoked, begun + invoked), strict=True))

    start(plain)  # for the file cache
    ours_taken, plain_taken = in_pairs(partial(start, ours), partial(start, plain), pairs)
    found: dict[str, Any] = {"name": function.name}
    for part in _PARTS:
        by_way = [[each[part] for each in taken] for taken in (ours_taken, plain_taken)]
        found[part] = {
            "ours": statistics.median(by_way[0]),
            "plain": statistics.median(by_way[1]),
            "ratio": asdict(paired_ratio(*by_way)),
        }
    return found


def _zips_are_up_to_date() -> bool:
    done = subprocess.run(
        [sys.executable, "lambda_src/build_zips.py", "--check"],
        cwd=REPOSITORY,
        capture_output=True,
    )
    return done.returncode == 0
