"""What the steps of a run share."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance.account import AccessKey, Account
from tests.acceptance.interrupts import held
from tests.acceptance.naming import RUN_TAG, Names
from tests.acceptance.terraform import Change, Terraform


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    engine: str = "lambda"
    connect_instance: str | None = None
    events: int = 1000


@dataclass(frozen=True, slots=True)
class Lacks:
    """What the cloud of a run does not do: the reason by its name, and (resource type, attribute)
    pairs that it forgets. AWS lacks nothing."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    forgotten: frozenset[tuple[str, str]] = frozenset()

    def get(self, what: str) -> str | None:
        """Why the cloud cannot do `what`; None if it can."""
        return self.reasons.get(what)

    def forgets(self, change: Change) -> bool:
        """Whether a plan has the change only because the cloud keeps none of its attributes."""
        attributes = {(change.type, name) for name in change.attributes}
        return change.actions == ("update",) and attributes <= self.forgotten


@dataclass(slots=True)
class Deployment:
    """The deployment of a run; `outputs` are those of the last apply, `variables` its values."""

    account: Account
    names: Names
    options: Options
    folder: Path
    terraform: Terraform
    lacks: Lacks = field(default_factory=Lacks)
    variables: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, AccessKey] = field(default_factory=dict)
    days: int = 0
    reports: list["ExpectedLines"] = field(default_factory=list)

    def apply(self, variables: Mapping[str, Any]) -> None:
        """Apply with `variables` beside those of the applies before."""
        self.variables |= variables
        self.outputs = self.terraform.apply(self.variables)

    def user_key(self, output: str) -> AccessKey:
        """The access key of the user that an output names, made at the first call."""
        if output not in self.keys:
            user = self.outputs[output]
            made = self.account.client("iam").create_access_key(UserName=user)["AccessKey"]
            self.keys[output] = AccessKey(made["AccessKeyId"], made["SecretAccessKey"])
        return self.keys[output]

    def kms_keys(self) -> list[str]:
        """The ids of the KMS keys that the run has made."""
        try:
            found: list[str] = json.loads(self._kms_file.read_text())
        except FileNotFoundError:
            return []
        return found

    def make_kms_key(self) -> str:
        """Make a customer-managed key; its ARN. A key has no name of the run's, so its id is noted
        before an interrupt comes through."""
        with held():
            made = self.account.client("kms").create_key(
                Description=f"Acceptance run {self.names.prefix}",
                Tags=[{"TagKey": RUN_TAG, "TagValue": self.names.run_id}],
            )["KeyMetadata"]
            self._kms_file.write_text(json.dumps([*self.kms_keys(), made["KeyId"]]))
        arn: str = made["Arn"]
        return arn

    @property
    def _kms_file(self) -> Path:
        return self.folder / "kms-keys.json"


@dataclass(frozen=True, slots=True)
class ExpectedLines:
    """Report lines that the adapter has to find, and when the last of their events was put, in
    seconds since 1970 by AWS's clock, and by the monotonic one of this machine."""

    lines: tuple[bytes, ...]
    put_at: float
    put_at_here: float
