"""The AWS provider as a server: it starts once, instead of several times for each plan.

Source: Terraform documentation, "Debugging Terraform providers".
"""

import json
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


class ServerError(Exception):
    """The provider did not start."""


@contextmanager
def provider_server(initialised: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the provider of `initialised`, a folder after `terraform init`, in the `environment` of
    its commands; the value that Terraform's TF_REATTACH_PROVIDERS then has to have.

    A server has the configuration that it was given last: this is for folders with one. Raises
    ServerError when it does not start.
    """
    providers = initialised / ".terraform" / "providers"
    (binary,) = providers.glob("*/hashicorp/aws/*/*/terraform-provider-aws*")
    environment = {**environment, "TF_LOG": "error"}
    # The provider takes a file from AWS_CA_BUNDLE with the first configuration only.
    if authority := environment.pop("AWS_CA_BUNDLE", None):
        environment["SSL_CERT_FILE"] = authority
    with subprocess.Popen(
        [binary, "-debug"],
        cwd=initialised,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            yield _address(server, binary)
        finally:
            server.send_signal(signal.SIGINT)


def _address(server: subprocess.Popen[str], binary: Path) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        found = re.search("TF_REATTACH_PROVIDERS='(.*)'", line)
        if found:
            assert json.loads(found[1])
            return found[1]
    raise ServerError(f"{binary.name} ended with status {server.wait()} before it served anything.")
