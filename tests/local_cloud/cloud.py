"""A local AWS that enforces IAM: one ministack process on a free port of 127.0.0.1, with TLS.

TLS because our buckets refuse whatever comes without it, there as on AWS.
"""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import trustme
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "eu-central-1"
ACCOUNT_ID = "000000000000"

_READY_WITHIN_SECONDS = 120
_PORTS_TRIED = 5


class StartError(Exception):
    """The local AWS did not start; the text ends with its log."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """Credentials of one identity; with a token those of a role that was assumed."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


ROOT = AccessKey("test", "test")


@dataclass(frozen=True, slots=True)
class LocalCloud:
    """A running local AWS, the file with its certificate authority, and the clients' region."""

    endpoint: str
    ca_bundle: Path
    region: str = field(default=REGION, kw_only=True)

    def environment(self) -> dict[str, str]:
        """The environment variables under which Terraform or an SDK talks to it as root."""
        return {
            "AWS_CA_BUNDLE": str(self.ca_bundle),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": ROOT.access_key_id,
            "AWS_SECRET_ACCESS_KEY": ROOT.secret_access_key,
        }

    def client(self, service: str, key: AccessKey = ROOT) -> Any:
        """A boto3 client for `service` with the rights of `key`."""
        return aws_session().client(
            service,
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            aws_session_token=key.session_token,
            region_name=self.region,
            endpoint_url=self.endpoint,
            verify=str(self.ca_bundle),
            config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
        )


@cache
def aws_session() -> boto3.session.Session:
    """One for all clients of a process, because each reads the services' models again."""
    return boto3.session.Session(region_name=REGION)


@contextmanager
def local_cloud(folder: Path, own_session: bool = False) -> Iterator[LocalCloud]:
    """Start a local AWS that logs into `folder`, and end it with the block. In a session of its own
    it outlives Ctrl-C in the terminal for as long as the block does.

    Raises StartError, with the end of its log, when it does not start.
    """
    cloud, process = _start(folder, own_session)
    try:
        yield cloud
    finally:
        process.terminate()
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:  # it waits for connections that its clients keep
            process.kill()
            process.wait()


def _start(folder: Path, own_session: bool) -> tuple[LocalCloud, subprocess.Popen[bytes]]:
    """Start it on a free port; on another one where somebody else took that in the meantime."""
    log = folder / "ministack.log"
    for _ in range(_PORTS_TRIED):
        cloud = LocalCloud(f"https://127.0.0.1:{_free_port()}", folder / "ca.pem")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("server.py"))],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_server_environment(cloud, folder),
                start_new_session=own_session,
            )
        if _is_ready(cloud, process):
            return cloud, process
        process.kill()
        process.wait()
        told = log.read_text(errors="replace")
        if "address already in use" not in told.lower():
            break
    raise StartError(f"The local AWS did not start. Its log ends with:\n{told[-3000:]}")


def access_key(cloud: LocalCloud, user_name: str) -> AccessKey:
    """Make an access key for an IAM user, as an operator does by hand after an apply."""
    key = cloud.client("iam").create_access_key(UserName=user_name)["AccessKey"]
    return AccessKey(key["AccessKeyId"], key["SecretAccessKey"])


def delete_access_keys(cloud: LocalCloud, user_name: str) -> None:
    """Delete a user's access keys, as an operator does by hand before a destroy."""
    iam = cloud.client("iam")
    for key in iam.list_access_keys(UserName=user_name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=user_name, AccessKeyId=key["AccessKeyId"])


def empty_bucket(cloud: LocalCloud, bucket: str) -> None:
    """Delete what a bucket holds, as an operator does by hand before a destroy."""
    s3 = cloud.client("s3")
    if bucket not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        return  # an earlier destroy took it, empty as it was
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=found["Key"])


def is_allowed(
    cloud: LocalCloud, key: AccessKey, service: str, operation: str, **arguments: Any
) -> bool:
    """Whether the identity of `key` is allowed an operation, whatever else comes of it."""
    try:
        getattr(cloud.client(service, key), operation)(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return not ("AccessDenied" in code or "Forbidden" in code or code in ("401", "403"))
    return True


def _server_environment(cloud: LocalCloud, folder: Path) -> dict[str, str]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(cloud.ca_bundle)
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    (certificate_chain,) = certificate.cert_chain_pems
    certificate_chain.write_to_path(folder / "certificate.pem")
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))
    }
    return {
        **inherited,
        "AUTH": "true",
        "AWS_CA_BUNDLE": str(cloud.ca_bundle),  # for the functions, which inherit it
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": cloud.endpoint.rpartition(":")[2],
        "IOT_MTLS_ENABLED": "false",
        "SFTP_ENABLED": "false",
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_REGION": REGION,
        "MINISTACK_SSL_CERT": str(folder / "certificate.pem"),
        "MINISTACK_SSL_KEY": str(folder / "key.pem"),
        "USE_SSL": "1",
    }


def _is_ready(cloud: LocalCloud, process: subprocess.Popen[bytes]) -> bool:
    """Wait until it answers; False when it ended or took too long."""
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    trust = ssl.create_default_context(cafile=cloud.ca_bundle)
    health = f"{cloud.endpoint}/_ministack/health"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(health, timeout=5, context=trust):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
