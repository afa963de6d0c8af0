"""A Kinesis data stream of its own for the job: kinesis-local, which the tests' package.json names.

It speaks CBOR as AWS does, keeps closed shards, and ends their iterators.
"""

import json
import os
import socket
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from tests.chaos.servers import served
from tests.local_cloud.cloud import ACCOUNT_ID, REGION, ROOT
from tests.local_cloud.terraform_cli import REPOSITORY

NAME = "agent-events"
ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/{NAME}"

_SERVER = REPOSITORY / ".venv-flink" / "node_modules" / "kinesis-local"
_RECORDS_A_CALL = 400
_ACTIVE_WITHIN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class AgentStream:
    """The stream; `by_shard` has what was put, in order."""

    endpoint: str
    client: Any
    by_shard: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def put(self, events: Sequence[bytes]) -> None:
        """Put agent events as Amazon Connect does: in order, each agent's on one shard."""
        for start in range(0, len(events), _RECORDS_A_CALL):
            self._put(
                [
                    {"Data": data, "PartitionKey": json.loads(data)["AgentARN"]}
                    for data in events[start : start + _RECORDS_A_CALL]
                ]
            )

    def put_on(self, shards: Mapping[str, Sequence[bytes]]) -> None:
        """Put events on the shards of these names, each in order."""
        ranges = {each["ShardId"]: each["HashKeyRange"] for each in self._shards()}
        for shard, events in shards.items():
            hash_key = ranges[shard]["StartingHashKey"]
            for start in range(0, len(events), _RECORDS_A_CALL):
                self._put(
                    [
                        {"Data": data, "PartitionKey": "any", "ExplicitHashKey": hash_key}
                        for data in events[start : start + _RECORDS_A_CALL]
                    ]
                )

    def put_while_it_reshards(self, events: Sequence[bytes], count: int) -> None:
        """Put agent events while shards are split or merged until `count` are open."""
        with ThreadPoolExecutor(1) as beside:
            putting = beside.submit(self.put, events)
            self.client.update_shard_count(
                StreamName=NAME, TargetShardCount=count, ScalingType="UNIFORM_SCALING"
            )
            self._await_active()
            putting.result()

    def open_shards(self) -> list[str]:
        return [
            each["ShardId"]
            for each in self._shards()
            if "EndingSequenceNumber" not in each["SequenceNumberRange"]
        ]

    def _put(self, records: list[dict[str, Any]]) -> None:
        answer = self.client.put_records(StreamName=NAME, Records=records)
        assert not answer["FailedRecordCount"], answer
        for record, put in zip(records, answer["Records"], strict=True):
            self.by_shard[put["ShardId"]].append(record["Data"])

    def _shards(self) -> list[dict[str, Any]]:
        shards: list[dict[str, Any]] = self.client.list_shards(StreamName=NAME)["Shards"]
        return shards

    def _await_active(self) -> None:
        deadline = time.monotonic() + _ACTIVE_WITHIN_SECONDS
        while self._status() != "ACTIVE":
            assert time.monotonic() < deadline, f"the stream is {self._status()}"
            time.sleep(0.1)

    def _status(self) -> str:
        summary = self.client.describe_stream_summary(StreamName=NAME)
        status: str = summary["StreamDescriptionSummary"]["StreamStatus"]
        return status


@contextmanager
def agent_stream(folder: Path, shards: int) -> Iterator[AgentStream]:
    """Start the server on a free port of 127.0.0.1, logging into `folder`, and make the stream."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        plain, tls = one.getsockname()[1], other.getsockname()[1]
    endpoint = f"http://127.0.0.1:{plain}"
    command = ["node", "main.js"]
    environment = {
        "AWS_ACCOUNT_ID": ACCOUNT_ID,
        "AWS_REGION": REGION,
        "KINESIS_MOCK_PLAIN_PORT": str(plain),
        "KINESIS_MOCK_TLS_PORT": str(tls),
        "PATH": os.environ["PATH"],
    }
    log = folder / "kinesis-local.log"
    with served(command, log, f"{endpoint}/healthcheck", environment, _SERVER):
        client = boto3.session.Session(
            ROOT.access_key_id, ROOT.secret_access_key, region_name=REGION
        ).client("kinesis", endpoint_url=endpoint)
        stream = AgentStream(endpoint, client)
        client.create_stream(StreamName=NAME, ShardCount=shards)
        stream._await_active()
        yield stream
        client.close()  # the server waits for open connections before it ends
