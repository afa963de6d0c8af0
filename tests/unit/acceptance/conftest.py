from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.account import AccessKey, Account
from tests.acceptance.deployment import Deployment, Options
from tests.acceptance.evidence import Kind, Step
from tests.acceptance.naming import Names
from tests.acceptance.programs import ProgramError
from tests.acceptance.terraform import Change, Terraform
from tests.unit.aws import ACCOUNT_ID, REGION, Client

RUN = "0a1b2c3d"
STREAM = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/events"


@dataclass(frozen=True, slots=True)
class MotoAccount(Account):
    """The account of the tests: every client is moto's, or one that a test has put there."""

    clients: Any = None
    canned: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str, _key: AccessKey | None = None) -> Any:
        return self.canned.get(service) or self.clients(service)


class NoApplications:
    """Flink, which has none: moto has no answer for an application that does not exist."""

    class exceptions:  # noqa: N801 - as a client of boto3 has it
        class ResourceNotFoundException(Exception):
            pass

    def describe_application(self, **_: str) -> None:
        raise self.exceptions.ResourceNotFoundException


@dataclass(frozen=True, slots=True)
class FakeTerraform(Terraform):
    """Notes what it is asked for. `errors` are raised by one apply or destroy each, in order."""

    outputs: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    applied: list[dict[str, Any]] = field(default_factory=list)
    errors: list[Exception | None] = field(default_factory=list)
    planned: list[Change] = field(default_factory=list)

    def init(self) -> None:
        self.asked.append("init")

    def apply(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append("apply")
        self.applied.append(dict(variables))
        self._fail()
        return self.outputs

    def plan(self) -> tuple[int, list[Change]]:
        self.asked.append("plan")
        return (2 if self.planned else 0), self.planned

    def versions(self) -> str:
        return "Terraform 1.9.0, AWS provider 5.100.0"

    def has_state(self) -> bool:
        return "apply" in self.asked

    def destroy(self) -> None:
        self.asked.append("destroy")
        self._fail()

    def _fail(self) -> None:
        error = self.errors.pop(0) if self.errors else None
        if error:
            raise error


@pytest.fixture
def account(client: Client) -> MotoAccount:
    return MotoAccount(ACCOUNT_ID, REGION, client, {"kinesisanalyticsv2": NoApplications()})


@pytest.fixture
def terraform(tmp_path: Path) -> FakeTerraform:
    return FakeTerraform(tmp_path)


@pytest.fixture
def deployment(account: MotoAccount, terraform: FakeTerraform, tmp_path: Path) -> Deployment:
    names = Names(RUN, ACCOUNT_ID)
    return Deployment(account, names, Options(), tmp_path, terraform)


def failed(text: str = "Error: it failed") -> ProgramError:
    return ProgramError(f"terraform ended with 1:\n{text}")


def found(step: Step, kind: Kind) -> dict[str, str]:
    return {each.subject: each.detail for each in step.findings if each.kind is kind}
