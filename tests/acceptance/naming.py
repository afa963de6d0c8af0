"""The names of a run and the example's variables: the one place that spells them."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

EXAMPLE = "examples/both-new-stream"

# Every name of a run begins with it, apart from that of the WFM Adapter's user, which has its own.
_PREFIX = "aspect-acc-"
_RUN = re.compile("[0-9a-f]{8}")

# What the run makes carries its id.
RUN_TAG = "acceptance-run"

CONNECT_PREFIX = "connect/acme/Reports/Aspect/"
REPORT_PREFIX = "OUTPUT/"
STATUSES = {"Available": "A", "Offline": "0", "Project": "0"}

CODE_KEY = "report-line-job.zip"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of run `run_id` in an account; no other run has any of them."""

    run_id: str
    account_id: str

    @property
    def prefix(self) -> str:
        return f"{_PREFIX}{self.run_id}"

    @property
    def connect_bucket(self) -> str:
        """What the example expects to find."""
        return f"{self.prefix}-connect-{self.account_id}"

    @property
    def code_bucket(self) -> str:
        """For the package of the Flink application."""
        return f"{self.prefix}-code-{self.account_id}"

    @property
    def users(self) -> tuple[str, str]:
        """The users of the RTA server and of the WFM Adapter."""
        return f"{self.prefix}-server", f"WFMAdapter-{self.prefix}"

    def owns(self, name: str) -> bool:
        """Whether a resource of this name is of this run."""
        return name.startswith((self.prefix, f"WFMAdapter-{self.prefix}"))


def new_run() -> str:
    """The id of a new run: eight random hexadecimal digits."""
    return secrets.token_hex(4)


def run_id(text: str) -> str:
    """`text` if it is the id of a run. Raises ValueError if not."""
    if not _RUN.fullmatch(text):
        raise ValueError(f"{text!r} is not the id of a run: eight hexadecimal digits")
    return text


def variables(names: Names, engine: str) -> dict[str, Any]:
    """The example's variables for the first apply."""
    first: dict[str, Any] = {
        "agent_event_stream_name": f"{names.prefix}-events",
        "agent_statuses": STATUSES,
        "connect_s3_bucket": names.connect_bucket,
        "connect_s3_prefix": CONNECT_PREFIX,
        "kda_application_name": names.prefix,
        "name": names.prefix,
        "tags": {RUN_TAG: names.run_id},
    }
    if engine == "flink":
        first["engine"] = "flink"
        first["flink_application"] = {"code_bucket": names.code_bucket, "start_application": True}
    return first


FLAG_IN_TABLE = {"lambda_config_location": "table"}
TWO_SHARDS = {"shard_count": 2}
ON_DEMAND = {"stream_mode": "ON_DEMAND"}
PROVISIONED = {"stream_mode": "PROVISIONED"}
FAN_OUT = {"enhanced_fan_out": True}


def streaming(instance_id: str, key_arn: str) -> dict[str, Any]:
    """The variables with which an instance writes to the stream, under a customer-managed key."""
    return {"agent_event_stream_kms_arn": key_arn, "connect_instance_id": instance_id}
