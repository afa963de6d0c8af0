"""Access keys on an AWS that enforces IAM, with the documented policy and no more."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aspect_wfm.command import main
from aspect_wfm.outcome import Status
from tests.local_cloud.cloud import ACCOUNT_ID, AccessKey, LocalCloud, access_key, local_cloud
from tests.local_cloud.terraform_cli import REPOSITORY

USER, OTHER = "aspect-wfm-rta-server", "somebody-else"

Keys = Callable[..., int]

pytestmark = pytest.mark.xdist_group("access-keys")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("keys-cloud")) as running:
        yield running


@pytest.fixture(scope="module")
def operator(cloud: LocalCloud) -> AccessKey:
    """The key of a user with the policy in docs/policies/keys.json."""
    iam = cloud.client("iam")
    for user in (USER, OTHER, "operator"):
        iam.create_user(UserName=user)
    policy = json.loads((REPOSITORY / "docs" / "policies" / "keys.json").read_text())
    # The request names a key, and the local AWS does not look whose it is.
    policy["Statement"].append(
        {"Effect": "Allow", "Action": "iam:GetAccessKeyLastUsed", "Resource": "*"}
    )
    iam.put_user_policy(
        UserName="operator",
        PolicyName="keys",
        PolicyDocument=json.dumps(policy).replace("111122223333", ACCOUNT_ID),
    )
    return access_key(cloud, "operator")


@pytest.fixture
def keys(
    cloud: LocalCloud, operator: AccessKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Keys:
    """`aspect-wfm keys` as the operator."""
    for name, value in (cloud.environment() | environment(operator)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)

    def run(*arguments: str, user: str = USER) -> int:
        source = tmp_path / "outputs.json"
        outputs = {"rta_lambda_function_name": "aspect-wfm-rta-relay", "rta_user_name": user}
        source.write_text(json.dumps({name: {"value": each} for name, each in outputs.items()}))
        action, *options = arguments
        return main(["keys", action, str(source), "--json", *options])

    return run


def environment(key: AccessKey) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
    }


def test_a_created_key_works_and_the_next_one_too(
    keys: Keys, cloud: LocalCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    def created() -> Any:
        found = json.loads(capsys.readouterr().out)
        key = AccessKey(found["accessKeyId"], found["secretAccessKey"])
        assert cloud.client("sts", key).get_caller_identity()["Arn"].endswith(f"/{USER}")
        return found["accessKeyId"]

    assert keys("create") == Status.ALL_WELL
    old = created()
    assert keys("rotate") == Status.SOMETHING_TO_DO
    new = created()
    assert keys("list") == Status.SOMETHING_TO_DO
    assert [each["accessKeyId"] for each in json.loads(capsys.readouterr().out)] == [old, new]


def test_the_keys_of_another_user_are_refused(
    keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keys("create", user=OTHER) == Status.NOTHING_SAID
    assert "may not do iam:ListAccessKeys" in capsys.readouterr().err
