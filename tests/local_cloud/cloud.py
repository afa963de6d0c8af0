"""A local AWS that enforces IAM: one ministack process on a free port of 127.0.0.1."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

REGION = "eu-central-1"
ACCOUNT_ID = "000000000000"

_READY_WITHIN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class AccessKey:
    """Credentials of one identity."""

    access_key_id: str
    secret_access_key: str


ROOT = AccessKey("test", "test")


@dataclass(frozen=True, slots=True)
class LocalCloud:
    """A running local AWS."""

    endpoint: str

    def environment(self) -> dict[str, str]:
        """The environment variables under which Terraform or an SDK talks to it as root."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ROOT.access_key_id,
            "AWS_SECRET_ACCESS_KEY": ROOT.secret_access_key,
        }

    def client(self, service: str, key: AccessKey = ROOT) -> Any:
        """A boto3 client for `service` with the rights of `key`."""
        return boto3.session.Session(
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            region_name=REGION,
        ).client(
            service,
            endpoint_url=self.endpoint,
            config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
        )


@contextmanager
def local_cloud(folder: Path) -> Iterator[LocalCloud]:
    """Start a local AWS that logs into `folder`, and end it with the block."""
    port = _free_port()
    log = folder / "ministack.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_server_environment(port),
        )
    try:
        cloud = LocalCloud(f"http://127.0.0.1:{port}")
        _await_ready(cloud, process, log)
        yield cloud
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def access_key(cloud: LocalCloud, user_name: str) -> AccessKey:
    """Make an access key for an IAM user, as an operator does by hand after an apply."""
    key = cloud.client("iam").create_access_key(UserName=user_name)["AccessKey"]
    return AccessKey(key["AccessKeyId"], key["SecretAccessKey"])


def delete_access_keys(cloud: LocalCloud, user_name: str) -> None:
    """Delete a user's access keys, as an operator does by hand before a destroy."""
    iam = cloud.client("iam")
    for key in iam.list_access_keys(UserName=user_name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=user_name, AccessKeyId=key["AccessKeyId"])


def _server_environment(port: int) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))
    }
    return {
        **inherited,
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "false",
        "SFTP_ENABLED": "false",
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_REGION": REGION,
    }


def _await_ready(cloud: LocalCloud, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{cloud.endpoint}/_ministack/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(
        f"The local AWS did not start (exit code {process.poll()}). Its log ends with:\n"
        + log.read_text(errors="replace")[-3000:]
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
