"""A local AWS without IAM, and in front of it a proxy that injects faults; both end with the block.

SQS remembers deduplication ids for five minutes. A run goes through hours of events in minutes, so
this local AWS remembers them for some seconds: else no run would ever see a duplicate.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.config import Config

from tests.local_cloud.cloud import ACCOUNT_ID, REGION, ROOT, StartError, aws_session

_DEDUPLICATION_SECONDS = 5
_READY_WITHIN_SECONDS = 120

_CLOUD = (
    "from ministack.services import sqs\n"
    f"sqs._DEDUP_WINDOW_S = {_DEDUPLICATION_SECONDS}\n"
    "from ministack.app import main\n"
    "main()\n"
)


@dataclass(frozen=True, slots=True)
class Servers:
    """The local AWS, and the proxy by which the functions reach it: URLs."""

    cloud: str
    proxy: str

    def client(self, service: str) -> Any:
        """A boto3 client that no fault meets."""
        return aws_session().client(
            service,
            aws_access_key_id=ROOT.access_key_id,
            aws_secret_access_key=ROOT.secret_access_key,
            endpoint_url=self.cloud,
            config=Config(max_pool_connections=4),
        )

    def environment(self) -> dict[str, str]:
        """The environment variables under which a function's clients go through the proxy."""
        return {
            "AWS_ENDPOINT_URL": self.proxy,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ROOT.access_key_id,
            "AWS_SECRET_ACCESS_KEY": ROOT.secret_access_key,
        }

    def set_rules(self, rules: list[dict[str, Any]]) -> None:
        """Have the proxy inject faults by `rules`, in its own words, and by no others."""
        request = urllib.request.Request(
            f"{self.proxy}/_microburst/rules", json.dumps(rules).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=30):
            pass

    def rules(self) -> list[dict[str, Any]]:
        """The rules as the proxy has them, each with its `fired_count`."""
        with urllib.request.urlopen(f"{self.proxy}/_microburst/rules", timeout=30) as answer:
            rules: list[dict[str, Any]] = json.load(answer)
            return rules


@contextmanager
def servers(folder: Path, auth: bool = False) -> Iterator[Servers]:
    """Start both on free ports of 127.0.0.1, logging into `folder`; with `auth`, IAM is enforced.

    Raises StartError, with the end of its log, when one does not start.
    """
    with ExitStack() as running:
        cloud_port, proxy_port = _free_ports()
        cloud = f"http://127.0.0.1:{cloud_port}"
        proxy = f"http://127.0.0.1:{proxy_port}"
        surroundings = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "TF_"))
        }
        running.enter_context(
            served(
                [sys.executable, "-c", _CLOUD],
                folder / "ministack.log",
                f"{cloud}/_ministack/health",
                surroundings
                | {
                    "AUTH": str(auth).lower(),
                    "BIND_HOST": "127.0.0.1",
                    "GATEWAY_PORT": str(cloud_port),
                    "IOT_MTLS_ENABLED": "false",
                    "LOG_LEVEL": "WARNING",
                    "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
                    "MINISTACK_REGION": REGION,
                    "SFTP_ENABLED": "false",
                },
            )
        )
        running.enter_context(
            served(
                [
                    sys.executable,
                    "-m",
                    "microburst",
                    "--upstream",
                    cloud,
                    "--port",
                    str(proxy_port),
                ],
                folder / "microburst.log",
                f"{proxy}/_microburst/health",
                surroundings,
            )
        )
        yield Servers(cloud, proxy)


@contextmanager
def served(
    command: list[str],
    log: Path,
    health: str,
    environment: Mapping[str, str],
    folder: Path | None = None,
) -> Iterator[None]:
    """Run `command`, a server that answers at the URL `health`, in `folder` or beside its log.

    Raises StartError, with the end of its log, when it does not start.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder or log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    try:
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        while not _answers(health):
            if process.poll() is not None or time.monotonic() > deadline:
                told = log.read_text(errors="replace")[-3000:]
                raise StartError(f"{log.stem} did not start. Its log ends with:\n{told}")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(health: str) -> bool:
    try:
        with urllib.request.urlopen(health, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
